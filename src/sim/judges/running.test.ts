// Judges over real nodes: sound ones never draw an objection, and each broken rule does. The weather is aimed at
// elections: sides of the cluster are cut off, somebody on either side stands, clients reach everybody.

import { describe, expect, test } from 'vitest';
import { below, between, luck, newChance, pick, type Chance } from '../../base/chance.ts';
import { QUIET_PD } from '../../testing/quiet-pd.ts';
import type { SettingChanges } from '../../tikv/config.ts';
import type { NodeId } from '../../tikv/ids.ts';
import type { AdminRequest } from '../../tikv/raftstore/admin-command.ts';
import type { Command } from '../command.ts';
import { Conductor } from '../conductor.ts';
import { memoryHosts } from '../memory-hosts.ts';
import { Bench } from './bench.ts';
import { ClientHistory } from './history.ts';
import { checkLinearizable } from './linearizable.ts';

interface Storm {
  readonly seed: number;
  readonly stores?: number;
  readonly rounds?: number;
  readonly settings?: SettingChanges;
  /** Raft messages are doubled and overtake each other. */
  readonly doubled?: boolean;
  /** Members come and go, leadership is handed over, logs are cut short. */
  readonly members?: boolean;
  /** Nobody is told to stand for election. */
  readonly unforced?: boolean;
  /** The rule that is broken, on every node. */
  readonly broken?: string;
  /** The storm is over when this judge objects. */
  readonly until?: string;
}

const QUICK: SettingChanges = {
  'raftstore.prevote': false,
  'raftstore.check-quorum': false,
  'network.latency': 10,
  'network.jitter': 8,
};

const THREE_OF_FIVE: SettingChanges = { ...QUICK, 'replication.max-replicas': 3 };

async function run(storm: Storm) {
  const { seed, stores = 3, rounds = 60, settings = QUICK } = storm;
  const bench = new Bench();
  const history = new ClientHistory();
  const objections: string[] = [];
  const told = { panics: [] as string[], elections: 0 };
  const conductor = await Conductor.start({
    seed,
    cluster: { stores, clients: 3, settings: { ...QUIET_PD, ...settings } },
    hosts: memoryHosts(),
    onRecords: (records) => {
      history.observe(records);
      for (const { judge } of bench.observe(records)) objections.push(judge);
      for (const { event } of records) {
        if (event.type === 'node/panicked') told.panics.push(event.message);
        if (event.type === 'raft/became-leader') told.elections += 1;
      }
    },
  });
  const chance = newChance(seed, 'weather');
  const nodes = Array.from({ length: stores }, (_, i) => `s${i + 1}`);
  const give = (command: Command) => conductor.give(command);
  const over = () => storm.until !== undefined && objections.includes(storm.until);
  const stop = storm.until === undefined ? undefined : over;
  const wait = (most: number) => conductor.advance(conductor.now + between(chance, 1, most), stop);
  if (storm.broken !== undefined) await give({ type: 'mutate', rule: storm.broken, on: true });
  if (storm.doubled === true) for (const command of doubling(nodes)) await give(command);
  for (let round = 0; round < rounds && !over(); round++) {
    for (const command of sides(chance, nodes)) await give(command);
    for (let k = below(chance, 4); k > 0; k--) {
      await wait(60_000);
      if (storm.unforced !== true)
        await give({ type: 'campaign', node: pick(chance, nodes), region: 1 });
      if (storm.members === true)
        for (const node of nodes)
          await give({ type: 'admin', node, region: 1, request: administration(chance, stores) });
    }
    for (let k = below(chance, 5); k > 0; k--) {
      await wait(100_000);
      await give(request(chance, round * 10 + k));
    }
    if (below(chance, 3) === 0) await wait(1_500_000);
  }
  return { ...told, objections, verdicts: bench.verdicts(), history: history.entries() };
}

function* sides(chance: Chance, nodes: readonly NodeId[]): Generator<Command> {
  yield { type: 'heal', node: null };
  const order = nodes
    .map((node) => [below(chance, 1000), node] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, node]) => node);
  const first = below(chance, nodes.length);
  const groups = [order.slice(0, first), order.slice(first)];
  if (first > 0) yield { type: 'partition', groups, oneWay: luck(chance, 250_000) };
  if (below(chance, 8) === 0) yield { type: 'kill', node: pick(chance, nodes) };
  for (const node of nodes) if (luck(chance, 500_000)) yield { type: 'restart', node };
}

function* doubling(nodes: readonly NodeId[]): Generator<Command> {
  for (const from of nodes)
    for (const to of nodes)
      if (from !== to)
        yield {
          type: 'link',
          from,
          to,
          latency: 10_000,
          jitter: 8000,
          lossPerMillion: 20_000,
          duplicatePerMillion: 300_000,
          reorderPerMillion: 300_000,
        };
}

function request(chance: Chance, n: number): Command {
  const client = pick(chance, ['c1', 'c2', 'c3']);
  const key = pick(chance, ['a', 'b']);
  const value = `v${n}`;
  switch (below(chance, 6)) {
    case 0:
    case 1:
      return { type: 'request', client, request: { type: 'put', key, value } };
    case 2:
      return { type: 'request', client, request: { type: 'delete', key } };
    case 3:
      return { type: 'request', client, request: { type: 'cas', key, previous: null, value } };
    case 4:
      return { type: 'request', client, request: { type: 'scan', from: '', to: '', limit: 9 } };
    default:
      return { type: 'request', client, request: { type: 'get', key } };
  }
}

