// Clients over many Regions, whose map is made by hand: what the cache believes may be old, and the Regions may split while
// a client is at work. Whatever happens, a scan finds every key once, and a commit locks and frees every key.
import { describe, expect, test } from 'vitest';
import { below, newChance, pick, type Chance } from '../../base/chance.ts';
import { encodeKey } from '../mvcc/key.ts';
import type { RegionError } from '../raftstore/message.ts';
import { encodeRawKey } from '../raftstore/raw-codec.ts';
import { regionHolds, regionsOverlap, type Region } from '../raftstore/region.ts';
import type { TxnCall } from '../txn/message.ts';
import { operation } from './operation.ts';
import { RegionCache } from './region-cache.ts';
import type { ClientOutcome, ClientRequest } from './request.ts';
import type { TxnContext } from './snapshot.ts';
import type { Answer, StoreRequest, StoreResponse, Wait } from './wait.ts';

type Call = Extract<Wait, { type: 'call' }>;

/** Stores that hold what they are told, and a PD that knows every Region. */
class HandCluster {
  readonly data = new Map<string, string>();
  readonly locks = new Set<string>();
  readonly calls: string[] = [];
  readonly cache = new RegionCache();
  regions: Region[] = [];
  /** Called before each call is answered. */
  before: (call: Call) => void = () => undefined;
  #nextId = 100;
  #ts = 1000;

  constructor(cuts: readonly string[]) {
    const bounds = ['', ...cuts, ''];
    for (let i = 0; i + 1 < bounds.length; i++)
      this.regions.push(this.#region(bounds[i] as string, bounds[i + 1] as string, 1));
  }

  #region(startKey: string, endKey: string, version: number): Region {
    const id = this.#nextId++;
    const peers = [1, 2, 3].map((storeId) => ({
      id: id * 10 + storeId,
      storeId,
      role: 'Voter' as const,
    }));
    return { id, startKey, endKey, epoch: { confVer: 1, version }, peers };
  }

  /** The right part keeps the id. */
  split(key: string): void {
    const at = this.regions.findIndex((region) => regionHolds(region, key));
    const parent = this.regions[at];
    if (parent === undefined || parent.startKey === key) return;
    const version = parent.epoch.version + 1;
    const left = this.#region(parent.startKey, key, version);
    const right = { ...parent, startKey: key, epoch: { ...parent.epoch, version } };
    this.regions.splice(at, 1, left, right);
  }

