// The guide's two sentences, over a real cluster: they lag behind nothing, and promise nothing that cannot come.

import { expect, test } from 'vitest';
import { narrate } from '../projections/words/narrate.ts';
import { labOf, runAll } from '../testing/lab-of.ts';

test('a write is told as soon as it is asked for', async () => {
  const lab = await labOf(7, { clients: 1 });
  await runAll(lab, ["wait until {leader('r1')}", 'wait 100ms', 'put a 1']);
  expect(narrate(lab.world, 1, lab.world.at).what).toBe(
    'Client c1 puts a = 1, and waits for the answer.',
  );
  await lab.until('op(1).ended');
  expect(narrate(lab.world, 1, lab.world.at).what).toMatch(/^Client c1 puts a = 1: /);
  await lab.run('kill s2');
  expect(narrate(lab.world, 1, lab.world.at).what).toMatch(/^You killed Store 2/);
});

test('a leader that reaches no majority is told to commit nothing', async () => {
  const lab = await labOf(7, { clients: 1 });
  await runAll(lab, ["wait until {leader('r1')}", 'wait 300ms', "isolate {leader('r1')}"]);
  const alone = narrate(lab.world, 1, lab.world.at).then ?? '';
  expect(alone).toMatch(/believes that it leads, and reaches nobody but itself/);
  expect(alone).toMatch(/It commits nothing more/);
  await lab.run('heal');
  expect(narrate(lab.world, 1, lab.world.at).then).not.toMatch(/believes/);
});

test('with one of three cut off, the leader goes on', async () => {
  const lab = await labOf(7, { clients: 1 });
  await runAll(lab, ["wait until {leader('r1')}", 'wait 300ms']);
  const follower = ['s1', 's2', 's3'].find(
    (store) => lab.world.replicas[store]?.[1]?.role === 'follower',
  );
  await lab.run(`isolate ${follower}`);
  expect(narrate(lab.world, 1, lab.world.at).then).not.toMatch(/believes/);
});
