// The world against the cluster itself: what it says of timers, disks, messages and data is what then happens.
import { beforeAll, describe, expect, test } from 'vitest';
import { below, newChance, pick } from '../base/chance.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { dataAt } from './fold-data.ts';
import { foldRecord } from './fold.ts';
import { heartbeatDue, leaderOf } from './questions.ts';
import { listRecord, newEventList } from './words/event-list.ts';
import { lineText } from './words/line.ts';
import { newWorld, type World } from './world.ts';

const STORES = ['s1', 's2', 's3', 's4', 's5'];

/** Looks at the world before each record of a cluster under kills, pauses and cuts. */
async function watch(
  seed: number,
  look: (world: World, record: JournalRecord) => void,
): Promise<World> {
  const world = newWorld();
  const chance = newChance(seed, 'live');
  const conductor = await Conductor.start({
    seed,
    cluster: { stores: 5, clients: 1, settings: {} },
    hosts: memoryHosts(),
    onRecords: (records) => {
      for (const record of records) {
        look(world, record);
        foldRecord(world, record);
      }
    },
  });
  await conductor.advance(3_000_000);
  for (let i = 0; i < 150; i++) {
    const node = pick(chance, STORES);
    const { status } = world.nodes[node] ?? { status: 'down' };
    const toggle =
      status === 'down'
        ? 'restart'
        : status === 'paused'
          ? 'resume'
          : below(chance, 2) === 0
            ? 'kill'
            : 'pause';
    const cut = {
      type: below(chance, 2) === 0 ? 'cut' : 'mend',
      from: node,
      to: pick(chance, STORES),
    } as const;
    const put = { type: 'put', key: `k${i % 7}`, value: `v${i}` } as const;
    if (below(chance, 3) === 0) await conductor.give({ type: toggle, node });
    if (below(chance, 4) === 0) await conductor.give(cut);
    await conductor.give({ type: 'request', client: 'c1', request: put });
    await conductor.advance(conductor.now + below(chance, 400_000));
  }
  return world;
}

describe.each([1, 2, 3, 4])('seed %d', (seed) => {
  const predictions = {
    timers: 0,
    wrongTimers: [] as string[],
    disks: 0,
    wrongDisks: [] as string[],
  };
  const fates = { delivered: 0, lost: 0, wrong: [] as string[] };
  let world: World;

  beforeAll(async () => {
    world = await watch(seed, (before, { at, id, event }) => {
      const replica = before.replicas[id.node]?.[1];
      if (event.type === 'raft/became-pre-candidate' && replica?.timer?.setAt === at) {
        predictions.timers += 1;
        if (replica.timer.ended !== at)
          predictions.wrongTimers.push(`${id.node} at ${at}: ${replica.timer.ended}`);
      }
      if (event.type === 'raftstore/peer-started' && replica !== undefined) {
        const { term, vote, lastIndex } = event;
        const { disk } = replica;
        predictions.disks += 1;
        if (disk.term !== term || disk.vote !== vote || disk.lastIndex !== lastIndex)
          predictions.wrongDisks.push(
            `${id.node} at ${at}: ${JSON.stringify([disk, { term, vote, lastIndex }])}`,
          );
      }
      if (event.type !== 'network/delivered' && event.type !== 'network/lost') return;
      const flight = before.flights[`${event.sent.node}#${event.sent.n}`];
      const arrives = event.type === 'network/delivered';
      fates[arrives ? 'delivered' : 'lost'] += 1;
      if (flight === undefined) fates.wrong.push('unknown');
      else if (arrives && (flight.doomed !== null || flight.arrivesAt !== at))
        fates.wrong.push(flight.id);
      else if (!arrives && event.reason !== 'cut' && flight.doomed?.reason !== event.reason)
        fates.wrong.push(flight.id);
    });
  });

  test('a timer runs out when the dial says', () => {
    expect(predictions.wrongTimers).toEqual([]);
    expect(predictions.timers).toBeGreaterThan(0);
  });

  test('a disk holds after a power loss what was said of it', () => {
    expect(predictions.wrongDisks).toEqual([]);
    expect(predictions.disks).toBeGreaterThan(3);
  });

  test('a message that is not doomed arrives when it was said to, and a doomed one does not', () => {
    expect(fates.wrong).toEqual([]);
    expect(fates.lost).toBeGreaterThan(10);
  });

  test('what the client was told is what the world holds, unless it was overwritten since', () => {
    const region = world.regions[1];
    const writes = world.clients['c1']?.ended ?? [];
    expect(writes.length).toBeGreaterThan(20);
    for (let k = 0; k < 7; k++) {
      const values = writes.flatMap(({ request }) =>
        request.type === 'put' && request.key === `k${k}` ? [request.value] : [],
      );
      const value = region === undefined ? null : dataAt(region, `k${k}`);
      if (value !== null) expect(values).toContain(value);
    }
  });
});

