// What happens in a replica: roles, votes, the timer, the log, the disk, what a leader knows of its peers.

import { storeNode, type Micros, type NodeId, type PeerId } from '../tikv/ids.ts';
import { microsOf } from '../tikv/config.ts';
import type { RaftstoreEvent, RegionRaftEvent } from '../tikv/raftstore/event.ts';
import type { Peer, Region } from '../tikv/raftstore/region.ts';
import { foldRegionData } from './fold-data.ts';
import { emptyLog, fillEntries, takeEntries, truncateLog } from './log-window.ts';
import {
  beginLeadership,
  endCampaign,
  endLeadership,
  markCampaign,
  termSpan,
} from './fold-timeline.ts';
import {
  createReplica,
  destroyReplica,
  foldReplica,
  forgetReplicas,
  isNewer,
} from './fold-region.ts';
import { majoritiesOf, membersFrom, membersOf, votersIn } from './membership.ts';
import type { Campaign, Replica, Role } from './raft.ts';
import type { World } from './world.ts';

/** The log of a Region that the cluster was bootstrapped with begins behind this index, in this term. (TiKV: RAFT_INIT_LOG_INDEX) */
const FIRST_LOG_INDEX = 5;

type PeerStarted = Extract<RaftstoreEvent, { type: 'raftstore/peer-started' }>;

export function foldRaftstore(
  world: World,
  at: Micros,
  store: NodeId,
  event: RaftstoreEvent,
): void {
  if (event.type === 'raftstore/peer-started') return startPeer(world, at, store, event);
  if (event.type === 'raftstore/store-started') {
    const node = world.nodes[store];
    if (node !== undefined) node.tickAt = at + event.firstTickIn;
    return forgetReplicas(world, store, event.regions);
  }
  if (!('region' in event)) return;
  if (event.type === 'raftstore/peer-created') return createReplica(world, at, store, event);
  if (event.type === 'raftstore/peer-destroyed') return destroyReplica(world, store, event.region);
  const replica = world.replicas[store]?.[event.region];
  if (replica === undefined) return;
  switch (event.type) {
    case 'raftstore/entries-taken':
      return fillEntries(replica.log, event.entries);
    case 'raftstore/hard-state-written': {
      const { write, term, vote } = event;
      replica.hardStates.push({ write, term, vote });
      return;
    }
    case 'raftstore/persisted':
      replica.persistedIndex = event.index;
      replica.disk = { ...replica.disk, lastIndex: event.index, lastTerm: event.term };
      return;
    case 'raftstore/applied':
      replica.applied = event.index;
      return foldRegionData(world, replica, event);
    case 'raftstore/hibernated':
      replica.sleep = { asleep: true, since: at };
      return;
    case 'raftstore/woken':
      goOnWithTimer(world, at, replica);
      replica.sleep = { asleep: false, since: at };
      return;
    default:
      return foldReplica(world, at, replica, event);
  }
}

function startPeer(world: World, at: Micros, store: NodeId, event: PeerStarted): void {
  const { region, peer, term, vote, commit, applied, lastIndex } = event;
  rememberRegion(world, region, applied);
  const log = emptyLog(event.firstIndex);
  takeEntries(log, event.log);
  log.lastIndex = lastIndex;
  const lastTerm = event.log.at(-1)?.term ?? term;
  (world.replicas[store] ??= {})[region.id] = {
    store,
    region: region.id,
    peer,
    described: region,
    role: 'follower',
    since: at,
    initialized: true,
    term,
    vote,
    votedFor: storeOf(region, vote),
    leaderId: 0,
    leader: null,
    timer: null,
    sleep: { asleep: false, since: 0 },
    campaign: null,
    members: membersOf(region),
    log,
    persistedIndex: lastIndex,
    commit,
    applied,
    disk: { term, vote, lastIndex, lastTerm },
    hardStates: [],
    progress: [],
    heardAt: null,
    lease: null,
    arriving: null,
    installing: null,
  };
  termSpan(world, region.id, term, at);
}

