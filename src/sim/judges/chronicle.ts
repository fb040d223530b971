// What has been, as far as the journal tells it: the one memory that all judges share. It believes what it reads and
// judges nothing. Bounded: what every peer has had on disk and applied for long is given up.

import type { NodeId, PeerId, RegionId } from '../../tikv/ids.ts';
import type { StateRole } from '../../tikv/raft/message.ts';
import type { RaftMessage } from '../../tikv/raftstore/message.ts';
import type { JournalRecord } from '../record.ts';
import type { RecordId } from '../record-id.ts';
import { Indexed } from './indexed.ts';
import type { RecordOf } from './record-of.ts';
import { PeerPast, type Entry, type Voters } from './peer-past.ts';

/** The first that was ever seen committed at an index. */
export interface Committed {
  readonly entry: Entry;
  /** The term in which its first witness knew it committed. */
  readonly term: number;
  /** Who voted then, as far as that witness knew. */
  readonly conf: Voters;
  readonly by: RecordId;
}

/** The first that was ever applied at an index, and the data after it. */
export interface Applied {
  readonly term: number;
  readonly digest: number;
  readonly state: number;
  readonly by: RecordId;
}

export interface Leadership {
  readonly term: number;
  readonly node: NodeId;
  /** The end of its log when it was elected. */
  readonly lastIndex: number;
  readonly by: RecordId;
}

/** No peer can win an election in a term that is so far behind. */
const LEADERS_MAX = 4096;

/** Entries that are remembered below what all peers have settled, and how often the rest is given up. */
const KEPT = 4096;
const PRUNED_EVERY = 1024;

export class RegionPast {
  readonly id: RegionId;
  readonly peers = new Map<NodeId, PeerPast>();
  readonly byId = new Map<PeerId, PeerPast>();
  /** By term. */
  readonly leaders = new Map<number, Leadership>();
  /** The latest term that had a leader. */
  lastLed = 0;
  readonly committed: Indexed<Committed>;
  readonly applied: Indexed<Applied>;
  #prunedAt = 0;

  constructor(id: RegionId, base: number) {
    this.id = id;
    this.committed = new Indexed(base);
    this.applied = new Indexed(base);
  }

  elect(leadership: Leadership): void {
    const { term } = leadership;
    if (!this.leaders.has(term)) this.leaders.set(term, leadership);
    this.lastLed = Math.max(this.lastLed, term);
    if (this.leaders.size <= LEADERS_MAX) return;
    for (const oldest of this.leaders.keys()) {
      this.leaders.delete(oldest);
      return;
    }
  }

  /** Everything up to `index` of this peer's log is committed; what is new in that is kept. */
  commit(peer: PeerPast, index: number, by: RecordId): void {
    const { committed } = this;
    if (index <= committed.last) return;
    // What a snapshot stands for cannot be compared entry by entry.
    if (peer.log.base > committed.last) committed.reset(peer.log.base);
    for (let i = committed.last + 1; i <= index; i++) {
      const entry = peer.log.at(i);
      if (entry === undefined) return;
      committed.put(i, { entry, term: peer.term, conf: peer.conf, by });
    }
    if (index - this.#prunedAt >= PRUNED_EVERY) this.prune();
  }

  /**
   * Gives up what every log has given up, and, of a long history, what every peer has had on disk and applied for long:
   * a restart goes back by far less.
   */
  prune(): void {
    let floor = Infinity;
    for (const peer of this.peers.values()) {
      if (peer.gone) continue;
      floor = Math.min(floor, Math.max(peer.log.base, peer.settled - KEPT));
    }
    if (floor === Infinity) return;
    for (const peer of this.peers.values()) peer.forget(floor);
    this.committed.dropTo(floor);
    this.applied.dropTo(floor);
    this.#prunedAt = this.committed.last;
  }
}

const ROLES = {
  'raft/became-follower': 'Follower',
  'raft/became-pre-candidate': 'PreCandidate',
  'raft/became-candidate': 'Candidate',
  'raft/became-leader': 'Leader',
} as const satisfies Record<string, StateRole>;

export class Chronicle {
  readonly #regions = new Map<RegionId, RegionPast>();
  readonly #onNode = new Map<NodeId, PeerPast[]>();

  region(id: RegionId): RegionPast | undefined {
    return this.#regions.get(id);
  }

  peer(region: RegionId, node: NodeId): PeerPast | undefined {
    return this.#regions.get(region)?.peers.get(node);
  }

  /** The peers that live on a node. */
  peersOn(node: NodeId): readonly PeerPast[] {
    return this.#onNode.get(node) ?? [];
  }

  /** Takes a record in. */
  take(record: JournalRecord): void {
    const { event, id } = record;
    switch (event.type) {
      case 'raftstore/peer-started':
        return this.#start(record as RecordOf<'raftstore/peer-started'>);
      case 'node/killed':
      case 'node/panicked':
        for (const peer of this.peersOn(event.node)) {
          peer.stop();
          if (!peer.initialized) this.#leave(peer.region, event.node);
        }
        return;
      case 'node/destroyed':
        for (const peer of this.peersOn(event.node)) peer.destroy();
        return;
      case 'network/sent':
        if (event.message.type === 'raft') this.#sent(event.message, id);
        return;
      case 'disk/durable':
        if (event.queue === 'raft')
          for (const peer of this.peersOn(id.node)) peer.keep(event.write);
        return;
      case 'raft/became-follower':
      case 'raft/became-pre-candidate':
      case 'raft/became-candidate':
      case 'raft/became-leader':
      case 'raft/voted':
      case 'raft/appended':
      case 'raft/truncated':
      case 'raft/committed':
      case 'raft/snapshot-restored':
      case 'raft/conf-changed':
      case 'raftstore/entries-taken':
      case 'raftstore/hard-state-written':
      case 'raftstore/persisted':
      case 'raftstore/applied':
      case 'raftstore/log-compacted':
      case 'raftstore/snapshot-installed': {
        const region = this.#regions.get(event.region);
        const peer = region?.peers.get(id.node);
        if (region !== undefined && peer !== undefined)
          takeRaft(record as RaftRecord, region, peer);
        return;
      }
      case 'raftstore/peer-created': {
        const region = this.#regions.get(event.region);
        if (region !== undefined) this.#join(region, { peer: event.peer, by: id });
        return;
      }
      case 'raftstore/peer-destroyed':
        return this.#leave(event.region, id.node);
      default:
    }
  }

