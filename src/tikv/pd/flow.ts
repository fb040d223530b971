// How much is written to and read from a Region, reckoned from what its leader counts. A rate is taken over a second at
// least, so that heartbeats that come at once do not make it jump, and half of the one before stays in it.
// (PD: pkg/core/region.go, pkg/statistics/hot_peer_cache.go; PD keeps a median of moving averages)

import type { Micros } from '../ids.ts';
import type { RegionFlow } from './event.ts';
import type { RegionHeartbeat } from './message.ts';

const SECOND = 1_000_000;
/** Bytes in a second below which no Region is hot. (PD: 1 KiB written, 8 KiB read) */
const HOT_BYTES_MIN = { written: 48, read: 128 };
/** A hot Region takes this many times what Regions take on average. */
const HOT_TIMES_AVERAGE = 2;

const COUNTS = ['writtenBytes', 'writtenKeys', 'readBytes', 'readKeys'] as const;
type Counts = Readonly<Record<(typeof COUNTS)[number], number>>;

export interface Flow {
  readonly size: number;
  readonly keys: number;
  /** Counted since `since`; 0: nothing was counted yet. */
  readonly counted: Counts;
  readonly since: Micros;
  /** In a second. */
  readonly rates: Counts;
  /** Rates that were hot, one after the other, up to now. */
  readonly hotWrites: number;
  readonly hotReads: number;
}

const NOTHING: Counts = { writtenBytes: 0, writtenKeys: 0, readBytes: 0, readKeys: 0 };

export const newFlow = (): Flow => ({
  size: 0,
  keys: 0,
  counted: NOTHING,
  since: 0,
  rates: NOTHING,
  hotWrites: 0,
  hotReads: 0,
});

/** What Regions take on average, in bytes a second. */
export interface Average {
  readonly written: number;
  readonly read: number;
}

/** Of what so many Regions take together. */
export function averageOf({ written, read }: Average, regions: number): Average {
  const among = Math.max(1, regions);
  return { written: Math.floor(written / among), read: Math.floor(read / among) };
}

/** A heartbeat more. */
export function nextFlow(
  flow: Flow,
  beat: RegionHeartbeat,
  at: { readonly now: Micros; readonly average: Average; readonly regions: number },
): Flow {
  const { approximateSize: size, approximateKeys: keys } = beat;
  if (flow.since === 0) return { ...flow, size, keys, since: at.now };
  const counted = { ...flow.counted };
  for (const count of COUNTS) counted[count] += beat[count];
  const elapsed = at.now - flow.since;
  if (elapsed < SECOND) return { ...flow, size, keys, counted };
  const rates = { ...flow.rates };
  for (const count of COUNTS) {
    const rate = Math.floor((counted[count] * SECOND) / elapsed);
    rates[count] = Math.floor((flow.rates[count] + rate) / 2);
  }
  const hot = (rate: number, least: number, average: number) =>
    rate >= least && (at.regions === 1 || rate >= HOT_TIMES_AVERAGE * average);
  const { written, read } = at.average;
  const hotWrites = hot(rates.writtenBytes, HOT_BYTES_MIN.written, written)
    ? flow.hotWrites + 1
    : 0;
  const hotReads = hot(rates.readBytes, HOT_BYTES_MIN.read, read) ? flow.hotReads + 1 : 0;
  return { size, keys, counted: NOTHING, since: at.now, rates, hotWrites, hotReads };
}

/** As the picture shows it. */
export function flowOf(
  flow: Flow,
  known: {
    readonly pending: RegionHeartbeat['pendingPeers'];
    readonly down: RegionHeartbeat['downPeers'];
  },
  hits: number,
): RegionFlow {
  const { size, keys, rates } = flow;
  return {
    approximateSize: size,
    approximateKeys: keys,
    writtenBytesRate: rates.writtenBytes,
    writtenKeysRate: rates.writtenKeys,
    readBytesRate: rates.readBytes,
    readKeysRate: rates.readKeys,
    pending: known.pending.map(({ storeId }) => storeId),
    down: known.down.map(({ peer }) => peer.storeId),
    hot: flow.hotWrites >= hits || flow.hotReads >= hits,
  };
}
