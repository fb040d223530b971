// R12, R13, S9: configurations and their changes.

import type { ConfState } from '../../tikv/raft/message.ts';
import type { Peer, Region } from '../../tikv/raftstore/region.ts';
import type { RecordId } from '../record-id.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';
import { votersOf } from './peer-past.ts';

interface ConfEntry {
  readonly index: number;
  readonly by: RecordId;
}

/** Changes that a new leader finds in its log do not count: it proposes none before they are applied. */
export function singleConfChange(): Judge {
  /** Membership changes in a peer's log, ascending, by Region and node. */
  const pending = new Map<string, ConfEntry[]>();
  /** Replicas that have taken a snapshot in: its configuration is no change, and comes next. */
  const restored = new Set<string>();
  return judgeOf({
    id: 'inv:R12',
    name: 'single-conf-change',
    says: 'A leader proposes a membership change after the one before it is applied, and no joint configuration begins inside another.',
    reads: [
      'raftstore/entries-taken',
      'raft/truncated',
      'raft/conf-changed',
      'raft/snapshot-restored',
      'raftstore/peer-started',
    ],
    find({ event, id }, past) {
      if (event.type === 'raftstore/peer-started') {
        // What a power loss took away is no change that waits.
        const started = `${event.region.id} ${id.node}`;
        const kept = pending.get(started) ?? [];
        pending.set(
          started,
          kept.filter(({ index }) => index <= event.lastIndex),
        );
        return null;
      }
      const { region } = event;
      const peer = past.peer(region, id.node);
      if (peer === undefined) return null;
      const key = `${region} ${id.node}`;
      if (event.type === 'raft/snapshot-restored') {
        restored.add(key);
        pending.delete(key);
        return null;
      }
      if (event.type === 'raft/conf-changed')
        return restored.delete(key) ? null : nested(event.confState, peer.conf, id.node);
      const known = (pending.get(key) ?? []).filter(({ index }) => index > peer.applied);
      if (event.type === 'raft/truncated') {
        pending.set(
          key,
          known.filter(({ index }) => index < event.from),
        );
        return null;
      }
      let found: Finding | null = null;
      for (const { index, term, content } of event.entries) {
        if (content.type !== 'admin' || content.command !== 'change-peer') continue;
        const first = known.find((other) => other.index < index);
        if (first !== undefined && peer.role === 'Leader' && term === peer.term)
          found ??= {
            text: `${called(id.node)} proposes a membership change in entry ${index}, and the one in entry ${first.index} is not applied.`,
            facts: { node: id.node, region, index, pending: first.index, applied: peer.applied },
            witnesses: [first.by],
          };
        known.push({ index, by: id });
      }
      pending.set(key, known);
      return found;
    },
  });
}

function nested(
  conf: ConfState,
  before: Pick<ConfState, 'voters' | 'votersOutgoing'>,
  node: string,
): Finding | null {
  if (conf.votersOutgoing.length === 0 || before.votersOutgoing.length === 0) return null;
  return {
    text: `${called(node)} enters a joint configuration while it is in one.`,
    facts: {
      node,
      before: [before.voters, before.votersOutgoing],
      after: [conf.voters, conf.votersOutgoing],
    },
    witnesses: [],
  };
}

/** What a peer has been told of its Region, and not yet of its configuration. */
interface Waiting {
  /** Regions after membership changes, in their order. */
  readonly changed: Region[];
  /** A snapshot's configuration, whose Region comes when it is installed. */
  restored: ConfState | null;
}

/**
 * Raft's configuration and the roles of the Region's peers are two books of one thing: each change is written into both,
 * the Region first.
 */
