// All the disks of a stored generation, as a reload finds them: what each holds, and how far its last transaction went.

import type { InputKey } from '../sim/key.ts';
import { compareKeys, justAfter, startOf } from '../sim/key.ts';
import { imageDigest } from '../sim/memory-disk.ts';
import type { TimedCommand } from '../sim/recording.ts';
import type { NodeId } from '../tikv/ids.ts';
import type { DiskImage } from '../tikv/node/node.ts';
import { deleteDisk, diskName, eraOf, IdbDisk, type StoredWindow } from './idb-disk.ts';
import type { Locks } from './locks.ts';
import type { Clock } from './session-db.ts';
import { DamagedData } from './stored.ts';

export interface FoundDisk {
  readonly node: NodeId;
  /** Its database's name. */
  readonly name: string;
  /** Null: there is no database. */
  readonly image: DiskImage | null;
  readonly window: StoredWindow | null;
}

/**
 * Reads every node's present disk, each once no dying worker holds it any more, and takes away what is left of
 * destroyed ones. Throws DamagedData where one cannot be read.
 */
export async function findDisks(
  place: { readonly cluster: string; readonly generation: number; readonly locks: Locks },
  nodes: readonly NodeId[],
  commands: readonly TimedCommand[],
): Promise<FoundDisk[]> {
  const { cluster, generation, locks } = place;
  const find = async (node: NodeId): Promise<FoundDisk> => {
    const destroyed = commands.filter(
      ({ command }) => command.type === 'destroy' && command.node === node,
    ).length;
    for (let life = 1; life <= destroyed; life++)
      await deleteDisk(diskName(cluster, generation, node, life));
    const name = diskName(cluster, generation, node, destroyed + 1);
    const release = await locks.hold(name);
    try {
      const { image, window } = await readDisk(name);
      // What an earlier life did is part of the history already.
      const current = window?.era === eraOf(node, commands);
      return { node, name, image, window: current ? window : null };
    } finally {
      release();
    }
  };
  return Promise.all(nodes.map(find));
}

async function readDisk(
  name: string,
): Promise<{ image: DiskImage | null; window: StoredWindow | null }> {
  const disk = await IdbDisk.openExisting(name);
  if (disk === null) return { image: null, window: null };
  try {
    return { image: await disk.load(), window: await disk.window() };
  } finally {
    disk.close();
  }
}

/** Where history was cut: the key, the instant, and the nodes whose last transaction went beyond it. */
export interface CutPoint {
  readonly until: InputKey;
  readonly at: number;
  readonly kept: readonly (readonly [NodeId, InputKey])[];
}

/** The greatest beginning of a window in any database, or the clock where that is later. (determinism: rule 13) */
export function cutPoint(clock: Clock, disks: readonly FoundDisk[]): CutPoint {
  let until = clock.after === null ? startOf(0) : justAfter(clock.after);
  let at = clock.at;
  for (const { window } of disks) {
    if (window === null || compareKeys(window.from, until) <= 0) continue;
    until = window.from;
    at = Math.max(at, window.from[0]);
  }
  const kept = disks.flatMap(({ node, window }): [NodeId, InputKey][] =>
    window !== null && compareKeys(window.from, until) === 0 ? [[node, window.to]] : [],
  );
  return { until, at, kept };
}

/** The disks hold something else than the history that was run again says. */
export class DisksDiffer extends Error {
  override readonly name = 'DisksDiffer';
}

/**
 * Returns where the databases hold exactly what the history says. Throws DisksDiffer with the first node that does not,
 * and DamagedData where a database is gone that had something in it.
 */
export function compareDisks(
  found: readonly FoundDisk[],
  history: readonly (readonly [NodeId, DiskImage])[],
): void {
  const expected = new Map(history);
  for (const { node, name, image } of found) {
    const right = expected.get(node) ?? {};
    if (image === null && Object.keys(right).length > 0)
      throw new DamagedData(name, 'The database is gone, and the history says that it held data.');
    if (imageDigest(image ?? {}) !== imageDigest(right))
      throw new DisksDiffer(`The disk of ${node} is not what its history says.`);
  }
}
