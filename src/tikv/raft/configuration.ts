// From one membership to the next, or a refusal.                       (TiKV: raft-rs confchange/changer.rs, restore.rs)
//
//   simple:   at most one voter comes or goes
//   joint:    (incoming)            -- enter -->  (incoming')(outgoing = incoming)  -- leave -->  (incoming')
//
// While joint, a voter of the outgoing half that is to become a learner waits in learnersNext.
// Invariants: voters and learners are disjoint; learnersNext is part of outgoing; every list ascends.

import { assert } from '../../base/assert.ts';
import type { ConfChangeSingle } from './conf-change.ts';
import { RaftError } from './error.ts';
import type { ConfState } from './message.ts';

export interface Membership {
  readonly incoming: readonly number[];
  readonly outgoing: readonly number[];
  readonly learners: readonly number[];
  readonly learnersNext: readonly number[];
  readonly autoLeave: boolean;
}

/** `fresh` are the members whose progress starts anew. */
export interface Change {
  readonly to: Membership;
  readonly fresh: readonly number[];
}

export const NO_MEMBERS: Membership = {
  incoming: [],
  outgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

const ascending = (ids: Iterable<number>): number[] => [...new Set(ids)].toSorted((a, b) => a - b);

export function membersOf(m: Membership): number[] {
  return ascending([...m.incoming, ...m.outgoing, ...m.learners, ...m.learnersNext]);
}

export const isJoint = (m: Membership): boolean => m.outgoing.length > 0;

export function membershipOf(state: ConfState): Membership {
  const to: Membership = {
    incoming: ascending(state.voters),
    outgoing: ascending(state.votersOutgoing),
    learners: ascending(state.learners),
    learnersNext: ascending(state.learnersNext),
    autoLeave: state.autoLeave,
  };
  return sound(to);
}

export function confStateOf(m: Membership): ConfState {
  return {
    voters: m.incoming.slice(),
    learners: m.learners.slice(),
    votersOutgoing: m.outgoing.slice(),
    learnersNext: m.learnersNext.slice(),
    autoLeave: m.autoLeave,
  };
}

/** `changes` one after the other, without a joint configuration. `unbounded` leaves out the rule of one voter. */
export function simpleChange(
  from: Membership,
  changes: readonly ConfChangeSingle[],
  unbounded = false,
): Change {
  if (isJoint(from)) throw refused('a simple change in a joint configuration');
  const draft = new Draft(from);
  draft.applyAll(changes);
  if (!unbounded && votersChanged(from, draft) > 1)
    throw refused('more than one voter changed without a joint configuration');
  return draft.done(false);
}

export function enterJoint(
  from: Membership,
  changes: readonly ConfChangeSingle[],
  autoLeave: boolean,
): Change {
  if (isJoint(from)) throw refused('the configuration is already joint');
  if (from.incoming.length === 0) throw refused('without voters there is nothing to join');
  const draft = new Draft({ ...from, outgoing: from.incoming });
  draft.applyAll(changes);
  return draft.done(autoLeave);
}

export function leaveJoint(from: Membership): Change {
  if (!isJoint(from)) throw refused('the configuration is not joint');
  const to: Membership = {
    incoming: from.incoming,
    outgoing: [],
    learners: ascending([...from.learners, ...from.learnersNext]),
    learnersNext: [],
    autoLeave: false,
  };
  return { to: sound(to), fresh: [] };
}

function votersChanged(from: Membership, to: Draft): number {
  const gone = from.incoming.filter((id) => !to.incoming.has(id)).length;
  return gone + [...to.incoming].filter((id) => !from.incoming.includes(id)).length;
}

/** A membership being changed. */
class Draft {
  readonly incoming: Set<number>;
  readonly #outgoing: readonly number[];
  readonly #learners: Set<number>;
  readonly #learnersNext: Set<number>;
  readonly #tracked: Set<number>;
  readonly #fresh = new Set<number>();

  constructor(from: Membership) {
    this.incoming = new Set(from.incoming);
    this.#outgoing = from.outgoing;
    this.#learners = new Set(from.learners);
    this.#learnersNext = new Set(from.learnersNext);
    this.#tracked = new Set(membersOf(from));
  }

  applyAll(changes: readonly ConfChangeSingle[]): void {
    for (const { type, nodeId } of changes) {
      // A host that refuses a change at apply time writes node 0 into it.
      if (nodeId === 0) continue;
      if (type === 'AddNode') this.#addVoter(nodeId);
      else if (type === 'AddLearnerNode') this.#addLearner(nodeId);
      else if (type === 'RemoveNode') this.#remove(nodeId);
    }
    if (this.incoming.size === 0) throw refused('removed all voters');
  }

  #track(id: number): void {
    if (this.#tracked.has(id)) return;
    this.#tracked.add(id);
    this.#fresh.add(id);
  }

  #addVoter(id: number): void {
    this.#track(id);
    this.incoming.add(id);
    this.#learners.delete(id);
    this.#learnersNext.delete(id);
  }

  #addLearner(id: number): void {
    this.#track(id);
    this.incoming.delete(id);
    if (this.#outgoing.includes(id)) this.#learnersNext.add(id);
    else this.#learners.add(id);
  }

  #remove(id: number): void {
    this.incoming.delete(id);
    this.#learners.delete(id);
    this.#learnersNext.delete(id);
    // A voter of the outgoing half still has to answer.
    if (this.#outgoing.includes(id)) return;
    this.#tracked.delete(id);
    this.#fresh.delete(id);
  }

  done(autoLeave: boolean): Change {
    const to: Membership = {
      incoming: ascending(this.incoming),
      outgoing: this.#outgoing,
      learners: ascending(this.#learners),
      learnersNext: ascending(this.#learnersNext),
      autoLeave,
    };
    return { to: sound(to), fresh: ascending(this.#fresh) };
  }
}

function sound(m: Membership): Membership {
  for (const id of m.learners)
    assert(!m.incoming.includes(id) && !m.outgoing.includes(id), `${id} is both learner and voter`);
  for (const id of m.learnersNext) {
    assert(m.outgoing.includes(id), `${id} waits to become a learner and is no outgoing voter`);
    assert(!m.incoming.includes(id), `${id} waits to become a learner and is an incoming voter`);
  }
  assert(
    isJoint(m) || (m.learnersNext.length === 0 && !m.autoLeave),
    'only a joint configuration has learnersNext or autoLeave',
  );
  return m;
}

const refused = (why: string): RaftError => new RaftError('ConfChangeError', why);
