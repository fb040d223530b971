import { describe, expect, test } from 'vitest';
import { must } from '../base/assert.ts';
import { labOf, runAll } from '../testing/lab-of.ts';
import type { JournalRecord } from '../sim/record.ts';
import { RecordNumbers } from './causes.ts';
import { Consequences } from './consequences.ts';
import { foldRecord } from './fold.ts';
import { listRecord, newEventList } from './words/event-list.ts';
import { lineText } from './words/line.ts';
import { newWorld } from './world.ts';

/** A cluster where S3 leads, and the lines of its journal. */
async function stand() {
  const kept: JournalRecord[] = [];
  const numbers = new RecordNumbers();
  const world = newWorld();
  const list = newEventList();
  const lab = await labOf(7, {}, (records) => {
    for (const record of records) {
      kept.push(record);
      numbers.take(record);
      listRecord(list, world, record);
      foldRecord(world, record);
    }
  });
  await runAll(lab, ["wait until {leader('r1')}", 'wait 3s']);
  return { lab, told: () => ({ kept, numbers, lines: list.lines }) };
}

/** The command's own words, and what followed within a while; looked at now and then. */
async function caused(line: string): Promise<{ own: string | null; then: string[] }> {
  const { lab, told } = await stand();
  const answer = await lab.run(line);
  if (!answer.ok || answer.kind !== 'command') throw new Error(JSON.stringify(answer));
  const what = new Consequences(answer.record);
  for (let i = 0; i < 40 && !what.done; i++) {
    what.look(told());
    await runAll(lab, ['wait 50ms']);
  }
  const { own, lines } = what;
  return { own: own === null ? null : lineText(own), then: lines.map(lineText) };
}

describe('what a command caused first', () => {
  test.each([
    ['kill s3', 'You killed S3, leader of term 6', []],
    [
      'campaign s2',
      'You told S2 to campaign',
      [
        'S2 starts a pre-vote',
        'S1 ignores S2: it heard its leader 1 tick ago',
        'S3 ignores S2: it heard its leader 0 ticks ago',
      ],
    ],
    [
      'put ann 43',
      'c1 puts ann = 43',
      ["S3 takes c1's command as entry 7", 'S3 sends 7 to S1 and S2', 'S1 receives entry 7'],
    ],
    [
      'transfer-leader r1 s2',
      'You asked S3 to hand its leadership to S2',
      ['S2 is a candidate, term 7', 'S2 asks S1 and S3 for votes', 'S1 votes for S2 in term 7'],
    ],
    [
      'add-learner r1 s3',
      'You asked S3 to add S3 as a learner',
      ['S3 does not do it: S3 has a peer of the Region already'],
    ],
  ])('%s', async (line, own, then) => {
    expect(await caused(line)).toEqual({ own, then });
  });

  test('nothing of another command, nothing after a while, and no record is looked at twice', async () => {
    const { lab, told } = await stand();
    const first = await lab.run('kill s1');
    const second = await lab.run('put ann 43');
    if (!first.ok || first.kind !== 'command' || !second.ok || second.kind !== 'command')
      throw new Error('commands');
    const [kill, put] = [new Consequences(first.record), new Consequences(second.record)];
    await runAll(lab, ['wait 11s']);
    expect([kill.look(told()), put.look(told())]).toEqual([true, true]);
    expect([kill.lines, kill.done]).toEqual([[], true]);
    expect(lineText(must(put.own, 'its own line'))).toBe('c1 puts ann = 43');
    expect(put.lines).toHaveLength(3);
    expect([kill.look(told()), put.look(told())]).toEqual([false, false]);
  });

  test('where the journal is not kept so far back, nothing is told', async () => {
    const { lab, told } = await stand();
    const answer = await lab.run('campaign s2');
    if (!answer.ok || answer.kind !== 'command') throw new Error('a command');
    await runAll(lab, ['wait 1s']);
    const { kept, ...rest } = told();
    const what = new Consequences(answer.record);
    expect(what.look({ ...rest, kept: kept.slice(answer.record + 10) })).toBe(false);
    expect(what.done).toBe(true);
  });
});
