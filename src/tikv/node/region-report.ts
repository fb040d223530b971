// What PD hears of a Region, and when at once and not with the next heartbeat. (TiKV: fsm/peer.rs heartbeat_pd)

import type { RegionHeartbeat } from '../pd/message.ts';
import type { PeerFsm } from '../raftstore/peer.ts';

/** What PD is told of a Region at once when it changes. */
export function reportOf({ term, region }: PeerFsm): string {
  return `${term}/${region.epoch.confVer}/${region.epoch.version}`;
}

/** What a leader says of its Region. */
export const beatOf = (peer: PeerFsm): RegionHeartbeat => ({
  region: peer.region,
  leader: peer.me,
  term: peer.term,
  pendingPeers: [],
  downPeers: [],
  writtenBytes: 0,
  writtenKeys: 0,
  readBytes: 0,
  readKeys: 0,
  approximateSize: peer.stats.bytes,
  approximateKeys: peer.stats.keys,
});
