// Random faults under load: what the disks hold covers every promise that leaves, nothing acknowledged is lost, and a node
// that is made from what it saved goes on in the same way.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { below, newChance, pick } from '../../base/chance.ts';
import { isLinearizable, type Observed } from '../../testing/linearizable.ts';
import { NO_SPLITS, QUIET_PD } from '../../testing/quiet-pd.ts';
import { TinyWorld } from '../../testing/tiny-world.ts';
import type { ClientOutcome, ClientRequest } from '../client/request.ts';
import type { DiskImage } from '../disk.ts';
import type { NodeId } from '../ids.ts';
import type { Entry } from '../raft/entry.ts';
import type { RaftApplyState, RaftLocalState } from '../raftstore/engines.ts';
import type { Message } from './message.ts';

const STORES = ['s1', 's2', 's3'];
const put = (key: string, value: string): ClientRequest => ({ type: 'put', key, value });
const cas = (key: string, previous: string | null, value: string): ClientRequest => ({
  type: 'cas',
  key,
  previous,
  value,
});

const entryOnDisk = (disk: DiskImage, index: number) =>
  (disk.raft_log ?? []).find(([key]) => (key as [number, number])[1] === index)?.[1] as
    | Entry
    | undefined;
/** What was given up at the beginning of the log was applied, and that is on the disk. */
const compactedOnDisk = (disk: DiskImage) =>
  ((disk.apply_state ?? [])[0]?.[1] as unknown as RaftApplyState | undefined)?.truncatedState
    .index ?? 0;
const stateOnDisk = (disk: DiskImage) =>
  (disk.raft_state ?? [])[0]?.[1] as unknown as RaftLocalState | undefined;

/** Why this message breaks a promise that the sender's disk does not hold; null where all is well. */
function brokenPromise(world: TinyWorld, from: NodeId, sent: Message): string | null {
  if (sent.type !== 'raft') return null;
  const { message } = sent;
  const disk = world.disk(from);
  const { hardState } = stateOnDisk(disk) ?? { hardState: { term: 0, vote: 0 } };
  if (message.msgType === 'MsgAppendResponse' && message.reject !== true && message.index > 5) {
    if (message.term > hardState.term) return 'an acknowledgement of a term that is not on disk';
    if (message.index <= compactedOnDisk(disk)) return null;
    const entry = entryOnDisk(disk, message.index);
    return entry === undefined ? `entry ${message.index} is acknowledged and not on disk` : null;
  }
  if (message.msgType === 'MsgRequestVoteResponse' && message.reject !== true)
    return hardState.term === message.term && hardState.vote === message.to
      ? null
      : 'a vote that is not on disk';
  if (message.msgType === 'MsgRequestVote' || message.msgType === 'MsgHeartbeat')
    return hardState.term >= message.term ? null : `${message.msgType} of a term not on disk`;
  return null;
}

function watchPromises(world: TinyWorld): string[] {
  const broken: string[] = [];
  world.watch = (from, _to, message) => {
    const reason = brokenPromise(world, from, message);
    if (reason !== null) broken.push(reason);
  };
  return broken;
}

type Fault = { kind: 'kill' | 'hold' | 'lose' | 'run'; store: number; ms: number };
const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom('kill', 'kill', 'hold', 'lose', 'run'),
  store: fc.integer({ min: 1, max: 3 }),
  ms: fc.integer({ min: 20, max: 2500 }),
});

/** Faults while one client writes keys of its own and another counts by compare-and-swap. */
function storm(seed: number, faults: readonly Fault[], reloads = 0) {
  const settings = { ...QUIET_PD, ...NO_SPLITS };
  const world = new TinyWorld({ seed, clients: 2, reloads, settings });
  const broken = watchPromises(world);
  const puts: { key: string; op: number }[] = [];
  const swaps: number[] = [];
  let counter: number | null = null;
  const work = () => {
    puts.push({ key: `k${puts.length}`, op: 0 });
    const last = puts.at(-1) as { key: string; op: number };
    last.op = world.request(put(last.key, 'v'), 'c1');
    const open = swaps.at(-1);
    const ended = open === undefined ? null : world.outcome(open);
    if (open !== undefined && ended === null) return;
    if (ended?.status === 'ok' && ended.result.type === 'cas')
      counter = ended.result.succeeded ? (counter ?? 0) + 1 : Number(ended.result.previous ?? 0);
    const previous = counter === null || counter === 0 ? null : `${counter}`;
    swaps.push(world.request(cas('n', previous, `${(counter ?? 0) + 1}`), 'c2'));
  };
  for (const { kind, store, ms } of faults) {
    const id = `s${store}`;
    work();
    if (kind === 'kill') world.kill(id);
    if (kind === 'hold') world.hold(id);
    if (kind === 'lose') world.lose = (from, to) => from === id || to === id;
    for (let slice = 0; slice < 4; slice++) {
      world.run(Math.ceil(ms / 4));
      work();
    }
    if (kind === 'kill') world.restart(id);
    if (kind === 'hold') world.hold(id, false);
    world.lose = () => false;
  }
  const ops = [...puts.map(({ op }) => op), ...swaps];
  world.until(() => ops.every((op) => world.outcome(op) !== null), 120_000);
  return { world, broken, puts, swaps };
}

