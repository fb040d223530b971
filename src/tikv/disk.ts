// What a node keeps on its disk, and how it asks for a write: plain data, the same for stores and for PD. When a write
// is durable is the simulator's business; a node only learns of it.

import type { Plain } from '../base/plain.ts';

/** TiKV has two engines; each is a write queue of its own. */
export type DiskQueue = 'raft' | 'kv';

/** The object stores of a node's disk, one per kind of key. (The bytes under which TiKV keeps them: tikv/README.md.) */
export const DISK_STORES = [
  'meta',
  'raft_log',
  'raft_state',
  'apply_state',
  'snap_raft_state',
  'region_state',
  'cf_default',
  'cf_lock',
  'cf_write',
] as const;
export type DiskStore = (typeof DISK_STORES)[number];

/** Bytes in the column families, a name in `meta`, a Region's id elsewhere, [Region, index] in `raft_log`. */
export type DiskKey = string | number | readonly [number, number];

export type DiskOp =
  | {
      readonly type: 'put';
      readonly store: DiskStore;
      readonly key: DiskKey;
      readonly value: Plain;
    }
  | { readonly type: 'delete'; readonly store: DiskStore; readonly key: DiskKey }
  /** `from` ≤ key < `to`; null: no end. */
  | {
      readonly type: 'delete-range';
      readonly store: DiskStore;
      readonly from: DiskKey;
      readonly to: DiskKey | null;
    };

/** A write that takes effect as a whole. `n` counts the node's writes since boot; `persisted` names it. */
export interface DiskWrite {
  readonly n: number;
  readonly queue: DiskQueue;
  /** Not synced: durable with the next synced write of its queue, or half a second later. */
  readonly sync: boolean;
  readonly ops: readonly DiskOp[];
}

/** What a disk holds: entries per object store, in key order. Stores without entries are left out. */
export type DiskImage = Readonly<
  Partial<Record<DiskStore, readonly (readonly [DiskKey, Plain])[]>>
>;

/** A put of a record that is plain by its type's word; the disk takes it as it is, and nobody changes it again. */
export function putOp(store: DiskStore, key: DiskKey, value: object | Plain): DiskOp {
  return { type: 'put', store, key, value: value as Plain };
}
