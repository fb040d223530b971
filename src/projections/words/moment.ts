// The sentence of the moment for one Region: what stands in the centre of the ring, and what the chip in the title says.

import type { Micros, RegionId } from '../../tikv/ids.ts';
import type { Campaign, Replica } from '../raft.ts';
import {
  candidatesOf,
  commitOf,
  isAlive,
  leaderlessSince,
  leaderOf,
  leadersOf,
  newestTerm,
  membersIn,
  canDecide,
  votingReplicas,
  replicasOf,
} from '../questions.ts';
import { flightsOf } from '../flights.ts';
import { majoritiesOf } from '../membership.ts';
import { entryAt } from '../log-window.ts';
import type { World } from '../world.ts';
import { neededWords } from './quorum-words.ts';
import { counted, duration, nodeName, nodeNames } from './format.ts';

export type MomentTone = 'calm' | 'election' | 'replication' | 'fault';

export interface Moment {
  /** The centre: a word or two, and up to two short lines. */
  readonly title: string;
  readonly lines: readonly string[];
  /** The chip: one phrase. */
  readonly chip: string;
  readonly tone: MomentTone;
}

/** What is going on in a Region at the instant `at`, which is not before the newest record. */
export function momentOf(world: World, region: RegionId, at: Micros): Moment {
  const replicas = replicasOf(world, region);
  if (replicas.length === 0)
    return {
      title: 'The cluster begins',
      lines: ['PD and the stores get to know each other.'],
      chip: 'starting',
      tone: 'calm',
    };
  const candidate = candidatesOf(world, region)[0];
  const leader = leaderOf(world, region);
  const asksLater =
    candidate !== undefined && (candidate.campaign?.term ?? 0) > (leader?.term ?? 0);
  if (leader !== null && !(asksLater && candidate.campaign?.kind === 'vote'))
    return leaderMoment(world, leader, at);
  if (candidate !== undefined) return campaignMoment(world, candidate, at);
  return leaderlessMoment(world, region, at);
}

function leaderMoment(world: World, leader: Replica, at: Micros): Moment {
  const me = nodeName(leader.store);
  const title = `Term ${leader.term}`;
  const paused = world.nodes[leader.store]?.status === 'paused';
  const chip = `${me} leads term ${leader.term}${paused ? ', paused' : ` for ${duration(at - leader.since)}`}`;
  const rivals = leadersOf(world, leader.region).slice(1);
  if (rivals.length > 0) {
    const others = nodeNames(rivals.map(({ store }) => store));
    const still = `${others} still ${rivals.length === 1 ? 'believes it leads' : 'believe they lead'}`;
    return { title, lines: [`${me} leads.`, `${still}, in an older term.`], chip, tone: 'fault' };
  }
  if (paused) return { title, lines: [`${me} leads, and stands still.`], chip, tone: 'fault' };
  return { title, chip, ...replicationLines(world, leader, me) };
}

function replicationLines(
  world: World,
  leader: Replica,
  me: string,
): Pick<Moment, 'lines' | 'tone'> {
  const { region } = leader;
  const last = leader.log.lastIndex;
  if (last > leader.commit) {
    const from = leader.commit + 1;
    const on = disksWith(world, region, from);
    const voters = votingReplicas(world, region).length;
    const where = on.length === 0 ? 'no disk yet' : `${on.length} of ${voters} disks`;
    const majorities = majoritiesOf(leader.members);
    const needed =
      majorities.length === 1 ? `${majorities[0]?.needed ?? 1}` : neededWords(majorities);
    const enough = canDecide(world, region, (replica) => on.includes(replica));
    const next = enough ? `${me} has yet to hear so` : `${needed} are needed`;
    return {
      lines: [`${me} leads.`, `Entry ${from} is on ${where}; ${next}.`],
      tone: 'replication',
    };
  }
  const behind = replicasOf(world, region).filter(
    (replica) => isAlive(world, replica.store) && replica.log.lastIndex < last,
  );
  const others = behind.map(
    (replica) => `${nodeName(replica.store)} lags ${last - replica.log.lastIndex}`,
  );
  const lines = [
    `${me} leads.`,
    others.length === 0
      ? `All is committed up to entry ${leader.commit}.`
      : `${others.join(', ')}.`,
  ];
  return { lines, tone: 'calm' };
}

