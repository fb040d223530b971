// The reads of one peer: from the lease of a leader, by a read index that a majority confirms, or at a replica that asks
// its leader for one. And the lease itself, which proposals and read indexes renew.
// (TiKV: raftstore/src/store/peer.rs inspect, read_local, read_index, maybe_renew_leader_lease)

import { u32Bytes, u64Bytes } from '../../base/bytes.ts';
import type { Plain } from '../../base/plain.ts';
import { microsOf, type Settings } from '../config.ts';
import type { Micros, RegionId } from '../ids.ts';
import { newMessage, type Message, type ReadState } from '../raft/message.ts';
import type { RawNode } from '../raft/raw-node.ts';
import { Lease, type LeaseBound } from './lease.ts';
import type { PeerResult, PeerSink } from './peer-parts.ts';
import type { PeerStorage } from './peer-storage.ts';
import { ReadIndexQueue, type PendingRead } from './read-queue.ts';
import type { Region } from './region.ts';
import { epochCurrent, leaseValid, readOwnTerm, unlessBroken } from './rules.ts';

/** How a read may be answered. `lease`: from the lease where that is valid, else by a read index. */
export type ReadMode = 'lease' | 'read-index' | 'replica';

export interface ReadingPeer {
  readonly raw: RawNode;
  readonly storage: PeerStorage;
  readonly regionId: RegionId;
  readonly region: Region;
  readonly isLeader: boolean;
  readonly term: number;
  readonly applied: number;
  /** When its newest proposal was made; null: none waits. */
  readonly proposedAt: Micros | null;
}

export interface ReadsOptions {
  readonly sink: PeerSink;
  readonly settings: Settings;
  readonly broken: { readonly rules: readonly string[] };
  readonly incarnation: number;
  readonly results: PeerResult[];
}

interface Saved {
  readonly reads: readonly PendingRead[];
  readonly rounds: number;
  readonly lease: LeaseBound | null;
  readonly ticks: number;
}

export class PeerReads {
  readonly #peer: ReadingPeer;
  readonly #options: ReadsOptions;
  readonly #queue: ReadIndexQueue;
  readonly #lease: Lease;
  /** Read-index rounds so far. */
  #rounds: number;
  /** Since reads of this replica were asked for last. */
  #ticks: number;

  constructor(peer: ReadingPeer, options: ReadsOptions, saved?: Plain) {
    const state = saved as unknown as Saved | undefined;
    this.#peer = peer;
    this.#options = options;
    this.#queue = new ReadIndexQueue(state?.reads);
    this.#lease = new Lease(state?.lease ?? null);
    this.#rounds = state?.rounds ?? 0;
    this.#ticks = state?.ticks ?? 0;
  }

  /** Reads for somebody: not those of the lease. */
  get asked(): number {
    return this.#queue.save().filter(({ tag }) => tag !== 0).length;
  }

  get size(): number {
    return this.#queue.size;
  }

