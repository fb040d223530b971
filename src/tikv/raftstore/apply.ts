// The state machine: committed entries, in order, become data. All entries of a round and the apply state go to the kv
// engine in one write without a sync: after a power loss the entries are applied again from the log, and the apply
// state says from where. (TiKV: raftstore/src/store/fsm/apply.rs)

import { assert } from '../../base/assert.ts';
import { hashPlain, newHash } from '../../base/hash.ts';
import { CFS, type Cf, type KvOp, type KvSnapshot, type WriteBatch } from '../kv/engine.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { RegionId } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import { entryDigest, type Entry } from '../raft/entry.ts';
import { decodeCommand } from './command.ts';
import type { Engines } from './engines.ts';
import type { EntryContent, RaftstoreEvent } from './event.ts';
import type { RegionError } from './message.ts';
import { regionHolds, type Region } from './region.ts';
import { epochCurrent } from './rules.ts';

/** What a Region's data weigh, and a fingerprint that depends on nothing but the data. */
export interface DataStats {
  keys: number;
  bytes: number;
  /** 32 bits: the sum of the fingerprints of all pairs. */
  digest: number;
}

/** Who is told of entries that do more than raw commands. (TiKV: raftstore/src/coprocessor) */
export interface ApplyObserver {
  /** Null: a raw command. */
  contentOf(ops: WriteBatch): EntryContent | null;
  /** The batch has taken effect on this replica. */
  onApplied(regionId: RegionId, ops: WriteBatch): void;
}

/** Null: the entry took effect. */
export type ApplyResult = RegionError | null;

/** Counts a Region's data anew. */
export function measure(kv: KvSnapshot, region: Region): DataStats {
  const stats = { keys: 0, bytes: 0, digest: 0 };
  for (const cf of CFS)
    for (const [key, value] of kv.range(cf, region.startKey, region.endKey || null))
      count(stats, 1, [cf, key, value]);
  return stats;
}

function count(stats: DataStats, sign: 1 | -1, pair: readonly [Cf, Bytes, Bytes]): void {
  const hash = newHash();
  hashPlain(hash, pair);
  stats.keys += sign;
  stats.bytes += sign * (pair[1].length + pair[2].length);
  stats.digest = (stats.digest + sign * ((hash.a ^ hash.b) >>> 0)) >>> 0;
}

export class Applier {
  readonly #sink: Sink<never, RaftstoreEvent>;
  readonly #engines: Engines;
  readonly #regionId: RegionId;
  readonly #stats: DataStats;
  readonly #observer: ApplyObserver;

  constructor(options: {
    readonly sink: Sink<never, RaftstoreEvent>;
    readonly engines: Engines;
    readonly regionId: RegionId;
    readonly observer: ApplyObserver;
  }) {
    const { engines, regionId } = options;
    this.#sink = options.sink;
    this.#engines = engines;
    this.#regionId = regionId;
    this.#observer = options.observer;
    this.#stats = measure(engines.kv, engines.region(regionId));
  }

  get stats(): Readonly<DataStats> {
    return this.#stats;
  }

  /** Applies a round of committed entries; one result for each. */
  apply(entries: readonly Entry[]): ApplyResult[] {
    const state = this.#engines.applyState(this.#regionId);
    const last = entries.at(-1);
    if (last === undefined) return [];
    let next = state.appliedIndex + 1;
    const results: ApplyResult[] = [];
    for (const entry of entries) {
      assert(entry.index === next, `entry ${entry.index} is committed where ${next} is due`);
      next += 1;
      results.push(this.#applyEntry(entry));
    }
    const applied = {
      ...state,
      appliedIndex: last.index,
      commitIndex: last.index,
      commitTerm: last.term,
    };
    this.#engines.writeKv({ applyState: [this.#regionId, applied] }, false);
    return results;
  }

  #applyEntry(entry: Entry): ApplyResult {
    assert(entry.entryType === 'EntryNormal', 'membership changes come with a later floor');
    const result = entry.data === '' ? null : this.#execute(entry);
    this.#sink.emit({
      type: 'raftstore/applied',
      region: this.#regionId,
      index: entry.index,
      term: entry.term,
      digest: entryDigest(entry),
      state: this.#stats.digest,
    });
    return result;
  }

  /** The epoch is looked at again: it may have changed since the proposal. A refused entry changes nothing. */
  #execute(entry: Entry): ApplyResult {
    const region = this.#engines.region(this.#regionId);
    const command = decodeCommand(entry.data);
    if (!epochCurrent(command.epoch, region.epoch).holds)
      return { type: 'EpochNotMatch', currentRegions: [region] };
    for (const op of command.ops) {
      const key = op.type === 'delete-range' ? op.from : op.key;
      if (!regionHolds(region, key)) return { type: 'KeyNotInRegion', key, region };
    }
    for (const op of command.ops) this.#change(op);
    this.#observer.onApplied(this.#regionId, command.ops);
    return null;
  }

  #change(op: KvOp): void {
    assert(op.type !== 'delete-range', 'no command deletes a range on this floor');
    const old = this.#engines.kv.get(op.cf, op.key);
    if (old !== undefined) count(this.#stats, -1, [op.cf, op.key, old]);
    if (op.type === 'put') count(this.#stats, 1, [op.cf, op.key, op.value]);
    this.#engines.stage(op);
  }
}
