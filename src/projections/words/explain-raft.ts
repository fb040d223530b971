// What happens in a replica, in words.

import { storeNode, type Micros, type NodeId } from '../../tikv/ids.ts';
import type { RaftstoreEvent, RegionRaftEvent } from '../../tikv/raftstore/event.ts';
import type { RegionError } from '../../tikv/raftstore/message.ts';
import type { Replica } from '../raft.ts';
import type { World } from '../world.ts';
import { duration, entriesWord, nodeName, nodeNames } from './format.ts';
import { explainRegion } from './explain-region.ts';
import { muted, strong, type Family, type Glyph, type Part } from './line.ts';
import type { Told } from './told.ts';
import { verdictWords } from './rule-words.ts';

/** Where and when an event happened. */
export interface Scene {
  /** As it was before the event. */
  readonly world: World;
  readonly at: Micros;
  readonly store: NodeId;
  readonly replica: Replica | undefined;
}

const told = (glyph: Glyph, family: Family, scene: Scene, ...pieces: (string | Part)[]): Told => ({
  glyph,
  family,
  nodes: [scene.store],
  pieces,
  ...(scene.replica === undefined ? {} : { region: scene.replica.region }),
});

/** The name of a peer's store. */
function peerName(scene: Scene, peer: number): string {
  const peers = scene.world.regions[scene.replica?.region ?? 1]?.region.peers;
  const found = peers?.find((each) => each.id === peer);
  return found === undefined ? `peer ${peer}` : nodeName(storeNode(found.storeId));
}

export function explainRaft(scene: Scene, event: RegionRaftEvent): Told | null {
  const me = nodeName(scene.store);
  switch (event.type) {
    case 'raft/became-pre-candidate':
      return told('timer', 'elections', scene, `${me} ${waited(scene)}starts a pre-vote`);
    case 'raft/became-candidate':
      return told('candidate', 'elections', scene, `${me} is a candidate, term ${event.term}`);
    case 'raft/became-leader':
      return told(
        'leader',
        'elections',
        scene,
        strong(`${me} leads term ${event.term}`),
        votersWords(scene),
      );
    case 'raft/became-follower':
      return explainFollower(scene, event);
    case 'raft/voted':
      return explainVote(scene, event);
    case 'raft/vote-ignored':
      return told(
        'vote-no',
        'elections',
        scene,
        `${me} ignores ${peerName(scene, event.candidate)}: ${verdictWords(event.verdict)}`,
      );
    case 'raft/vote-received': {
      if (event.granted) return null;
      const from = peerName(scene, event.from);
      return told(
        'vote-no',
        'elections',
        scene,
        `${me} learns that ${from} refused`,
        ...preVote(event.pre),
      );
    }
    case 'raft/campaign-refused':
      return told(
        'refused',
        'elections',
        scene,
        `${me} may not campaign: ${verdictWords(event.verdict)}`,
      );
    case 'raft/stale-ignored':
      return explainStale(scene, event);
    default:
      return explainLog(scene, event);
  }
}

const preVote = (pre: boolean): Part[] => (pre ? [muted(' (pre-vote)')] : []);

/** `waited 1.2 s, `: its timer ran out and was set again just now; nothing where somebody told it to campaign. */
function waited({ replica, at }: Scene): string {
  if (replica?.timer?.setAt !== at || replica.timer.before >= at) return '';
  return `waited ${duration(at - replica.timer.before)}, `;
}

function votersWords({ replica }: Scene): string {
  const yes = replica?.campaign?.votes.filter(
    ({ answer }) => answer === 'own' || answer === 'granted',
  );
  return yes === undefined || yes.length < 2
    ? ''
    : `, elected by ${nodeNames(yes.map(({ store }) => store))}`;
}

function explainFollower(
  scene: Scene,
  event: Extract<RegionRaftEvent, { type: 'raft/became-follower' }>,
): Told | null {
  const { replica, store } = scene;
  const me = nodeName(store);
  if (replica === undefined) return null;
  const { term, leader } = event;
  if (replica.role === 'leader') {
    const why = term > replica.term ? `term ${term} has begun` : 'no majority answers it';
    return told('follower', 'elections', scene, strong(`${me} steps down`), `: ${why}`);
  }
  if (leader !== 0 && leader !== replica.leaderId)
    return told(
      'follower',
      'elections',
      scene,
      `${me} follows ${peerName(scene, leader)} in term ${term}`,
    );
  if (replica.campaign !== null && leader === 0) {
    const why = term > replica.term ? `: term ${term} has begun` : '';
    return told('follower', 'elections', scene, `${me} gives its election up${why}`);
  }
  return null;
}

