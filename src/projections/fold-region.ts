// What happens to a replica as a whole: it is made, gives up the beginning of its log, takes a snapshot in, changes its
// members, holds a lease, and goes.

import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import type { RaftstoreEvent } from '../tikv/raftstore/event.ts';
import type { Region } from '../tikv/raftstore/region.ts';
import { splitData } from './fold-data.ts';
import { markSplit } from './fold-timeline.ts';
import { compactLog, emptyLog } from './log-window.ts';
import { membersOf, noMembers } from './membership.ts';
import type { Replica } from './raft.ts';
import type { World } from './world.ts';

type Created = Extract<RaftstoreEvent, { type: 'raftstore/peer-created' }>;

/** A replica that a message has made: it knows nothing yet. */
export function createReplica(world: World, at: Micros, store: NodeId, event: Created): void {
  const { region, peer } = event;
  (world.replicas[store] ??= {})[region] = { ...newReplica(store, region, peer), since: at };
}

/** A follower with an empty log. */
export function newReplica(store: NodeId, region: number, peer: number): Replica {
  return {
    store,
    region,
    peer,
    described: null,
    role: 'follower',
    since: 0,
    initialized: false,
    term: 0,
    vote: 0,
    votedFor: null,
    leaderId: 0,
    leader: null,
    timer: null,
    sleep: { asleep: false, since: 0 },
    campaign: null,
    members: noMembers(),
    log: emptyLog(1),
    persistedIndex: 0,
    commit: 0,
    applied: 0,
    disk: { term: 0, vote: 0, lastIndex: 0, lastTerm: 0 },
    hardStates: [],
    progress: [],
    heardAt: null,
    lease: null,
    arriving: null,
    installing: null,
  };
}

/** Of two descriptions of one Region, by its epoch. */
export const isNewer = (a: Region, b: Region): boolean =>
  a.epoch.version > b.epoch.version || a.epoch.confVer > b.epoch.confVer;

export function destroyReplica(world: World, store: NodeId, region: number): void {
  delete world.replicas[store]?.[region];
}

/** A power loss takes replicas that the disk never knew. */
export function forgetReplicas(world: World, store: NodeId, known: readonly RegionId[]): void {
  for (const { region } of Object.values(world.replicas[store] ?? {}))
    if (!known.includes(region)) destroyReplica(world, store, region);
}

/** Of a replica that is there. */
export function foldReplica(
  world: World,
  at: Micros,
  replica: Replica,
  event: RaftstoreEvent,
): void {
  switch (event.type) {
    case 'raftstore/log-compacted':
      return compactLog(replica.log, event.firstIndex);
    case 'raftstore/region-changed': {
      replica.described = event.to;
      const known = world.regions[event.region];
      if (known !== undefined && isNewer(event.to, known.region)) known.region = event.to;
      const members = event.to.peers.map(({ id }) => id);
      replica.progress = replica.progress.filter(({ peer }) => members.includes(peer));
      return;
    }
    case 'raftstore/region-split': {
      const known = world.regions[event.region];
      const part = event.regions.find(({ id }) => id === event.region);
      if (part === undefined) return;
      replica.described = part;
      if (known === undefined || !isNewer(part, known.region)) return;
      splitData(world, known, event.regions);
      markSplit(world, at, event);
      return;
    }
    case 'raftstore/lease-changed':
      replica.lease =
        event.state === 'none' || event.until === null
          ? null
          : { state: event.state, until: event.until };
      return;
    case 'raftstore/snapshot-receiving': {
      const { index, chunk, chunks } = event;
      replica.arriving = chunk === chunks ? null : { index, chunk, chunks };
      return;
    }
    case 'raftstore/snapshot-broken':
      if (event.side === 'receiver') replica.arriving = null;
      return;
    case 'raftstore/snapshot-installing':
      replica.installing = { stage: event.stage, index: event.index };
      return;
    case 'raftstore/snapshot-installed':
      replica.members = membersOf(event.to);
      return install(replica, event);
    default:
      return;
  }
}

function install(
  replica: Replica,
  { index, term, to }: Extract<RaftstoreEvent, { type: 'raftstore/snapshot-installed' }>,
): void {
  replica.installing = null;
  replica.described = to;
  if (replica.log.lastIndex <= index) replica.log = emptyLog(index + 1);
  else compactLog(replica.log, index + 1);
  replica.commit = Math.max(replica.commit, index);
  replica.applied = Math.max(replica.applied, index);
  replica.persistedIndex = Math.max(replica.persistedIndex, index);
  if (replica.disk.lastIndex < index)
    replica.disk = { ...replica.disk, lastIndex: index, lastTerm: term };
}
