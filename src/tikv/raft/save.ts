// A peer as plain data, and back. Entries and messages are never changed, so they are shared; lists are copied.

import type { Bytes } from '../../base/bytes.ts';
import type { Membership } from './configuration.ts';
import type { Config } from './config.ts';
import type { Entry } from './entry.ts';
import type { RaftEvent } from './event.ts';
import type { Message, ReadState, Snapshot, StateRole } from './message.ts';
import type { Progress, ShownProgress } from './progress.ts';
import { Raft } from './raft.ts';
import type { Storage } from './storage.ts';

/** The fields of a peer that are numbers or flags, saved as they are. */
const SCALARS = [
  'term',
  'vote',
  'role',
  'leaderId',
  'promotable',
  'leadTransferee',
  'pendingConfIndex',
  'pendingRequestSnapshot',
  'electionElapsed',
  'heartbeatElapsed',
  'randomizedElectionTimeout',
  'uncommittedSize',
  'inheritedIndex',
  'checkQuorum',
  'preVote',
  'skipBcastCommit',
  'batchAppend',
  'priority',
  'maxCommittedSizePerReady',
] as const satisfies readonly (keyof Raft)[];

const PROGRESS_SCALARS = [
  'matched',
  'nextIdx',
  'state',
  'probeSent',
  'pendingSnapshot',
  'pendingRequestSnapshot',
  'recentActive',
  'commitGroupId',
  'committedIndex',
] as const satisfies readonly (keyof Progress)[];

type Scalars = Pick<Raft, (typeof SCALARS)[number]>;
type ProgressScalars = Pick<Progress, (typeof PROGRESS_SCALARS)[number]>;

export interface SavedProgress {
  readonly id: number;
  readonly fields: ProgressScalars;
  readonly inflights: readonly number[];
  readonly shown: ShownProgress;
}

export interface SavedRaft {
  readonly role: StateRole;
  readonly fields: Scalars;
  readonly log: {
    readonly committed: number;
    readonly persisted: number;
    readonly applied: number;
    readonly maxApplyUnpersisted: number;
    readonly offset: number;
    readonly entries: readonly Entry[];
    readonly snapshot: Snapshot | null;
  };
  readonly members: Membership;
  readonly peers: readonly SavedProgress[];
  readonly votes: readonly (readonly [number, boolean])[];
  readonly surplusGrants: number;
  readonly groupCommit: boolean;
  readonly reads: readonly {
    readonly ctx: Bytes;
    readonly token: Bytes;
    readonly request: Message;
    readonly index: number;
    readonly acks: readonly number[];
  }[];
  readonly readRounds: number;
  readonly msgs: readonly Message[];
  readonly readStates: readonly ReadState[];
  readonly events: readonly RaftEvent[];
  readonly heldAnswer: Message | null;
}

function pick<T, K extends keyof T>(source: T, keys: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) picked[key] = source[key];
  return picked as Pick<T, K>;
}

export function saveRaft(raft: Raft): SavedRaft {
  const { log, tracker } = raft;
  const { unstable } = log;
  return {
    role: raft.role,
    fields: pick(raft, SCALARS),
    log: {
      committed: log.committed,
      persisted: log.persisted,
      applied: log.applied,
      maxApplyUnpersisted: log.maxApplyUnpersisted,
      offset: unstable.offset,
      entries: unstable.entries.slice(),
      snapshot: unstable.snapshot,
    },
    members: tracker.members,
    peers: tracker.peers.map((peer) => ({
      id: peer.id,
      fields: pick(peer, PROGRESS_SCALARS),
      inflights: peer.inflights.save(),
      shown: { ...peer.shown },
    })),
    votes: [...tracker.votes].toSorted(([a], [b]) => a - b),
    surplusGrants: tracker.surplusGrants,
    groupCommit: tracker.groupCommit,
    reads: raft.readOnly.waiting().map(({ ctx, token, request, index, acks }) => ({
      ctx,
      token,
      request,
      index,
      acks: [...acks].toSorted((a, b) => a - b),
    })),
    readRounds: raft.readOnly.rounds,
    msgs: raft.msgs.slice(),
    readStates: raft.readStates.slice(),
    events: raft.events.slice(),
    heldAnswer: raft.heldAnswer,
  };
}

export function loadRaft(config: Config, store: Storage, saved: SavedRaft): Raft {
  const raft = new Raft(config, store);
  Object.assign(raft, saved.fields);
  const { log, tracker } = raft;
  log.committed = saved.log.committed;
  log.persisted = saved.log.persisted;
  log.applied = saved.log.applied;
  log.maxApplyUnpersisted = saved.log.maxApplyUnpersisted;
  log.unstable.offset = saved.log.offset;
  log.unstable.entries = saved.log.entries.slice();
  log.unstable.snapshot = saved.log.snapshot;
  tracker.restore(saved.members, 1);
  for (const peer of saved.peers) {
    const progress = tracker.mustGet(peer.id);
    Object.assign(progress, peer.fields);
    Object.assign(progress.shown, peer.shown);
    progress.inflights.load(peer.inflights);
  }
  for (const [id, granted] of saved.votes) tracker.recordVote(id, granted);
  tracker.surplusGrants = saved.surplusGrants;
  tracker.groupCommit = saved.groupCommit;
  const reads = saved.reads.map((read) => ({ ...read, acks: new Set(read.acks) }));
  raft.readOnly.load(reads, saved.readRounds);
  raft.msgs = saved.msgs.slice();
  raft.readStates = saved.readStates.slice();
  raft.events = saved.events.slice();
  raft.heldAnswer = saved.heldAnswer;
  return raft;
}
