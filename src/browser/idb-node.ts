// One node over its disk in IndexedDB: in a worker of its own, or beside the others in the conductor's. Holds the lock on
// the disk's database for as long as it lives, so that no two can ever write it. (determinism: rules 14, 16)

import type { Plain } from '../base/plain.ts';
import type { Boot, RunRequest, RunResult } from '../sim/host.ts';
import { compareKeys, type InputKey } from '../sim/key.ts';
import { NodeLoop } from '../sim/node-loop.ts';
import { IdbDisk } from './idb-disk.ts';
import type { Locks, Release } from './locks.ts';
import { DamagedData, isQuotaExceeded, reasonOf } from './stored.ts';

/** What a run led to; not ok: the disk refused the window's commit, or the loop has a bug, and the node is at its end. */
export type NodeAnswer =
  | { readonly ok: true; readonly result: RunResult }
  | { readonly ok: false; readonly reason: string; readonly storageFull: boolean };

/** Where a node's disk is, and which of the node's lives this is (idb-disk.ts). */
export interface NodePlace {
  readonly name: string;
  readonly era: number;
  /** It was there before: a disk that is gone is not made anew, for a store that has forgotten is no store. */
  readonly exists: boolean;
}

export class IdbNode {
  readonly #release: Release;
  readonly #disk: IdbDisk;
  readonly #loop: NodeLoop;

  private constructor(release: Release, disk: IdbDisk, loop: NodeLoop) {
    this.#release = release;
    this.#disk = disk;
    this.#loop = loop;
  }

  /** Waits until nobody else holds the disk. Throws DamagedData where the disk cannot be opened. */
  static async start(
    boot: Boot,
    place: NodePlace & { readonly locks: Locks },
    saved?: Plain,
  ): Promise<IdbNode> {
    const release = await place.locks.hold(place.name);
    try {
      const disk = await openDisk(place);
      const loop =
        saved === undefined ? new NodeLoop(boot, disk) : NodeLoop.resumeFrom(boot, disk, saved);
      return new IdbNode(release, disk, loop);
    } catch (error) {
      release();
      throw error;
    }
  }

  async run(request: RunRequest): Promise<NodeAnswer> {
    try {
      return { ok: true, result: await this.#loop.run(request) };
    } catch (error) {
      return { ok: false, reason: reasonOf(error), storageFull: isQuotaExceeded(error) };
    }
  }

  /** Power loss: between windows nothing is on its way to the disk. */
  stop(): void {
    this.#disk.close();
    this.#release();
  }
}

async function openDisk({ name, era, exists }: NodePlace): Promise<IdbDisk> {
  if (!exists) return IdbDisk.open(name, era);
  const disk = await IdbDisk.openExisting(name, era);
  if (disk === null) throw new DamagedData(name, 'The database is gone.');
  return disk;
}

/**
 * Where a node that ended inside a window got to: the window's end, if its write is on the disk; null: it is not.
 * Waits until the dead node's transaction has come to its end.
 */
export async function keptOf(place: NodePlace, from: InputKey | null): Promise<InputKey | null> {
  if (from === null) return null;
  const disk = await IdbDisk.openExisting(place.name);
  if (disk === null) return null;
  try {
    const window = await disk.window();
    if (window === null || window.era !== place.era) return null;
    return compareKeys(window.from, from) === 0 ? window.to : null;
  } finally {
    disk.close();
  }
}
