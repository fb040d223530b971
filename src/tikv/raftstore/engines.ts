// A store's two engines: the kv engine (data, apply states, Region states, identity) and the raft engine (logs and raft
// states). Everything is in memory as it was last written, and every write goes out to the disk as one of the two
// queues of the node. What a power loss takes is the disk's business; after it, a new `Engines` reads what is left.
// (TiKV: components/engine_traits/src/engines.rs; the keys: components/keys/src/lib.rs)

import { assert, must } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Plain } from '../../base/plain.ts';
import { SortedMap } from '../../base/sorted-map.ts';
import { putOp, type DiskImage, type DiskKey, type DiskOp, type DiskStore } from '../disk.ts';
import type { RegionId, StoreId } from '../ids.ts';
import { CFS, KvEngine, type KvOp } from '../kv/engine.ts';
import type { Sink } from '../outbox.ts';
import type { Entry } from '../raft/entry.ts';
import type { HardState } from '../raft/message.ts';
import type { Region } from './region.ts';

/** What a peer remembers of Raft. (raft_serverpb: RaftLocalState) */
export interface RaftLocalState {
  readonly hardState: HardState;
  readonly lastIndex: number;
}

/** What the raft engine will hold once a snapshot is installed, and the snapshot. (TiKV keeps that in a file beside.) */
export interface SnapRaftState extends RaftLocalState {
  readonly data: Bytes;
}

/** How far a peer has applied; written together with the data that it describes. (raft_serverpb: RaftApplyState) */
export interface RaftApplyState {
  readonly appliedIndex: number;
  readonly commitIndex: number;
  readonly commitTerm: number;
  readonly truncatedState: { readonly index: number; readonly term: number };
}

/**
 * `Applying`: a snapshot is being installed. `Tombstone`: the peer is gone for good. `Merging` comes with merges.
 * (raft_serverpb: RegionLocalState)
 */
export interface RegionLocalState {
  readonly state: 'Normal' | 'Applying' | 'Tombstone';
  readonly region: Region;
}

export interface StoreIdent {
  readonly clusterId: number;
  readonly storeId: StoreId;
}

/** One write of the kv engine, with all data staged before it. What is left out stays; null takes a record away. */
export interface KvWrite {
  readonly applyState?: readonly [RegionId, RaftApplyState | null];
  readonly regionState?: readonly [RegionId, RegionLocalState];
  /** Regions that a split has made: each begins with an empty log. */
  readonly children?: readonly { readonly region: Region; readonly applyState: RaftApplyState }[];
  /** What the raft engine will hold once a snapshot is installed: it outlives a power loss between the two engines. */
  readonly snapRaftState?: readonly [RegionId, SnapRaftState | null];
  readonly ident?: StoreIdent;
  readonly prepareBootstrap?: Region | null;
}

/** One write of the raft engine. The entries overwrite everything from the first of them on. */
export interface RaftWrite {
  readonly regionId: RegionId;
  readonly entries: readonly Entry[];
  /** Null takes the record away. */
  readonly state: RaftLocalState | null;
  /** Drops the whole log first. */
  readonly clear?: boolean;
}

type MetaName = 'ident' | 'prepareBootstrap';

export class Engines {
  readonly #sink: Sink<never, never>;
  readonly #kv: KvEngine;
  readonly #meta = new Map<MetaName, Plain>();
  readonly #regionStates = new Map<RegionId, RegionLocalState>();
  readonly #applyStates = new Map<RegionId, RaftApplyState>();
  readonly #raftStates = new Map<RegionId, RaftLocalState>();
  readonly #snapRaftStates = new Map<RegionId, SnapRaftState>();
  readonly #logs = new Map<RegionId, Entry[]>();
  #staged: DiskOp[] = [];

