// One replica of a Region: Raft in it, its log on the disk beside it, the state machine behind it, and the order in
// which their work is done. A leader's messages leave before its disk has the entries, everybody else's after; what is
// committed is applied once it is durable here. (TiKV: raftstore/src/store/peer.rs, handle_raft_ready_append)

import { type PeerId, type StoreId } from '../ids.ts';
import { decodeConfChange } from '../raft/conf-change.ts';
import { type Entry } from '../raft/entry.ts';
import { RaftError } from '../raft/error.ts';
import { becomeFollower } from '../raft/raft.ts';
import type { Message, SoftState } from '../raft/message.ts';
import type { Ready } from '../raft/ready.ts';
import type { RaftMessage } from './message.ts';
import { confStateOf } from './peer-storage.ts';
import { SNAPSHOT_TIMER, type Changing } from './peer-parts.ts';
import { type ReadMode } from './peer-reads.ts';
import { peerOn } from './region.ts';
import { persistedBeforeSend } from './rules.ts';
import { collectData, encodeSnapshotData } from './snapshot-data.ts';
import {
  beginInstall,
  clearLog,
  exchangeData,
  resumeInstall,
  type Installing,
} from './snapshot-install.ts';

import type { SlowExec } from './apply.ts';
import { PeerState } from './peer-state.ts';

type ExecOf<Type extends SlowExec['type']> = Extract<SlowExec, { type: Type }>;

/** Who sends these leads. */
const OF_A_LEADER: readonly Message['msgType'][] = ['MsgHeartbeat', 'MsgAppend', 'MsgSnapshot'];

export class PeerFsm extends PeerState {
  /** After a restart: tells what was found, goes on with a snapshot that was under way, and a lone voter stands for
   * election at once. `recovery`: the write that brings the raft engine up to such a snapshot; 0: none. */
  start(recovery = 0): void {
    const { sink, created, engines } = this.options;
    if (this.storage.initialized) this.tellStart();
    else if (created !== undefined)
      sink.emit({
        type: 'raftstore/peer-created',
        region: this.regionId,
        peer: this.peerId,
        verdict: created.verdict,
      });
    this.tellRaftEvents();
    if (engines.regionState(this.regionId)?.state === 'Applying') {
      this.installation = resumeInstall(this.place(), recovery);
      if (recovery === 0) this.#installStep(exchangeData(this.place(), this.installation));
      return;
    }
    const { voters, votersOutgoing } = confStateOf(this.region);
    if (voters.length === 1 && votersOutgoing.length === 0 && voters[0] === this.peerId)
      this.campaign();
    this.handleReady();
  }

  tick(): void {
    if (this.hibernation.asleep) return;
    this.raw.tick();
    if (this.isLeader) this.stale.heard();
    else this.stale.silent(this.options.sink.now);
    this.reads.tick();
    this.handleReady();
    const next = this.hibernation.afterTick();
    if (next === 'ask') this.sayBeside('hibernate-request');
    else if (next === 'sleep')
      this.options.sink.emit({ type: 'raftstore/hibernated', region: this.regionId });
  }

  /** Now and then, while the Region sleeps. */
  lookAsleep(): void {
    const next = this.hibernation.onStaleTick();
    if (next === 'ping') this.raw.ping();
    else if (next === 'wake')
      this.options.sink.emit({ type: 'raftstore/woken', region: this.regionId, why: 'doubt' });
    if (next !== null) this.handleReady();
  }

  /** Somebody looks for the leader: the whole Region wakes. */
  disturb(): void {
    if (!this.hibernation.asleep) return;
    this.wake('request');
    this.sayBeside('wake-up');
  }

