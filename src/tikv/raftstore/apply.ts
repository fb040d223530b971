// The state machine: committed entries, in order, become data. All entries of a round and the apply state go to the kv
// engine in one write without a sync: after a power loss the entries are applied again from the log, and the apply
// state says from where. (TiKV: raftstore/src/store/fsm/apply.rs)

import { assert, must } from '../../base/assert.ts';
import { hashPlain, newHash } from '../../base/hash.ts';
import { CFS, type Cf, type KvOp, type KvSnapshot, type WriteBatch } from '../kv/engine.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { PeerId, RegionId, StoreId } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import { entryDigest, type Entry } from '../raft/entry.ts';
import type { AdminCommand, PeerChange } from './admin-command.ts';
import { INITIAL_APPLY_STATE, UNINITIALIZED_APPLY_STATE } from './bootstrap.ts';
import { regionAfter } from './change-peer.ts';
import { commandOf } from './command.ts';
import type { Engines, RaftApplyState } from './engines.ts';
import type { EntryContent, RaftstoreEvent } from './event.ts';
import type { RegionError } from './message.ts';
import { peerOn, regionHolds, type Region, type RegionEpoch } from './region.ts';
import { confVerCurrent, epochCurrent, unlessBroken } from './rules.ts';
import { regionsAfterSplit } from './split.ts';

/** What a Region's data weigh, and a fingerprint that depends on nothing but the data. */
export interface DataStats {
  keys: number;
  /** Keys as a split counts them: versions, and raw keys. */
  versions: number;
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
    }
  | {
      readonly type: 'region-split';
      /** All parts in the order of their keys, the one that keeps the id among them. */
      readonly regions: readonly Region[];
      /** New Regions that this store has had already, or has another peer of: they are not made here. */
      readonly skipped: readonly RegionId[];
      readonly write: number;
    };

/** Execs that count once they are on the disk; what follows them waits. */
export type SlowExec = Exclude<Exec, { type: 'log-compacted' }>;

export const isSlow = (exec: Exec | undefined): exec is SlowExec =>
  exec !== undefined && exec.type !== 'log-compacted';

const RAW_PREFIX = 'r';

/** TiKV counts records of the write family; raw keys count here too, or a Region of raw data would split by size alone. */
export const countsAsKey = (cf: Cf, key: Bytes): boolean =>
  cf === 'write' || (cf === 'default' && key.startsWith(RAW_PREFIX));

const DONE: ApplyResult = { error: null };

/** Counts a Region's data anew. */
export function measure(kv: KvSnapshot, region: Region): DataStats {
  const stats = { keys: 0, versions: 0, bytes: 0, digest: 0 };
  for (const cf of CFS)
    for (const [key, value] of kv.range(cf, region.startKey, region.endKey || null))
      count(stats, 1, [cf, key, value]);
  return stats;
}

