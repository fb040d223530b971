// When PD has to hear of a Region at once, and not with the next heartbeat. (TiKV: fsm/peer.rs heartbeat_pd)

import type { PeerFsm } from '../raftstore/peer.ts';

/** What PD is told of a Region at once when it changes. */
export function reportOf({ term, region }: PeerFsm): string {
  return `${term}/${region.epoch.confVer}/${region.epoch.version}`;
}
