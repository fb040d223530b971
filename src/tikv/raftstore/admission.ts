// May a request be taken in? The checks and their order are TiKV's; what a refusal carries lets a client mend what it
// believes. (TiKV: fsm/peer.rs pre_propose_raft_command, collect_sibling_region)

import type { Bytes } from '../../base/bytes.ts';
import type { RegionId, StoreId } from '../ids.ts';
import type { RegionError, RequestContext } from './message.ts';
import type { PeerFsm } from './peer.ts';
import type { Region } from './region.ts';
import { epochCurrent, termRecent, unlessBroken } from './rules.ts';

export type Admission =
  | { readonly ok: true; readonly peer: PeerFsm }
  | { readonly ok: false; readonly error: RegionError };

interface Here {
  readonly storeId: StoreId;
  readonly peers: ReadonlyMap<RegionId, PeerFsm>;
  readonly broken: readonly string[];
  readonly rightDerive: boolean;
}

export function admit(context: RequestContext, here: Here): Admission {
  const { regionId } = context;
  const no = (error: RegionError): Admission => ({ ok: false, error });
  if (context.peer.storeId !== here.storeId)
    return no({
      type: 'StoreNotMatch',
      requested: context.peer.storeId,
      actual: here.storeId,
    });
  const peer = here.peers.get(regionId);
  if (peer === undefined) return no({ type: 'RegionNotFound', regionId });
  if (context.peer.id !== peer.peerId)
    return no({ type: 'MismatchPeerId', requested: context.peer.id, actual: peer.peerId });
  if (!peer.isLeader && context.read !== 'replica') {
    peer.disturb();
    return no({ type: 'NotLeader', regionId, leader: peer.leader });
  }
  if (!peer.storage.initialized) return no({ type: 'RegionNotInitialized', regionId });
  if (peer.installing)
    return no({ type: 'ServerIsBusy', reason: 'a snapshot is being installed', backoffMs: 0 });
  if (!termRecent(context.term, peer.term).holds) return no({ type: 'StaleCommand' });
  const current = epochCurrent(context.regionEpoch, peer.region.epoch);
  if (unlessBroken(current, here.broken).holds) return { ok: true, peer };
  const currentRegions = withSiblings(peer.region, context.regionEpoch.version, here);
  return no({ type: 'EpochNotMatch', currentRegions });
}

/** Regions that one refusal carries besides its own. */
const SIBLINGS_MAX = 10;

/** The Region, and those beside it that have been split off since that version. */
function withSiblings(region: Region, version: number, here: Here): Region[] {
  const found = [region];
  let newest = region.epoch.version;
  let missing = newest - version;
  if (missing <= 0) return found;
  const others = [...here.peers.values()].map((peer) => peer.region).filter(isKnown);
  const beside = here.rightDerive
    ? others
        .filter(({ startKey }) => startKey < region.startKey)
        .toSorted(byStart)
        .toReversed()
    : others.filter(({ startKey }) => startKey > region.startKey).toSorted(byStart);
  for (const each of beside.slice(0, SIBLINGS_MAX)) {
    found.push(each);
    missing -= 1;
    // It may have been split again since.
    if (each.epoch.version > newest) {
      missing += each.epoch.version - newest;
      newest = each.epoch.version;
    }
    if (missing === 0) break;
  }
  return found;
}

const byStart = (a: { startKey: Bytes }, b: { startKey: Bytes }) =>
  a.startKey < b.startKey ? -1 : 1;

/** False of what a peer knows that has had no snapshot yet. */
export const isKnown = (region: Region): boolean => region.peers.length > 0;
