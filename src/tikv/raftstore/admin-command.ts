// Commands that change the Region itself and not its data: what is asked of a leader, and what its log carries.
// (kvproto: raft_cmdpb.proto AdminRequest)

import { assert, must } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { StoreId } from '../ids.ts';
import type { ConfChangeType, ConfChangeV2 } from '../raft/conf-change.ts';
import { sized, varint, type ByteReader } from './byte-codec.ts';
import { decodePeer, encodePeer } from './region-codec.ts';
import type { Peer } from './region.ts';
import type { SplitRequest } from './split.ts';

export interface PeerChange {
  readonly type: ConfChangeType;
  readonly peer: Peer;
}

/** What an entry carries. */
export type AdminCommand =
  /** Entries up to `compactIndex` are given up. */
  | { readonly type: 'compact-log'; readonly compactIndex: number; readonly compactTerm: number }
  /** None: leave the joint configuration; one: a simple change; two or more: enter a joint configuration. */
  | { readonly type: 'change-peer'; readonly changes: readonly PeerChange[] }
  /** The parts between the keys become Regions of their own; `rightDerive`: the last part keeps the id. */
  | {
      readonly type: 'batch-split';
      readonly requests: readonly SplitRequest[];
      readonly rightDerive: boolean;
    };

/** Where a Region is to be split. `usekey`: at these (encoded) keys; else in the middle of its data. */
export interface WantedSplit {
  readonly policy: 'usekey' | 'scan' | 'approximate';
  readonly keys: readonly Bytes[];
}

/** What somebody wants of a store's membership. */
export interface WantedChange {
  /** `join`: a new peer that votes, or a learner that is promoted. */
  readonly do: 'join' | 'add-peer' | 'add-learner' | 'promote' | 'demote' | 'remove-peer';
  readonly store: StoreId;
}

/** What is asked of the peer of a store. Plain data. */
export type AdminRequest =
  /** Null: as far as the collector of the log would go. */
  | { readonly type: 'compact-log'; readonly index: number | null }
  | { readonly type: 'transfer-leader'; readonly to: StoreId }
  | { readonly type: 'change-peer'; readonly changes: readonly WantedChange[] }
  | ({ readonly type: 'split' } & WantedSplit)
  /** A follower asks its leader for a snapshot of everything. */
  | { readonly type: 'request-snapshot' };

/** No changes leave, one is simple, more enter a joint configuration that has to be left by another command. */
export function confChangeOf(changes: readonly PeerChange[], context: Bytes): ConfChangeV2 {
  return {
    transition: changes.length > 1 ? 'Explicit' : 'Auto',
    changes: changes.map(({ type, peer }) => ({ type, nodeId: peer.id })),
    context,
  };
}

const TYPES: readonly ConfChangeType[] = ['AddNode', 'RemoveNode', 'AddLearnerNode'];
const COMPACT_LOG = 1;
const CHANGE_PEER = 2;
const BATCH_SPLIT = 3;

export function encodeAdmin(command: AdminCommand): Bytes {
  if (command.type === 'compact-log')
    return varint(COMPACT_LOG) + varint(command.compactIndex) + varint(command.compactTerm);
  if (command.type === 'batch-split') {
    const head = varint(BATCH_SPLIT) + varint(Number(command.rightDerive));
    return head + varint(command.requests.length) + command.requests.map(encodeSplit).join('');
  }
  const changes = command.changes.map(
    ({ type, peer }) => varint(TYPES.indexOf(type)) + encodePeer(peer),
  );
  return varint(CHANGE_PEER) + varint(changes.length) + changes.join('');
}

function encodeSplit({ splitKey, newRegionId, newPeerIds }: SplitRequest): Bytes {
  const ids = newPeerIds.map(varint).join('');
  return sized(splitKey) + varint(newRegionId) + varint(newPeerIds.length) + ids;
}

function decodeSplit(reader: ByteReader): SplitRequest {
  const splitKey = reader.sized();
  const newRegionId = reader.varint();
  const newPeerIds = Array.from({ length: reader.varint() }, () => reader.varint());
  return { splitKey, newRegionId, newPeerIds };
}

export function decodeAdmin(reader: ByteReader): AdminCommand {
  const kind = reader.varint();
  if (kind === COMPACT_LOG) {
    const compactIndex = reader.varint();
    return { type: 'compact-log', compactIndex, compactTerm: reader.varint() };
  }
  if (kind === BATCH_SPLIT) {
    const rightDerive = reader.varint() === 1;
    const requests = Array.from({ length: reader.varint() }, () => decodeSplit(reader));
    return { type: 'batch-split', requests, rightDerive };
  }
  assert(kind === CHANGE_PEER, 'a log entry holds an unknown admin command');
  const changes = Array.from({ length: reader.varint() }, (): PeerChange => {
    const type = must(TYPES[reader.varint()], 'a kind of membership change');
    return { type, peer: decodePeer(reader) };
  });
  return { type: 'change-peer', changes };
}

/** `+s4 -s1`: the command in a few words. */
export function adminWords(command: AdminCommand): string {
  if (command.type === 'compact-log') return `compact to ${command.compactIndex}`;
  if (command.type === 'batch-split')
    return `+${command.requests.map(({ newRegionId }) => `r${newRegionId}`).join(' +')}`;
  if (command.changes.length === 0) return 'leave joint';
  const signs = { AddNode: '+', RemoveNode: '-', AddLearnerNode: '~' } as const;
  return command.changes.map(({ type, peer }) => `${signs[type]}s${peer.storeId}`).join(' ');
}
