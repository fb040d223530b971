// What a person or PD asks of a Region besides reading and writing: members, leadership, the log, splits.
// (TiKV: fsm/peer.rs pre_propose_raft_command for admin commands; worker/pd.rs schedule_heartbeat_receiver)

import type { PeerId, RegionId, StoreId } from '../ids.ts';
import type { AdminRequest, PeerChange, WantedSplit } from './admin-command.ts';
import { newPeers } from './change-peer.ts';
import type { PeerFsm } from './peer.ts';
import type { PeerSink, SplitAsk } from './peer-parts.ts';
import type { RegionEpoch } from './region.ts';
import { epochStale } from './rules.ts';
import type { NewRegionIds } from './split.ts';

/** What PD wants of a peer that leads. */
export interface OrderedAdmin {
  readonly regionId: RegionId;
  readonly peerId: PeerId;
  readonly epoch: RegionEpoch;
  readonly wanted:
    | { readonly type: 'change-peer'; readonly changes: readonly PeerChange[] }
    | { readonly type: 'transfer-leader'; readonly to: StoreId }
    | ({ readonly type: 'split' } & WantedSplit);
}

export class StoreAdmin {
  readonly #sink: PeerSink;
  readonly #peers: ReadonlyMap<RegionId, PeerFsm>;
  /** After each of these the store looks what its peers have left for it to do. */
  readonly #sweep: () => void;

  constructor(sink: PeerSink, peers: ReadonlyMap<RegionId, PeerFsm>, sweep: () => void) {
    this.#sink = sink;
    this.#peers = peers;
    this.#sweep = sweep;
  }

  /** How many ids of new peers a request needs. */
  newPeers(regionId: RegionId, request: AdminRequest): number {
    const peer = this.#peers.get(regionId);
    if (peer?.isLeader !== true || request.type !== 'change-peer') return 0;
    return newPeers(peer.region, request.changes);
  }

  /** Does it, or tells why not. `ids` are for new peers. */
  administer(regionId: RegionId, request: AdminRequest, ids: readonly PeerId[]): void {
    this.#tell(regionId, request.type, this.#problem(regionId, request, ids));
  }

  #tell(region: RegionId, command: string, reason: string | null): void {
    if (reason !== null)
      this.#sink.emit({ type: 'raftstore/admin-refused', region, command, reason });
    this.#sweep();
  }

  #problem(regionId: RegionId, request: AdminRequest, ids: readonly PeerId[]): string | null {
    const peer = this.#peers.get(regionId);
    if (peer === undefined) return `the store has no peer of Region ${regionId}`;
    if (peer.installing) return 'a snapshot is being installed';
    peer.wake('request');
    if (request.type === 'request-snapshot') return peer.requestSnapshot();
    if (!peer.isLeader) return 'it does not lead the Region';
    if (request.type === 'compact-log') return peer.admin.compact(request.index);
    if (request.type === 'transfer-leader') return peer.admin.transferLeader(request.to);
    if (request.type === 'split') return peer.admin.wantSplit(request);
    return peer.admin.changePeers(request.changes, ids);
  }

  /** PD has given ids for the new Regions. */
  split(ask: SplitAsk, ids: readonly NewRegionIds[]): void {
    const { id } = ask.region;
    const peer = this.#peers.get(id);
    const reason =
      peer?.isLeader === true ? peer.admin.split(ask, ids) : 'it does not lead the Region';
    this.#tell(id, 'batch-split', reason);
  }

  /** What PD wants, of the peer and the epoch that it means. Null, or why not. */
  order(order: OrderedAdmin): string | null {
    const peer = this.#peers.get(order.regionId);
    if (peer === undefined) return 'there is no peer of the Region here';
    if (peer.peerId !== order.peerId) return 'another peer is meant';
    if (!peer.isLeader) return 'it does not lead the Region';
    peer.wake('request');
    const reason = orderProblem(peer, order);
    this.#sweep();
    return reason;
  }
}

function orderProblem(peer: PeerFsm, { epoch, wanted }: OrderedAdmin): string | null {
  if (peer.installing) return 'a snapshot is being installed';
  if (wanted.type === 'change-peer') return peer.admin.changePeersAt(wanted.changes, epoch);
  if (wanted.type === 'transfer-leader') return peer.admin.transferLeader(wanted.to);
  return epochStale(epoch, peer.region.epoch)
    ? 'the Region has changed in the meantime'
    : peer.admin.wantSplit(wanted);
}