  #maxLease = (): Micros =>
    microsOf(this.#options.settings['raftstore.raft-store-max-leader-lease']);

  // ---- asking ------------------------------------------------------------------------------------------------

  /** Asks for a state that may be read; false where the leader cannot know one yet, and Raft would drop the request in
   * silence. (peer.rs inspect: replica read, then read index, then local) */
  ask(tag: number, mode: ReadMode, version: number): boolean {
    const peer = this.#peer;
    if (mode === 'lease' && peer.isLeader && this.#mayReadLocally()) {
      const { term, applied: readIndex } = peer;
      this.#options.results.push({ type: 'readable', tag, readIndex, term, path: 'local' });
      return true;
    }
    if (peer.isLeader && !this.#knowsCommitted()) return false;
    this.#begin(tag, mode === 'replica' ? 'replica' : 'read-index', version);
    return true;
  }

  #mayReadLocally(): boolean {
    const { sink, broken } = this.#options;
    const { term, storage } = this.#peer;
    const lease = this.#lease.inspect(sink.now);
    const appliedTerm = storage.applyState.commitTerm;
    return unlessBroken(leaseValid({ lease, appliedTerm, term }), broken.rules).holds;
  }

  #knowsCommitted(): boolean {
    const { storage, term } = this.#peer;
    const own = readOwnTerm(storage.term(storage.hardState.commit), term);
    return unlessBroken(own, this.#options.broken.rules).holds;
  }

  #begin(tag: number, path: PendingRead['path'], version: number): void {
    const { incarnation, sink } = this.#options;
    this.#rounds += 1;
    const context = u32Bytes(incarnation) + u64Bytes(this.#rounds);
    this.#queue.push({ context, tag, at: sink.now, path, term: this.#peer.term, version });
    this.#peer.raw.readIndex(context);
  }

  /** What a replica has asked for may have been lost, or there was nobody to ask. */
  tick(): void {
    const waiting = this.#queue.unanswered();
    if (waiting.length === 0) return void (this.#ticks = 0);
    this.#ticks += 1;
    if (this.#ticks < this.#options.settings['raftstore.raft-read-index-retry-interval-ticks'])
      return;
    this.#ticks = 0;
    for (const context of waiting) this.#peer.raw.readIndex(context);
  }

  // ---- answering ---------------------------------------------------------------------------------------------

  confirm(states: readonly ReadState[]): void {
    const askedAt = this.#queue.confirm(states);
    if (askedAt === null || !this.#peer.isLeader) return;
    // Somebody may be about to take over: only a committed proposal makes such a lease good again.
    if (this.#lease.inspect(this.#options.sink.now) !== 'suspect') this.renewLease(askedAt);
  }

  /** Answers what the state machine has reached. The Region may have been split since. (peer.rs handle_read) */
  serve(): void {
    const { region, applied } = this.#peer;
    const { results, broken } = this.#options;
    for (const { tag, readIndex, term, path, version } of this.#queue.takeServable(applied)) {
      if (tag === 0) continue;
      const current = epochCurrent({ version, confVer: 0 }, region.epoch);
      if (unlessBroken(current, broken.rules).holds)
        results.push({ type: 'readable', tag, readIndex, term, path });
      else
        results.push({
          type: 'refused',
          tag,
          error: { type: 'EpochNotMatch', currentRegions: [region] },
        });
    }
  }

  /** A round that a leader began dies with its leadership. */
  dropUnlessLeader(): void {
    if (this.#peer.isLeader) return;
    for (const { tag } of this.#queue.takeUnconfirmed()) this.#refuse(tag, 'StaleCommand');
  }

  /** The peer goes. */
  dropAll(): void {
    for (const { tag } of this.#queue.clear()) this.#refuse(tag, 'RegionNotFound');
  }

  #refuse(tag: number, type: 'StaleCommand' | 'RegionNotFound'): void {
    const { regionId } = this.#peer;
    if (tag === 0) return;
    const error = type === 'StaleCommand' ? { type } : { type, regionId };
    this.#options.results.push({ type: 'refused', tag, error });
  }

  /** A follower's read index, answered from the lease; null: it takes a round. (peer.rs step) */
  answerFromLease(asked: Message): Message | null {
    const { isLeader, storage, term, raw } = this.#peer;
    if (!isLeader || this.#lease.inspect(this.#options.sink.now) !== 'valid') return null;
    const { commit } = storage.hardState;
    if (storage.term(commit) !== term) return null;
    const answer = newMessage('MsgReadIndexResp', asked.from);
    answer.from = raw.id;
    answer.term = term;
    answer.index = commit;
    answer.entries = asked.entries;
    return answer;
  }

  // ---- the lease ---------------------------------------------------------------------------------------------

  /** What was sent then is confirmed by a majority. */
  renewLease(sentAt: Micros): void {
    if (this.#peer.isLeader && this.#lease.renew(sentAt, this.#maxLease())) this.#tellLease();
  }

  /** Leadership is being handed over. */
  suspectLease(): void {
    this.#lease.suspect(this.#options.sink.now, this.#maxLease());
    this.#tellLease();
  }

  expireLease(): void {
    if (this.#lease.bound === null) return;
    this.#lease.expire();
    this.#tellLease();
  }

  /** An idle leader keeps its lease by a read index of its own. (fsm/peer.rs on_check_leader_lease_tick) */
  checkLease(): void {
    const max = this.#maxLease();
    const advance = Math.floor(max / 4);
    const { now } = this.#options.sink;
    const { isLeader, proposedAt } = this.#peer;
    if (!isLeader || !this.#lease.ending(now, advance) || !this.#knowsCommitted()) return;
    const covers = (at: Micros | null) => at !== null && at + max > now + advance;
    if (covers(this.#queue.latestAt) || covers(proposedAt)) return;
    this.#begin(0, 'read-index', 0);
  }

  #tellLease(): void {
    const { bound } = this.#lease;
    this.#options.sink.emit({
      type: 'raftstore/lease-changed',
      region: this.#peer.regionId,
      state: bound?.type ?? 'none',
      until: bound?.until ?? null,
    });
  }

  save(): Plain {
    const saved: Saved = {
      reads: this.#queue.save(),
      rounds: this.#rounds,
      lease: this.#lease.bound,
      ticks: this.#ticks,
    };
    return saved as unknown as Plain;
  }
}