test('in a quiet cluster no heartbeat is ever overdue', async () => {
  const world = newWorld();
  const late: string[] = [];
  const conductor = await Conductor.start({
    seed: 9,
    cluster: { stores: 5, clients: 1, settings: {} },
    hosts: memoryHosts(),
    onRecords: (records) => {
      for (const record of records) {
        for (const store of STORES) {
          const replica = world.replicas[store]?.[1];
          const due = replica === undefined ? null : heartbeatDue(world, replica);
          if (due !== null && due < record.at) late.push(`${store} at ${record.at}`);
        }
        foldRecord(world, record);
      }
    },
  });
  await conductor.advance(60_000_000);
  expect(leaderOf(world, 1)).not.toBeNull();
  expect(late).toEqual([]);
});

test('of a Region that sleeps no heartbeat is due, and none is overdue when it wakes', async () => {
  const world = newWorld();
  const list = newEventList();
  let slept = 0;
  const ran: [dial: number | undefined, at: number][] = [];
  const conductor = await Conductor.start({
    seed: 9,
    cluster: { stores: 3, clients: 1, settings: { 'raftstore.hibernate-regions': true } },
    hosts: memoryHosts(),
    onRecords: (records) => {
      for (const record of records) {
        listRecord(list, world, record);
        const { event, id, at } = record;
        const timer = world.replicas[id.node]?.[1]?.timer;
        const dial = timer?.setAt === at ? timer.ended : timer?.endsAt;
        if (event.type === 'raft/became-pre-candidate') ran.push([dial, at]);
        foldRecord(world, record);
        if (record.event.type === 'raftstore/hibernated') slept += 1;
      }
    },
  });
  const overdue = () => list.lines.filter(({ glyph }) => glyph === 'overdue').map(lineText);
  const asleep = (store: string) => world.replicas[store]?.[1]?.sleep.asleep;
  const sleepers = () => ['s1', 's2', 's3'].filter((store) => asleep(store) === true);
  for (let round = 0; round < 4; round++) {
    await conductor.advance(conductor.now + 9_300_000);
    expect(sleepers()).toEqual(['s1', 's2', 's3']);
    for (const store of ['s1', 's2', 's3']) {
      const replica = world.replicas[store]?.[1];
      if (replica !== undefined) expect(heartbeatDue(world, replica)).toBeNull();
    }
    const value = `v${round}`;
    await conductor.give({
      type: 'request',
      client: 'c1',
      request: { type: 'put', key: 'a', value },
    });
    await conductor.advance(conductor.now + 700_000);
    expect(sleepers()).toEqual([]);
  }
  expect(slept).toBe(12);
  expect(overdue()).toEqual([]);
  // Who dies in its sleep is missed once the others have woken.
  await conductor.advance(conductor.now + 9_000_000);
  const leader = leaderOf(world, 1)?.store as string;
  await conductor.give({ type: 'kill', node: leader });
  await conductor.advance(conductor.now + 7_000_000);
  expect(overdue()).not.toEqual([]);
  // The timer stood while they slept, and ran out when the dial said.
  expect(ran.length).toBeGreaterThan(1);
  for (const [dial, at] of ran) expect(dial).toBe(at);
});
