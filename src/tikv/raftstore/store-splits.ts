// What a store does once a Region has been split on its disk: the peers of the new Regions come up, stand for election
// where the old Region's leader is here, and get what others sent them before.
// (TiKV: fsm/peer.rs on_ready_split_region, maybe_campaign; fsm/store.rs pending_msgs)

import type { RegionId } from '../ids.ts';
import { RAFT_INIT_LOG_TERM } from './bootstrap.ts';
import type { Engines } from './engines.ts';
import type { RaftMessage } from './message.ts';
import type { PeerFsm } from './peer.ts';
import type { RegionSplit } from './peer-parts.ts';
import { clearRange } from './stale-data.ts';

/** First messages for Regions that a split has yet to bring; the oldest is dropped first. (PENDING_MSG_CAP) */
const PARKED_MAX = 100;

export interface SavedSplits {
  readonly parked: readonly RaftMessage[];
  readonly uncampaigned: readonly (readonly [RegionId, readonly RegionId[]])[];
  readonly done: readonly RegionSplit[];
}

interface SplittingStore {
  readonly engines: Engines;
  readonly peers: ReadonlyMap<RegionId, PeerFsm>;
  /** Brings up the peer of a Region that the disk knows. */
  readonly create: (regionId: RegionId) => PeerFsm;
  readonly onRaftMessage: (message: RaftMessage) => void;
}

export class StoreSplits {
  readonly #store: SplittingStore;
  #parked: readonly RaftMessage[];
  /** New Regions of a Region that was split while somebody else led it: their peers stand for election should this store's
   * peer of it become the leader. */
  readonly #uncampaigned: Map<RegionId, readonly RegionId[]>;
  /** Splits of which the layers above have not heard. */
  #done: readonly RegionSplit[];

  constructor(store: SplittingStore, saved?: SavedSplits) {
    this.#store = store;
    this.#parked = saved?.parked ?? [];
    this.#uncampaigned = new Map(saved?.uncampaigned);
    this.#done = saved?.done ?? [];
  }

  park(message: RaftMessage): void {
    this.#parked = [...this.#parked.slice(1 - PARKED_MAX), message];
  }

  afterSplit(split: RegionSplit): void {
    const { parent, regions, skipped, leads } = split;
    const waiting: RegionId[] = [];
    for (const region of regions) {
      const { id } = region;
      if (id === parent) continue;
      if (skipped.includes(id)) {
        clearRange(this.#store.engines, region);
        continue;
      }
      const peer = this.#store.create(id);
      if (leads && peer.term === RAFT_INIT_LOG_TERM) peer.campaign();
      else waiting.push(id);
    }
    if (waiting.length > 0 && !leads) this.#uncampaigned.set(parent, waiting);
    this.#done = [...this.#done, split];
    for (const id of waiting) this.#unpark(id);
  }

  /** What came for it before the split did. */
  #unpark(regionId: RegionId): void {
    const peer = this.#store.peers.get(regionId);
    const first = this.#parked.find((each) => each.toPeer.id === peer?.peerId);
    if (first === undefined) return;
    this.#parked = this.#parked.filter((each) => each !== first);
    this.#store.onRaftMessage(first);
  }

  /** This store's peer leads the Region from which others were split off. */
  campaignFor(parent: RegionId): void {
    const waiting = this.#uncampaigned.get(parent);
    if (waiting === undefined) return;
    this.#uncampaigned.delete(parent);
    for (const id of waiting) {
      const peer = this.#store.peers.get(id);
      if (peer?.term === RAFT_INIT_LOG_TERM) peer.campaign();
    }
  }

  take(): readonly RegionSplit[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  save(): SavedSplits {
    return { parked: this.#parked, uncampaigned: [...this.#uncampaigned], done: this.#done };
  }
}