test('storm: no promise without a disk, nothing acknowledged lost, no swap done twice', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.array(fault, { minLength: 3, maxLength: 8 }),
      (seed, faults) => {
        const { world, broken, puts, swaps } = storm(seed, faults);
        expect(broken).toEqual([]);
        const all = world.do({ type: 'scan', from: 'k', to: 'l', limit: 10_000 });
        const found = new Set(
          all.status === 'ok' && all.result.type === 'scan'
            ? all.result.pairs.map(([key]) => key)
            : [],
        );
        for (const { key, op } of puts) {
          const outcome = world.outcome(op);
          if (outcome?.status === 'ok') expect(found).toContain(key);
          if (outcome?.status === 'failed') expect(found).not.toContain(key);
        }
        const outcomes = swaps.map((op) => world.outcome(op));
        const won = outcomes.filter(
          (end) => end?.status === 'ok' && end.result.type === 'cas' && end.result.succeeded,
        ).length;
        const unknown = outcomes.filter((end) => end?.status === 'undetermined').length;
        const read = world.do({ type: 'get', key: 'n' });
        const count =
          read.status === 'ok' && read.result.type === 'get' ? Number(read.result.value ?? 0) : -1;
        expect(count).toBeGreaterThanOrEqual(won);
        expect(count).toBeLessThanOrEqual(won + unknown);
        const states = new Map<number, number>();
        for (const { index, state } of world.eventsOf(null, 'raftstore/applied'))
          expect(states.set(index, states.get(index) ?? state).get(index)).toBe(state);
      },
    ),
    { numRuns: 25 },
  );
});

test('a node that is made from what it saved goes on as if nothing had been', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.array(fault, { minLength: 2, maxLength: 5 }),
      (seed, faults) => {
        const plain = storm(seed, faults).world;
        const reloaded = storm(seed, faults, 100_000).world;
        expect(reloaded.told).toEqual(plain.told);
        expect(STORES.map((id) => reloaded.disk(id))).toEqual(STORES.map((id) => plain.disk(id)));
      },
    ),
    { numRuns: 12 },
  );
});

/** Three clients on one key, three operations at a time, while the weather changes. */
function quarrel(seed: number, faults: readonly Fault[]): Observed[] {
  const world = new TinyWorld({ seed, clients: 3 });
  const chance = newChance(seed, 'quarrel');
  const begun: { op: number; from: number; request: Observed['request'] }[] = [];
  const begin = (client: number) => {
    const value = `${begun.length}`;
    const previous = below(chance, 3) === 0 ? null : `${below(chance, begun.length + 1)}`;
    const request = pick(chance, [
      { type: 'get', key: 'k' } as const,
      { type: 'put', key: 'k', value } as const,
      { type: 'cas', key: 'k', previous, value } as const,
      { type: 'delete', key: 'k' } as const,
    ]);
    const op = world.request(request, `c${client}`);
    begun.push({ op, from: world.told.length, request });
  };
  world.untilLeader();
  for (const { kind, store, ms } of faults) {
    const id = `s${store}`;
    if (kind === 'kill') world.kill(id);
    if (kind === 'hold') world.hold(id);
    if (kind === 'lose') world.lose = (from, to) => from === id || to === id;
    for (let client = 1; client <= 3; client++) {
      begin(client);
      world.run(Math.ceil(ms / 3));
    }
    if (kind === 'kill') world.restart(id);
    if (kind === 'hold') world.hold(id, false);
    world.lose = () => false;
  }
  world.until(() => begun.every(({ op }) => world.outcome(op) !== null), 120_000);
  return begun.map(({ op, from, request }) => {
    const to = world.told.findIndex(
      ({ event }) => event.type === 'client/op-ended' && event.op === op,
    );
    return { from, to, request, outcome: world.outcome(op) as ClientOutcome };
  });
}

test('whatever the weather, one key behaves as if there were one copy of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.array(fault, { minLength: 3, maxLength: 8 }),
      (seed, faults) => {
        expect(isLinearizable(quarrel(seed, faults))).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});
