// What a majority has agreed on, in one set of voters or in two at once.        (TiKV: raft-rs quorum/majority.rs, joint.rs)
// A decision of a joint configuration is a decision of both halves; an empty half agrees with everything.

export type VoteResult = 'Won' | 'Lost' | 'Pending';

/** How far each voter's log is known to reach, and to which group it belongs (0: none). */
export interface Acked {
  indexOf(id: number): number;
  groupOf(id: number): number;
}

export const majorityOf = (voters: number): number => Math.floor(voters / 2) + 1;

/** One voter, by how far its log is known to reach. */
export interface Reached {
  readonly matched: number;
}

/** The greatest index that at least `needed` of the voters have reached. Infinity where there is no voter. */
export function indexReachedBy(voters: readonly Reached[], needed: number): number {
  if (voters.length === 0) return Infinity;
  let best = 0;
  // Voters are few: counting for each beats sorting, and allocates nothing.
  for (let i = 0; i < voters.length; i++) {
    const { matched } = voters[i] as Reached;
    if (matched <= best) continue;
    let holders = 0;
    for (let j = 0; j < voters.length; j++)
      if ((voters[j] as Reached).matched >= matched) holders++;
    if (holders >= needed) best = matched;
  }
  return best;
}

/** The greatest index that a majority of both halves has reached. */
export function indexReachedByBoth(
  incoming: readonly Reached[],
  outgoing: readonly Reached[],
): number {
  const first = indexReachedBy(incoming, majorityOf(incoming.length));
  if (outgoing.length === 0) return first;
  return Math.min(first, indexReachedBy(outgoing, majorityOf(outgoing.length)));
}

/** How many of the voters have reached `index`. */
export function holdersOf(voters: readonly number[], acked: Acked, index: number): number {
  let holders = 0;
  for (const voter of voters) if (acked.indexOf(voter) >= index) holders++;
  return holders;
}

export function jointCommitted(
  incoming: readonly number[],
  outgoing: readonly number[],
  acked: Acked,
): number {
  const reached = (id: number): Reached => ({ matched: acked.indexOf(id) });
  return indexReachedByBoth(incoming.map(reached), outgoing.map(reached));
}

/**
 * As committed by a majority, and held back until two groups have the entry too. Where every voter is in one group,
 * the groups do not matter; where some are in none, the slowest voter decides.
 */
function groupIndex(voters: readonly number[], acked: Acked): number {
  if (voters.length === 0) return Infinity;
  const ranked = voters
    .map((id) => ({ index: acked.indexOf(id), group: acked.groupOf(id) }))
    .toSorted((a, b) => b.index - a.index);
  const atQuorum = ranked[majorityOf(voters.length) - 1] as { index: number; group: number };
  let group = atQuorum.group;
  let everyoneGrouped = true;
  for (const voter of ranked) {
    if (voter.group === 0) everyoneGrouped = false;
    else if (group === 0) group = voter.group;
    else if (group !== voter.group) return Math.min(voter.index, atQuorum.index);
  }
  return everyoneGrouped ? atQuorum.index : (ranked.at(-1) as { index: number }).index;
}

export function jointGroupCommitted(
  incoming: readonly number[],
  outgoing: readonly number[],
  acked: Acked,
): number {
  return Math.min(groupIndex(incoming, acked), groupIndex(outgoing, acked));
}

/** `surplus` counts grants beyond one a voter; it is 0 where votes are counted as they must be. */
function majorityVote(
  voters: readonly number[],
  votes: ReadonlyMap<number, boolean>,
  surplus: number,
): VoteResult {
  if (voters.length === 0) return 'Won';
  let granted = surplus;
  let missing = 0;
  for (const voter of voters) {
    const vote = votes.get(voter);
    if (vote === undefined) missing++;
    else if (vote) granted++;
  }
  const needed = majorityOf(voters.length);
  if (granted >= needed) return 'Won';
  return granted + missing >= needed ? 'Pending' : 'Lost';
}

export interface Halves {
  readonly incoming: readonly number[];
  readonly outgoing: readonly number[];
}

export function jointVote(
  { incoming, outgoing }: Halves,
  votes: ReadonlyMap<number, boolean>,
  surplus = 0,
): VoteResult {
  const first = majorityVote(incoming, votes, surplus);
  const second = majorityVote(outgoing, votes, surplus);
  if (first === second) return first;
  return first === 'Lost' || second === 'Lost' ? 'Lost' : 'Pending';
}

/** True where those of whom `has` is true are a majority of both halves. */
export function isQuorum({ incoming, outgoing }: Halves, has: (id: number) => boolean): boolean {
  return isMajority(incoming, has) && isMajority(outgoing, has);
}

function isMajority(voters: readonly number[], has: (id: number) => boolean): boolean {
  if (voters.length === 0) return true;
  let count = 0;
  for (const voter of voters) if (has(voter)) count++;
  return count >= majorityOf(voters.length);
}

// The same over plain maps.

const ackedOf = (
  acked: ReadonlyMap<number, number>,
  group?: ReadonlyMap<number, number>,
): Acked => ({
  indexOf: (id) => acked.get(id) ?? 0,
  groupOf: (id) => group?.get(id) ?? 0,
});

/** Infinity where there is no voter. */
export function committedIndex(
  incoming: readonly number[],
  outgoing: readonly number[],
  acked: ReadonlyMap<number, number>,
): number {
  return jointCommitted(incoming, outgoing, ackedOf(acked));
}

export function groupCommittedIndex(
  incoming: readonly number[],
  outgoing: readonly number[],
  acked: ReadonlyMap<number, number>,
  group: ReadonlyMap<number, number>,
): number {
  return jointGroupCommitted(incoming, outgoing, ackedOf(acked, group));
}

export function voteResult(
  incoming: readonly number[],
  outgoing: readonly number[],
  votes: ReadonlyMap<number, boolean>,
): VoteResult {
  return jointVote({ incoming, outgoing }, votes);
}
