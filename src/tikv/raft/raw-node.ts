// A peer as its host holds it: messages, ticks and proposals in, Readys out.             (TiKV: raft-rs raw_node.rs)
// Between ready() and advance…() the host writes and sends; nothing that changes the log may be called meanwhile.

import { assert, must } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Plain } from '../../base/plain.ts';
import { commitApply, onPersistEntries, onPersistSnapshot } from './commit.ts';
import { maybeCommit } from './commit-rule.ts';
import { encodeConfChange, entryTypeOf, type ConfChange } from './conf-change.ts';
import type { Config } from './config.ts';
import { NO_ENTRIES, type Entry } from './entry.ts';
import { RaftError } from './error.ts';
import type { RaftEvent } from './event.ts';
import { sendRequestSnapshot } from './follow.ts';
import { applyConfChange } from './membership.ts';
import {
  isLocalMessage,
  isResponse,
  newMessage,
  type ConfState,
  type Draft,
  type HardState,
  type Message,
  type MessageType,
  type SoftState,
} from './message.ts';
import { rulesWith } from './mutations.ts';
import { hardState, newRaft, setElectionTimeout, softState, type Raft } from './raft.ts';
import {
  hardStateToStore,
  hasWork,
  takeCommitted,
  takeMessages,
  type LightReady,
  type Ready,
  type ReadyRecord,
  type Told,
} from './ready.ts';
import { bcastAppend, bcastHeartbeat } from './replicate.ts';
import { loadRaft, saveRaft, type SavedRaft } from './save.ts';
import { progressEvents, statusOf, type Status } from './status.ts';
import { step } from './step.ts';
import type { Storage } from './storage.ts';
import { tick } from './tick.ts';

export type { LightReady, Ready } from './ready.ts';

const NOTHING: readonly never[] = Object.freeze([]);

export class RawNode {
  readonly raft: Raft;
  #told: Told;
  #number = 0;
  /** Readys that the disk does not hold yet, oldest first. */
  #records: ReadyRecord[] = [];
  /** A Ready is out and not given back. */
  #open = false;

  constructor(raft: Raft, saved?: SavedRawNode) {
    this.raft = raft;
    if (saved === undefined) {
      const commitSince = raft.settings.applied;
      this.#told = { hs: hardState(raft), ss: softState(raft), commitSince };
    } else {
      this.#told = { hs: saved.hs, ss: saved.ss, commitSince: saved.commitSince };
      this.#number = saved.number;
      this.#records = saved.records.slice();
      this.#open = saved.open;
    }
  }

  get id(): number {
    return this.raft.id;
  }

  get store(): Storage {
    return this.raft.log.store;
  }

  // ---- what happens to a peer ------------------------------------------------------------------------------

  /** True where there is probably something to handle. */
  tick(): boolean {
    this.#mustBeClosed();
    return tick(this.raft);
  }

  campaign(): void {
    this.#stepLocal('MsgHup', this.id);
  }

  /** Throws RaftError where the message is refused or its proposal dropped. */
  step(message: Message): void {
    if (isLocalMessage(message.msgType)) throw new RaftError('StepLocalMsg', message.msgType);
    if (isResponse(message.msgType) && this.raft.tracker.get(message.from) === undefined)
      throw new RaftError('StepPeerNotFound', `${message.msgType} of ${message.from}`);
    this.#mustBeClosed();
    step(this.raft, message);
  }

  /** A leader says at once that it leads. */
  ping(): void {
    this.#mustBeClosed();
    if (this.raft.role === 'Leader') bcastHeartbeat(this.raft);
  }

  propose(context: Bytes, data: Bytes): void {
    this.#propose({ entryType: 'EntryNormal', term: 0, index: 0, data }, context);
  }

  proposeConfChange(context: Bytes, change: ConfChange): void {
    const data = encodeConfChange(change);
    this.#propose({ entryType: entryTypeOf(change), term: 0, index: 0, data }, context);
  }