  /** Reads a disk, or what `image()` gave. */
  constructor(sink: Sink<never, never>, disk: DiskImage) {
    this.#sink = sink;
    const rows = (store: DiskStore) => (disk[store] ?? []) as [DiskKey, never][];
    const data = (store: DiskStore) => SortedMap.of(rows(store) as [Bytes, Bytes][]);
    this.#kv = new KvEngine({
      default: data('cf_default'),
      lock: data('cf_lock'),
      write: data('cf_write'),
    });
    for (const [key, value] of rows('meta')) this.#meta.set(key as MetaName, value);
    for (const [key, value] of rows('region_state')) this.#regionStates.set(key as RegionId, value);
    for (const [key, value] of rows('apply_state')) this.#applyStates.set(key as RegionId, value);
    for (const [key, value] of rows('raft_state')) this.#raftStates.set(key as RegionId, value);
    for (const [key, value] of rows('snap_raft_state'))
      this.#snapRaftStates.set(key as RegionId, value);
    for (const [key, value] of rows('raft_log')) {
      const [regionId, index] = key as [number, number];
      const log = this.#log(regionId);
      const previous = log.at(-1);
      assert(previous === undefined || previous.index + 1 === index, 'the log has a hole');
      log.push(value);
    }
  }

  get kv(): KvEngine {
    return this.#kv;
  }

  get ident(): StoreIdent | null {
    return (this.#meta.get('ident') as unknown as StoreIdent | undefined) ?? null;
  }

  get prepareBootstrap(): Region | null {
    return (this.#meta.get('prepareBootstrap') as unknown as Region | undefined) ?? null;
  }

  /** Ids of the Regions that this store holds or has held, ascending. */
  regionIds(): RegionId[] {
    return [...this.#regionStates.keys()].toSorted((a, b) => a - b);
  }

  regionState(regionId: RegionId): RegionLocalState | null {
    return this.#regionStates.get(regionId) ?? null;
  }

  region(regionId: RegionId): Region {
    return must(this.#regionStates.get(regionId), `the state of Region ${regionId}`).region;
  }

  /** Null: no peer of the Region is here, or it has nothing yet. */
  applyState(regionId: RegionId): RaftApplyState | null {
    return this.#applyStates.get(regionId) ?? null;
  }

  snapRaftState(regionId: RegionId): SnapRaftState | null {
    return this.#snapRaftStates.get(regionId) ?? null;
  }

  raftState(regionId: RegionId): RaftLocalState | null {
    return this.#raftStates.get(regionId) ?? null;
  }

  /** All entries of the log, ascending. Not to be changed. */
  log(regionId: RegionId): readonly Entry[] {
    return this.#log(regionId);
  }

  /** Changes data: readable at once, and part of the next write, which has to come in the same step. */
  stage(op: KvOp): void {
    this.#kv.write([op]);
    this.#staged.push(dataOp(op));
  }

  /** True between steps: nothing staged waits for its write. */
  get settled(): boolean {
    return this.#staged.length === 0;
  }

  /** Returns the number of the write. */
  writeKv(write: KvWrite, sync: boolean): number {
    const ops = this.#staged;
    this.#staged = [];
    if (write.applyState !== undefined)
      ops.push(setRow(this.#applyStates, 'apply_state', ...write.applyState));
    if (write.snapRaftState !== undefined)
      ops.push(setRow(this.#snapRaftStates, 'snap_raft_state', ...write.snapRaftState));
    if (write.regionState !== undefined) {
      this.#regionStates.set(...write.regionState);
      ops.push(putOp('region_state', ...write.regionState));
    }
    for (const { region, applyState } of write.children ?? []) {
      const state: RegionLocalState = { state: 'Normal', region };
      this.#regionStates.set(region.id, state);
      ops.push(putOp('region_state', region.id, state));
      ops.push(setRow(this.#applyStates, 'apply_state', region.id, applyState));
    }
    if (write.ident !== undefined) ops.push(this.#setMeta('ident', write.ident));
    if (write.prepareBootstrap !== undefined)
      ops.push(this.#setMeta('prepareBootstrap', write.prepareBootstrap));
    return this.#sink.write('kv', sync, ops);
  }

  #setMeta(name: MetaName, value: object | null): DiskOp {
    if (value === null) {
      this.#meta.delete(name);
      return { type: 'delete', store: 'meta', key: name };
    }
    this.#meta.set(name, value as Plain);
    return putOp('meta', name, value);
  }

  /** Returns the number of the write. Readable at once, durable later. */
  writeRaft(write: RaftWrite, sync: boolean): number {
    const { regionId, entries, state } = write;
    const ops: DiskOp[] = [];
    if (write.clear === true) {
      this.#logs.delete(regionId);
      ops.push({
        type: 'delete-range',
        store: 'raft_log',
        from: [regionId, 0],
        to: [regionId + 1, 0],
      });
    }
    ops.push(...this.#append(regionId, entries));
    ops.push(setRow(this.#raftStates, 'raft_state', regionId, state));
    return this.#sink.write('raft', sync, ops);
  }

  #append(regionId: RegionId, entries: readonly Entry[]): DiskOp[] {
    const [first] = entries;
    if (first === undefined) return [];
    const ops: DiskOp[] = [];
    const log = this.#log(regionId);
    const last = log.at(-1)?.index ?? first.index - 1;
    const end = first.index + entries.length;
    if (last >= end) ops.push(cutOp(regionId, end, last + 1));
    const kept = log.length - (last + 1 - first.index);
    assert(kept >= 0, 'an append would overwrite what is no longer in the log');
    log.length = kept;
    for (const entry of entries) {
      log.push(entry);
      ops.push(putOp('raft_log', [regionId, entry.index], entry));
    }
    return ops;
  }

  /** In memory alone: a snapshot takes the place of the log. What the disk will hold follows with the next write. */
  replaceLog(regionId: RegionId, entries: readonly Entry[], state: RaftLocalState): void {
    this.#logs.set(regionId, [...entries]);
    this.#raftStates.set(regionId, state);
  }

  /** Drops the entries below `index` from the disk. The kv engine has to hold already that they are not needed. */
  dropLog(regionId: RegionId, index: number): void {
    const log = this.#log(regionId);
    const first = log[0]?.index ?? index;
    if (first >= index) return;
    log.splice(0, index - first);
    this.#sink.write('raft', false, [cutOp(regionId, 0, index)]);
  }

  #log(regionId: RegionId): Entry[] {
    let log = this.#logs.get(regionId);
    if (log === undefined) {
      log = [];
      this.#logs.set(regionId, log);
    }
    return log;
  }

  /** Everything as a disk would hold it: the constructor takes it back. */
  image(): DiskImage {
    const byRegion = <T>(map: ReadonlyMap<RegionId, T>) =>
      [...map].toSorted(([a], [b]) => a - b) as [number, Plain][];
    const logs = [...this.#logs].toSorted(([a], [b]) => a - b);
    return {
      meta: [...this.#meta].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      raft_log: logs.flatMap(([regionId, log]) =>
        log.map((entry) => [[regionId, entry.index], entry as unknown as Plain] as const),
      ),
      raft_state: byRegion(this.#raftStates),
      snap_raft_state: byRegion(this.#snapRaftStates),
      apply_state: byRegion(this.#applyStates),
      region_state: byRegion(this.#regionStates),
      ...Object.fromEntries(CFS.map((cf) => [`cf_${cf}`, this.#kv.entries(cf)])),
    };
  }
}

function dataOp(op: KvOp): DiskOp {
  const store = `cf_${op.cf}` as const;
  if (op.type === 'put') return { type: 'put', store, key: op.key, value: op.value };
  if (op.type === 'delete') return { type: 'delete', store, key: op.key };
  return { type: 'delete-range', store, from: op.from, to: op.to };
}

/** Writes a Region's record, or (null) takes it away. */
function setRow<T extends object>(
  rows: Map<RegionId, T>,
  store: DiskStore,
  ...[regionId, row]: readonly [RegionId, T | null]
): DiskOp {
  if (row === null) {
    rows.delete(regionId);
    return { type: 'delete', store, key: regionId };
  }
  rows.set(regionId, row);
  return putOp(store, regionId, row);
}

const cutOp = (regionId: RegionId, from: number, to: number): DiskOp => ({
  type: 'delete-range',
  store: 'raft_log',
  from: [regionId, from],
  to: [regionId, to],
});
