// What a store makes of a Raft message before any peer sees it: which messages are for a peer that is here, which ones
// make a peer, which ones tell a peer that it is gone, and which sender has to be told that.
// (TiKV: raftstore/src/store/fsm/store.rs check_msg, maybe_create_peer; fsm/peer.rs check_msg, handle_gc_peer_msg)

import type { PeerId, RegionId, StoreId } from '../ids.ts';
import { newMessage, type Snapshot } from '../raft/message.ts';
import { RAFT_INIT_LOG_INDEX, RAFT_INIT_LOG_TERM, unknownRegion } from './bootstrap.ts';
import type { RegionLocalState } from './engines.ts';
import type { RaftMessage } from './message.ts';
import { peerOn, regionsOverlap, type Region } from './region.ts';
import { createsPeer, epochStale, snapshotAcceptable, type Verdict } from './rules.ts';
import { decodeSnapshotData } from './snapshot-data.ts';

export type WayIn =
  | { readonly type: 'take' | 'drop' | 'tell-gone' | 'tell-members' | 'park' }
  | { readonly type: 'destroy'; readonly why: 'told' | 'replaced' }
  | { readonly type: 'create'; readonly verdict: Verdict };

const TAKE: WayIn = { type: 'take' };
const DROP: WayIn = { type: 'drop' };
/** A split that is under way here may bring its peer. */
const PARK: WayIn = { type: 'park' };
const TELL_GONE: WayIn = { type: 'tell-gone' };
/** The sender was a member when the peer here went: those that were members with it may know more. */
const TELL_MEMBERS: WayIn = { type: 'tell-members' };

/** For a peer that is here. */
export function wayToPeer(envelope: RaftMessage, region: Region, peer: PeerId): WayIn {
  const { regionEpoch, fromPeer, toPeer } = envelope;
  if (envelope.isTombstone === true) {
    const newer = epochStale(region.epoch, regionEpoch);
    return newer && toPeer.id === peer ? { type: 'destroy', why: 'told' } : DROP;
  }
  // Who sends from an older epoch and is no member any more has missed its removal.
  const stale = epochStale(regionEpoch, region.epoch);
  if (stale && peerOn(region, fromPeer.storeId) === undefined) return TELL_GONE;
  if (toPeer.id < peer) return DROP;
  return toPeer.id > peer ? { type: 'destroy', why: 'replaced' } : TAKE;
}

/** Where no peer of the Region is here. `kept` is what a peer that was here has left; `regions` are those of the store. */
export function wayToNobody(
  envelope: RaftMessage,
  kept: RegionLocalState | null,
  here: { readonly storeId: StoreId; readonly regions: readonly Region[] },
): WayIn {
  const { regionEpoch, fromPeer, toPeer, message } = envelope;
  if (envelope.isTombstone === true) return DROP;
  const notYet = isFirst(message) ? PARK : DROP;
  if (kept !== null) {
    const { region } = kept;
    if (kept.state !== 'Tombstone') return notYet;
    if (epochStale(regionEpoch, region.epoch)) {
      if (peerOn(region, fromPeer.storeId) === undefined) return TELL_GONE;
      return asksWhetherMember(envelope) ? TELL_MEMBERS : DROP;
    }
    // It may have been destroyed before it could apply its own removal: then it is still in its own description.
    const mine = peerOn(region, here.storeId);
    if (mine !== undefined && toPeer.id <= mine.id) return DROP;
  }
  const { startKey = '', endKey = '' } = envelope;
  const range = { ...unknownRegion(envelope.regionId), startKey, endKey };
  const overlaps = here.regions.filter((region) => regionsOverlap(region, range)).length;
  const verdict = createsPeer({ message: message.msgType, commit: message.commit, overlaps });
  if (verdict.holds) return { type: 'create', verdict };
  return overlaps > 0 ? notYet : DROP;
}

/** A voter finds out by asking for votes; everybody may ask outright. */
function asksWhetherMember({ extra, message: { msgType } }: RaftMessage): boolean {
  if (extra !== undefined) return extra === 'check-stale-peer' || extra === 'wake-up';
  return msgType === 'MsgRequestVote' || msgType === 'MsgRequestPreVote';
}

/** The first that a new Region's peer says to others: its first election, or the first entry of its leader.
 * (util.rs is_first_message) */
function isFirst({ msgType, term, entries }: RaftMessage['message']): boolean {
  if (msgType === 'MsgRequestVote' || msgType === 'MsgRequestPreVote')
    return term === RAFT_INIT_LOG_TERM + 1;
  const [entry] = entries;
  return (
    msgType === 'MsgAppend' &&
    entries.length === 1 &&
    entry?.data === '' &&
    entry.index === RAFT_INIT_LOG_INDEX + 1
  );
}

/** Tells the sender that its peer is gone from the Region; `region` is what is known of it here. */
export function goneMessage(envelope: RaftMessage, region: Region): RaftMessage {
  return { ...answerTo(envelope, region), isTombstone: true };
}

/** Tells the sender who the members were when the peer here went. (MsgCheckStalePeerResponse) */
export function membersMessage(envelope: RaftMessage, region: Region): RaftMessage {
  const extra = 'check-stale-peer-response';
  return { ...answerTo(envelope, region), extra, checkPeers: region.peers };
}

function answerTo({ regionId, fromPeer, toPeer }: RaftMessage, region: Region): RaftMessage {
  return {
    type: 'raft',
    regionId,
    fromPeer: toPeer,
    toPeer: fromPeer,
    regionEpoch: region.epoch,
    message: newMessage('MsgHup', fromPeer.id),
  };
}

/** May this peer take the snapshot, beside the other Regions of its store? (fsm/peer.rs check_snapshot) */
export function snapshotVerdict(
  snapshot: Snapshot,
  peer: { readonly regionId: RegionId; readonly peerId: PeerId; readonly region: Region },
  regions: readonly Region[],
): Verdict {
  const { region } = decodeSnapshotData(snapshot.data);
  const others = regions.filter(({ id }) => id !== peer.regionId);
  return snapshotAcceptable({
    member: region.peers.some(({ id }) => id === peer.peerId),
    stale: epochStale(region.epoch, peer.region.epoch),
    overlaps: others.filter((other) => regionsOverlap(other, region)).length,
  });
}