function explainVote(scene: Scene, event: Extract<RegionRaftEvent, { type: 'raft/voted' }>): Told {
  const me = nodeName(scene.store);
  const candidate = peerName(scene, event.candidate);
  const { pre, term } = event;
  if (event.granted) {
    return pre
      ? told('vote-yes', 'elections', scene, `${me} would vote for ${candidate}`, ...preVote(pre))
      : told('vote-yes', 'elections', scene, `${me} votes for ${candidate} in term ${term}`);
  }
  const against = event.verdicts.find(({ holds }) => !holds);
  const why = against === undefined ? '' : `: ${verdictWords(against)}`;
  const what = pre
    ? `${me} would not vote for ${candidate}`
    : `${me} refuses ${candidate} its vote in term ${term}`;
  return told('vote-no', 'elections', scene, `${what}${why}`, ...preVote(pre));
}

function explainStale(
  scene: Scene,
  event: Extract<RegionRaftEvent, { type: 'raft/stale-ignored' }>,
): Told {
  const from = peerName(scene, event.from);
  const answer = event.answered ? ' and says so' : '';
  const what = `${nodeName(scene.store)} ignores ${from}, which is still in term ${event.messageTerm}${answer}`;
  return told('refused', 'elections', scene, what);
}

function explainLog(scene: Scene, event: RegionRaftEvent): Told | null {
  const me = nodeName(scene.store);
  switch (event.type) {
    case 'raft/appended': {
      const to = event.entries.at(-1)?.index ?? event.from;
      if (scene.replica?.role === 'leader') return null;
      const line = told(
        'append',
        'replication',
        scene,
        `${me} receives ${entriesWord(event.from, to)}`,
      );
      return { ...line, index: to };
    }
    case 'raft/truncated': {
      const to = scene.replica?.log.lastIndex ?? event.from;
      const gone = entriesWord(event.from, Math.max(to, event.from));
      return told(
        'conflict',
        'replication',
        scene,
        `${me} takes out ${gone}: the leader has others there`,
      );
    }
    case 'raft/append-rejected':
      return told(
        'conflict',
        'replication',
        scene,
        `${me} refuses an append: ${verdictWords(event.verdict)}`,
      );
    case 'raft/committed': {
      if (event.by !== 'quorum') return null;
      const from = (scene.replica?.commit ?? event.index - 1) + 1;
      const what = from === event.index ? `${event.index}` : `${from} to ${event.index}`;
      return {
        ...told('commit', 'replication', scene, `${me} commits ${what}`),
        index: event.index,
      };
    }
    case 'raft/commit-held':
      return told(
        'conflict',
        'replication',
        scene,
        `${me} may not commit ${event.index} yet: ${verdictWords(event.verdict)}`,
      );
    case 'raft/proposal-dropped':
      return told('refused', 'clients', scene, `${me} takes no proposal: ${DROPPED[event.reason]}`);
    case 'raft/read-index-dropped':
      return told('refused', 'clients', scene, `${me} drops a read: ${READ_DROPPED[event.reason]}`);
    default:
      return null;
  }
}

const DROPPED: Readonly<
  Record<Extract<RegionRaftEvent, { type: 'raft/proposal-dropped' }>['reason'], string>
> = {
  'no-leader': 'it knows no leader',
  candidate: 'it asks for votes itself',
  removed: 'it is no member any more',
  transferring: 'it hands its office over',
  'uncommitted-limit': 'too much is uncommitted',
  'forwarding-disabled': 'it does not lead',
  malformed: 'it makes no sense',
};

const READ_DROPPED = {
  'no-leader': 'it knows no leader',
  'not-leader': 'it does not lead',
  'own-term': 'it has committed nothing of its own term yet',
  'role-changed': 'its role has changed',
} as const;

