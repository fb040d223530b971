// What Raft peers say to each other and hand to their host, under the names of TiKV's eraftpb.proto.
// Ids, terms and indexes are safe integers, 0 = none. All of it is plain data and is never changed once handed out.

import type { Bytes } from '../../base/bytes.ts';
import { NO_ENTRIES, type Entry } from './entry.ts';

export type MessageType =
  | 'MsgHup'
  | 'MsgBeat'
  | 'MsgPropose'
  | 'MsgAppend'
  | 'MsgAppendResponse'
  | 'MsgRequestVote'
  | 'MsgRequestVoteResponse'
  | 'MsgSnapshot'
  | 'MsgHeartbeat'
  | 'MsgHeartbeatResponse'
  | 'MsgUnreachable'
  | 'MsgSnapStatus'
  | 'MsgCheckQuorum'
  | 'MsgTransferLeader'
  | 'MsgTimeoutNow'
  | 'MsgReadIndex'
  | 'MsgReadIndexResp'
  | 'MsgRequestPreVote'
  | 'MsgRequestPreVoteResponse';

export type StateRole = 'Follower' | 'Candidate' | 'Leader' | 'PreCandidate';

export interface ConfState {
  readonly voters: readonly number[];
  readonly learners: readonly number[];
  readonly votersOutgoing: readonly number[];
  readonly learnersNext: readonly number[];
  readonly autoLeave: boolean;
}

export interface SnapshotMetadata {
  readonly confState: ConfState;
  readonly index: number;
  readonly term: number;
}

export interface Snapshot {
  readonly data: Bytes;
  readonly metadata: SnapshotMetadata;
}

export interface HardState {
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
}

export interface SoftState {
  readonly leaderId: number;
  readonly raftState: StateRole;
}

export interface ReadState {
  readonly index: number;
  readonly requestCtx: Bytes;
}

export interface Message {
  readonly msgType: MessageType;
  readonly to: number;
  readonly from: number;
  readonly term: number;
  readonly logTerm: number;
  readonly index: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
  readonly commitTerm?: number;
  readonly snapshot?: Snapshot;
  readonly reject?: boolean;
  readonly rejectHint?: number;
  readonly requestSnapshot?: number;
  readonly context?: Bytes;
  readonly priority?: number;
}

/** Something that nobody has seen yet, and that may still be changed. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** A message with nothing in it. */
export function newMessage(msgType: MessageType, to: number): Draft<Message> {
  return {
    msgType,
    to,
    from: 0,
    term: 0,
    logTerm: 0,
    index: 0,
    entries: NO_ENTRIES,
    commit: 0,
  };
}

/** A copy that may be changed. */
export const redraft = (message: Message): Draft<Message> => ({ ...message });

/** Said by a node to itself; never accepted from outside. */
export function isLocalMessage(type: MessageType): boolean {
  switch (type) {
    case 'MsgHup':
    case 'MsgBeat':
    case 'MsgUnreachable':
    case 'MsgSnapStatus':
    case 'MsgCheckQuorum':
      return true;
    default:
      return false;
  }
}

/** Means something only from a peer that is known. */
export function isResponse(type: MessageType): boolean {
  switch (type) {
    case 'MsgAppendResponse':
    case 'MsgRequestVoteResponse':
    case 'MsgHeartbeatResponse':
    case 'MsgUnreachable':
    case 'MsgRequestPreVoteResponse':
      return true;
    default:
      return false;
  }
}

export const EMPTY_CONF_STATE: ConfState = {
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

export const NO_HARD_STATE: HardState = { term: 0, vote: 0, commit: 0 };

export function equalHardState(a: HardState, b: HardState): boolean {
  return a.term === b.term && a.vote === b.vote && a.commit === b.commit;
}
