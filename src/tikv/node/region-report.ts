// What PD hears of a Region, and when at once and not with the next heartbeat. (TiKV: fsm/peer.rs heartbeat_pd)

import type { DownPeer, RegionHeartbeat } from '../pd/message.ts';
import type { Counted } from './region-watch.ts';
import type { PeerFsm } from '../raftstore/peer.ts';

/** What PD is told of a Region at once when it changes. */
export function reportOf({ term, region, behind }: PeerFsm): string {
  // PD waits for new peers that catch up. (any_new_peer_catch_up)
  const catching = behind.filter(({ role }) => role === 'Learner');
  const pending = catching.map(({ id }) => id).join(',');
  return `${term}/${region.epoch.confVer}/${region.epoch.version}/${pending}`;
}

/** What a leader says of its Region. */
export const beatOf = (
  peer: PeerFsm,
  noticed: { readonly counted: Counted; readonly down: readonly DownPeer[] },
): RegionHeartbeat => ({
  region: peer.region,
  leader: peer.me,
  term: peer.term,
  pendingPeers: peer.behind,
  downPeers: noticed.down,
  ...noticed.counted,
  approximateSize: peer.stats.bytes,
  approximateKeys: peer.stats.versions,
});