/** Given to every store: the leader does what it can, the others refuse. */
function administration(chance: Chance, stores: number): AdminRequest {
  const store = between(chance, 1, stores);
  switch (below(chance, 10)) {
    case 0:
      return { type: 'compact-log', index: null };
    case 1:
      return { type: 'transfer-leader', to: store };
    case 2:
      return { type: 'request-snapshot' };
    case 3:
    case 4:
      return { type: 'change-peer', changes: [] };
    case 5: {
      const other = between(chance, 1, stores);
      const changes = [{ do: 'join', store } as const, { do: 'demote', store: other } as const];
      return { type: 'change-peer', changes };
    }
    default: {
      const kinds = ['join', 'add-learner', 'promote', 'demote', 'remove-peer'] as const;
      return { type: 'change-peer', changes: [{ do: pick(chance, kinds), store }] };
    }
  }
}

describe('sound nodes', () => {
  const storms: [string, Storm][] = [
    ['three stores, elections all the time', { seed: 1 }],
    ['three stores, messages doubled and out of order', { seed: 2, doubled: true }],
    ['three stores as they come', { seed: 3, settings: {} }],
    ['five stores', { seed: 4, stores: 5 }],
    ['five stores, messages doubled and out of order', { seed: 5, stores: 5, doubled: true }],
    ['two stores', { seed: 6, stores: 2 }],
    ['one store', { seed: 7, stores: 1 }],
    ['members that come and go', { seed: 8, stores: 5, members: true }],
    [
      'members of three out of five',
      { seed: 9, stores: 5, members: true, settings: THREE_OF_FIVE },
    ],
    ['leases', { seed: 10, settings: { 'client.lease-reads': true }, unforced: true, rounds: 100 }],
  ];

  test.each(storms)('%s', async (_name, storm) => {
    const { verdicts, panics, elections, history } = await run(storm);
    expect(verdicts.filter(({ holds }) => !holds)).toEqual([]);
    expect(panics).toEqual([]);
    expect(checkLinearizable(history).verdict).toBe('linearizable');
    expect(elections).toBeGreaterThan(2);
    expect(history.filter(({ status }) => status === 'ok').length).toBeGreaterThan(20);
  });
});

describe('a broken rule', () => {
  /** How many seeds from the known one on may be tried, should the engine's chances fall differently. */
  const TRIES = 30;

  test.each([
    ['mut:M01', 'inv:R4', { seed: 1 }],
    ['mut:M02', 'inv:R4', { seed: 12 }],
    ['mut:M03', 'inv:R7', { seed: 115 }],
    ['mut:M04', 'inv:R9', { seed: 1 }],
    ['mut:M05', 'inv:R9', { seed: 1 }],
    ['mut:M06', 'inv:R8', { seed: 1 }],
    ['mut:M07', 'inv:R3', { seed: 8 }],
    ['mut:M08', 'inv:R4', { seed: 3, doubled: true }],
    ['mut:M09', 'inv:R4', { seed: 52 }],
    ['mut:M10', 'inv:R4', { seed: 2 }],
    ['mut:M11', 'inv:R13', { seed: 1, stores: 5, members: true }],
    ['mut:M12', 'inv:R1', { seed: 8, stores: 4, doubled: true }],
    ['mut:M13', 'inv:R15', { seed: 8 }],
    ['mut:M14', 'inv:R15', { seed: 7 }],
  ] satisfies [string, string, Storm][])(
    '%s draws an objection of %s',
    async (id, judge, storm) => {
      const seeds = Array.from({ length: TRIES }, (_, i) => storm.seed + i);
      for (const seed of seeds) {
        const { objections } = await run({ ...storm, seed, broken: id, until: judge });
        if (objections.includes(judge)) return;
      }
      expect.fail(`no objection with the seeds ${seeds.join(', ')}`);
    },
  );

  test.each(['mut:M04', 'mut:M05', 'mut:M06', 'raft/must-sync', 'raft/persist-before-send'])(
    '%s is noticed before anything is lost',
    async (id) => {
      const { objections } = await run({ seed: 1, broken: id, until: 'inv:R11' });
      expect(objections).toEqual(['inv:R11']);
    },
  );

  test('a stale read is also seen by the clients', async () => {
    for (let seed = 2; seed < 2 + TRIES; seed++) {
      const { history } = await run({ seed, broken: 'mut:M13' });
      if (checkLinearizable(history).verdict === 'violated') return;
    }
    expect.fail('no client has seen anything');
  });
});

describe('what only looks dangerous', () => {
  test.each(['mut:D1', 'mut:D2', 'mut:D3', 'mut:D4', 'mut:D5'])('%s', async (id) => {
    const stores = id === 'mut:D5' ? 4 : 3;
    const { objections, panics } = await run({ seed: 1, stores, broken: id });
    expect([objections, panics]).toEqual([[], []]);
  });
});