  #onBeside({ extra, fromPeer, regionEpoch, checkPeers = [] }: RaftMessage): void {
    if (extra === 'hibernate-request') {
      if (this.hibernation.onRequest(fromPeer.id))
        this.sayBeside('hibernate-response', fromPeer.id);
    } else if (extra === 'hibernate-response') this.hibernation.onResponse(fromPeer.id);
    else if (extra === 'check-stale-peer-response')
      this.stale.told(regionEpoch.confVer, checkPeers);
    // Who asks misses the leader: a Region that ticks again speaks to its members.
    else if (extra === 'check-stale-peer') this.wake('message');
    else {
      this.wake('message');
      this.raw.ping();
      this.handleReady();
    }
  }

  step(envelope: RaftMessage): void {
    const { message, fromPeer } = envelope;
    this.options.disk.hear(envelope);
    this.others.set(fromPeer.id, fromPeer);
    if (envelope.extra !== undefined) return this.#onBeside(envelope);
    if (OF_A_LEADER.includes(message.msgType)) this.stale.heard();
    if (this.hibernation.onMessage(message.msgType, message.context === undefined))
      this.options.sink.emit({ type: 'raftstore/woken', region: this.regionId, why: 'message' });
    if (message.msgType === 'MsgTransferLeader') return this.admin.onTransferMessage(message);
    const atOnce = message.msgType === 'MsgReadIndex' ? this.reads.answerFromLease(message) : null;
    if (atOnce !== null) return this.say(atOnce);
    try {
      this.raw.step(message);
    } catch (error) {
      // What another node says is never a bug of ours: a message that Raft refuses is dropped.
      if (!(error instanceof RaftError)) throw error;
    }
    this.handleReady();
  }

  /** Asks the leader for a snapshot of everything. Null, or why not. Until it has come this peer acknowledges nothing: what
   * it has beyond the commit index could never be committed where its word is needed, and the snapshot never be made. */
  requestSnapshot(): string | null {
    const { log } = this.raw.raft;
    if (log.lastIndex() > log.committed)
      return `entry ${log.lastIndex()} is not known to be committed: the leader may need this log for it`;
    try {
      this.raw.requestSnapshot();
    } catch (error) {
      if (error instanceof RaftError) return error.message;
      throw error;
    }
    this.handleReady();
    return null;
  }

  /** Its next election comes after so many ticks without a leader, until the timer is drawn anew. */
  setElectionTimeout(ticks: number): void {
    this.raw.setRandomizedElectionTimeout(ticks);
    this.handleReady();
  }

  campaign(): void {
    this.wake('request');
    this.raw.campaign();
    this.handleReady();
  }

  /** Messages to this peer are lost on their way. */
  unreachable(storeId: StoreId): void {
    const peer = peerOn(this.region, storeId);
    if (peer === undefined) return;
    this.wake('message');
    this.raw.reportUnreachable(peer.id);
    this.handleReady();
  }

  /** Asks for a state that may be read; false where the leader cannot know one yet. */
  read(tag: number, mode: ReadMode, version: number): boolean {
    // What the lease answers is no work for the others.
    this.wake('request');
    return this.reads.ask(tag, mode, version);
  }

  /** A write of the raft engine is durable, and with it all earlier ones. */
  persisted(write: number): void {
    if (this.installation?.stage === 'raft' && this.installation.write <= write)
      this.#installStep(exchangeData(this.place(), this.installation));
    // Every peer of the store hears of every write: most wait for none.
    if (this.unpersisted.length === 0) return;
    const durable = this.unpersisted.filter(
      (ready) => persistedBeforeSend(ready.write, write).holds,
    );
    this.unpersisted = this.unpersisted.slice(durable.length);
    for (const done of durable) {
      if (done.last !== null)
        this.options.sink.emit({
          type: 'raftstore/persisted',
          region: this.regionId,
          ...done.last,
        });
      this.send(done.messages);
    }
    const latest = durable.at(-1);
    if (latest === undefined) return;
    this.raw.onPersistReady(latest.number);
    this.handleReady();
  }

  /** A write of the kv engine is durable, and with it all earlier ones. */
  persistedKv(write: number): void {
    if (this.compacted.length > 0) this.#dropCompacted(write);
    if (this.changing !== null && this.changing.exec.write <= write) this.#endChange();
    const at = this.installation;
    if (at === null || at.write > write) return;
    if (at.stage === 'kv') this.#clearLog(at);
    else if (at.stage === 'data') this.#endInstall(at);
  }

  #dropCompacted(write: number): void {
    const due = this.compacted.filter((each) => each.write <= write);
    this.compacted = this.compacted.slice(due.length);
    const last = due.at(-1);
    if (last !== undefined) this.options.engines.dropLog(this.regionId, last.index + 1);
  }

  /** Does all that Raft has ready, until it has no more. While a snapshot is being installed, Raft waits. */
  handleReady(): void {
    this.touch();
    this.tellRaftEvents();
    while (!this.waits && this.raw.hasReady()) {
      // A snapshot is taken up when all writes before it are durable.
      const arrived = this.raw.raft.log.unstable.snapshot !== null;
      if (arrived && this.unpersisted.length > 0) break;
      const ready = this.raw.ready();
      if (ready.ss !== undefined) this.#changeRole(ready.ss);
      this.send(ready.messages);
      this.reads.confirm(ready.readStates);
      if (ready.snapshot !== undefined) {
        this.#install(ready);
        break;
      }
      this.tellEntries(ready.entries);
      const light = this.#persist(ready);
      this.#apply(ready.committedEntries);
      this.#apply(light);
      this.reads.dropUnlessLeader();
      this.tellRaftEvents();
    }
    this.#generateIfWanted();
    this.tellRaftEvents();
  }

  // ---- snapshots ---------------------------------------------------------------------------------------------

  #install(ready: Ready): void {
    const at = beginInstall(this.place(), ready);
    this.tellEntries(ready.entries);
    this.compacted = [];
    this.storage.snapshotMade(null);
    this.raw.advanceAppendAsync(ready);
    this.#installStep(at);
    this.reads.dropUnlessLeader();
  }

  #clearLog(at: Installing): void {
    const next = clearLog(this.place(), at);
    const { term, vote } = this.storage.hardState;
    const { write } = next;
    const region = this.regionId;
    if (at.before !== null)
      this.options.sink.emit({ type: 'raftstore/hard-state-written', region, write, term, vote });
    this.#installStep(next);
  }

  #installStep(at: Installing): void {
    this.installation = at;
    const { stage, index, write } = at;
    this.options.sink.emit({
      type: 'raftstore/snapshot-installing',
      region: this.regionId,
      stage,
      index,
      write,
    });
  }

  /** The data are there. Only now Raft and the leader learn of it. */
  #endInstall(at: Installing): void {
    const { number, index, term, messages, before } = at;
    this.installation = null;
    this.applier.measure();
    if (before === null) this.tellStart();
    this.options.sink.emit({
      type: 'raftstore/snapshot-installed',
      region: this.regionId,
      to: this.region,
      index,
      term,
      state: this.stats.digest,
    });
    if (number > 0) {
      this.raw.onPersistReady(number);
      this.raw.advanceApplyTo(index);
      this.send(messages);
    }
    this.handleReady();
  }

  /** Raft wants a snapshot: it takes a while to make one, and Raft asks again. */
  #generateIfWanted(): void {
    const to = this.storage.takeWanted();
    if (to === null) return;
    const { sink, settings } = this.options;
    const rate = settings['server.snap-io-max-bytes-per-sec'];
    const microseconds = Math.max(1, Math.ceil((this.stats.bytes * 1_000_000) / rate));
    const region = this.regionId;
    sink.emit({ type: 'raftstore/snapshot-generating', region, to, microseconds });
    sink.timer(`${SNAPSHOT_TIMER}${region}/${to}`, sink.now + microseconds);
  }

  /** The time is over: the snapshot is of the newest applied state. */
  generateSnapshot(to: PeerId): void {
    if (!this.storage.generating) return;
    if (!this.isLeader || this.waits) return this.storage.snapshotMade(null);
    const { region } = this;
    const { appliedIndex: index, commitTerm: term } = this.storage.applyState;
    const content = collectData(this.options.engines.kv, region);
    const data = encodeSnapshotData(content);
    const metadata = { confState: confStateOf(region), index, term };
    this.storage.snapshotMade({ data, metadata });
    this.options.sink.emit({
      type: 'raftstore/snapshot-generated',
      region: this.regionId,
      to,
      index,
      term,
      keys: content.pairs.length,
      bytes: data.length,
    });
  }

  /** What the transport says of a snapshot that was sent to that store. */
  reportSnapshot(storeId: StoreId, ok: boolean): void {
    const peer = peerOn(this.region, storeId);
    if (peer === undefined) return;
    this.raw.reportSnapshot(peer.id, ok ? 'Finish' : 'Failure');
    this.handleReady();
  }

  #changeRole(soft: SoftState): void {
    const led = this.isLeader;
    this.soft = soft;
    this.refuse(this.epochChecker.leave(this.term), { type: 'StaleCommand' });
    if (led === this.isLeader) return;
    // A new leader's first commits are told at once: the entries before it wait for its own.
    this.urgentIndex = this.isLeader ? this.raw.raft.log.lastIndex() : null;
    this.raw.setSkipBcastCommit(!this.isLeader);
    // Good for nothing until an entry of its own term is applied.
    if (this.isLeader) this.reads.renewLease(this.options.sink.now);
    else this.reads.expireLease();
  }

  /** A Ready with entries, a vote or a term has to be durable before anything builds on it. A commit index alone need
   * not be, and one that writes nothing is durable with what was written before it. Returns what can be applied on top
   * of the Ready's own entries. */
  #persist(ready: Ready): readonly Entry[] {
    const { entries, hs, mustSync } = ready;
    const kept = this.storage.hardState;
    const writes = entries.length > 0 || hs !== undefined;
    const write = writes ? this.storage.write(entries, hs, mustSync) : 0;
    if (hs !== undefined && (hs.term !== kept.term || hs.vote !== kept.vote))
      this.options.sink.emit({
        type: 'raftstore/hard-state-written',
        region: this.regionId,
        write,
        term: hs.term,
        vote: hs.vote,
      });
    const before = this.unpersisted.at(-1);
    if (mustSync && write > 0) {
      const end = entries.at(-1);
      const last = end === undefined ? null : { index: end.index, term: end.term };
      const messages = [...ready.persistedMessages];
      this.unpersisted.push({ number: ready.number, write, last, messages });
      this.raw.advanceAppendAsync(ready);
    } else if (before !== undefined) {
      before.number = ready.number;
      before.messages.push(...ready.persistedMessages);
      this.raw.advanceAppendAsync(ready);
    } else {
      this.send(ready.persistedMessages);
      const light = this.raw.advanceAppend(ready);
      this.send(light.messages);
      return light.committedEntries;
    }
    return [];
  }

  #apply(entries: readonly Entry[]): void {
    if (this.changing !== null) return void this.changing.rest.push(...entries);
    if (entries.length === 0) return this.reads.serve();
    const { results } = this.options;
    const before = this.region;
    const outcomes = this.applier.apply(entries);
    // From its commit to its end a split renews no lease: the new Regions may soon have leaders elsewhere.
    const splits = outcomes.at(-1)?.exec?.type === 'region-split';
    for (const [i, { error, exec }] of outcomes.entries()) {
      const entry = entries[i] as Entry;
      const { own, stale } = this.proposals.take(entry);
      for (const { tag } of stale)
        if (tag !== 0) results.push({ type: 'refused', tag, error: { type: 'StaleCommand' } });
      if (exec?.type === 'log-compacted') this.compacted.push(exec);
      else if (exec !== undefined)
        this.changing = { entry, exec, before, rest: entries.slice(i + 1) };
      if (own === null) continue;
      if (entry.term === this.term && !splits) this.reads.renewLease(own.at);
      if (own.tag === 0) continue;
      results.push(
        error === null
          ? { type: 'applied', tag: own.tag }
          : { type: 'refused', tag: own.tag, error },
      );
    }
    if (this.changing === null) this.#tellApplied();
  }

  /** Raft learns how far the state machine has come. */
  #tellApplied(): void {
    this.raw.advanceApplyTo(this.applied);
    this.refuse(this.epochChecker.applied(this.applied), this.epochNotMatch());
    if (this.urgentIndex !== null && this.applied >= this.urgentIndex) {
      this.urgentIndex = null;
      this.raw.setSkipBcastCommit(true);
    }
    this.reads.serve();
  }

  /** A membership change or a split is on the disk: now it counts. */
  #endChange(): void {
    if (this.changing === null) return;
    const { changing } = this;
    this.changing = null;
    if (changing.exec.type === 'region-split') this.#endSplit(changing, changing.exec);
    else this.#endPeerChange(changing, changing.exec);
    if (this.fate !== null) return this.touch();
    this.#tellApplied();
    this.#apply(changing.rest);
    this.handleReady();
  }

  #endPeerChange({ entry }: Changing, { changes }: ExecOf<'peers-changed'>): void {
    this.options.sink.emit({
      type: 'raftstore/region-changed',
      region: this.regionId,
      index: entry.index,
      to: this.options.engines.region(this.regionId),
    });
    this.raw.applyConfChange(decodeConfChange(entry));
    const me = this.peer(this.peerId);
    if (me === undefined) this.fate = 'removed';
    else if (me.role === 'Learner' && this.isLeader) becomeFollower(this.raw.raft, this.term, 0);
    // A new peer is made by a first heartbeat: no need to let it wait.
    else if (this.isLeader && changes.some(({ type }) => type !== 'RemoveNode')) this.raw.ping();
  }

  #endSplit({ entry, before }: Changing, { regions, skipped }: ExecOf<'region-split'>): void {
    const { sink, splits } = this.options;
    const region = this.regionId;
    sink.emit({
      type: 'raftstore/region-split',
      region,
      index: entry.index,
      from: before,
      regions,
      skipped,
    });
    splits.push({ parent: region, regions, skipped, leads: this.isLeader });
    this.touch();
  }
}