function rememberRegion(world: World, region: Region, applied: number): void {
  const known = world.regions[region.id];
  if (known === undefined) {
    const whole = applied <= FIRST_LOG_INDEX;
    world.regions[region.id] = { region, applied, data: [], whole };
  } else if (isNewer(region, known.region)) {
    known.region = region;
  }
}

/** The node of a peer; null where the Region has no such peer (0: nobody). */
function storeOf(region: Region | undefined, peer: PeerId): NodeId | null {
  const found = region?.peers.find((each) => each.id === peer);
  return found === undefined ? null : storeNode(found.storeId);
}

export function foldRaft(world: World, at: Micros, store: NodeId, event: RegionRaftEvent): void {
  const replica = world.replicas[store]?.[event.region];
  if (replica === undefined) return;
  const region = world.regions[event.region]?.region;
  switch (event.type) {
    case 'raft/became-follower':
      changeTerm(world, replica, event.term, at);
      changeRole(world, replica, 'follower', at);
      replica.leaderId = event.leader;
      replica.leader = storeOf(region, event.leader);
      return;
    case 'raft/became-pre-candidate':
    case 'raft/became-candidate':
      return campaign(world, at, replica, event);
    case 'raft/became-leader':
      changeRole(world, replica, 'leader', at);
      replica.leaderId = replica.peer;
      replica.leader = store;
      replica.progress = [];
      beginLeadership(world, replica, at);
      return;
    case 'raft/voted':
      if (event.pre || !event.granted) return;
      replica.vote = event.candidate;
      replica.votedFor = storeOf(region, event.candidate);
      return;
    case 'raft/vote-received':
      return countVote(replica, event);
    case 'raft/timeout-set':
      return setTimer(world, at, replica, event);
    case 'raft/progress-changed':
      return changeProgress(replica, storeOf(region, event.peer), event);
    default:
      return foldLog(replica, at, event);
  }
}

function foldLog(replica: Replica, at: Micros, event: RegionRaftEvent): void {
  switch (event.type) {
    case 'raft/appended':
      return takeEntries(
        replica.log,
        event.entries.map((entry) => ({ ...entry, content: { type: 'empty' } as const })),
      );
    case 'raft/truncated':
      truncateLog(replica.log, event.from, at);
      replica.persistedIndex = Math.min(replica.persistedIndex, event.from - 1);
      return;
    case 'raft/persisted':
      replica.persistedIndex = event.index;
      return;
    case 'raft/committed':
      replica.commit = event.index;
      return;
    case 'raft/conf-changed':
      replica.members = membersFrom(event.confState);
      return;
    default:
      return;
  }
}

/** A new term forgets the vote and the leader of the old one. */
function changeTerm(world: World, replica: Replica, term: number, at: Micros): void {
  if (term === replica.term) return;
  if (replica.role === 'leader') endLeadership(world, replica, at);
  replica.term = term;
  replica.vote = 0;
  replica.votedFor = null;
  termSpan(world, replica.region, term, at);
}

function changeRole(world: World, replica: Replica, role: Role, at: Micros): void {
  if (replica.role === 'leader' && role !== 'leader') endLeadership(world, replica, at);
  if (replica.campaign !== null) endCampaign(world, replica, wonBy(replica.campaign, role));
  if (replica.role !== role) replica.since = at;
  replica.role = role;
  replica.campaign = null;
  replica.leaderId = 0;
  replica.leader = null;
  aimTimer(world, replica);
}

const wonBy = (before: Campaign, role: Role): boolean =>
  role === 'leader' || (before.kind === 'pre-vote' && role === 'candidate');

