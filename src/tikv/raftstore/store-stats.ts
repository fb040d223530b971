// What a store tells PD of itself. (TiKV: pdpb.StoreStats, worker/pd.rs handle_store_heartbeat)

import type { PeerFsm } from './peer.ts';

export interface StoreStats {
  readonly regionCount: number;
  readonly leaderCount: number;
  readonly usedBytes: number;
  readonly capacityBytes: number;
  readonly availableBytes: number;
  /** Snapshots that the store is sending, and taking in, now. */
  readonly sendingSnapCount: number;
  readonly receivingSnapCount: number;
}

export function statsOf(
  all: Iterable<PeerFsm>,
  capacityBytes: number,
  arriving: number,
): StoreStats {
  const peers = [...all];
  const usedBytes = peers.reduce((bytes, peer) => bytes + peer.stats.bytes, 0);
  return {
    regionCount: peers.length,
    leaderCount: peers.filter((peer) => peer.isLeader).length,
    usedBytes,
    capacityBytes,
    availableBytes: Math.max(0, capacityBytes - usedBytes),
    sendingSnapCount: peers.reduce((count, peer) => count + peer.sendingSnapshots, 0),
    receivingSnapCount: arriving + peers.filter((peer) => peer.installing).length,
  };
}
