import { expect, test } from 'vitest';
import { expressionFor, interestOf, INTERESTS, type Interest } from '../projections/interest.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { Lab } from './lab.ts';

async function labOf(): Promise<{ lab: Lab; records: JournalRecord[] }> {
  const lab = new Lab({ loom: 'test', build: 'test' });
  const records: JournalRecord[] = [];
  const conductor = await Conductor.start({
    seed: 7,
    cluster: { stores: 3, clients: 1, settings: {} },
    hosts: memoryHosts(),
    onRecords: (batch) => {
      records.push(...batch);
      lab.take(batch);
    },
  });
  lab.attach(conductor);
  return { lab, records };
}

const ALL: readonly Interest[] = INTERESTS.map(({ id }) => id);

test.each([
  ['election', ['wait 100ms']],
  ['commit', ['put a 1']],
  ['refusal', ['put a 1']],
  ['answer', ['put a 1']],
  ['any of them', ['put a 1']],
] as const)(
  'running on stops right after the next %s, and at no earlier one',
  async (word, lines) => {
    const kinds = word === 'any of them' ? ALL : ALL.filter((kind) => kind === word);
    const { lab, records } = await labOf();
    for (const line of lines) await lab.run(line);
    for (let round = 0; round < 3; round++) {
      const from = records.length;
      const answer = await lab.until(expressionFor(kinds, from), { within: '20s' });
      const met = records.slice(from).filter(({ event }) => {
        const kind = interestOf(event);
        return kind !== null && kinds.includes(kind);
      });
      if (!answer.met) {
        expect(answer.why).toMatch(/did not come about/);
        expect(met).toEqual([]);
        return;
      }
      // Whatever else the same input led to stands beside it.
      expect(met.length).toBeGreaterThan(0);
      const input = records.at(-1)?.at;
      expect(met.every(({ at }) => at === input)).toBe(true);
    }
  },
);

test('each kind has something that it looks for, and no event is of two kinds', () => {
  const types = INTERESTS.flatMap(({ sources }) => sources.map(({ type }) => type));
  expect(new Set(types).size).toBe(types.length);
  expect(ALL.every((kind) => expressionFor([kind], 0) !== '')).toBe(true);
});
