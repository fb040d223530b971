// Peers that are gone for good leave a tombstone, first in the kv engine and synced; only then the raft engine forgets
// them. A power loss between the two is mended at the next start. (TiKV: peer.rs destroy, peer_storage.rs clear_meta)

import type { RegionId } from '../ids.ts';
import { unknownRegion } from './bootstrap.ts';
import type { Engines } from './engines.ts';
import type { Peer, Region } from './region.ts';
import { stageClear } from './stale-data.ts';

export type SavedBurials = readonly (readonly [RegionId, number])[];

export class Burials {
  readonly #engines: Engines;
  /** Regions whose peer is gone, and the write after which the raft engine forgets them. */
  readonly #clearing: Map<RegionId, number>;

  constructor(engines: Engines, saved?: SavedBurials) {
    this.#engines = engines;
    this.#clearing = new Map(saved);
  }

  /** The tombstone is on its way to the disk. */
  isUnderWay(regionId: RegionId): boolean {
    return this.#clearing.has(regionId);
  }

  /** Leaves a tombstone of this peer and takes its data away. */
  bury(regionId: RegionId, me: Peer): void {
    const kept = this.#engines.regionState(regionId);
    const region = kept?.region ?? unknownRegion(regionId);
    if (this.#engines.applyState(regionId) !== null) return this.#write(region, true);
    // One that never learned its Region leaves its id, so that it does not come back.
    const others = region.peers.filter(({ storeId }) => storeId !== me.storeId);
    this.#write({ ...region, peers: [...others, me] }, false);
  }

  #write(region: Region, withData: boolean): void {
    const { id } = region;
    if (withData) stageClear(this.#engines, region);
    const write = this.#engines.writeKv(
      {
        regionState: [id, { state: 'Tombstone', region }],
        applyState: [id, null],
        snapRaftState: [id, null],
      },
      true,
    );
    this.#clearing.set(id, write);
  }

  /** A tombstone that was found at the start: a power loss may have come before the end of its burial. */
  finish(regionId: RegionId): void {
    const { region } = this.#engines.regionState(regionId) ?? {};
    if (region !== undefined && this.#engines.applyState(regionId) !== null)
      this.#write(region, true);
    else this.#forget(regionId);
  }

  /** A write of the kv engine is durable, and with it all earlier ones. */
  persisted(write: number): void {
    for (const [regionId, tombstone] of this.#clearing) {
      if (tombstone > write) continue;
      this.#clearing.delete(regionId);
      this.#forget(regionId);
    }
  }

  /** What a tombstone's peer may have left in the raft engine. The vote of one that came later and knew no entry stays. */
  #forget(regionId: RegionId): void {
    const kept = this.#engines.raftState(regionId);
    if (kept?.lastIndex === 0) return;
    if (kept === null && this.#engines.log(regionId).length === 0) return;
    this.#engines.writeRaft({ regionId, entries: [], state: null, clear: true }, true);
  }

  save(): SavedBurials {
    return [...this.#clearing];
  }
}