/** The voters that have the entry at `index` on disk. Where disks hold different ones, the one of the latest term counts. */
function disksWith(world: World, region: RegionId, index: number): Replica[] {
  const holders = votingReplicas(world, region)
    .filter(
      ({ store, persistedIndex }) =>
        persistedIndex >= index && world.nodes[store]?.status !== 'destroyed',
    )
    .map((replica) => ({ replica, term: entryAt(replica.log, index)?.term ?? 0 }));
  const latest = Math.max(0, ...holders.map(({ term }) => term));
  return holders.filter(({ term }) => term === latest).map(({ replica }) => replica);
}

function campaignMoment(world: World, candidate: Replica, at: Micros): Moment {
  const campaign = candidate.campaign as Campaign;
  const me = nodeName(candidate.store);
  const pre = campaign.kind === 'pre-vote';
  const asked = pre
    ? `${me} asks whether it could win term ${campaign.term}:`
    : `${me} needs ${neededWords(campaign.majorities, 'votes')}:`;
  const also = candidatesOf(world, candidate.region).slice(1);
  const rivals =
    also.length === 0
      ? ''
      : ` ${nodeNames(also.map(({ store }) => store))} ${also.length === 1 ? 'asks' : 'ask'} too.`;
  return {
    title: `Term ${pre ? candidate.term : campaign.term}`,
    lines: [asked, `${tally(world, campaign)}.${rivals}`],
    chip: leaderlessChip(world, candidate.region, at, 'electing'),
    tone: 'election',
  };
}

/** `has its own, one is on its way`: `on its way` only for a vote that is really under way. */
function tally(world: World, campaign: Campaign): string {
  const yes = campaign.votes
    .filter(({ answer }) => answer === 'granted')
    .map(({ store }) => nodeName(store));
  const no = campaign.votes
    .filter(({ answer }) => answer === 'refused')
    .map(({ store }) => nodeName(store));
  const kind = campaign.kind === 'vote' ? 'vote-answer' : 'pre-vote-answer';
  const coming = flightsOf(world).filter(
    (flight) =>
      flight.kind === kind &&
      flight.sign === '+' &&
      flight.term === campaign.term &&
      flight.doomed === null,
  ).length;
  const parts = [yes.length === 0 ? 'has its own' : `has its own and that of ${yes.join(', ')}`];
  if (coming > 0)
    parts.push(
      `${counted(coming)} ${coming === 1 ? 'is' : 'are'} on ${coming === 1 ? 'its' : 'their'} way`,
    );
  if (no.length > 0) parts.push(`${no.join(', ')} refused`);
  return parts.join(', ');
}

function leaderlessChip(world: World, region: RegionId, at: Micros, doing: string): string {
  const since = leaderlessSince(world, region);
  return since === null ? doing : `no leader for ${duration(at - since)}, ${doing}`;
}

function leaderlessMoment(world: World, region: RegionId, at: Micros): Moment {
  const replicas = votingReplicas(world, region);
  const alive = replicas.filter((replica) => isAlive(world, replica.store));
  const title = `Term ${newestTerm(world, region)}`;
  if (!canDecide(world, region, (replica) => alive.includes(replica))) {
    const majorities = majoritiesOf(membersIn(world, region));
    const needed =
      majorities.length === 1 ? `${majorities[0]?.needed ?? 1}` : neededWords(majorities);
    const up = `${alive.length} of ${replicas.length} stores ${alive.length === 1 ? 'is' : 'are'} up, ${needed} are needed.`;
    return {
      title: 'No majority',
      lines: [up, 'Nothing can be written or read.'],
      chip: leaderlessChip(world, region, at, 'no majority'),
      tone: 'fault',
    };
  }
  const isUp = (store: string) => world.nodes[store]?.status === 'up';
  const waiting = alive
    .filter(({ store, timer, sleep }) => isUp(store) && timer !== null && !sleep.asleep)
    .toSorted((a, b) => (a.timer?.endsAt ?? 0) - (b.timer?.endsAt ?? 0));
  const first = waiting[0];
  const next =
    first?.timer === null || first === undefined || first.timer.endsAt <= at
      ? 'Everybody waits.'
      : `${nodeName(first.store)} asks next, in ${duration(first.timer.endsAt - at)}.`;
  return {
    title,
    lines: ['Nobody leads.', next],
    chip: leaderlessChip(world, region, at, 'waiting'),
    tone: 'election',
  };
}

/** An entry that nobody may call committed yet, and the voters whose disks hold it; null where there is none. */
export function unsettled(
  world: World,
  region: RegionId,
): { index: number; disks: Replica[] } | null {
  const index = commitOf(world, region) + 1;
  const disks = disksWith(world, region, index);
  return disks.length === 0 ? null : { index, disks };
}
