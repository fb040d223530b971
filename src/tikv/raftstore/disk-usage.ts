// Whose disk is full: this store's, and what the others said of theirs with their Raft messages. A leader on a full disk
// takes no writes and gives its office to a store with room; one whose majority is full takes none either; entries for a
// full follower wait. Reads go on. (TiKV: raftstore/src/store/peer.rs check_normal_proposal_with_disk_full_opt,
// refill_disk_full_peers; kvproto disk_usage.proto DiskUsage, errorpb.proto DiskFull)

import type { StoreId } from '../ids.ts';
import type { RaftMessage, RegionError } from './message.ts';
import type { Peer, Region } from './region.ts';

interface Saved {
  readonly full: boolean;
  readonly others: readonly StoreId[];
}

type DiskFull = Extract<RegionError, { type: 'DiskFull' }>;

/** The leader that is asked for a write. */
interface Writing {
  readonly region: Region;
  readonly admin: { transferLeader(to: StoreId): string | null };
  handleReady(): void;
}

export class DiskUsage {
  readonly #storeId: StoreId;
  /** DiskUsage::AlreadyFull, of this store. */
  full: boolean;
  readonly #others: Set<StoreId>;

  constructor(storeId: StoreId, saved: Saved) {
    this.#storeId = storeId;
    this.full = saved.full;
    this.#others = new Set(saved.others);
  }

  /** Every Raft message says how the disk of its sender is. */
  hear({ fromPeer, diskFull }: RaftMessage): void {
    if (diskFull === true) this.#others.add(fromPeer.storeId);
    else this.#others.delete(fromPeer.storeId);
  }

  /** Entries for this store wait at their leader. */
  isFull(store: StoreId): boolean {
    return store === this.#storeId ? this.full : this.#others.has(store);
  }

  /** What stands against a write; null: there is room for it. A full leader gives its office away. */
  refuses(peer: Writing): DiskFull | null {
    const problem = this.#problem(peer.region);
    const to = problem === null ? null : this.#successor(peer.region);
    if (to !== null && peer.admin.transferLeader(to) === null) peer.handleReady();
    return problem;
  }

  #problem(region: Region): DiskFull | null {
    const voters = voterStores(region);
    const full = voters.filter((store) => this.isFull(store));
    if (this.full) return { type: 'DiskFull', storeIds: [this.#storeId] };
    return 2 * full.length >= voters.length && full.length > 0
      ? { type: 'DiskFull', storeIds: full }
      : null;
  }

  /** Where the office of a full leader goes: a voter with room, where enough of them have room. */
  #successor(region: Region): StoreId | null {
    const voters = voterStores(region);
    const roomy = voters.filter((store) => !this.isFull(store));
    return 2 * roomy.length > voters.length ? (roomy[0] ?? null) : null;
  }

  save(): Saved {
    return { full: this.full, others: [...this.#others].toSorted((a, b) => a - b) };
  }
}

const voterStores = (region: Region): StoreId[] =>
  region.peers.filter((peer: Peer) => peer.role !== 'Learner').map(({ storeId }) => storeId);
