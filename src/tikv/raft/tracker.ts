// All peers as one sees them: who is a member, how far each has got, who has voted.       (TiKV: raft-rs tracker.rs)
// Peers are always walked by ascending id.

import { assert, must } from '../../base/assert.ts';
import {
  confStateOf,
  isJoint,
  membersOf,
  NO_MEMBERS,
  type Change,
  type Membership,
} from './configuration.ts';
import type { ConfState } from './message.ts';
import { Progress } from './progress.ts';
import {
  indexReachedBy,
  indexReachedByBoth,
  isQuorum,
  jointGroupCommitted,
  jointVote,
  majorityOf,
  type Acked,
  type VoteResult,
} from './quorum.ts';

export class Tracker implements Acked {
  members: Membership = NO_MEMBERS;
  /** Ascending. */
  peers: readonly Progress[] = [];
  groupCommit = false;
  readonly votes = new Map<number, boolean>();
  /** Grants counted twice: only where the rule against it is broken. */
  surplusGrants = 0;
  readonly window: number;
  /** The voters of both halves, as `members` names them. */
  #incoming: readonly Progress[] = [];
  #outgoing: readonly Progress[] = [];

  constructor(window: number) {
    this.window = window;
  }

  get(id: number): Progress | undefined {
    // Peers are few: looking at each beats hashing.
    const { peers } = this;
    for (let i = 0; i < peers.length; i++) if (peers[i]?.id === id) return peers[i];
    return undefined;
  }

  mustGet(id: number): Progress {
    return must(this.get(id), `progress of ${id}`);
  }

  indexOf(id: number): number {
    return this.get(id)?.matched ?? 0;
  }

  groupOf(id: number): number {
    return this.get(id)?.commitGroupId ?? 0;
  }

  isVoter(id: number): boolean {
    return this.members.incoming.includes(id) || this.members.outgoing.includes(id);
  }

  isLearner(id: number): boolean {
    return this.members.learners.includes(id);
  }

  isJoint(): boolean {
    return isJoint(this.members);
  }

  /** True where `id` decides by itself. */
  isAlone(id: number): boolean {
    const { incoming } = this.members;
    return incoming.length === 1 && incoming[0] === id && !this.isJoint();
  }

  confState(): ConfState {
    return confStateOf(this.members);
  }

  /** Voters of either half, ascending. */
  voters(): readonly number[] {
    const { incoming, outgoing } = this.members;
    if (outgoing.length === 0) return incoming;
    return [...new Set([...incoming, ...outgoing])].toSorted((a, b) => a - b);
  }

  /** Takes over a membership; a new member starts from `lastIndex`, as recently heard. */
  apply({ to, fresh }: Change, lastIndex: number): void {
    this.members = to;
    this.#track(membersOf(to), (id) => {
      const known = fresh.includes(id) ? undefined : this.get(id);
      if (known !== undefined) return known;
      const progress = new Progress(id, Math.max(lastIndex, 1), this.window);
      // So that it is not taken for dead before it could say a word.
      progress.recentActive = true;
      return progress;
    });
  }

  /** Starts from a stored membership: nothing is known of anybody. */
  restore(members: Membership, nextIdx: number): void {
    this.members = members;
    this.#track(membersOf(members), (id) => new Progress(id, nextIdx, this.window));
    this.resetVotes();
  }

  #track(ids: readonly number[], progressOf: (id: number) => Progress): void {
    this.peers = ids.map(progressOf);
    this.#incoming = this.members.incoming.map((id) => this.mustGet(id));
    this.#outgoing = this.members.outgoing.map((id) => this.mustGet(id));
  }

  resetVotes(): void {
    this.votes.clear();
    this.surplusGrants = 0;
  }

  /** A voter's first word counts. */
  recordVote(id: number, granted: boolean): void {
    assert(!this.votes.has(id), `${id} votes twice`);
    this.votes.set(id, granted);
  }

  tally(): VoteResult {
    return jointVote(this.members, this.votes, this.surplusGrants);
  }

  hasQuorum(has: (id: number) => boolean): boolean {
    return isQuorum(this.members, has);
  }

  /** The index that a quorum has reached. */
  committedIndex(): number {
    if (!this.groupCommit) return indexReachedByBoth(this.#incoming, this.#outgoing);
    const { incoming, outgoing } = this.members;
    return jointGroupCommitted(incoming, outgoing, this);
  }

  /** The same with half of an even number of voters: safe while the voters stay the same. */
  halfCommittedIndex(): number {
    const reached = (voters: readonly Progress[]) => {
      const count = voters.length;
      return indexReachedBy(voters, count % 2 === 0 ? count / 2 : majorityOf(count));
    };
    return Math.min(reached(this.#incoming), reached(this.#outgoing));
  }

  /** Whether a quorum was heard from since this was last asked. `self` always counts. */
  quorumRecentlyActive(self: number): boolean {
    const active = this.hasQuorum((id) => id === self || this.get(id)?.recentActive === true);
    for (const peer of this.peers) peer.recentActive = peer.id === self;
    return active;
  }
}
