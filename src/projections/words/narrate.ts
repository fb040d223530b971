// "Now": what happened, in two sentences for somebody who sees a cluster for the first time, and one aside.

import { must } from '../../base/assert.ts';
import { storeNode, type Micros, type NodeId, type PeerId, type RegionId } from '../../tikv/ids.ts';
import type { Command } from '../../sim/command.ts';
import type { Replica } from '../raft.ts';
import {
  candidatesOf,
  hasManyRegions,
  isAlive,
  leaderlessSince,
  leaderOf,
  openOperations,
  canDecide,
  membersIn,
  votingReplicas,
  replicasOf,
  termSpans,
} from '../questions.ts';
import type { Operation } from '../clients.ts';
import { majoritiesOf, type Majority } from '../membership.ts';
import type { World } from '../world.ts';
import { answerWords, backOffWords } from './explain-client.ts';
import { explainCommand, requestWords } from './explain-command.ts';
import { capital, counted, duration, longName, nodeName } from './format.ts';
import { wordsOf } from './line.ts';
import { loadWords } from './load-words.ts';
import { unsettled } from './moment.ts';

export interface Narration {
  /** What happened last that matters. */
  readonly what: string;
  /** What follows from it now; null where nothing does. */
  readonly then: string | null;
  /** Something that is easily misunderstood at this moment. */
  readonly aside: string | null;
}

export function narrate(world: World, region: RegionId, at: Micros): Narration {
  if (replicasOf(world, region).length === 0)
    return {
      what: 'The cluster begins.',
      then: 'Each store reads its disk and reports to PD.',
      aside: null,
    };
  return {
    what: newest(world, region),
    then: follows(world, region, at),
    aside: aside(world, region),
  };
}

/** The newest of: a fault, a leader's election, an answer at a client. */
function newest(world: World, region: RegionId): string {
  const fault = world.timeline.faults.at(-1);
  const elected = termSpans(world, region).findLast((span) => span.leaderFrom !== null);
  const answered = lastAnswered(world);
  const electedAt = elected?.leaderFrom ?? -1;
  const answeredAt = answered?.endedAt ?? -1;
  const faultAt = fault?.at ?? -1;
  const leaderless = leaderOf(world, region) === null;
  const asked = openOperations(world).findLast((operation) =>
    isNews(operation, faultAt, electedAt),
  );
  if (asked !== undefined && asked.startedAt >= answeredAt)
    return `${longName(asked.client)} ${requestWords(asked.request)}, and waits for the answer.`;
  if (fault !== undefined && faultAt >= electedAt && (leaderless || faultAt >= answeredAt))
    return faultWords(world, region, fault.command, fault.at);
  if (answered !== null && answeredAt >= electedAt) return operationWords(answered);
  if (elected !== undefined && elected.leader !== null)
    return `${longName(elected.leader)} was elected leader of ${hasManyRegions(world) ? `Region ${region}, ` : ''}term ${elected.term}.`;
  return 'Nobody has been elected yet.';
}

/** Asked after whatever else happened. */
const isNews = ({ startedAt }: Operation, faultAt: Micros, electedAt: Micros): boolean =>
  startedAt >= faultAt && startedAt >= electedAt;

function lastAnswered(world: World): Operation | null {
  let last: Operation | null = null;
  for (const client of Object.values(world.clients)) {
    const ended = client.ended.at(-1);
    if (ended !== undefined && (ended.endedAt ?? 0) > (last?.endedAt ?? -1)) last = ended;
  }
  return last;
}

function operationWords(operation: Operation): string {
  const who = longName(operation.client);
  if (operation.outcome === null) return `${who} lost its power while it waited.`;
  return `${who} ${requestWords(operation.request)}: ${answerWords(operation.request, operation.outcome)}`;
}

function faultWords(world: World, region: RegionId, command: Command, at: Micros): string {
  switch (command.type) {
    case 'kill':
    case 'pause':
    case 'destroy': {
      const verb = { kill: 'killed', pause: 'paused', destroy: 'destroyed' }[command.type];
      return `You ${verb} ${longName(command.node)}${ledAt(world, region, command.node, at)}.`;
    }
    case 'restart':
      return `You started ${longName(command.node)} again, from its disk.`;
    case 'resume':
      return `You resumed ${longName(command.node)}.`;
    case 'campaign':
      return `You told ${longName(command.node)} to campaign.`;
    case 'power-cut':
      return 'The page was closed: every node lost its power.';
    case 'crash':
      return `${longName(command.node)} lost its thread, as if its power had gone.`;
    case 'join':
      return `You let ${longName(command.node)} join, with an empty disk.`;
    case 'load':
      return `You let ${longName(command.client)} work on its own: ${loadWords(command.load)}.`;
    case 'load-stop':
      return `You told ${longName(command.client)} to stop working on its own.`;
    default: {
      const { refused } = world.pd;
      if (command.type === 'pd' && refused?.at === at) return `PD refuses. ${refused.reason}`;
      const told = explainCommand(world, command);
      return `${wordsOf(must(told, 'words for what somebody did').pieces)}.`;
    }
  }
}

/** ` while it was the leader`: where a leadership of the node ended with this fault, or goes on through it. */
function ledAt(world: World, region: RegionId, node: NodeId, at: Micros): string {
  const led = termSpans(world, region).some(
    (span) =>
      span.leader === node &&
      span.leaderFrom !== null &&
      span.leaderFrom <= at &&
      (span.leaderTo === null || span.leaderTo >= at),
  );
  if (!led) return '';
  return hasManyRegions(world) ? ` while it led Region ${region}` : ' while it was the leader';
}

