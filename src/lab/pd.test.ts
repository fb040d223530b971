// What PD knows and wants, asked for on the console; and what it refuses, with the way out.
import { describe, expect, test } from 'vitest';
import { weaveSentence } from '../projections/words/alarm-words.ts';
import { labOf, runAll } from '../testing/lab-of.ts';
import type { Lab } from './lab.ts';

async function ready(): Promise<Lab> {
  const lab = await labOf(7, { clients: 1 });
  await runAll(lab, ["wait until {leader('r1')}", 'put ann 43', 'wait 2s']);
  return lab;
}

async function said(lab: Lab, line: string): Promise<string> {
  const answer = await lab.run(line);
  if (!answer.ok) return answer.reason;
  return answer.kind === 'text' ? answer.text : answer.kind;
}

describe('looking at PD', () => {
  test('stores, Regions, operators, schedulers, settings and timestamps', async () => {
    const lab = await ready();
    expect(await said(lab, 'pd-ctl store 1')).toMatch(/^s1 Up, 1 Region, leads [01], \d+ bytes?$/);
    expect((await said(lab, 'store')).split('\n').length).toBe(3);
    expect(await said(lab, 'region key ann')).toMatch(
      /^r1 \[−∞, \+∞\) on s1, s2, s3; s[123] leads in term \d+; epoch 1\/1/,
    );
    expect(await said(lab, 'operator show')).toBe('PD is doing nothing to any Region.');
    expect(await said(lab, 'scheduler show')).toBe(
      'balance-leader-scheduler\nbalance-region-scheduler\nbalance-hot-region-scheduler',
    );
    expect(await said(lab, 'config show max-replicas')).toMatch(/^replication.max-replicas = 3 /);
    expect(await said(lab, 'tso 262145')).toBe('262145: 1 ms, number 1 of that millisecond.');
  });

  test('changes no hash', async () => {
    const lab = await ready();
    const hash = lab.hash();
    for (const line of ['store', 'region', 'operator show', 'scheduler show', 'tso'])
      await said(lab, line);
    expect(lab.hash()).toBe(hash);
  });
});

describe('stores, as PD counts them', () => {
  test('by what it knows of Regions: the leader at once, and nothing on a store that was replaced', async () => {
    const lab = await ready();
    const [leader = ''] = /s\d(?= leads)/.exec(await said(lab, 'region r1')) ?? [];
    expect(await said(lab, `store ${leader}`)).toMatch(/, leads 1,/);
    await runAll(lab, ['join s4', 'wait 2s', `kill ${leader}`, 'wait 30s']);
    expect(await said(lab, `store ${leader}`)).toMatch(/^s\d Down, 0 Regions, leads 0,/);
    expect(await said(lab, 'store s4')).toMatch(/^s4 Up, 1 Region,/);
  });
});

test('why PD sends clients to a store that is gone: nobody has told it of another leader', async () => {
  const lab = await ready();
  const [leader = ''] = /s\d(?= leads)/.exec(await said(lab, 'region r1')) ?? [];
  const others = ['s1', 's2', 's3'].filter((store) => store !== leader);
  expect(await said(lab, 'why pd r1')).not.toMatch(/in vain/);
  await runAll(lab, [`kill ${leader}`, `kill ${others[0]}`, 'wait 4s']);
  const name = leader.toUpperCase();
  expect(await said(lab, 'why pd r1')).toContain(
    `PD calls ${name} disconnected. Until another leader tells PD of itself, clients are sent to ${name} in vain.`,
  );
});

describe('a store that PD wants emptied', () => {
  test('says that it waits where every other store that is up has its Regions, until one joins', async () => {
    const lab = await ready();
    await runAll(lab, ['kill s1', 'wait 20s']);
    const waits =
      'PD cannot replace S1: a Region of it is on every store that is up already. Let another store join.';
    expect(await said(lab, 'store s1')).toMatch(new RegExp(`^s1 Down, 1 Region, .*; ${waits}$`));
    const sentence = () => weaveSentence(lab.world, []);
    expect(sentence()).toBe(
      "Store 1 is gone. PD has no store for S1's replicas: let another join.",
    );
    await runAll(lab, ['join s4', 'wait 20s']);
    expect(await said(lab, 'store s1')).toMatch(/^s1 Down, 0 Regions, leads 0, \d+ bytes?$/);
    expect(sentence()).toBe('Store 1 is gone. Every Region has a leader.');
  });

  test('a drain that has no room, too', async () => {
    const lab = await ready();
    await runAll(lab, ['join s4', 'wait 3s', 'kill s4', 'wait 20s', 'store delete s1', 'wait 5s']);
    expect(await said(lab, 'store s1')).toMatch(
      /^s1 Offline, 1 Region, .*; S1 cannot be emptied: /,
    );
  });
});