function count(stats: DataStats, sign: 1 | -1, pair: readonly [Cf, Bytes, Bytes]): void {
  const hash = newHash();
  hashPlain(hash, pair);
  stats.keys += sign;
  if (countsAsKey(pair[0], pair[1])) stats.versions += sign;
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
  readonly #broken: { readonly rules: readonly string[] };
  readonly #peerWithoutData: (regionId: RegionId) => PeerId | null;
  /** Within `apply`: how far it has come. */
  #state: RaftApplyState = UNINITIALIZED_APPLY_STATE;

  constructor(options: {
    readonly sink: Sink<never, RaftstoreEvent>;
    readonly engines: Engines;
    readonly regionId: RegionId;
    readonly storeId: StoreId;
    readonly observer: ApplyObserver;
    readonly broken: { readonly rules: readonly string[] };
    /** The peer of a Region that a message has made on this store and that knows nothing yet; null: there is none. */
    readonly peerWithoutData: (regionId: RegionId) => PeerId | null;
  }) {
    const { engines, regionId } = options;
    this.#sink = options.sink;
    this.#engines = engines;
    this.#regionId = regionId;
    this.#storeId = options.storeId;
    this.#observer = options.observer;
    this.#broken = options.broken;
    this.#peerWithoutData = options.peerWithoutData;
    this.#stats = { keys: 0, versions: 0, bytes: 0, digest: 0 };
    this.measure();
  }

  /** Counts anew: at the beginning, and when a snapshot has brought other data. */
  measure(): void {
    const kept = this.#engines.regionState(this.#regionId);
    Object.assign(this.#stats, { keys: 0, versions: 0, bytes: 0, digest: 0 });
    if (kept !== null && kept.state !== 'Tombstone')
      Object.assign(this.#stats, measure(this.#engines.kv, kept.region));
  }

  get stats(): Readonly<DataStats> {
    return this.#stats;
  }

  /** Applies a round of committed entries; one result for each. What follows a membership change or a split is left
   * out: that has to be on the disk first. */
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
      if (isSlow(result.exec)) break;
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
      ...(result.error === null ? {} : { refused: true }),
    });
    return result;
  }

  /** The epoch is looked at again: it may have changed since the proposal. A refused entry changes nothing. */
  #execute(entry: Entry): ApplyResult {
    const region = this.#engines.region(this.#regionId);
    const { epoch, ops, admin } = commandOf(entry);
    if (admin?.type === 'compact-log') return this.#compact(admin.compactIndex, admin.compactTerm);
    if (admin?.type === 'batch-split') return this.#split(epoch, admin);
    if (admin !== undefined) return this.#changePeers(epoch, admin.changes);
    const current = unlessBroken(epochCurrent(epoch, region.epoch), this.#broken.rules);
    if (!current.holds) return { error: { type: 'EpochNotMatch', currentRegions: [region] } };
    // Who does not look at the epoch does not look at the range.
    for (const op of current.facts['broken'] === true ? [] : ops) {
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

  /** All parts in one write, synced: none of them is anywhere without the others. No data move. (apply.rs exec_batch_split) */
  #split(
    epoch: RegionEpoch,
    { requests, rightDerive }: Extract<AdminCommand, { type: 'batch-split' }>,
  ): ApplyResult {
    const regionId = this.#regionId;
    const region = this.#engines.region(regionId);
    const current =
      epochCurrent(epoch, region.epoch).holds && confVerCurrent(epoch, region.epoch).holds;
    const regions = current ? regionsAfterSplit(region, requests, rightDerive) : '';
    if (typeof regions === 'string')
      return { error: { type: 'EpochNotMatch', currentRegions: [region] } };
    const skipped = regions.filter((each) => this.#hasOther(each)).map(({ id }) => id);
    const write = this.#engines.writeKv(
      {
        regionState: [regionId, { state: 'Normal', region: partOf(regions, regionId) }],
        applyState: [regionId, this.#state],
        children: regions
          .filter(({ id }) => id !== regionId && !skipped.includes(id))
          .map((child) => ({ region: child, applyState: INITIAL_APPLY_STATE })),
      },
      true,
    );
    this.measure();
    return { error: null, exec: { type: 'region-split', regions, skipped, write } };
  }

  /** It was here before, or another peer of it is coming. */
  #hasOther({ id, peers }: Region): boolean {
    if (id === this.#regionId) return false;
    if (this.#engines.regionState(id) !== null) return true;
    const waiting = this.#peerWithoutData(id);
    return waiting !== null && waiting !== peers.find((p) => p.storeId === this.#storeId)?.id;
  }

  #change(op: KvOp): void {
    assert(op.type !== 'delete-range', 'no command deletes a range on this floor');
    const old = this.#engines.kv.get(op.cf, op.key);
    if (old !== undefined) count(this.#stats, -1, [op.cf, op.key, old]);
    if (op.type === 'put') count(this.#stats, 1, [op.cf, op.key, op.value]);
    this.#engines.stage(op);
  }
}

/** The part of a split that has this id. */
export const partOf = (regions: readonly Region[], id: RegionId): Region =>
  must(
    regions.find((region) => region.id === id),
    `Region ${id} among the parts of a split`,
  );
