// The commit rule as a sorted row: what the leader knows of each voter's disk, and which number decides. While the
// configuration is joint there are two rows, and the smaller of their two numbers decides.

import { majoritiesOf, type Majority } from '../../projections/membership.ts';
import { leaderOf, replicasOf, votingReplicas } from '../../projections/questions.ts';
import type { Replica } from '../../projections/raft.ts';
import type { World } from '../../projections/world.ts';
import { capital, commas, counted, nodeName } from '../../projections/words/format.ts';
import { neededWords } from '../../projections/words/quorum-words.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';

/** One box of the quorum row. */
export interface QuorumBox {
  readonly store: NodeId;
  readonly name: string;
  readonly index: number;
  readonly decides: boolean;
}

export interface QuorumSet {
  readonly side: Majority['side'];
  /** In the order of their indexes, the highest first. */
  readonly boxes: readonly QuorumBox[];
  /** `third of five = commit 41` */
  readonly rule: string;
}

export interface QuorumModel {
  /** One set of voters, or the old and the new one. */
  readonly sets: readonly QuorumSet[];
  /** Of two sets: what both allow. */
  readonly both: string | null;
  readonly head: string;
  readonly text: string;
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];

/** Null where nobody leads: nobody counts. */
export function quorumModel(
  world: World,
  region: RegionId,
  chosen: number | null,
): QuorumModel | null {
  const leader = leaderOf(world, region);
  if (leader === null) return null;
  const majorities = majoritiesOf(leader.members);
  const sets = majorities.map((majority) => setOf(world, leader, majority));
  const entry =
    chosen ?? (leader.commit < leader.log.lastIndex ? leader.commit + 1 : leader.commit);
  const disks = votingReplicas(world, region).filter((replica) => replica.disk.lastIndex >= entry);
  const least = Math.min(...sets.map((set) => set.decided));
  return {
    sets: sets.map(({ side, boxes, rule }) => ({ side, boxes, rule })),
    both: sets.length > 1 ? `both allow = commit ${commas(least)}` : null,
    ...explain(leader, { entry, disks, majorities }),
  };
}

function setOf(
  world: World,
  leader: Replica,
  { side, voters, needed }: Majority,
): QuorumSet & { readonly decided: number } {
  const replicas = replicasOf(world, leader.region);
  const known = (peer: number): number =>
    peer === leader.peer
      ? leader.persistedIndex
      : (leader.progress.find((line) => line.peer === peer)?.matched ?? 0);
  const sorted = voters
    .map((peer) => {
      const store =
        replicas.find((each) => each.peer === peer)?.store ??
        leader.progress.find((line) => line.peer === peer)?.store ??
        `peer ${peer}`;
      return { store, name: nodeName(store), index: known(peer) };
    })
    .toSorted((a, b) => b.index - a.index);
  const decided = sorted[needed - 1]?.index ?? 0;
  const rule = `${ORDINALS[needed - 1] ?? needed} of ${counted(sorted.length)}`;
  return {
    side,
    boxes: sorted.map((box, i) => ({ ...box, decides: i === needed - 1 })),
    rule: side === 'only' ? `${rule} = commit ${commas(decided)}` : `${rule} = ${commas(decided)}`,
    decided,
  };
}

function explain(
  leader: Replica,
  of: {
    readonly entry: number;
    readonly disks: readonly Replica[];
    readonly majorities: readonly Majority[];
  },
): Pick<QuorumModel, 'head' | 'text'> {
  const { entry, disks, majorities } = of;
  const voters = new Set(majorities.flatMap((majority) => majority.voters)).size;
  const names = disks.map(({ store }) => nodeName(store));
  const where = `It is on ${counted(disks.length)} of ${counted(voters)} disks${names.length === 0 ? '' : `: ${names.join(', ')}`}.`;
  const needed =
    majorities.length === 1 ? counted(majorities[0]?.needed ?? 1) : neededWords(majorities);
  if (entry <= leader.commit)
    return {
      head: `Why is ${commas(entry)} committed?`,
      text: `${where} ${nodeName(leader.store)} knows of ${needed}, and that is a majority${majorities.length === 1 ? '' : ' of both'}.`,
    };
  if (entry > leader.log.lastIndex)
    return { head: `Entry ${commas(entry)}`, text: 'No log has it yet.' };
  const enough = majorities.every(
    (set) => disks.filter(({ peer }) => set.voters.includes(peer)).length >= set.needed,
  );
  const rest = enough
    ? `That is a majority; ${nodeName(leader.store)} commits it when it has heard of them.`
    : `${capital(needed)} are needed.`;
  return { head: `Why is ${commas(entry)} not committed?`, text: `${where} ${rest}` };
}
