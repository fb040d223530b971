// The guide's two sentences, over a real cluster: they lag behind nothing, and promise nothing that cannot come.

import { expect, test } from 'vitest';
import { foldRecord } from '../projections/fold.ts';
import { listRecord, newEventList } from '../projections/words/event-list.ts';
import { lineText } from '../projections/words/line.ts';
import { narrate } from '../projections/words/narrate.ts';
import { newWorld } from '../projections/world.ts';
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

test('what PD and clients are asked for is told as that, not as a message taken by hand', async () => {
  const lab = await labOf(7, { clients: 1 });
  await runAll(lab, ["wait until {leader('r1')}", 'wait 300ms', 'join s4']);
  const told = (): string => narrate(lab.world, 1, lab.world.at).what.replaceAll('\u00a0', ' ');
  expect(told()).toBe('You let Store 4 join, with an empty disk.');
  await runAll(lab, ['wait 1s', 'split m']);
  expect(told()).toBe('PD is asked: the Region shall be split at m.');
  await runAll(lab, ['wait 1s', 'config set max-replicas 4']);
  expect((await lab.run('store delete s4')).ok).toBe(false);
  expect(told()).toMatch(/^PD refuses. S4 cannot go: /);
  await runAll(lab, ['wait 1s', 'load hot 20/s']);
  expect(told()).toMatch(/^You let Client c1 work on its own: puts, /);
  await runAll(lab, ['load stop']);
  expect(told()).toBe('You told Client c1 to stop working on its own.');
});

test('of PD’s settings, what is new is told', async () => {
  const lines: string[] = [];
  const list = newEventList();
  const world = newWorld();
  const lab = await labOf(7, { clients: 1 }, (records) => {
    for (const record of records) {
      listRecord(list, world, record);
      foldRecord(world, record);
    }
  });
  await runAll(lab, ['wait 3s', 'config set location-labels zone,host', 'wait 10ms']);
  await runAll(lab, ['config set max-replicas 2', 'config set location-labels ""', 'wait 10ms']);
  lines.push(...list.lines.filter(({ glyph }) => glyph === 'pd').map(lineText));
  expect(lines).toContain('PD keeps replicas apart by zone and host');
  expect(lines).toContain('PD does not mind any more where replicas stand');
  expect(
    lines.filter((text) =>
      /PD wants \d replicas of each Region/.test(text.replaceAll('\u00a0', ' ')),
    ).length,
  ).toBe(2);
});

test('where there are several Regions, it is said which one has the leader', async () => {
  const lab = await labOf(7, { clients: 1 });
  await runAll(lab, ["wait until {leader('r1')}", 'wait 1s', 'split m', 'wait 3s']);
  const { what, then } = narrate(lab.world, 1, lab.world.at);
  expect(what).toMatch(/^PD is asked: |^Store \d was elected leader of Region 1, term \d+\.$/);
  expect(then).toMatch(/^Store \d leads Region 1, and tells the others so with heartbeats\.$/);
  await lab.run("kill {leader('r1')}");
  expect(narrate(lab.world, 1, lab.world.at).what).toMatch(
    /^You killed Store \d while it led Region 1\.$/,
  );
  await lab.until("leader('r1')", { within: '10s' });
  expect(narrate(lab.world, 1, lab.world.at).what).toMatch(
    /^Store \d was elected leader of Region 1, term \d+\.$/,
  );
});
