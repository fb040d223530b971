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
  quorumOf,
  replicasOf,
} from '../questions.ts';
import { entryAt } from '../log-window.ts';
import type { World } from '../world.ts';
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
  const needed = quorumOf(world, region);
  if (last > leader.commit) {
    const from = leader.commit + 1;
    const on = disksWith(world, region, from);
    const where = on === 0 ? 'no disk yet' : `${on} of ${replicasOf(world, region).length} disks`;
    const next = on < needed ? `${needed} are needed` : `${me} has yet to hear so`;
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

/** On how many disks the entry at `index` is. Where disks hold different ones, the one of the latest term counts. */
export function disksWith(world: World, region: RegionId, index: number): number {
  const terms = replicasOf(world, region)
    .filter(
      ({ store, persistedIndex }) =>
        persistedIndex >= index && world.nodes[store]?.status !== 'destroyed',
    )
    .map(({ log }) => entryAt(log, index)?.term ?? 0);
  const latest = Math.max(0, ...terms);
  return terms.filter((term) => term === latest).length;
}

function campaignMoment(world: World, candidate: Replica, at: Micros): Moment {
  const campaign = candidate.campaign as Campaign;
  const me = nodeName(candidate.store);
  const pre = campaign.kind === 'pre-vote';
  const asked = pre
    ? `${me} asks whether it could win term ${campaign.term}:`
    : `${me} needs ${campaign.needed} of ${campaign.votes.length} votes:`;
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
  const coming = Object.values(world.flights).filter(
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
  const replicas = replicasOf(world, region);
  const alive = replicas.filter((replica) => isAlive(world, replica.store));
  const needed = quorumOf(world, region);
  const title = `Term ${newestTerm(world, region)}`;
  if (alive.length < needed) {
    const up = `${alive.length} of ${replicas.length} stores ${alive.length === 1 ? 'is' : 'are'} up, ${needed} are needed.`;
    return {
      title: 'No majority',
      lines: [up, 'Nothing can be written or read.'],
      chip: leaderlessChip(world, region, at, 'no majority'),
      tone: 'fault',
    };
  }
  const waiting = alive
    .filter(({ store, timer }) => world.nodes[store]?.status === 'up' && timer !== null)
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

/** Entries of a Region that nobody may call committed yet, though disks hold them; null where there is none. */
export function unsettled(world: World, region: RegionId): { index: number; disks: number } | null {
  const index = commitOf(world, region) + 1;
  const disks = disksWith(world, region, index);
  return disks === 0 ? null : { index, disks };
}
