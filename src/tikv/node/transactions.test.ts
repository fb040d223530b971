// Transactions on nodes alone: a node that is made from what it saved goes on as if nothing had been, in the middle of a
// two-phase commit too; and what stores do about the commands of nobody's client.
import { describe, expect, test } from 'vitest';
import { below, newChance } from '../../base/chance.ts';
import { TinyWorld } from '../../testing/tiny-world.ts';
import type { ClientRequest } from '../client/request.ts';
import { firstRegion } from '../raftstore/bootstrap.ts';
import type { TxnCall, TxnKvResponse } from '../txn/message.ts';

const begin: ClientRequest = { type: 'begin', name: null };
const commit: ClientRequest = { type: 'commit', name: null };
const put = (key: string, value: string): ClientRequest => ({ type: 'put', key, value });
const get = (key: string): ClientRequest => ({ type: 'get', key });

/** Three clients in each other's way, while stores fail. */
function quarrel(seed: number, reloads: number): TinyWorld {
  const world = new TinyWorld({ seed, clients: 3, reloads });
  const chance = newChance(seed, 'quarrel');
  const ops: number[] = [];
  const lines = (client: string) => {
    const [a, b] = [`k${below(chance, 4)}`, `k${below(chance, 4)}`];
    for (const request of [begin, get(a), put(a, `${client} ${ops.length}`), put(b, '1'), commit])
      ops.push(world.request(request, client));
  };
  world.untilLeader();
  for (let turn = 0; turn < 6; turn++) {
    const store = `s${1 + below(chance, 3)}`;
    if (below(chance, 2) === 0) world.kill(store);
    for (const client of ['c1', 'c2', 'c3']) lines(client);
    world.run(below(chance, 1500));
    if (!world.isUp(store)) world.restart(store);
  }
  world.until(() => ops.every((op) => world.outcome(op) !== null), 240_000);
  return world;
}

test.each([1, 2, 3])('saved and made anew at any moment, storm %i is the same', (seed) => {
  const plain = quarrel(seed, 0);
  expect(quarrel(seed, 150_000).told).toEqual(plain.told);
  const ended = plain.eventsOf(null, 'client/txn-ended').map(({ status }) => status);
  expect(ended).toContain('committed');
  // Whatever store applies an entry, it tells the same of it.
  const states = new Map<number, number>();
  for (const { index, state } of plain.eventsOf(null, 'raftstore/applied'))
    expect(states.set(index, states.get(index) ?? state).get(index)).toBe(state);
});

describe('a store', () => {
  const world = new TinyWorld();
  const leader = world.untilLeader();
  const region = firstRegion(3);
  const peer = region.peers.find(({ storeId }) => `s${storeId}` === leader);
  const answers = new Map<number, TxnKvResponse>();
  world.watch = (_from, _to, message) => {
    if (message.type === 'txn-response') answers.set(message.id, message);
  };
  let calls = 0;
  /** Hands a command to the leader and waits for its answer. */
  const ask = (request: TxnCall, at = peer) => {
    const id = ++calls;
    if (at === undefined) throw new Error('no leader');
    const context = { regionId: 1, regionEpoch: region.epoch, peer: at, term: 0 };
    const message = { type: 'txn-request', id, context, request } as const;
    world.inject(`s${at.storeId}`, { type: 'message', now: world.now, from: 'c1', message });
    world.until(() => answers.has(id), 5000);
    return answers.get(id)?.result;
  };
  const prewrite = (key: string, startTs: number, more: object = {}): TxnCall => ({
    type: 'prewrite',
    mutations: [
      {
        op: 'Put',
        key,
        value: 'v',
        assertion: 'None',
        pessimisticAction: 'SkipPessimisticCheck',
        expectedForUpdateTs: null,
      },
    ],
    primary: key,
    startTs,
    lockTtl: 3000,
    forUpdateTs: 0,
    minCommitTs: startTs + 1,
    maxCommitTs: 0,
    txnSize: 1,
    useAsyncCommit: false,
    secondaries: [],
    tryOnePc: false,
    isRetryRequest: false,
    assertionLevel: 'Off',
    ...more,
  });
  const now = () => Math.floor(world.now / 1000) * 2 ** 18;

  test('that does not lead names the one that does', () => {
    const other = region.peers.find(({ storeId }) => `s${storeId}` !== leader);
    expect(ask(prewrite('x', now()), other)).toMatchObject({
      ok: false,
      error: { type: 'NotLeader', leader: { id: peer?.id } },
    });
  });

  test('commits in one phase above every read it has served', () => {
    const readTs = now() + 500_000_000;
    const read = {
      version: readTs,
      isolation: 'SI',
      resolvedLocks: [],
      committedLocks: [],
    } as const;
    expect(ask({ type: 'get', key: 'one', ...read, isReplicaRead: false })).toMatchObject({
      response: { type: 'get', value: null },
    });
    expect(ask(prewrite('one', now(), { tryOnePc: true }))).toMatchObject({
      response: { type: 'prewrite', onePcCommitTs: readTs + 1 },
    });
  });

  test('that leads anew computes no commit timestamp before PD has given it one', () => {
    const fresh = new TinyWorld();
    fresh.lose = (_from, _to, message) =>
      message.type === 'pd-response' && message.answer.type === 'tso';
    const first = fresh.untilLeader();
    const at = region.peers.find(
      ({ storeId }) => `s${storeId}` === first,
    ) as (typeof region.peers)[0];
    const heard: TxnKvResponse[] = [];
    fresh.watch = (_from, _to, message) => {
      if (message.type === 'txn-response') heard.push(message);
    };
    const send = (id: number) => {
      const context = { regionId: 1, regionEpoch: region.epoch, peer: at, term: 0 };
      const request = prewrite('k', 300_000_000, { tryOnePc: true });
      const message = { type: 'txn-request', id, context, request } as const;
      fresh.inject(first, { type: 'message', now: fresh.now, from: 'c1', message });
      fresh.until(() => heard.some((one) => one.id === id), 3000);
      return heard.find((one) => one.id === id)?.result;
    };
    expect(send(1)).toMatchObject({
      response: { type: 'refused', errors: [{ kind: 'MaxTimestampNotSynced' }] },
    });
    fresh.lose = () => false;
    fresh.until(() => fresh.eventsOf(first, 'txn/max-ts-raised').length > 0, 2000);
    expect(send(2)).toMatchObject({ response: { type: 'prewrite' } });
  });

  test('lets a waiter for a pessimistic lock go when its time is over', () => {
    const lock = (startTs: number): TxnCall => ({
      type: 'acquire-pessimistic-lock',
      keys: [{ key: 'p', shouldNotExist: false }],
      primary: 'p',
      startTs,
      forUpdateTs: startTs,
      lockTtl: 60_000,
      minCommitTs: startTs + 1,
      returnValues: false,
      checkExistence: false,
      lockOnlyIfExists: false,
      wakeUpMode: 'Normal',
      waitTimeoutMs: 0,
    });
    const startTs = now() + 900_000_000;
    expect(ask(lock(startTs))).toMatchObject({ response: { type: 'acquire-pessimistic-lock' } });
    const from = world.now;
    expect(ask(lock(startTs + 1))).toMatchObject({
      response: { type: 'refused', errors: [{ kind: 'KeyIsLocked', lockVersion: startTs }] },
    });
    expect(world.now - from).toBeGreaterThanOrEqual(800_000);
  });
});
