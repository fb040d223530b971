// Where a Region is to be split: when its data weigh too much, when it has too many keys, or in the middle when asked.
// The families are walked as one, in the order of keys. (TiKV: coprocessor/split_check/{size,keys,half}.rs, worker/split_check.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { Settings } from '../config.ts';
import { CFS, type Cf, type KvSnapshot } from '../kv/engine.ts';
import { countsAsKey } from './apply.ts';
import type { Region } from './region.ts';

export interface SplitLimits {
  readonly splitSize: number;
  readonly maxSize: number;
  readonly splitKeys: number;
  readonly maxKeys: number;
  /** Keys that one check gives at most. */
  readonly batch: number;
}

export const splitLimits = (settings: Settings): SplitLimits => ({
  splitSize: settings['coprocessor.region-split-size'],
  maxSize: settings['coprocessor.region-max-size'],
  splitKeys: settings['coprocessor.region-split-keys'],
  maxKeys: settings['coprocessor.region-max-keys'],
  batch: settings['coprocessor.batch-split-limit'],
});

type Pair = readonly [cf: Cf, key: Bytes, value: Bytes];

/** All pairs of a Region in the order of their keys, whichever family they are in. */
function* pairsOf(kv: KvSnapshot, { startKey, endKey }: Region): Generator<Pair> {
  const walks = CFS.map((cf) => ({ cf, walk: kv.range(cf, startKey, endKey || null) }));
  const heads = walks.map(({ cf, walk }) => ({ cf, walk, next: walk.next() }));
  for (;;) {
    let first: (typeof heads)[0] | null = null;
    for (const head of heads) {
      if (head.next.done === true) continue;
      if (first === null || head.next.value[0] < (first.next.value as [Bytes, Bytes])[0])
        first = head;
    }
    if (first === null) return;
    const [key, value] = first.next.value as [Bytes, Bytes];
    yield [first.cf, key, value];
    first.next = first.walk.next();
  }
}

/** One of the two checkers: `weigh` says what a pair counts. */
function keysBy(
  pairs: Iterable<Pair>,
  weigh: (pair: Pair) => number,
  { split, max, batch }: { readonly split: number; readonly max: number; readonly batch: number },
): Bytes[] {
  const keys: Bytes[] = [];
  let current = 0;
  for (const pair of pairs) {
    const weight = weigh(pair);
    if (weight === 0) continue;
    const before = current;
    current += weight;
    if (current > split && keys.length < batch) {
      keys.push(pair[1]);
      // The pair at which a part begins belongs to that part.
      current = before === split ? weight : 0;
    }
    if (keys.length >= batch && current + split >= max) break;
  }
  // No small rest is left behind.
  if (current + split < max) keys.pop();
  return keys;
}

/** Engine keys at which the parts of a Region begin that has become too large; size comes before keys. */
export function checkSplit(
  kv: KvSnapshot,
  region: Region,
  of: { readonly limits: SplitLimits; readonly size: number; readonly count: number },
): { readonly why: 'size' | 'keys'; readonly keys: readonly Bytes[] } | null {
  const { limits, size, count } = of;
  const { batch } = limits;
  if (size >= limits.maxSize) {
    const bounds = { split: limits.splitSize, max: limits.maxSize, batch };
    const weigh = ([, key, value]: Pair) => key.length + value.length;
    const keys = keysBy(pairsOf(kv, region), weigh, bounds);
    if (keys.length > 0) return { why: 'size', keys };
  }
  if (count < limits.maxKeys) return null;
  const bounds = { split: limits.splitKeys, max: limits.maxKeys, batch };
  const weigh = ([cf, key]: Pair) => Number(countsAsKey(cf, key));
  const keys = keysBy(pairsOf(kv, region), weigh, bounds);
  return keys.length > 0 ? { why: 'keys', keys } : null;
}

/** The halves of a Region are measured in so many buckets. */
const BUCKETS = 1024;

/** The engine key in the middle of a Region's data; null where there is none. */
export function halfKey(kv: KvSnapshot, region: Region, maxSize: number): Bytes | null {
  const bucket = Math.max(1, Math.floor(maxSize / BUCKETS));
  const buckets: Bytes[] = [];
  let current = 0;
  for (const [, key, value] of pairsOf(kv, region)) {
    if (buckets.length === 0 || current >= bucket) {
      buckets.push(key);
      current = 0;
    }
    current += key.length + value.length;
  }
  return buckets[Math.floor(buckets.length / 2)] ?? null;
}