export function explainRaftstore(scene: Scene, event: RaftstoreEvent): Told | null {
  const me = nodeName(scene.store);
  switch (event.type) {
    case 'raftstore/peer-started': {
      if ((scene.world.nodes[scene.store]?.incarnation ?? 1) < 2) return null;
      const { term, lastIndex } = event;
      return told(
        'start',
        'faults',
        scene,
        `${me} is back from its disk: term ${term}, log to ${lastIndex}`,
      );
    }
    case 'raftstore/start-refused':
      return told('bug', 'faults', scene, strong(`${me} will not take part`), `: ${event.reason}`);
    case 'raftstore/proposed':
      return {
        ...told(
          'append',
          'replication',
          scene,
          `${me} takes ${nodeName(event.client)}'s command as entry ${event.index}`,
        ),
        index: event.index,
      };
    case 'raftstore/log-compacted':
    case 'raftstore/admin-proposed':
    case 'raftstore/admin-refused':
    case 'raftstore/region-changed':
    case 'raftstore/split-asked':
    case 'raftstore/region-split':
    case 'raftstore/order-received':
    case 'raftstore/leader-missing':
    case 'raftstore/peer-created':
    case 'raftstore/peer-destroyed':
    case 'raftstore/snapshot-generated':
    case 'raftstore/snapshot-sending':
    case 'raftstore/snapshot-receiving':
    case 'raftstore/snapshot-broken':
    case 'raftstore/snapshot-refused':
    case 'raftstore/snapshot-installing':
    case 'raftstore/snapshot-installed': {
      // The chunks between the first and the last are seen as messages.
      if (event.type === 'raftstore/snapshot-receiving' && event.chunk % event.chunks > 0)
        return null;
      const { glyph, pieces } = explainRegion(me, event);
      return told(glyph, 'replication', scene, ...pieces);
    }
    case 'raftstore/hibernated':
      return told('timer', 'elections', scene, `${me} sleeps: Region ${event.region} is idle`);
    case 'raftstore/woken':
      return told('timer', 'elections', scene, `${me} wakes: ${WAKES[event.why]}`);
    case 'raftstore/read-served':
      return told(
        'read',
        'clients',
        scene,
        `${me} answers ${nodeName(event.client)}'s read${PATH_WORDS[event.path]} as of entry ${event.readIndex}`,
      );
    case 'raftstore/request-refused':
      return told(
        'refused',
        'clients',
        scene,
        `${me} refuses ${nodeName(event.client)}: ${errorWords(event.error)}`,
      );
    default:
      return null;
  }
}

const WAKES = {
  message: 'it hears of its Region',
  request: 'somebody asks for its Region',
  doubt: 'it has not heard from its leader',
} as const;

const PATH_WORDS = {
  'read-index': '',
  local: ' from its lease,',
  replica: ' as a replica,',
} as const;

/** Why a store refused, after `refuses c1:`. */
export function errorWords(error: RegionError): string {
  switch (error.type) {
    case 'NotLeader': {
      const leader =
        error.leader === null
          ? 'it knows no leader'
          : `${nodeName(storeNode(error.leader.storeId))} does`;
      return `it does not lead Region ${error.regionId}, ${leader}`;
    }
    case 'RegionNotFound':
      return `it has no Region ${error.regionId}`;
    case 'KeyNotInRegion':
      return `the key is not in Region ${error.region.id}`;
    case 'EpochNotMatch':
      return 'the Region has changed since the client looked';
    case 'StaleCommand':
      return 'the term has changed since';
    case 'StoreNotMatch':
      return `it is store ${error.actual}, not ${error.requested}`;
    case 'MismatchPeerId':
      return `its peer is ${error.actual}, not ${error.requested}`;
    case 'ServerIsBusy':
      return `it is busy: ${error.reason}`;
    case 'DiskFull':
      return `the disk of ${nodeNames(error.storeIds.map(storeNode))} is full`;
    case 'RaftEntryTooLarge':
      return `${error.size} bytes are more than the ${error.limit} that an entry may have`;
    case 'RegionNotInitialized':
      return `Region ${error.regionId} is not ready there yet`;
    case 'ReadIndexNotReady':
      return `it cannot read yet: ${error.reason}`;
    case 'UndeterminedResult':
      return `nobody can know: ${error.reason}`;
    default:
      return 'it cannot do it now';
  }
}
