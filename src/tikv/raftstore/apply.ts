// The state machine: committed entries, in order, become data. All entries of a round and the apply state go to the kv
// engine in one write without a sync: after a power loss the entries are applied again from the log, and the apply
// state says from where. (TiKV: raftstore/src/store/fsm/apply.rs)

import { assert, must } from '../../base/assert.ts';
import { hashPlain, newHash } from '../../base/hash.ts';
import { CFS, type Cf, type KvOp, type KvSnapshot, type WriteBatch } from '../kv/engine.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { RegionId, StoreId } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import { entryDigest, type Entry } from '../raft/entry.ts';
import type { PeerChange } from './admin-command.ts';
import { UNINITIALIZED_APPLY_STATE } from './bootstrap.ts';
import { regionAfter } from './change-peer.ts';
import { commandOf } from './command.ts';
import type { Engines, RaftApplyState } from './engines.ts';
import type { EntryContent, RaftstoreEvent } from './event.ts';
import type { RegionError } from './message.ts';
import { peerOn, regionHolds, type Region, type RegionEpoch } from './region.ts';
import { confVerCurrent, epochCurrent } from './rules.ts';

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

/** What became of an entry. */
export interface ApplyResult {
  /** Null: it took effect. */
  readonly error: RegionError | null;
  /** What it did to the Region itself. */
  readonly exec?: Exec;
}

export type Exec =
  | { readonly type: 'log-compacted'; readonly index: number; readonly write: number }
  | {
      readonly type: 'peers-changed';
      readonly changes: readonly PeerChange[];
      /** It takes effect when this write of the kv engine is durable. */
      readonly write: number;
    };

const DONE: ApplyResult = { error: null };

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
  readonly #storeId: StoreId;
  readonly #stats: DataStats;
  readonly #observer: ApplyObserver;
  /** Within `apply`: how far it has come. */
  #state: RaftApplyState = UNINITIALIZED_APPLY_STATE;

  constructor(options: {
    readonly sink: Sink<never, RaftstoreEvent>;
    readonly engines: Engines;
    readonly regionId: RegionId;
    readonly storeId: StoreId;
    readonly observer: ApplyObserver;
  }) {
    const { engines, regionId } = options;
    this.#sink = options.sink;
    this.#engines = engines;
    this.#regionId = regionId;
    this.#storeId = options.storeId;
    this.#observer = options.observer;
    this.#stats = { keys: 0, bytes: 0, digest: 0 };
    this.measure();
  }

  /** Counts anew: at the beginning, and when a snapshot has brought other data. */
  measure(): void {
    const kept = this.#engines.regionState(this.#regionId);
    if (kept !== null && kept.state !== 'Tombstone')
      Object.assign(this.#stats, measure(this.#engines.kv, kept.region));
  }

  get stats(): Readonly<DataStats> {
    return this.#stats;
  }

  /** Applies a round of committed entries; one result for each. What follows a membership change is left
   * out: it has to be on the disk first. */
  apply(entries: readonly Entry[]): ApplyResult[] {
    if (entries.length === 0) return [];
    this.#state = must(this.#engines.applyState(this.#regionId), 'the apply state of the Region');
    const results: ApplyResult[] = [];
    for (const entry of entries) {
      const next = this.#state.appliedIndex + 1;
      assert(entry.index === next, `entry ${entry.index} is committed where ${next} is due`);
      const { index, term } = entry;
      this.#state = { ...this.#state, appliedIndex: index, commitIndex: index, commitTerm: term };
      const result = this.#applyEntry(entry);
      results.push(result);
      if (result.exec?.type === 'peers-changed') break;
    }
    const write = this.#engines.writeKv({ applyState: [this.#regionId, this.#state] }, false);
    return results.map((result) =>
      result.exec?.type === 'log-compacted'
        ? { ...result, exec: { ...result.exec, write } }
        : result,
    );
  }

  #applyEntry(entry: Entry): ApplyResult {
    const empty = entry.data === '' && entry.entryType === 'EntryNormal';
    const result = empty ? DONE : this.#execute(entry);
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
    const { epoch, ops, admin } = commandOf(entry);
    if (admin?.type === 'compact-log') return this.#compact(admin.compactIndex, admin.compactTerm);
    if (admin !== undefined) return this.#changePeers(epoch, admin.changes);
    if (!epochCurrent(epoch, region.epoch).holds)
      return { error: { type: 'EpochNotMatch', currentRegions: [region] } };
    for (const op of ops) {
      const key = op.type === 'delete-range' ? op.from : op.key;
      if (!regionHolds(region, key)) return { error: { type: 'KeyNotInRegion', key, region } };
    }
    for (const op of ops) this.#change(op);
    this.#observer.onApplied(this.#regionId, ops);
    return DONE;
  }

  /** What the log still has from before is passed over. (apply.rs exec_compact_log) */
  #compact(index: number, term: number): ApplyResult {
    const firstIndex = this.#state.truncatedState.index + 1;
    if (index < firstIndex || index >= this.#state.appliedIndex) return DONE;
    this.#state = { ...this.#state, truncatedState: { index, term } };
    const region = this.#regionId;
    this.#sink.emit({
      type: 'raftstore/log-compacted',
      region,
      index,
      term,
      firstIndex: index + 1,
    });
    return { error: null, exec: { type: 'log-compacted', index, write: 0 } };
  }

  /** The Region's description goes to the disk with the apply state that says so, synced. */
  #changePeers(epoch: RegionEpoch, changes: readonly PeerChange[]): ApplyResult {
    const regionId = this.#regionId;
    const region = this.#engines.region(regionId);
    const next = confVerCurrent(epoch, region.epoch).holds ? regionAfter(region, changes) : '';
    if (typeof next === 'string')
      return { error: { type: 'EpochNotMatch', currentRegions: [region] } };
    // Whoever applies its own removal is gone from then on, whatever a power loss leaves undone.
    const state = peerOn(next, this.#storeId) === undefined ? 'Tombstone' : 'Normal';
    const write = this.#engines.writeKv(
      {
        regionState: [regionId, { state, region: next }],
        applyState: [regionId, this.#state],
      },
      true,
    );
    return { error: null, exec: { type: 'peers-changed', changes, write } };
  }

  #change(op: KvOp): void {
    assert(op.type !== 'delete-range', 'no command deletes a range on this floor');
    const old = this.#engines.kv.get(op.cf, op.key);
    if (old !== undefined) count(this.#stats, -1, [op.cf, op.key, old]);
    if (op.type === 'put') count(this.#stats, 1, [op.cf, op.key, op.value]);
    this.#engines.stage(op);
  }
}