  #propose(entry: Entry, context: Bytes): void {
    this.#stepLocal('MsgPropose', this.id, [context === '' ? entry : { ...entry, context }]);
  }

  /** The host has applied a committed conf change. Throws ConfChangeError where it does not fit. */
  applyConfChange(change: ConfChange): ConfState {
    return applyConfChange(this.raft, change);
  }

  reportUnreachable(id: number): void {
    const message = newMessage('MsgUnreachable', this.id);
    message.from = id;
    step(this.raft, message);
  }

  reportSnapshot(id: number, status: 'Finish' | 'Failure'): void {
    const message = newMessage('MsgSnapStatus', this.id);
    message.from = id;
    if (status === 'Failure') message.reject = true;
    step(this.raft, message);
  }

  /** Asks the leader for a snapshot of all that is in the log. Throws RequestSnapshotDropped. */
  requestSnapshot(): void {
    this.#mustBeClosed();
    const { raft } = this;
    const { log } = raft;
    const index = log.lastIndex();
    const refusal =
      raft.role === 'Leader'
        ? 'a leader has nobody to ask'
        : raft.leaderId === 0
          ? 'there is no leader'
          : log.unstable.snapshot !== null
            ? 'a snapshot is here already'
            : raft.pendingRequestSnapshot !== 0
              ? 'it was asked for already'
              : log.term(index) !== raft.term
                ? 'the log ends in an earlier term'
                : null;
    if (refusal !== null) throw new RaftError('RequestSnapshotDropped', refusal);
    raft.pendingRequestSnapshot = index;
    if (raft.trace) raft.events.push({ type: 'raft/snapshot-requested', index });
    sendRequestSnapshot(raft);
  }

  transferLeader(transferee: number): void {
    this.#stepLocal('MsgTransferLeader', transferee);
  }

  /** The answer comes as a ReadState, or never: then the host asks again. */
  readIndex(context: Bytes): void {
    this.#stepLocal('MsgReadIndex', 0, [
      { entryType: 'EntryNormal', term: 0, index: 0, data: context },
    ]);
  }

  #stepLocal(type: MessageType, from: number, entries: readonly Entry[] = NO_ENTRIES): void {
    this.#mustBeClosed();
    const message = newMessage(type, this.id);
    message.from = from;
    message.entries = entries;
    step(this.raft, message);
  }

  #mustBeClosed(): void {
    assert(!this.#open, 'a Ready is out: advance first');
  }

  // ---- what a host has to do -------------------------------------------------------------------------------

  hasReady(): boolean {
    return hasWork(this.raft, this.#told);
  }

  ready(): Ready {
    this.#mustBeClosed();
    this.#open = true;
    const told = this.#told;
    const { raft } = this;
    const { entries, snapshot } = raft.log.unstable;
    const hs = hardStateToStore(raft, told.hs);
    if (snapshot !== null) told.commitSince = snapshot.metadata.index;
    const record = this.#record();
    const messages = takeMessages(raft, this.#promises());
    const { readStates } = raft;
    if (readStates.length > 0) raft.readStates = [];
    const ready: Draft<Ready> = {
      number: record.number,
      readStates: readStates.length > 0 ? readStates : NOTHING,
      entries: entries.length > 0 ? entries : NOTHING,
      committedEntries: takeCommitted(raft, told),
      mustSync: raft.rules.mustSync({
        hardState: hs.term !== told.hs.term || hs.vote !== told.hs.vote,
        entries: entries.length,
        snapshot: snapshot !== null,
      }).holds,
      messages: messages.atOnce,
      persistedMessages: messages.persisted,
    };
    if (hs !== told.hs) ready.hs = hs;
    if (raft.role !== told.ss.raftState || raft.leaderId !== told.ss.leaderId)
      ready.ss = softState(raft);
    if (snapshot !== null) ready.snapshot = snapshot;
    return ready;
  }

  /** Notes what the disk will hold once this Ready is persisted. */
  #record(): ReadyRecord {
    const { raft } = this;
    const { hs } = this.#told;
    const last = raft.log.unstable.entries.at(-1);
    const record = {
      number: ++this.#number,
      lastIndex: last?.index ?? 0,
      lastTerm: last?.term ?? 0,
      snapshot: raft.log.unstable.snapshot?.metadata.index ?? 0,
      promise: raft.term !== hs.term || raft.vote !== hs.vote,
    };
    this.#records.push(record);
    return record;
  }

  /** A term or vote is on its way to the disk: not even a leader's message may overtake it. */
  #promises(): boolean {
    for (const { promise } of this.#records) if (promise) return true;
    return false;
  }

  /** = advanceAppend, then everything handed out by ready() is applied. */
  advance(ready: Ready): LightReady {
    const applied = this.#told.commitSince;
    const light = this.advanceAppend(ready);
    this.advanceApplyTo(applied);
    return light;
  }

  /** The Ready, and all before it, are on disk. */
  advanceAppend(ready: Ready): LightReady {
    this.#close(ready);
    this.onPersistReady(ready.number);
    const { raft } = this;
    const told = this.#told;
    const committedEntries = takeCommitted(raft, told);
    const { atOnce: messages, persisted } = takeMessages(raft, false);
    assert(persisted.length === 0, 'a message that needs the disk came out of advancing');
    const { committed } = raft.log;
    if (committed <= told.hs.commit) return { committedEntries, messages };
    told.hs = { ...told.hs, commit: committed };
    return { commitIndex: committed, committedEntries, messages };
  }

  /** The Ready's entries can be read from the store; onPersistReady says later that they are on disk. */
  advanceAppendAsync(ready: Ready): void {
    this.#close(ready);
  }

  #close(ready: Ready): void {
    const record = must(this.#records.at(-1), 'a Ready to advance');
    assert(this.#open && record.number === ready.number, 'another Ready is to be advanced');
    this.#open = false;
    const told = this.#told;
    if (ready.ss !== undefined) told.ss = ready.ss;
    if (ready.hs !== undefined) told.hs = ready.hs;
    const { unstable } = this.raft.log;
    if (record.snapshot !== 0) unstable.stableSnapshot(record.snapshot);
    if (record.lastIndex !== 0) unstable.stableEntries(record.lastIndex, record.lastTerm);
  }

  /** Every Ready up to this number is on disk. What follows from it is in the next Ready. */
  onPersistReady(number: number): void {
    let index = 0;
    let term = 0;
    let snapshot = 0;
    let done = 0;
    for (const record of this.#records) {
      if (record.number > number) break;
      done++;
      if (record.snapshot !== 0) {
        snapshot = record.snapshot;
        index = term = 0;
      }
      if (record.lastIndex !== 0) {
        index = record.lastIndex;
        term = record.lastTerm;
      }
    }
    if (done === this.#records.length) this.#records.length = 0;
    else this.#records.splice(0, done);
    if (snapshot !== 0) onPersistSnapshot(this.raft, snapshot);
    if (index !== 0) onPersistEntries(this.raft, index, term);
  }

  /** Everything handed out is applied. */
  advanceApply(): void {
    this.advanceApplyTo(this.#told.commitSince);
  }

  advanceApplyTo(index: number): void {
    commitApply(this.raft, index);
  }

  // ---- what may be switched --------------------------------------------------------------------------------

  enableGroupCommit(on: boolean): void {
    this.raft.tracker.groupCommit = on;
    if (!on) this.#recount();
  }

  /** Peer to group; 0 is none. */
  assignCommitGroups(groups: ReadonlyMap<number, number>): void {
    for (const peer of this.raft.tracker.peers)
      peer.commitGroupId = groups.get(peer.id) ?? peer.commitGroupId;
    if (this.raft.tracker.groupCommit) this.#recount();
  }

  #recount(): void {
    if (this.raft.role === 'Leader' && maybeCommit(this.raft)) bcastAppend(this.raft);
  }

  setPriority(priority: number): void {
    this.raft.priority = priority;
  }

  setBatchAppend(on: boolean): void {
    this.raft.batchAppend = on;
  }

  setSkipBcastCommit(on: boolean): void {
    this.raft.skipBcastCommit = on;
  }

  setCheckQuorum(on: boolean): void {
    this.raft.checkQuorum = on;
  }

  setMaxApplyUnpersistedLogLimit(limit: number): void {
    this.raft.log.maxApplyUnpersisted = limit;
  }

  /** From now on these rules are broken, and no others. */
  breakRules(broken: readonly string[]): void {
    this.raft.rules = rulesWith(broken);
  }

  /** For tests and lessons; until the next reset of the timer. */
  setRandomizedElectionTimeout(ticks: number): void {
    setElectionTimeout(this.raft, ticks);
  }

  // ---- looking, and keeping --------------------------------------------------------------------------------

  status(): Status {
    return statusOf(this.raft);
  }

  /** What has happened since this was last called. */
  takeEvents(): RaftEvent[] {
    const { raft } = this;
    if (!raft.trace) return [];
    const { events } = raft;
    raft.events = [];
    for (const event of progressEvents(raft)) events.push(event);
    return events;
  }

  /** Plain data; load gives a node that behaves the same from here on. */
  save(): Plain {
    const saved: SavedRawNode = {
      raft: saveRaft(this.raft),
      number: this.#number,
      records: this.#records.slice(),
      open: this.#open,
      hs: this.#told.hs,
      ss: this.#told.ss,
      commitSince: this.#told.commitSince,
    };
    return saved as unknown as Plain;
  }
}

interface SavedRawNode {
  readonly raft: SavedRaft;
  readonly number: number;
  readonly records: readonly ReadyRecord[];
  readonly open: boolean;
  readonly hs: HardState;
  readonly ss: SoftState;
  readonly commitSince: number;
}

/** Throws ConfigInvalid. */
export function newRawNode(config: Config, store: Storage): RawNode {
  return new RawNode(newRaft(config, store));
}

export function loadRawNode(config: Config, store: Storage, saved: unknown): RawNode {
  const state = saved as SavedRawNode;
  return new RawNode(loadRaft(config, store, state.raft), state);
}
