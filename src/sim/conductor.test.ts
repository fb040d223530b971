import { describe, expect, test } from 'vitest';
import { below, between, newChance, pick, type Chance } from '../base/chance.ts';
import { inCuts, withSaves } from '../testing/replays.ts';
import { createToyNode } from '../testing/toy-node.ts';
import type { Command } from './command.ts';
import { Conductor, type ConductorOptions } from './conductor.ts';
import { HostDied, type Hosts } from './host.ts';
import { startOf } from './key.ts';
import { memoryHosts, type Handling } from './memory-hosts.ts';
import type { DiskFault } from './disk.ts';
import type { RecordId } from './record-id.ts';
import type { JournalRecord } from './record.ts';
import type { TimedCommand } from './recording.ts';
import { replay } from './replay.ts';

const cluster = { stores: 3, clients: 1, settings: {} };
const TOYS = { create: createToyNode };
const NODES = ['s1', 's2', 's3', 'pd1', 'c1'];

function options(seed: number, handling: Handling = 'plain'): ConductorOptions {
  return { seed, cluster, hosts: memoryHosts({ create: createToyNode, handling }) };
}

/** A random command; many are refused where they stand, which is a case of its own. */
function randomCommand(chance: Chance, sent: readonly RecordId[]): Command {
  const node = pick(chance, NODES);
  const b = pick(chance, NODES);
  if (below(chance, 2) === 0 && sent.length > 0) return randomWire(chance, node, b, sent);
  switch (below(chance, 12)) {
    case 0:
      return { type: 'kill', node };
    case 1:
    case 2:
      return { type: 'restart', node };
    case 3:
      return { type: 'pause', node };
    case 4:
    case 5:
      return { type: 'resume', node };
    case 6:
      return { type: 'isolate', node };
    case 7:
      return { type: 'heal', node: null };
    case 8:
      return { type: 'disk', node, fault: pick(chance, FAULTS) };
    case 9:
      return {
        type: 'skew',
        node,
        offset: between(chance, -90_000, 90_000),
        ppm: between(chance, -9000, 9000),
      };
    case 10:
      return { type: 'loss', a: node, b, perMillion: 200_000 };
    default:
      return { type: 'latency', a: node, b, latency: between(chance, 2000, 40_000), jitter: 1000 };
  }
}

const FAULTS: readonly DiskFault[] = [
  { type: 'none' },
  { type: 'none' },
  { type: 'slow', by: 70_000 },
  { type: 'stuck' },
  { type: 'lying' },
  { type: 'full' },
];

function randomWire(chance: Chance, from: string, to: string, sent: readonly RecordId[]): Command {
  const message = sent[sent.length - 1 - below(chance, Math.min(4, sent.length))] as RecordId;
  switch (below(chance, 10)) {
    case 0:
      return { type: 'drop', message };
    case 1:
      return { type: 'delay', message, by: between(chance, 1, 200_000) };
    case 2:
    case 3:
      return { type: 'deliver', message };
    case 4:
      return { type: 'hold', message };
    case 5:
      return { type: 'hold-kind', kind: 'alloc-id', from, to: null };
    case 6:
      return { type: 'release', message: null };
    case 9:
      return { type: 'release-kind', kind: 'alloc-id', from, to: null };
    case 7:
      return { type: 'cut', from, to };
    default:
      return { type: 'mend', from, to };
  }
}