function campaign(
  world: World,
  at: Micros,
  replica: Replica,
  event: Extract<RegionRaftEvent, { type: 'raft/became-pre-candidate' | 'raft/became-candidate' }>,
): void {
  const pre = event.type === 'raft/became-pre-candidate';
  if (!pre) changeTerm(world, replica, event.term, at);
  changeRole(world, replica, pre ? 'pre-candidate' : 'candidate', at);
  if (!pre) {
    replica.vote = replica.peer;
    replica.votedFor = replica.store;
  }
  const voters = votersOf(world, replica);
  replica.campaign = {
    kind: pre ? 'pre-vote' : 'vote',
    term: replica.term + (pre ? 1 : 0),
    startedAt: at,
    votes: voters.map(({ id, storeId }) => ({
      peer: id,
      store: storeNode(storeId),
      answer: id === replica.peer ? 'own' : 'coming',
    })),
    majorities: majoritiesOf(replica.members),
  };
  markCampaign(world, replica, at);
}

/** Whom it asks, by the membership that it has applied itself. */
function votersOf(world: World, replica: Replica): Peer[] {
  const known = world.regions[replica.region]?.region.peers ?? [];
  const voters = votersIn(replica.members);
  return known.filter(({ id }) => voters.includes(id)).toSorted((a, b) => a.storeId - b.storeId);
}

function countVote(
  replica: Replica,
  event: Extract<RegionRaftEvent, { type: 'raft/vote-received' }>,
): void {
  const vote = replica.campaign?.votes.find((each) => each.peer === event.from);
  if (vote !== undefined && vote.answer !== 'own')
    vote.answer = event.granted ? 'granted' : 'refused';
}

function setTimer(
  world: World,
  at: Micros,
  replica: Replica,
  event: Extract<RegionRaftEvent, { type: 'raft/timeout-set' }>,
): void {
  const { randomizedElectionTimeout: ticks, electionElapsed: elapsed } = event;
  const tickMicros = microsOf(world.settings['raftstore.raft-base-tick-interval']);
  const before = replica.timer?.setAt ?? replica.since;
  const ended = replica.timer?.endsAt ?? at;
  replica.timer = { setAt: at, before, ended, ticks, elapsed, tickMicros, endsAt: at };
  aimTimer(world, replica);
}

/** The last tick of a store at or before an instant. */
function lastTickAt(world: World, { store }: Replica, at: Micros, tickMicros: Micros): Micros {
  const phase = world.nodes[store]?.tickAt ?? at;
  return phase + Math.floor((at - phase) / tickMicros) * tickMicros;
}

/** When the timer ends depends on whether the replica leads. */
function aimTimer(world: World, replica: Replica): void {
  const { timer, role } = replica;
  if (timer === null) return;
  const { setAt, tickMicros, elapsed } = timer;
  const ticks =
    role === 'leader' ? world.settings['raftstore.raft-election-timeout-ticks'] : timer.ticks;
  const lastTick = lastTickAt(world, replica, setAt, tickMicros);
  timer.endsAt = lastTick + Math.max(1, ticks - elapsed) * tickMicros;
}

/** Asleep, no tick counted: the timer goes on from where it stood. */
function goOnWithTimer(world: World, at: Micros, replica: Replica): void {
  const { timer, sleep } = replica;
  if (timer === null || !sleep.asleep) return;
  const { setAt, tickMicros } = timer;
  const tickAt = (when: Micros) => lastTickAt(world, replica, when, tickMicros);
  timer.elapsed += (tickAt(Math.max(setAt, sleep.since)) - tickAt(setAt)) / tickMicros;
  timer.setAt = at;
  aimTimer(world, replica);
}

function changeProgress(
  replica: Replica,
  store: NodeId | null,
  event: Extract<RegionRaftEvent, { type: 'raft/progress-changed' }>,
): void {
  if (store === null || event.peer === replica.peer) return;
  const { peer, matched, nextIdx: next, paused, inflight, pendingSnapshot, recentActive } = event;
  const state = PROGRESS_STATES[event.state];
  const progress = {
    ...{ peer, store, matched, next, state, inflight, paused },
    ...{ pendingSnapshot, recentActive },
  };
  const known = replica.progress.findIndex((each) => each.peer === peer);
  if (known >= 0) replica.progress[known] = progress;
  else replica.progress.push(progress);
}

const PROGRESS_STATES = { Probe: 'probe', Replicate: 'replicate', Snapshot: 'snapshot' } as const;
