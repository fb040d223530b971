// Words that look: a Raft group, its log, rules, histories, and versions and locks of several Regions.
import { expect, test } from 'vitest';
import { leaderOf, replicasOf } from '../projections/questions.ts';
import { labOf, runAll } from '../testing/lab-of.ts';
import type { Lab } from './lab.ts';

async function said(lab: Lab, line: string): Promise<string> {
  const answer = await lab.run(line);
  if (!answer.ok || answer.kind !== 'text') throw new Error(JSON.stringify(answer));
  return answer.text;
}

async function withAnn(): Promise<Lab> {
  const lab = await labOf(7, { clients: 2 });
  await runAll(lab, ["wait until {leader('r1')}", 'put ann 43', 'wait until {quiet()}']);
  return lab;
}

test('raft region says the state of the group on each store, and what its leader knows', async () => {
  const lab = await withAnn();
  const leader = leaderOf(lab.world, 1);
  const text = await said(lab, 'tikv-ctl raft region -r 1');
  expect(text).toContain('Region 1, keys −∞ to +∞, epoch 1/1');
  expect(text.split('\n').filter((line) => line.includes(', peer '))).toHaveLength(3);
  expect(text).toContain(`${leader?.store.toUpperCase()}, peer ${leader?.peer}: leader, term 6`);
  expect(text.split('\n').filter((line) => line.includes(' knows of '))).toHaveLength(2);
  expect(await said(lab, 'raft region r1')).toBe(text);
  await runAll(lab, ['kill s2']);
  expect(await said(lab, 'raft region')).toMatch(
    /S2, peer 102: down; on its disk term 6, log to 7/,
  );
});

test('raft log says what an entry asks for and how far each store has it', async () => {
  const lab = await withAnn();
  const at = replicasOf(lab.world, 1)[0]?.log.lastIndex ?? 0;
  expect(await said(lab, `raft log r1 ${at}`)).toBe(
    `${at}, term 6: put ann = 43; S1 applied, S2 applied and S3 applied`,
  );
  expect((await said(lab, 'raft log r1')).split('\n').at(-1)).toContain(`${at}, term 6: put ann`);
  expect(await said(lab, 'raft log r1 99')).toMatch(
    /^No store keeps entry 99 of Region 1\. Its log/,
  );
});

test('rules are listed with their sentences, and broken ones stand out', async () => {
  const lab = await withAnn();
  expect(await said(lab, 'rules')).toContain('raft/vote-once: A store votes once per term.');
  await runAll(lab, ['mutate M03 on']);
  expect((await said(lab, 'rules')).split('\n')[0]).toMatch(
    /^Broken on purpose, M03\. .*mutate M03 off$/,
  );
  expect(await lab.run('rules raft/vote-lag')).toMatchObject({ ok: false, from: 6 });
});

test('history lists what was asked and told, of one key or of all', async () => {
  const lab = await withAnn();
  await runAll(lab, ['c2: get ann', 'put bob 1', 'wait until {quiet()}']);
  const all = await said(lab, 'history');
  expect(all.split('\n').map((line) => line.split(' ')[0])).toEqual(['1.', '2.', '3.']);
  expect(await said(lab, 'history ann')).toMatch(
    /^1\. [\d.]+ to [\d.]+ c1 puts ann = 43: ann = 43 is written\.\n2\. [\d.]+ to [\d.]+ c2 gets ann: ann = 43\.$/,
  );
  expect(await said(lab, 'history zoe')).toBe('Nobody asked for zoe.');
});

test('versions and locks are those of the Region that holds the key', async () => {
  const settings = { 'replication.max-replicas': 3, 'schedule.leader-schedule-limit': 0 };
  const lab = await labOf(5, { stores: 5, clients: 2, settings });
  await runAll(lab, ["wait until {leader('r1')}", 'wait 2s', 'split m --txn', 'wait 20s']);
  const [right, left] = Object.values(lab.world.regions).map(({ region }) => region);
  if (right === undefined || left === undefined) throw new Error('it has not split');
  const stores = (region: typeof right) => region.peers.map(({ storeId }) => `s${storeId}`);
  // The leader of the right one goes where the left one has no replica.
  const away = ['s1', 's2', 's3', 's4', 's5'].find((store) => !stores(left).includes(store));
  if (away === undefined) throw new Error('the left one is everywhere');
  if (!stores(right).includes(away)) {
    const from = stores(right).find((store) => store !== leaderOf(lab.world, right.id)?.store);
    await runAll(lab, [`operator add transfer-peer ${right.id} ${from} ${away}`, 'wait 20s']);
  }
  await runAll(lab, [`transfer-leader r${right.id} ${away}`, 'wait 5s']);
  expect(leaderOf(lab.world, right.id)?.store).toBe(away);
  const elsewhere = leaderOf(lab.world, left.id)?.store;
  await runAll(lab, ['begin as t1', 'put ann 43', 'put zoe 57', 'commit', 'wait 3s']);
  expect(await said(lab, 'mvcc zoe')).toMatch(new RegExp(`, on ${away}\\n.*= 57`, 'is'));
  expect(await said(lab, 'mvcc ann')).toMatch(new RegExp(`, on ${elsewhere}\\n.*= 43`, 'is'));
});
