// A recording is run again up to a past moment: what stands there is the recording up to it, and nothing of what followed.

import { describe, expect, test } from 'vitest';
import { Conductor } from './conductor.ts';
import type { Command } from './command.ts';
import { Journal } from './journal.ts';
import { memoryHosts } from './memory-hosts.ts';
import type { JournalRecord } from './record.ts';
import type { Recording } from './recording.ts';
import { replay, replayTo } from './replay.ts';

const put = (value: string): Command => ({
  type: 'request',
  client: 'c1',
  request: { type: 'put', key: 'a', value },
});

/** Faults and writes, some of them several at one instant, and in the midst of an instant that has more inputs. */
async function lived(): Promise<{ recording: Recording; records: JournalRecord[] }> {
  const records: JournalRecord[] = [];
  const conductor = await Conductor.start({
    seed: 7,
    cluster: { stores: 3, clients: 2, settings: {} },
    hosts: memoryHosts(),
    onRecords: (batch) => records.push(...batch),
  });
  await conductor.advance(2_500_000);
  for (const command of [put('1'), put('2'), { type: 'kill', node: 's2' } as const])
    expect(await conductor.give(command)).toMatchObject({ ok: true });
  for (let i = 0; i < 40; i++) {
    await conductor.step();
    if (i % 10 === 3) await conductor.give(put(`${i}`));
  }
  await conductor.give({ type: 'kill', node: 's1' });
  await conductor.give({ type: 'restart', node: 's2' });
  await conductor.advance(6_000_000);
  await conductor.give({ type: 'restart', node: 's1' });
  await conductor.advance(7_000_000);
  return { recording: conductor.recording(), records };
}

/** The journal's hash after its first `count` records. */
function hashAfter(records: readonly JournalRecord[], count: number): string {
  const journal = new Journal();
  for (const { at, id, cause, event } of records.slice(0, count))
    journal.append(at, id, cause, event);
  return journal.digits();
}

const hosts = () => memoryHosts();

describe('a recording is run again up to a past moment', async () => {
  const { recording, records } = await lived();

  test('by records: the hash is that of the records up to there; an input is not torn apart', async () => {
    for (let count = 1; count <= records.length; count += 61) {
      const at = records[count - 1]?.at ?? 0;
      const then = await replayTo(recording, { at, records: count }, { hosts: hosts() });
      expect(then.records, `${count}`).toBeGreaterThanOrEqual(count);
      expect(then.hash(), `${count}`).toBe(hashAfter(records, then.records));
      const [last, next] = [records[then.records - 1], records[then.records]];
      expect(then.now).toBe(at);
      expect(last?.at).toBe(at);
      // Nothing more than the input that the record is of.
      for (const { at: also } of records.slice(count, then.records)) expect(also).toBe(at);
      if (next !== undefined) expect(next.at).toBeGreaterThanOrEqual(at);
    }
  });

  test('each record around commands that share an instant', async () => {
    const first = records.findIndex(({ event }) => event.type === 'command/given');
    for (let count = first - 3; count < first + 24; count++) {
      const at = records[count - 1]?.at ?? 0;
      const then = await replayTo(recording, { at, records: count }, { hosts: hosts() });
      expect(then.records, `${count}`).toBeGreaterThanOrEqual(count);
      expect(then.hash(), `${count}`).toBe(hashAfter(records, then.records));
    }
  });

  test('by an instant, also one at which nothing happens: all up to it', async () => {
    for (const at of [0, 1, 1_234_567, 2_500_000, 4_000_001, 6_000_000, 7_000_000]) {
      const then = await replayTo(recording, { at, records: null }, { hosts: hosts() });
      const count = records.filter((record) => record.at <= at).length;
      expect([then.now, then.records, then.hash()]).toEqual([at, count, hashAfter(records, count)]);
    }
  });

  test('what stands there is a recording that leads there again', async () => {
    const at = records[700]?.at ?? 0;
    const then = await replayTo(recording, { at, records: 701 }, { hosts: hosts() });
    const part = then.recording();
    expect(part.commands).toEqual(recording.commands.slice(0, part.commands.length));
    const again = await replay(part, { hosts: hosts() });
    expect([again.now, again.records, again.hash()]).toEqual([at, then.records, then.hash()]);
  });
});