/** A live session: time moves in uneven stretches, with commands between them. */
async function session(seed: number, given: ConductorOptions): Promise<Conductor> {
  const sent: RecordId[] = [];
  const onRecords = (batch: readonly JournalRecord[]): void => {
    for (const { event, id } of batch) if (event.type === 'network/sent') sent.push(id);
  };
  const conductor = await Conductor.start({ ...given, onRecords });
  const chance = newChance(seed, 'session');
  for (let i = 0; i < 60; i++) {
    if (below(chance, 3) === 0) for (let k = below(chance, 9); k > 0; k--) await conductor.step();
    else await conductor.advance(conductor.now + between(chance, 1, 100_000));
    for (let k = below(chance, 3); k > 0; k--) await conductor.give(randomCommand(chance, sent));
  }
  return conductor;
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test.each(SEEDS)(
  'a recording gives the same journal again, in one go and in any cut (seed %i)',
  async (seed) => {
    const live = await session(seed, options(seed));
    const recording = live.recording();
    expect(live.records).toBeGreaterThan(300);
    const again = await replay(recording, { hosts: memoryHosts({ create: createToyNode }) });
    expect(again.hash()).toBe(live.hash());
    expect(again.records).toBe(live.records);
    expect(await inCuts(recording, seed, TOYS)).toBe(live.hash());
  },
);

test.each(SEEDS)('cloning and freezing hosts give the same journal (seed %i)', async (seed) => {
  const plain = await session(seed, options(seed));
  expect((await session(seed, options(seed, 'clone'))).hash()).toBe(plain.hash());
  expect((await session(seed, options(seed, 'freeze'))).hash()).toBe(plain.hash());
});

test.each(SEEDS)(
  'saved and loaded at random moments, it goes on the same (seed %i)',
  async (seed) => {
    const whole = await session(seed, options(seed));
    expect(await withSaves(whole.recording(), seed, TOYS)).toBe(whole.hash());
  },
);

test('a message that is under way dies when its link is cut, and its sender hears of it later', async () => {
  const records: JournalRecord[] = [];
  const conductor = await Conductor.start({
    ...options(9),
    onRecords: (batch) => records.push(...batch),
  });
  await conductor.advance(20_000_000, () => underWay(records).length > 0);
  const sent = underWay(records)[0] as JournalRecord;
  const event = sent.event as Extract<JournalRecord['event'], { type: 'network/sent' }>;
  await conductor.give({ type: 'partition', groups: [[event.from], [event.to]], oneWay: false });
  await conductor.advance(conductor.now + 1_000_000);
  const fates = records.filter(
    (record) =>
      'sent' in record.event &&
      record.event.sent.n === sent.id.n &&
      record.event.sent.node === sent.id.node,
  );
  expect(fates.map((record) => record.event.type)).toEqual(['network/lost']);
  expect(fates[0]?.event).toMatchObject({ reason: 'cut' });
});

function underWay(records: readonly JournalRecord[]): JournalRecord[] {
  return records.filter((record) => {
    if (record.event.type !== 'network/sent' || record.event.arrivesAt === null) return false;
    const { id } = record;
    return !records.some(
      (other) =>
        'sent' in other.event && other.event.sent.n === id.n && other.event.sent.node === id.node,
    );
  });
}

test('refused commands leave no trace', async () => {
  const conductor = await Conductor.start(options(3));
  await conductor.advance(100_000);
  const before = conductor.hash();
  expect(await conductor.give({ type: 'restart', node: 's1' })).toMatchObject({ ok: false });
  expect(await conductor.give({ type: 'kill', node: 's9' })).toEqual({
    ok: false,
    reason: 'There is no node s9. Nodes: s1, s2, s3, pd1, c1.',
  });
  expect(conductor.hash()).toBe(before);
  expect(conductor.recording().commands).toEqual([]);
});

test.each(SEEDS)(
  'a power cut keeps what reached a disk and replays to equal disks (seed %i)',
  async (seed) => {
    const hosts = memoryHosts({ create: createToyNode });
    const live = await Conductor.start({ ...options(seed), hosts });
    await live.advance(700_000 + seed * 1000);
    const end = startOf(live.now + 1000);
    await live.give({
      type: 'power-cut',
      kept: [
        ['s1', end],
        ['pd1', end],
      ],
    });
    await live.advance(live.now + 400_000);
    await live.give({ type: 'crash', node: 's2', kept: startOf(live.now + 900) });
    await live.advance(live.now + 400_000);
    const others = memoryHosts({ create: createToyNode });
    const again = await replay(live.recording(), { hosts: others });
    expect(again.hash()).toBe(live.hash());
    expect(others.images()).toEqual(hosts.images());
  },
);

/** Hosts of which one node's dies at its `nth` window: before the window ran, or after it was committed. */
function mortal(hosts: Hosts, death: { node: string; nth: number; committed: boolean }): Hosts {
  let windows = 0;
  return {
    wipe: (node, generation) => hosts.wipe(node, generation),
    async start(boot, saved) {
      const host = await hosts.start(boot, saved);
      return {
        stop: () => host.stop(),
        run(request) {
          if (boot.node !== death.node || request.type !== 'window' || ++windows !== death.nth)
            return host.run(request);
          if (!death.committed) throw new HostDied(boot.node, 'its worker ended', null);
          void host.run(request);
          throw new HostDied(boot.node, 'its worker ended', request.until);
        },
      };
    },
  };
}

test.each([
  { node: 's1', nth: 40, committed: true },
  { node: 's2', nth: 41, committed: false },
  { node: 'pd1', nth: 77, committed: true },
])('a host that dies unasked is a recorded crash that replays: $node', async (death) => {
  const memory = memoryHosts({ create: createToyNode });
  const live = await Conductor.start({ seed: 5, cluster, hosts: mortal(memory, death) });
  await live.advance(6_000_000);
  expect(live.nodes.get(death.node)).toBe('down');
  expect(live.recording().commands).toMatchObject([
    { command: { type: 'crash', node: death.node } },
  ]);
  await live.give({ type: 'restart', node: death.node });
  await live.advance(7_000_000);
  const again = memoryHosts({ create: createToyNode });
  const second = await replay(live.recording(), { hosts: again });
  expect(second.hash()).toBe(live.hash());
  expect(again.images()).toEqual(memory.images());
});

/** Hosts that die as they begin a life: one of the lives `dies`, at the start of its host or at its first step. */
function stillborn(hosts: Hosts, dies: readonly string[], at: 'start' | 'boot'): Hosts {
  const died = (node: string, incarnation: number) => dies.includes(`${node}#${incarnation}`);
  return {
    wipe: (node, generation) => hosts.wipe(node, generation),
    async start(boot, saved) {
      const death = new HostDied(boot.node, 'its worker ended', null);
      if (!died(boot.node, boot.incarnation)) return hosts.start(boot, saved);
      if (at === 'start') throw death;
      return {
        stop: () => undefined,
        run() {
          throw death;
        },
      };
    },
  };
}

interface Stillborn {
  readonly dies: readonly string[];
  readonly before: readonly Command[];
  readonly command: Command;
  readonly missed: readonly string[];
  /** Who asked hears that it failed; a power cut asks nobody. */
  readonly ok: boolean;
}

describe.each(['start', 'boot'] as const)('a host that dies at its %s', (at) => {
  test.each<Stillborn>([
    {
      dies: ['s2#2'],
      before: [{ type: 'kill', node: 's2' }],
      command: { type: 'restart', node: 's2' },
      missed: ['s2'],
      ok: false,
    },
    {
      dies: ['s4#1'],
      before: [],
      command: { type: 'join', node: 's4', labels: [] },
      missed: ['s4'],
      ok: false,
    },
    {
      dies: ['s1#2', 'pd1#2'],
      before: [{ type: 'kill', node: 's3' }],
      command: { type: 'power-cut', kept: [] },
      missed: ['s1', 'pd1'],
      ok: true,
    },
  ])('is down again, and the recording says so: $command.type', async (story) => {
    const memory = memoryHosts({ create: createToyNode });
    const hosts = stillborn(memory, story.dies, at);
    const told: [string, number][] = [];
    const beforeCommand = (timed: TimedCommand, index: number) =>
      void told.push([timed.command.type, index]);
    const live = await Conductor.start({ seed: 6, cluster, hosts, beforeCommand });
    await live.advance(1_000_000);
    for (const command of story.before) await live.give(command);
    await live.advance(1_500_000);
    expect(await live.give(story.command)).toMatchObject({ ok: story.ok });
    for (const node of story.missed) expect(live.nodes.get(node)).toBe('down');
    expect(live.recording().commands.at(-1)?.command).toEqual({
      ...story.command,
      missed: story.missed,
    });
    // What stands in the database is what stands in the recording.
    const index = story.before.length;
    expect(told.filter(([, n]) => n === index)).toHaveLength(1 + story.missed.length);
    await live.advance(2_000_000);
    for (const node of story.missed)
      expect(await live.give({ type: 'restart', node })).toMatchObject({ ok: true });
    await live.advance(3_000_000);
    for (const node of story.missed) expect(live.nodes.get(node)).toBe('up');
    const again = memoryHosts({ create: createToyNode });
    const second = await replay(live.recording(), { hosts: again });
    expect(second.hash()).toBe(live.hash());
    expect(again.images()).toEqual(memory.images());
  });
});

test('a node that throws is down from that input on, and everything else goes on', async () => {
  const records: JournalRecord[] = [];
  const hosts = memoryHosts({
    create: (given) => {
      const node = createToyNode(given);
      let inputs = 0;
      return {
        ...node,
        step(input) {
          if (given.id === 's2' && ++inputs === 30) throw new Error('a bug of ours');
          return node.step(input);
        },
      };
    },
  });
  const conductor = await Conductor.start({
    seed: 1,
    cluster,
    hosts,
    onRecords: (batch) => records.push(...batch),
  });
  await conductor.advance(5_000_000);
  const panic = records.find((record) => record.event.type === 'node/panicked');
  expect(panic?.event).toEqual({ type: 'node/panicked', node: 's2', message: 'a bug of ours' });
  expect(conductor.nodes.get('s2')).toBe('down');
  expect(
    records.some((record) => record.id.node === 's2' && record.at > (panic as JournalRecord).at),
  ).toBe(false);
  expect(records.at(-1)?.at).toBeGreaterThan(4_900_000);
});