  /** The peer is taken off its store. What its disk held is remembered: others have counted on it. */
  #leave(region: RegionId, node: NodeId): void {
    const peer = this.peer(region, node);
    if (peer === undefined) return;
    peer.destroy();
    this.#regions.get(region)?.peers.delete(node);
    const others = this.peersOn(node).filter((other) => other !== peer);
    this.#onNode.set(node, others);
  }

  #start(record: RecordOf<'raftstore/peer-started'>): void {
    const { region: told, peer: peerId, commit, firstIndex } = record.event;
    const { node } = record.id;
    let region = this.#regions.get(told.id);
    if (region === undefined) {
      region = new RegionPast(told.id, firstIndex - 1);
      this.#regions.set(told.id, region);
    }
    const known = region.peers.get(node);
    const peer = known?.id === peerId ? known : this.#join(region, { peer: peerId, by: record.id });
    if (known === peer && peer.alive && !peer.initialized) peer.initialize(record);
    else peer.restart(record);
    region.commit(peer, commit, record.id);
    region.prune();
  }

  /** A new peer takes the place of any other on that store. */
  #join(region: RegionPast, of: { readonly peer: PeerId; readonly by: RecordId }): PeerPast {
    const { node } = of.by;
    const before = region.peers.get(node);
    const peer = new PeerPast({ region: region.id, ...of });
    const others = this.peersOn(node).filter((other) => other !== before);
    this.#onNode.set(node, [...others, peer]);
    region.peers.set(node, peer);
    region.byId.set(peer.id, peer);
    return peer;
  }

  /** What a message says of its sender's term and vote, others may now build on. */
  #sent(envelope: RaftMessage, by: RecordId): void {
    const peer = this.peer(envelope.regionId, by.node);
    if (peer?.initialized !== true) return;
    const { message } = envelope;
    const term = toldTerm(envelope);
    if (term !== null && term >= (peer.toldTerm?.term ?? 0)) peer.toldTerm = { term, by };
    const vote = toldVote(message);
    if (vote !== null && message.term >= (peer.toldVote?.term ?? 0))
      peer.toldVote = { term: message.term, vote, by };
  }
}

type RaftRecord = RecordOf<
  | keyof typeof ROLES
  | 'raft/voted'
  | 'raft/appended'
  | 'raft/truncated'
  | 'raft/committed'
  | 'raft/snapshot-restored'
  | 'raft/conf-changed'
  | 'raftstore/entries-taken'
  | 'raftstore/hard-state-written'
  | 'raftstore/persisted'
  | 'raftstore/applied'
  | 'raftstore/log-compacted'
  | 'raftstore/snapshot-installed'
>;

function takeRaft({ event, id }: RaftRecord, region: RegionPast, peer: PeerPast): void {
  switch (event.type) {
    case 'raft/became-leader': {
      const { term, lastIndex } = event;
      region.elect({ term, node: peer.node, lastIndex, by: id });
      return peer.enter('Leader', term);
    }
    case 'raft/became-follower':
    case 'raft/became-pre-candidate':
    case 'raft/became-candidate':
      return peer.enter(ROLES[event.type], event.term);
    case 'raft/voted':
      if (!event.granted || event.pre) return;
      if (event.term > peer.term) peer.enter('Follower', event.term);
      peer.vote = event.candidate;
      return;
    case 'raft/appended':
      return peer.append(event.entries, id);
    case 'raft/truncated':
      return peer.log.cut(event.from);
    case 'raft/committed':
      peer.committed = event.index;
      return region.commit(peer, event.index, id);
    case 'raft/snapshot-restored':
      return peer.restore(event.index);
    case 'raft/conf-changed':
      peer.conf = event.confState;
      return;
    case 'raftstore/entries-taken':
      return peer.write(event.entries, id);
    case 'raftstore/hard-state-written':
      return peer.promise(event.write, event.term, event.vote);
    case 'raftstore/persisted':
      return peer.persisted(event.index, event.term);
    case 'raftstore/applied': {
      const { index, term, digest, state } = event;
      peer.applied = index;
      peer.appliedTerm = term;
      if (region.applied.at(index) === undefined && index > region.applied.base)
        region.applied.put(index, { term, digest, state, by: id });
      return;
    }
    case 'raftstore/log-compacted':
      peer.forget(event.index);
      return region.prune();
    case 'raftstore/snapshot-installed':
      peer.installed(event.index, event.to);
      return region.prune();
  }
}

/** The term that a message claims for its sender. A pre-vote speaks of a term that nobody has entered. */
export function toldTerm({ message }: RaftMessage): number | null {
  const { msgType, term, reject } = message;
  if (term === 0 || msgType === 'MsgRequestPreVote') return null;
  return msgType === 'MsgRequestPreVoteResponse' && reject !== true ? null : term;
}

/** For whom a message says that its sender has voted. */
export function toldVote(message: RaftMessage['message']): PeerId | null {
  if (message.msgType === 'MsgRequestVote') return message.from;
  return message.msgType === 'MsgRequestVoteResponse' && message.reject !== true
    ? message.to
    : null;
}