describe('asking PD', () => {
  test('an operator stands in the list until its steps are finished', async () => {
    const lab = await ready();
    const to = lab.evaluate("leader('r1')") as { value?: unknown };
    const other = to.value === 's1' ? 's2' : 's1';
    expect(await said(lab, `operator add transfer-leader 1 ${other}`)).toBe('command');
    expect(await said(lab, 'operator show')).toMatch(/r1 admin-transfer-leader: S\d leads/);
    expect(await lab.until(`leader('r1') == '${other}'`, { within: '5s' })).toMatchObject({
      met: true,
    });
    await runAll(lab, ['wait 3s']);
    expect(await said(lab, 'operator check r1')).toMatch(/ended: SUCCESS/);
  });

  test.each([
    ['operator add add-peer r1 s2', 'Region 1 has a replica on S2 already.'],
    ['operator remove r1', 'Region 1 has no operator.'],
    [
      'store delete s1',
      'S1 cannot go: 2 other stores would be left, and every Region needs 3. Let one join first, or: config set max-replicas 2',
    ],
    ['region zz', 'There is no Region zz. Regions: r1. Which one holds a key: region key zz'],
    [
      'operator add transfer-leader r1',
      'Here a store is missing: operator add transfer-leader|add-peer|add-learner|remove-peer REGION STORE',
    ],
    ['operator add transfer-peer 1 2', /is missing: operator add transfer-peer REGION FROM TO$/],
    ['scheduler pause balance-leader', /is missing: scheduler pause NAME DURATION$/],
    ['store label s1 zone=z1 s2', /`s2` is no label/],
    ['store cancel-delete s1', /is Up: only a store that is being emptied/],
    ['scheduler resume evict-leader', /does not run. Start it with/],
    ['scheduler add evict-leader', /needs a store/],
    ['scheduler add shuffle', /There is no scheduler `shuffle`/],
    ['operator add merge-region r1 r2', /not merged here/],
    ['operator add merge 1 2', /not merged here/],
    ['merge r1 r2', /not merged here/],
    ['unsafe remove-failed-stores 1,2', /Unsafe recovery is not offered here/],
    ['config set pd.max-store-down-time 20s', 'command'],
    [
      'config set pd.max-store-down-time soon',
      '`soon` is no value of pd.max-store-down-time: a duration such as 40ms, 1.5s or 2m, or a number of milliseconds.',
    ],
    ['config set max-replicas two', /is no value of replication.max-replicas: a whole number/],
    ['config show location-labels', /^replication.location-labels = zone,rack,host /],
    ['config show all', /^raftstore.raft-base-tick-interval = /],
    ['join s2', /a number is used once. The next one that is free: join s4/],
    ['join c2', /is no store/],
    ['join s4 zone', /is no label/],
    ['load bank', /not offered yet/],
    ['load uniform 900/s', /1\/s to 200\/s/],
    ['split r9', /There is no Region r9/],
    ['kill pd1', 'command'],
  ])('%s', async (line, answer) => {
    const lab = await ready();
    const text = await said(lab, line);
    if (typeof answer === 'string') expect(text).toBe(answer);
    else expect(text).toMatch(answer);
  });

  test('leaders are evicted from the stores that were named, and from no other', async () => {
    const lab = await ready();
    await runAll(lab, ['scheduler add evict-leader s1', 'scheduler add evict-leader s2']);
    expect(await said(lab, 'scheduler remove evict-leader s3')).toBe(
      'evict-leader-scheduler does not run for S3, but for S1, S2.',
    );
    expect(await said(lab, 'scheduler remove evict-leader-scheduler-1')).toBe('command');
    expect(await said(lab, 'scheduler show')).toMatch(/evict-leader-scheduler s2$/);
  });

  test('stores that do not follow one another are named one by one', async () => {
    const lab = await ready();
    await runAll(lab, ['join s8', 'wait 1s']);
    expect(await said(lab, 'store s5')).toBe('There is no store s5. Stores: s1, s2, s3, s8.');
  });

  test('a key to split at that is no key inside the Region', async () => {
    const lab = await ready();
    await runAll(lab, ['split m', 'wait 2s']);
    expect(await said(lab, 'split m')).toBe('Region 1 begins at m already.');
    expect(await said(lab, 'operator add split-region r1 --keys c')).toBe(
      'Region 1 does not hold c: region key c says which one does.',
    );
  });

  test('a store without a disk is replaced by one with the next number that is free', async () => {
    const lab = await ready();
    await runAll(lab, ['join s5', 'wait 1s', 'destroy s2']);
    expect(await said(lab, 'restart s2')).toMatch(/a number that was never used: join s6$/);
  });

  test('a few of many Regions are named', async () => {
    const lab = await ready();
    const keys = 'b c d e f g h i j k l m n o p';
    await runAll(lab, [`split-at-leader r1 ${keys}`, 'wait 2s']);
    expect(await said(lab, 'region 9')).toMatch(
      /^There is no Region 9. Regions: r1, .* and 4 more\.$/,
    );
  });

  test('what PD looked up is not said as if it still answered', async () => {
    const lab = await ready();
    await runAll(lab, ['kill pd1']);
    expect(await said(lab, 'store s1')).toMatch(
      /^PD1 is down and answers nobody. What it knew:\ns1 Up/,
    );
    expect(await said(lab, 'scheduler show')).toMatch(/^PD1 is down/);
  });

  test('a PD that is down takes no orders', async () => {
    const lab = await ready();
    await runAll(lab, ['kill pd1']);
    expect(await said(lab, 'split m')).toMatch(/PD1 is down: it cannot be asked for anything/);
    expect(await said(lab, 'config set max-replicas 2')).toMatch(/PD1 is down/);
  });
});

test('a client works on its own at its pace, stops, and does the same again from the same seed', async () => {
  const done: string[] = [];
  for (let round = 0; round < 2; round++) {
    const lab = await ready();
    await runAll(lab, ['load append 20/s', 'wait 2s', 'load stop', 'wait 2s']);
    const client = lab.world.clients['c1'];
    const ended = client?.ended.filter(({ op }) => op > 1_000_000) ?? [];
    expect(ended.length).toBe(40);
    expect(ended.every(({ outcome }) => outcome?.status === 'ok')).toBe(true);
    expect(client?.load).toBeNull();
    done.push(lab.hash());
  }
  expect(done[0]).toBe(done[1]);
});
