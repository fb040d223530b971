// A full disk: its store takes no writes and gives its office away, entries for it wait, reads go on; with a majority
// full nothing is written; room again, and everybody catches up. The same recording gives the same journal.

import { expect, test } from 'vitest';
import { leaderOf } from '../projections/questions.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { replay } from '../sim/replay.ts';
import { labOf, runAll } from '../testing/lab-of.ts';
import type { Lab } from './lab.ts';

const start = async (): Promise<Lab> => {
  const lab = await labOf(7, { stores: 3, clients: 1 });
  await runAll(lab, ["wait until {leader('r1')}", 'wait 300ms', 'put a 1', 'wait 500ms']);
  return lab;
};
const leader = (lab: Lab): string => leaderOf(lab.world, 1)?.store ?? '';
const logs = (lab: Lab): number[] =>
  Object.values(lab.world.replicas).map((regions) => regions[1]?.log.lastIndex ?? 0);

async function ended(lab: Lab, line: string, within: string): Promise<unknown> {
  const answer = await lab.run(line);
  if (!answer.ok || answer.kind !== 'command') throw new Error(`not taken: ${line}`);
  await lab.until(`op(${answer.op}).ended`, { within });
  return lab.world.clients['c1']?.ended.find(({ op }) => op === answer.op)?.outcome;
}

test('a leader without room gives its office away, and the write goes on there', async () => {
  const lab = await start();
  const full = leader(lab);
  await runAll(lab, [`disk ${full} full`]);
  expect(await ended(lab, 'put a 2', '5s')).toMatchObject({ status: 'ok' });
  expect(leader(lab)).not.toBe(full);
  expect(await ended(lab, 'get a', '5s')).toMatchObject({ result: { value: '2' } });

  // Entries for the full store wait, until it has room.
  await runAll(lab, ['put a 3', 'wait 2s']);
  const behind = lab.world.replicas[full]?.[1]?.log.lastIndex ?? 0;
  expect(behind).toBeLessThan(Math.max(...logs(lab)));
  await runAll(lab, [`disk ${full} ok`, 'wait 3s']);
  expect(new Set(logs(lab)).size).toBe(1);
});

test('with a majority full nothing is written, reads go on, and a restart changes nothing', async () => {
  const lab = await start();
  await runAll(lab, ['disk s1 full', 'disk s2 full', 'wait 1s']);
  expect(await ended(lab, 'put a 9', '2s')).not.toMatchObject({ status: 'ok' });
  expect(await ended(lab, 'get a', '5s')).toMatchObject({ result: { value: '1' } });
  await runAll(lab, ['kill s1', 'restart s1', 'wait 4s']);
  expect(await ended(lab, 'put a 9', '2s')).not.toMatchObject({ status: 'ok' });
  await runAll(lab, ['disk s1 ok', 'disk s2 ok', 'wait 2s']);
  expect(await ended(lab, 'put b 1', '10s')).toMatchObject({ status: 'ok' });

  const again = await replay(lab.conductor.recording(), { hosts: memoryHosts() });
  expect(again.hash()).toBe(lab.conductor.hash());
});

test('only the disk of a store becomes full', async () => {
  const lab = await start();
  expect(await lab.run('disk pd full')).toMatchObject({
    ok: false,
    reason: expect.stringContaining('only the disk of a store') as string,
  });
});
