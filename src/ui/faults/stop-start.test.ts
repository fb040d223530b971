import { expect, test } from 'vitest';
import { labOf, runAll } from '../../testing/lab-of.ts';
import { stopOrStart } from './stop-start.ts';

test('R kills the leader and brings it back; of several the last one first; the chosen one before all', async () => {
  const lab = await labOf(7);
  const now = (chosen: string | null = null) => stopOrStart(lab.world, 1, chosen);
  expect(now()).toBeNull();
  await runAll(lab, ["wait until {leader('r1')}"]);
  expect(now()).toEqual({ type: 'kill', node: 's3' });
  await runAll(lab, ['kill s3', 'wait 5s']);
  expect(now()).toEqual({ type: 'restart', node: 's3' });
  await runAll(lab, ['kill s1']);
  expect(now()).toEqual({ type: 'restart', node: 's1' });
  expect(now('s3')).toEqual({ type: 'restart', node: 's3' });
  expect(now('s2')).toEqual({ type: 'kill', node: 's2' });
  await runAll(lab, ['restart s1', 'restart s3', "wait until {leader('r1')}", 'wait 3s']);
  expect(now()?.type).toBe('kill');
  await runAll(lab, ['pause s2', 'destroy s1']);
  // What is destroyed does not come back by itself; what is paused is up.
  expect(now('s2')).toEqual({ type: 'kill', node: 's2' });
  expect(now('pd1')).toEqual({ type: 'kill', node: 'pd1' });
});