/** What the cluster does now. */
function follows(world: World, region: RegionId, at: Micros): string | null {
  const candidate = candidatesOf(world, region)[0];
  const leader = leaderOf(world, region);
  if (candidate !== undefined && (leader === null || (candidate.campaign?.term ?? 0) > leader.term))
    return campaignWords(candidate);
  if (leader === null) return leaderlessWords(world, region, at);
  const alone = cutOffWords(world, leader);
  if (alone !== null) return alone;
  const open = openOperations(world).find((operation) => operation.waiting !== null);
  if (open?.waiting) return `${longName(open.client)} waits: ${backOffWords(open.waiting)}.`;
  const last = leader.log.lastIndex;
  if (last > leader.commit && replicasOf(world, region).length > 1)
    return `${longName(leader.store)} has sent entry ${last} to the others. ${enoughWords(majoritiesOf(leader.members), 'disks')}`;
  if (replicasOf(world, region).length === 1)
    return `${longName(leader.store)} leads alone: what is on its disk is committed.`;
  return `${longName(leader.store)} leads${hasManyRegions(world) ? ` Region ${region}` : ''}, and tells the others so with heartbeats.`;
}

/** A leader that reaches no majority any more does not know it yet; null where it reaches one. */
function cutOffWords(world: World, leader: Replica): string | null {
  const majorities = majoritiesOf(leader.members);
  const peers = world.regions[leader.region]?.region.peers ?? [];
  const isReached = (voter: PeerId) => {
    if (voter === leader.peer) return true;
    const storeId = peers.find(({ id }) => id === voter)?.storeId;
    return storeId !== undefined && reaches(world, leader.store, storeNode(storeId));
  };
  const reached = (voters: readonly PeerId[]) => voters.filter(isReached).length;
  const short = majorities.find(({ voters, needed }) => reached(voters) < needed);
  if (short === undefined) return null;
  const me = longName(leader.store);
  const count = reached(short.voters);
  const who =
    count === 1 ? 'nobody but itself' : `${counted(count)} of ${counted(short.voters.length)}`;
  return `${me} believes that it leads, and reaches ${who}. It commits nothing more, and steps down when it has heard no majority for an election time-out.`;
}

/** Both ways, and somebody is there. */
const reaches = (world: World, from: NodeId, to: NodeId): boolean =>
  world.nodes[to]?.status === 'up' &&
  world.links[`${from}>${to}`]?.cut !== true &&
  world.links[`${to}>${from}`]?.cut !== true;

/** `two`, or `two of three old and three of five new` while the configuration is joint. */
function neededOf(majorities: readonly Majority[]): string {
  if (majorities.length === 1) return counted(majorities[0]?.needed ?? 1);
  return majorities
    .map(({ side, voters, needed }) => `${counted(needed)} of ${counted(voters.length)} ${side}`)
    .join(' and ');
}

/** `Two of three votes are enough.` */
function enoughWords(majorities: readonly Majority[], thing: string): string {
  const [only] = majorities;
  if (majorities.length === 1 && thing === 'votes')
    return `${capital(counted(only?.needed ?? 1))} of ${counted(only?.voters.length ?? 1)} votes are enough.`;
  return `${capital(neededOf(majorities))} ${thing} are enough.`;
}

function campaignWords(candidate: Replica): string | null {
  const { campaign } = candidate;
  if (campaign === null) return null;
  const me = longName(candidate.store);
  const waited = candidate.heardAt === null ? 0 : campaign.startedAt - candidate.heardAt;
  const why = waited > 0 ? `${me} heard nothing for ${duration(waited)}, so it` : me;
  if (campaign.kind === 'pre-vote')
    return `${why} asks the others whether it could win term ${campaign.term}. Nobody's term changes by that.`;
  const enough = enoughWords(campaign.majorities, 'votes');
  return `${why} asks to lead in term ${campaign.term}. ${enough}`;
}

function leaderlessWords(world: World, region: RegionId, at: Micros): string {
  const replicas = votingReplicas(world, region);
  const up = replicas.filter((replica) => isAlive(world, replica.store));
  const alive = up.length;
  if (!canDecide(world, region, (replica) => up.includes(replica)))
    return `${capital(counted(alive))} of ${counted(replicas.length)} stores ${alive === 1 ? 'is' : 'are'} up. ${capital(neededOf(majoritiesOf(membersIn(world, region))))} are needed to elect a leader.`;
  const since = leaderlessSince(world, region) ?? at;
  return `Nobody has led for ${duration(at - since)}. The store whose time runs out first asks for votes.`;
}

/** An entry that disks hold and nobody may call committed, now that its leader is gone. */
function aside(world: World, region: RegionId): string | null {
  const open = unsettled(world, region);
  if (open === null || !canDecide(world, region, (replica) => open.disks.includes(replica)))
    return null;
  const leader = leaderOf(world, region);
  if (leader !== null) return null;
  const dead = termSpans(world, region).findLast((span) => span.leader !== null);
  const by = dead?.leader ?? null;
  const why = by === null ? '' : `: ${nodeName(by)} was gone before it heard so`;
  return `Entry ${open.index} is on ${counted(open.disks.length)} disks, yet nobody may call it committed${why}.`;
}
