// A disk in memory: the durable image, apart from the node's memory. Node and fast forward use it in place of
// IndexedDB; `node/booted` carries the digest of the image that was read, so the hosts test proves that they agree.

import { u64Bytes } from '../base/bytes.ts';
import { digestOf } from '../base/hash.ts';
import { clonePlain, type Plain } from '../base/plain.ts';
import { SortedMap } from '../base/sorted-map.ts';
import {
  DISK_STORES,
  type DiskImage,
  type DiskKey,
  type DiskOp,
  type DiskStore,
} from '../tikv/node/node.ts';
import type { DiskBackend } from './host.ts';

type Row = readonly [DiskKey, Plain];

/** A text that orders keys of one object store as IndexedDB does. */
function orderOf(key: DiskKey): string {
  if (typeof key === 'string') return key;
  return typeof key === 'number' ? u64Bytes(key) : u64Bytes(key[0]) + u64Bytes(key[1]);
}

export class MemoryDisk implements DiskBackend {
  readonly #stores = new Map<DiskStore, SortedMap<Row>>();

  constructor(image: DiskImage = {}) {
    for (const store of DISK_STORES) {
      const rows = image[store] ?? [];
      this.#stores.set(store, SortedMap.of(rows.map((row) => [orderOf(row[0]), clonePlain(row)])));
    }
  }

  load(): DiskImage {
    const image: Partial<Record<DiskStore, Row[]>> = {};
    for (const [store, rows] of this.#stores) {
      if (rows.size > 0) image[store] = [...rows.range()].map(([, row]) => clonePlain(row));
    }
    return image;
  }

  commit(ops: readonly DiskOp[]): void {
    for (const op of ops) {
      const rows = this.#stores.get(op.store) as SortedMap<Row>;
      if (op.type === 'put') rows.set(orderOf(op.key), clonePlain([op.key, op.value] as const));
      else if (op.type === 'delete') rows.delete(orderOf(op.key));
      else rows.deleteRange(orderOf(op.from), op.to === null ? null : orderOf(op.to));
    }
  }
}

/** The fingerprint of what a disk holds. */
export function imageDigest(image: DiskImage): string {
  return digestOf(image);
}