  run(request: ClientRequest, context: TxnContext | null = null): ClientOutcome {
    const body = operation(request, 100_000, context);
    for (let step = body.next(), n = 0; ; n++) {
      if (step.done === true) return step.value;
      if (n > 5000) throw new Error('the operation goes round in circles');
      step = body.next(this.#answer(step.value));
    }
  }

  #answer(wait: Wait): Answer {
    switch (wait.type) {
      case 'locate': {
        const cached = this.cache.locate(wait.key);
        if (cached !== null) return { type: 'located', ...cached, cached: true };
        const region = this.regions.find((each) => regionHolds(each, wait.key));
        if (region === undefined) return { type: 'refused', reason: 'no Region' };
        const leader = region.peers[0] ?? null;
        this.cache.insert({ region, leader });
        return { type: 'located', region, leader, cached: false };
      }
      case 'call':
        return this.#call(wait);
      case 'timestamp':
        return { type: 'timestamp', timestamp: (this.#ts += 10) };
      case 'back-off':
        return { type: 'waited', ms: 1 };
      case 'invalidate':
        this.cache.remove(wait.regionId);
        return { type: 'done' };
      case 'insert':
        for (const region of wait.regions)
          this.cache.insert({ region, leader: region.peers[0] ?? null });
        return { type: 'done' };
      default:
        return { type: 'done' };
    }
  }

  #call(call: Call): Answer {
    this.before(call);
    const { region, request } = call;
    this.calls.push(`${request.type} r${region.id}`);
    const now = this.regions.find(({ id }) => id === region.id);
    const fail = (error: RegionError): Answer => ({ type: 'region-error', error });
    if (now === undefined) return fail({ type: 'RegionNotFound', regionId: region.id });
    if (now.epoch.version !== region.epoch.version) {
      const currentRegions = this.regions.filter((each) => regionsOverlap(each, region));
      return fail({ type: 'EpochNotMatch', currentRegions });
    }
    for (const key of keysOf(request))
      if (!regionHolds(now, key)) return fail({ type: 'KeyNotInRegion', key, region: now });
    return { type: 'response', response: this.#execute(request, now) };
  }

  #execute(request: StoreRequest, region: Region): StoreResponse {
    switch (request.type) {
      case 'raw-scan': {
        const pairs = [...this.data]
          .filter(([key]) => regionHolds(region, encodeRawKey(key)))
          .filter(([key]) => key >= request.startKey)
          .filter(([key]) => request.endKey === '' || key < request.endKey)
          .toSorted(([a], [b]) => (a < b ? -1 : 1));
        return { type: 'raw-scan', pairs: pairs.slice(0, request.limit) };
      }
      case 'raw-put':
        this.data.set(request.key, request.value);
        return { type: 'raw-put' };
      case 'prewrite':
        for (const { key } of request.mutations) this.locks.add(key);
        return { type: 'prewrite', minCommitTs: 0, onePcCommitTs: 0 };
      case 'commit':
        for (const key of request.keys) {
          this.locks.delete(key);
          this.data.set(key, 'committed');
        }
        return { type: 'commit', commitTs: request.commitTs };
      default:
        throw new Error(`nobody here does a ${request.type}`);
    }
  }
}

function keysOf(request: StoreRequest): string[] {
  if (request.type === 'raw-put') return [encodeRawKey(request.key)];
  if (request.type === 'raw-scan') return [encodeRawKey(request.startKey)];
  if (request.type === 'prewrite') return request.mutations.map(({ key }) => encodeKey(key));
  if (request.type === 'commit')
    return (request as TxnCall & { keys: string[] }).keys.map(encodeKey);
  return [];
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('');
const scan = (from: string, to: string, limit = 100): ClientRequest => ({
  type: 'scan',
  from,
  to,
  limit,
});
const pairsOf = (outcome: ClientOutcome): string =>
  outcome.status === 'ok' && outcome.result.type === 'scan'
    ? outcome.result.pairs.map(([key]) => key).join('')
    : outcome.status;

function lettered(cuts: readonly string[]): HandCluster {
  const cluster = new HandCluster(cuts.map(encodeRawKey));
  for (const letter of LETTERS) cluster.data.set(letter, '1');
  return cluster;
}

describe('a scan', () => {
  test('goes from Region to Region, and asks each once', () => {
    const cluster = lettered(['d', 'm', 'm5', 'x']);
    expect(pairsOf(cluster.run(scan('', '')))).toBe(LETTERS.join(''));
    expect(cluster.calls.length).toBe(5);
    expect(pairsOf(cluster.run(scan('e', 'n')))).toBe('efghijklm');
    expect(cluster.calls.length).toBe(8);
  });

  test('ends with its limit, inside a Region and at its bound', () => {
    const cluster = lettered(['d', 'm']);
    expect(pairsOf(cluster.run(scan('b', '', 2)))).toBe('bc');
    expect(cluster.calls.length).toBe(1);
    expect(pairsOf(cluster.run(scan('b', '', 4)))).toBe('bcde');
  });

  test('finds each key once where Regions split between its steps, and what is cached is old', () => {
    const cluster = lettered(['m']);
    cluster.run(scan('', ''));
    const cuts = ['t', 'f', 'p', 'c', 'w'].map(encodeRawKey);
    cluster.before = () => {
      const cut = cuts.shift();
      if (cut !== undefined) cluster.split(cut);
    };
    expect(pairsOf(cluster.run(scan('', '')))).toBe(LETTERS.join(''));
  });
});

describe('a commit', () => {
  const context = (keys: readonly string[]): TxnContext => ({
    startTs: 5,
    mutations: keys.map((key) => [key, '1'] as const),
    elapsedMs: 0,
  });

  test('locks Region by Region, and commits the primary alone', () => {
    const cluster = new HandCluster(['d', 'm'].map(encodeKey));
    const outcome = cluster.run({ type: 'commit', name: null }, context(['a', 'b', 'e', 'z']));
    expect(outcome).toMatchObject({ status: 'ok' });
    expect(cluster.calls).toEqual([
      'prewrite r100',
      'prewrite r101',
      'prewrite r102',
      'commit r100',
      'commit r100',
      'commit r101',
      'commit r102',
    ]);
    expect(cluster.locks.size).toBe(0);
  });

  test.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'frees every key though Regions split under it, seed %i',
    (seed) => {
      const chance: Chance = newChance(seed, 'splits');
      const cluster = new HandCluster([encodeKey('m')]);
      cluster.before = () => {
        if (below(chance, 2) === 0) cluster.split(encodeKey(pick(chance, LETTERS)));
      };
      const outcome = cluster.run({ type: 'commit', name: null }, context(LETTERS));
      expect(outcome).toMatchObject({ status: 'ok' });
      expect([...cluster.locks]).toEqual([]);
      expect([...cluster.data.keys()].toSorted()).toEqual(LETTERS);
    },
  );
});

describe('the cache', () => {
  test('takes no older description in place of a newer one', () => {
    const { regions, cache } = new HandCluster([]);
    const [region] = regions;
    if (region === undefined) return expect.fail('no Region');
    const newer = { ...region, epoch: { confVer: 3, version: 1 } };
    expect(cache.insert({ region: newer, leader: null })).toBe(true);
    expect(cache.insert({ region, leader: null })).toBe(false);
    expect(cache.locate('x')?.region).toEqual(newer);
  });
});
