import { describe, expect, test } from 'vitest';
import { must } from '../base/assert.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { causeOf, effectsOf, lineOfRecord, RecordNumbers, wayOf, type Told } from './causes.ts';
import { foldRecord } from './fold.ts';
import { listRecord, newEventList } from './words/event-list.ts';
import { lineText } from './words/line.ts';
import { newWorld } from './world.ts';

async function toldOf(): Promise<Told> {
  const kept: JournalRecord[] = [];
  const numbers = new RecordNumbers();
  const world = newWorld();
  const list = newEventList();
  const conductor = await Conductor.start({
    seed: 7,
    cluster: { stores: 3, clients: 1, settings: {} },
    hosts: memoryHosts(),
    onRecords: (records) => {
      for (const record of records) {
        kept.push(record);
        numbers.take(record);
        listRecord(list, world, record);
        foldRecord(world, record);
      }
    },
  });
  await conductor.advance(3_000_000);
  const request = { type: 'put', key: 'a', value: '1' } as const;
  await conductor.give({ type: 'request', client: 'c1', request });
  await conductor.advance(4_000_000);
  return { lines: list.lines, kept, numbers };
}

describe('cause and effect between lines', async () => {
  const told = await toldOf();
  const line = (words: RegExp) =>
    must(
      told.lines.find((each) => words.test(lineText(each))),
      String(words),
    );

  test('a candidacy leads to the votes, the votes to the leader, the leader to its first entry', () => {
    const asks = line(/asks S\d and S\d for votes/);
    const effects = effectsOf(told, asks).map(lineText);
    expect(effects.filter((words) => /votes for/.test(words))).toHaveLength(2);
    const leads = line(/leads term/);
    const won = must(causeOf(told, leads), 'a cause');
    expect(effectsOf(told, won).map(lineText)).toContain(lineText(leads));
    expect(lineText(must(causeOf(told, leads), 'a cause'))).toMatch(/votes for/);
    expect(effectsOf(told, leads).map(lineText).join('\n')).toMatch(/entry 6|sends 6|6/);
  });

  test('from the answer one gets back to the question', () => {
    let at = line(/c1 is told that a = 1 is written/);
    const way = [lineText(at)];
    for (let cause = causeOf(told, at); cause !== null; cause = causeOf(told, at)) {
      expect(cause.n).toBeLessThan(at.n);
      way.push(lineText(cause));
      at = cause;
    }
    expect(way.length, way.join('\n')).toBeGreaterThan(3);
    expect(way.at(-1)).toMatch(/^c1 puts a = 1|^c1/);
  });

  test('how an operation went: asked, taken as an entry, on disks, committed, told', () => {
    const way = wayOf(told, 1).map(lineText);
    expect(way[0]).toMatch(/^c1 puts a = 1/);
    expect(way.at(-1)).toMatch(/c1 is told that a = 1 is written/);
    expect(way.join('; ')).toMatch(/takes c1's command as entry 7.*commits/);
    expect(wayOf(told, 99)).toEqual([]);
  });

  test('an effect has its line as its cause, where one cause is all that it has', () => {
    for (const each of told.lines)
      for (const effect of effectsOf(told, each)) expect(causeOf(told, effect)).not.toBeNull();
  });

  test('a record finds the line that tells of it, and no other', () => {
    for (const each of told.lines.filter(({ glyph }) => glyph !== 'overdue'))
      expect(lineOfRecord(told.lines, each.n)?.n).toBe(each.n);
    expect(lineOfRecord(told.lines, -1)).toBeNull();
  });
});