export function confConsistency(): Judge {
  const waiting = new Map<string, Waiting>();
  return judgeOf({
    id: 'inv:R13',
    name: 'conf-consistency',
    says: 'In a configuration somebody votes, nobody both votes and learns, and it is what the roles of the peers say.',
    reads: [
      'raft/conf-changed',
      'raft/snapshot-restored',
      'raftstore/peer-started',
      'raftstore/region-changed',
      'raftstore/snapshot-installed',
    ],
    find({ event, id }) {
      const regionId = event.type === 'raftstore/peer-started' ? event.region.id : event.region;
      const key = `${regionId} ${id.node}`;
      const books = waiting.get(key) ?? { changed: [], restored: null };
      const told = (problem: string | null, facts: Finding['facts']): Finding | null =>
        problem === null
          ? null
          : {
              text: `${called(id.node)}: ${problem}`,
              facts: { node: id.node, ...facts },
              witnesses: [],
            };
      switch (event.type) {
        case 'raftstore/peer-started':
          waiting.delete(key);
          return told(rolesProblem(event.region), factsOf(event.region));
        case 'raftstore/region-changed':
          waiting.set(key, { ...books, changed: [...books.changed, event.to] });
          return told(rolesProblem(event.to), factsOf(event.to));
        case 'raft/snapshot-restored':
          waiting.set(key, { changed: [], restored: NO_CONF });
          return null;
        case 'raftstore/snapshot-installed': {
          waiting.delete(key);
          const { restored } = books;
          if (restored === null || restored === NO_CONF) return null;
          return told(bookProblem(restored, event.to), { ...restored, ...factsOf(event.to) });
        }
        case 'raft/conf-changed': {
          const { confState } = event;
          const [region] = books.changed;
          if (books.restored === NO_CONF) waiting.set(key, { ...books, restored: confState });
          else if (region !== undefined)
            waiting.set(key, { ...books, changed: books.changed.slice(1) });
          const problem =
            confProblem(confState) ??
            (region === undefined ? null : bookProblem(confState, region));
          return told(problem, { ...confState, ...(region === undefined ? {} : factsOf(region)) });
        }
      }
    },
  });
}

/** A snapshot was taken in, and its configuration is told next. */
const NO_CONF: ConfState = {
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

const factsOf = ({ peers }: Region): Finding['facts'] => ({
  peers: peers.map((peer) => ({ ...peer })),
});

const sameIds = (a: readonly number[], b: readonly number[]): boolean =>
  a.toSorted((x, y) => x - y).join() === b.toSorted((x, y) => x - y).join();

/** Null where the configuration is the one that the roles make. */
function bookProblem(conf: ConfState, region: Region): string | null {
  const { voters, votersOutgoing } = votersOf(region);
  const learners = region.peers.filter(({ role }) => role === 'Learner').map(({ id }) => id);
  const same =
    sameIds(voters, conf.voters) &&
    sameIds(votersOutgoing, conf.votersOutgoing) &&
    sameIds(learners, conf.learners);
  return same ? null : 'Raft counts other voters than the roles in the Region say.';
}

function confProblem(conf: ConfState): string | null {
  const { voters, learners, votersOutgoing, learnersNext } = conf;
  if (voters.length === 0) return 'nobody votes in the new configuration.';
  const both = learners.find((peer) => voters.includes(peer) || votersOutgoing.includes(peer));
  if (both !== undefined) return `peer ${both} votes and learns.`;
  const stray = learnersNext.find((peer) => !votersOutgoing.includes(peer));
  return stray === undefined ? null : `peer ${stray} waits to learn and is not on its way out.`;
}

function rolesProblem({ peers }: Region): string | null {
  const twice = peers.find((peer, i) => peers.findIndex(({ id }) => id === peer.id) !== i);
  if (twice !== undefined) return `peer ${twice.id} is named twice.`;
  return peers.some(({ role }) => role === 'Voter' || role === 'IncomingVoter')
    ? null
    : 'nobody votes in the Region.';
}

/** `conf_ver` counts every change of peers and roles, so it names them. */
export function peerRoles(): Judge {
  /** By Region: the newest `conf_ver` that was told, and what it meant. */
  const known = new Map<number, { confVer: number; roles: string; by: RecordId }>();
  return judgeOf({
    id: 'inv:S9',
    name: 'peer-roles',
    says: 'Two copies of a Region with the same conf_ver name the same peers in the same roles.',
    reads: [
      'raftstore/peer-started',
      'raftstore/region-changed',
      'raftstore/snapshot-installed',
      'pd/bootstrapped',
      'pd/region-learned',
    ],
    find({ event, id }) {
      const region = 'to' in event ? event.to : event.region;
      const { confVer } = region.epoch;
      const roles = rolesOf(region);
      const first = known.get(region.id);
      if (first === undefined || confVer > first.confVer) {
        known.set(region.id, { confVer, roles, by: id });
        return null;
      }
      if (confVer < first.confVer || roles === first.roles) return null;
      return {
        text: `${called(id.node)} and ${called(first.by.node)} know other peers of Region ${region.id} under conf_ver ${confVer}.`,
        facts: { region: region.id, confVer, here: roles, there: first.roles },
        witnesses: [first.by],
      };
    },
  });
}

const rolesOf = ({ peers }: Region): string =>
  peers
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, storeId, role }: Peer) => `${id}@${storeId} ${role}`)
    .join(', ');
