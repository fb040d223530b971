// What a host has to do for a peer, and in which order: the Ready, taken from the peer and given back when done.
//
//   1 send `messages`                  a leader's may leave before the disk has anything
//   2 write snapshot, entries, hs      entries overwrite all from their first index on; mustSync says whether to wait
//   3 send `persistedMessages`         once that is durable: a vote or an acknowledgement is a promise about the disk
//   4 apply `committedEntries`         in order, once
//   5 advance                          and handle the LightReady in the same way

import type { Entry } from './entry.ts';
import {
  equalHardState,
  type HardState,
  type Message,
  type ReadState,
  type Snapshot,
  type SoftState,
} from './message.ts';
import { release } from './propose.ts';
import type { Raft } from './raft.ts';

export interface Ready {
  readonly number: number;
  readonly ss?: SoftState;
  readonly hs?: HardState;
  readonly readStates: readonly ReadState[];
  readonly entries: readonly Entry[];
  readonly snapshot?: Snapshot;
  readonly committedEntries: readonly Entry[];
  readonly mustSync: boolean;
  /** May be sent before this Ready is persisted: a leader's. */
  readonly messages: readonly Message[];
  /** Only after it is persisted: everybody else's. */
  readonly persistedMessages: readonly Message[];
}

export interface LightReady {
  readonly commitIndex?: number;
  readonly committedEntries: readonly Entry[];
  readonly messages: readonly Message[];
}

/** What a Ready asked the disk to hold, until the disk does. */
export interface ReadyRecord {
  readonly number: number;
  /** 0: no entries. */
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** 0: no snapshot. */
  readonly snapshot: number;
  /** It holds a new term or vote. */
  readonly promise: boolean;
}

/** What the host was told last. */
export interface Told {
  hs: HardState;
  ss: SoftState;
  /** Committed entries up to here were handed out. */
  commitSince: number;
}

/** The hard state that has to be stored, given what is; the same object where nothing has changed. */
export function hardStateToStore(raft: Raft, stored: HardState): HardState {
  const { term, vote } = raft;
  const commit = raft.log.committed;
  if (term === stored.term && vote === stored.vote)
    return commit === stored.commit ? stored : { term, vote, commit };
  const keepsTerm =
    term === stored.term || raft.rules.persistTerm({ term, stored: stored.term }).holds;
  if (!keepsTerm) return withCommit(stored, commit);
  const before = term === stored.term ? stored.vote : 0;
  const keepsVote = vote === before || raft.rules.persistVote({ vote, stored: before }).holds;
  const next = { term, vote: keepsVote ? vote : before, commit };
  return equalHardState(next, stored) ? stored : next;
}

const withCommit = (stored: HardState, commit: number): HardState =>
  commit === stored.commit ? stored : { ...stored, commit };

export function hasWork(raft: Raft, told: Told): boolean {
  if (raft.msgs.length > 0 || raft.log.unstable.entries.length > 0) return true;
  if (raft.role !== told.ss.raftState || raft.leaderId !== told.ss.leaderId) return true;
  if (hardStateToStore(raft, told.hs) !== told.hs) return true;
  if (raft.readStates.length > 0 || raft.log.unstable.snapshot !== null) return true;
  return raft.log.hasNextEntries(told.commitSince);
}

const NO_MESSAGES: readonly Message[] = Object.freeze([]);

/** The outbox, divided by what may leave at once. */
export function takeMessages(
  raft: Raft,
  hardStateChanged: boolean,
): { atOnce: readonly Message[]; persisted: readonly Message[] } {
  const { msgs, rules } = raft;
  if (msgs.length === 0) return { atOnce: NO_MESSAGES, persisted: NO_MESSAGES };
  raft.msgs = [];
  const leader = raft.role === 'Leader';
  const mayLeave = ({ msgType }: Message) =>
    rules.persistBeforeSend({ message: msgType, leader, hardStateChanged }).holds;
  let leaving = 0;
  for (const message of msgs) if (mayLeave(message)) leaving++;
  if (leaving === msgs.length) return { atOnce: msgs, persisted: NO_MESSAGES };
  if (leaving === 0) return { atOnce: NO_MESSAGES, persisted: msgs };
  return {
    atOnce: msgs.filter(mayLeave),
    persisted: msgs.filter((message) => !mayLeave(message)),
  };
}

/** The next committed entries; they are not handed out again. */
export function takeCommitted(raft: Raft, told: Told): readonly Entry[] {
  const entries = raft.log.nextEntries(told.commitSince, raft.maxCommittedSizePerReady);
  release(raft, entries);
  const last = entries.at(-1);
  if (last !== undefined) told.commitSince = last.index;
  return entries;
}
