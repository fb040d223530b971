// Proof: whatever becomes of a line on its way into the console, nothing throws, a refusal says what is wrong and what can be
// done, and leaves the cluster as it was; what is taken is a command that its own printed line gives again.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { replay } from '../sim/replay.ts';
import { labOf, runAll } from '../testing/lab-of.ts';
import { mutated } from '../testing/mutated.ts';
import { SAME_LINES } from '../testing/same-line.ts';
import { completions } from './completions.ts';
import { readLine } from './console.ts';
import { VERBS } from './verbs/all.ts';

const LINES = [
  ...VERBS.map(({ example }) => example),
  ...SAME_LINES.map(({ line }) => line.replace('MESSAGE', 's1#42')),
  "c2: put 'two words' \"it's\" & # remark",
  "wait until {seen('raft/became-leader', e => e.term > 5)} within 100ms",
  'tiup ctl:v8 pd -u http://127.0.0.1:2379 transfer-leader 1 2 at 1',
  "kill {leader('r1')}",
];

/** It names what is wrong or what there is, in sentences. */
const TEACHES = /^.{10,}$/s;

test('1,000 mutated lines: a refusal changes nothing, and names place and remedy', async () => {
  const lab = await labOf(7);
  await runAll(lab, ["wait until {leader('r1')}", 'put ann 43', 'wait 300ms']);
  let taken = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(mutated(LINES), async (line) => {
      // Time is not to run for a day because a digit was doubled.
      const read = readLine(line, lab.names());
      if (read.ok && (read.action.type === 'wait' || read.action.type === 'until')) return;
      const before = { hash: lab.hash(), recording: lab.export() };
      const answer = await lab.run(line);
      if (answer.ok) {
        taken += 1;
        if (answer.kind !== 'command') return;
        const again = readLine(answer.line, lab.names());
        if (!answer.line.startsWith('#')) expect(again, line).toMatchObject({ ok: true });
        return;
      }
      refused += 1;
      expect(answer.reason, line).toMatch(TEACHES);
      // What PD itself refuses has happened: PD was asked. It is recorded, and happens again.
      if (!read.ok || read.action.type !== 'command' || read.action.command.type !== 'pd')
        expect({ hash: lab.hash(), recording: lab.export() }, line).toEqual(before);
      if (answer.from === null) return;
      expect(answer.from, line).toBeGreaterThanOrEqual(0);
      expect(answer.to, line).toBeGreaterThanOrEqual(answer.from);
      expect(answer.to, line).toBeLessThanOrEqual(line.length);
    }),
    { numRuns: 1000 },
  );
  const again = await replay(lab.conductor.recording(), { hosts: memoryHosts() });
  expect(again.hash()).toBe(lab.hash());
  expect(taken).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(300);
});

test('1,000 mutated lines, completed at every place: nothing throws, and what is offered fits', async () => {
  const lab = await labOf(7);
  await runAll(lab, ["wait until {leader('r1')}", 'put ann 43', 'wait 300ms']);
  fc.assert(
    fc.property(mutated(LINES), fc.nat(), (line, place) => {
      const cursor = place % (line.length + 1);
      const { from, to, options } = completions(line, cursor, lab.world);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBe(cursor);
      expect(from).toBeLessThanOrEqual(to);
      for (const { text } of options) expect(text).not.toBe('');
    }),
    { numRuns: 1000 },
  );
});
