// What is asked of a leader besides reading and writing, with the checks that TiKV makes before it proposes: giving up the
// beginning of the log, handing over leadership, changing the membership.
// (TiKV: raftstore/src/store/fsm/peer.rs on_raft_gc_log_tick, peer.rs pre_transfer_leader, check_conf_change)

import type { Plain } from '../../base/plain.ts';
import type { Settings } from '../config.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { PeerId, RegionId, StoreId } from '../ids.ts';
import { newMessage, type Message } from '../raft/message.ts';
import type { RawNode } from '../raft/raw-node.ts';
import {
  adminWords,
  type AdminCommand,
  type PeerChange,
  type WantedChange,
  type WantedSplit,
} from './admin-command.ts';
import type { DataStats } from './apply.ts';
import { changeProblem, changesOf } from './change-peer.ts';
import { epochNeeds, type CmdEpochChecker } from './cmd-epoch-checker.ts';
import { encodeCommand } from './command.ts';
import type { Engines } from './engines.ts';
import type { PeerSink, SplitAsk } from './peer-parts.ts';
import type { PeerStorage } from './peer-storage.ts';
import { peerOn, type Peer, type Region, type RegionEpoch } from './region.ts';
import { confVerCurrent, epochCurrent, transferReady } from './rules.ts';
import { checkSplit, halfKey, splitLimits } from './split-check.ts';
import { validSplitKeys, type NewRegionIds } from './split.ts';

type Place = { readonly index: number; readonly term: number } | null;

/** What this file needs of its peer. */
export interface AdministeredPeer {
  readonly raw: RawNode;
  readonly storage: PeerStorage;
  readonly region: Region;
  readonly regionId: RegionId;
  readonly me: Peer;
  readonly peerId: PeerId;
  readonly leader: Peer | null;
  readonly term: number;
  readonly applied: number;
  readonly isLeader: boolean;
  readonly installing: boolean;
  readonly appliedOwnTerm: boolean;
  readonly logBytes: number;
  readonly stats: Readonly<DataStats>;
  readonly epochChecker: CmdEpochChecker;
  propose(data: Bytes, tag: number): Place;
  proposeChange(changes: readonly PeerChange[], context: Bytes): Place;
  handleReady(): void;
  say(message: Message): void;
}

interface Saved {
  readonly skippedTicks: number;
}

interface AdminOptions {
  readonly sink: PeerSink;
  readonly settings: Settings;
  readonly engines: Engines;
  readonly splitAsks: SplitAsk[];
}

export class PeerAdmin {
  readonly #peer: AdministeredPeer;
  readonly #sink: PeerSink;
  readonly #settings: Settings;
  readonly #engines: Engines;
  readonly #splitAsks: SplitAsk[];
  /** Looks at the log that found too little to give up. */
  #skippedTicks: number;

  constructor(peer: AdministeredPeer, of: AdminOptions, saved?: Plain) {
    this.#peer = peer;
    this.#sink = of.sink;
    this.#settings = of.settings;
    this.#engines = of.engines;
    this.#splitAsks = of.splitAsks;
    this.#skippedTicks = (saved as unknown as Saved | undefined)?.skippedTicks ?? 0;
  }

  // ---- the log -----------------------------------------------------------------------------------------------

  /** By the thresholds: not before the slowest peer has it, dead ones too, unless the log has become too long. */
  collectLog(): void {
    if (!this.#peer.isLeader || this.#peer.installing) return;
    const index = this.#dueIndex();
    if (index === null) return;
    this.#skippedTicks = 0;
    this.#proposeCompaction(index);
  }

  /** Null: nothing is to be given up now. */
  #dueIndex(): number | null {
    const { storage, raw, applied } = this.#peer;
    const first = storage.firstIndex();
    const last = raw.raft.log.lastIndex();
    const replicated = this.#replicatedIndex();
    let index = replicated;
    if (applied - first >= this.#settings['raftstore.raft-log-gc-count-limit'] || this.#isLarge()) {
      index = Math.max(first + Math.floor((last - first) / 2), replicated);
    } else {
      if (replicated < first || last - first < 3) return null;
      const few = replicated - first < this.#settings['raftstore.raft-log-gc-threshold'];
      if (few && this.#skippedTicks < this.#settings['raftstore.raft-log-reserve-max-ticks']) {
        this.#skippedTicks += 1;
        return null;
      }
    }
    const compactIndex = Math.min(index, raw.raft.log.persisted) - 1;
    return compactIndex < first ? null : compactIndex;
  }

  /** What the slowest peer is known to have. */
  #replicatedIndex(): number {
    const { raft } = this.#peer.raw;
    let least = raft.log.lastIndex();
    for (const { matched } of raft.tracker.peers) least = Math.min(least, matched);
    return least;
  }

  #isLarge(): boolean {
    const limit = this.#settings['raftstore.raft-log-gc-size-limit'];
    return this.#peer.logBytes >= limit;
  }

  /** By hand: up to and including `index`; null: as far as everybody has it. Null, or why not. */
  compact(index: number | null): string | null {
    const { storage, raw, applied } = this.#peer;
    const first = storage.firstIndex();
    const wanted = index ?? Math.min(this.#replicatedIndex(), applied) - 1;
    if (wanted < first)
      return index === null
        ? `every entry from ${first} on is still needed by somebody`
        : `the log begins at entry ${first}`;
    if (wanted >= Math.min(applied, raw.raft.log.persisted))
      return `only entries below ${Math.min(applied, raw.raft.log.persisted)}, the last one applied, can be given up`;
    return this.#proposeCompaction(wanted);
  }

  #proposeCompaction(compactIndex: number): string | null {
    const compactTerm = this.#peer.storage.term(compactIndex);
    const admin: AdminCommand = { type: 'compact-log', compactIndex, compactTerm };
    return this.#propose(admin);
  }

  /** Null, or why not. */
  #propose(admin: AdminCommand): string | null {
    const peer = this.#peer;
    const conflict = peer.epochChecker.conflict(epochNeeds(admin.type), peer.term);
    if (conflict !== null)
      return `the Region will be another one when entry ${conflict} is applied`;
    const data = encodeCommand({ epoch: peer.region.epoch, ops: [], admin });
    const place =
      admin.type === 'change-peer'
        ? peer.proposeChange(admin.changes, data)
        : peer.propose(data, 0);
    if (place === null) return 'Raft takes no proposal now';
    peer.epochChecker.proposed(admin.type, place.index, place.term);
    this.#sink.emit({
      type: 'raftstore/admin-proposed',
      region: peer.regionId,
      ...place,
      command: admin.type,
      detail: adminWords(admin),
    });
    peer.handleReady();
    return null;
  }

  // ---- membership --------------------------------------------------------------------------------------------

  /** Null, or why not. `ids` are for new peers. */
  changePeers(wanted: readonly WantedChange[], ids: readonly number[]): string | null {
    const { region, raw } = this.#peer;
    const { raft } = raw;
    if (raft.pendingConfIndex > raft.log.applied)
      return `the membership change in entry ${raft.pendingConfIndex} is not applied yet`;
    const changes = changesOf(region, wanted, ids);
    return typeof changes === 'string' ? changes : this.#checkChanges(changes);
  }

  /** PD's changes name the peers; they hold for the epoch of which PD speaks. Null, or why not. */
  changePeersAt(changes: readonly PeerChange[], epoch: RegionEpoch): string | null {
    if (!confVerCurrent(epoch, this.#peer.region.epoch).holds)
      return `the Region is in conf_ver ${this.#peer.region.epoch.confVer}, not ${epoch.confVer}`;
    return this.#checkChanges(changes);
  }

  #checkChanges(changes: readonly PeerChange[]): string | null {
    const peer = this.#peer;
    const { region, raw } = peer;
    const { raft } = raw;
    if (!peer.appliedOwnTerm) return 'the leader has applied no entry of its own term yet';
    if (raft.pendingConfIndex > raft.log.applied)
      return `the membership change in entry ${raft.pendingConfIndex} is not applied yet`;
    const leader = peer.me.storeId;
    const firstIndex = peer.storage.firstIndex();
    const { tracker } = raft;
    const problem = changeProblem({ region, leader, changes, tracker, firstIndex });
    if (problem !== null) return problem;
    return this.#propose({ type: 'change-peer', changes });
  }

  // ---- splits ------------------------------------------------------------------------------------------------

  /** By size and by keys. (fsm/peer.rs on_split_region_check_tick) */
  checkSplit(): void {
    const { isLeader, installing, region, stats } = this.#peer;
    const limits = splitLimits(this.#settings);
    const { bytes: size, versions: count } = stats;
    if (!isLeader || installing || (size < limits.maxSize && count < limits.maxKeys)) return;
    const found = checkSplit(this.#engines.kv, region, { limits, size, count });
    if (found !== null) this.#askSplit(found.keys, found.why);
  }

  /** Where somebody wants it, or in the middle. Null, or why not. */
  wantSplit({ policy, keys }: WantedSplit): string | null {
    if (policy === 'usekey') return this.#askSplit(keys, 'command');
    const maxSize = this.#settings['coprocessor.region-max-size'];
    const half = halfKey(this.#engines.kv, this.#peer.region, maxSize);
    return half === null ? 'the Region holds no data' : this.#askSplit([half], 'half');
  }

  /** New Regions need ids that nobody ever had: PD gives them. (fsm/peer.rs on_prepare_split_region) */
  #askSplit(wanted: readonly Bytes[], why: 'size' | 'keys' | 'half' | 'command'): string | null {
    const { region, regionId, stats, isLeader } = this.#peer;
    if (!isLeader) return 'it does not lead the Region';
    const keys = validSplitKeys(region, wanted);
    if (keys.length === 0) return 'no such key lies inside the Region, in order';
    if (this.#splitAsks.some((ask) => ask.region.id === regionId)) return null;
    this.#splitAsks.push({ region, keys });
    const { bytes: size, versions: count } = stats;
    this.#sink.emit({
      type: 'raftstore/split-asked',
      region: regionId,
      keys,
      why,
      size,
      count,
    });
    return null;
  }

  /** PD has given the ids. Null, or why not. */
  split({ region: asked, keys }: SplitAsk, ids: readonly NewRegionIds[]): string | null {
    const { region, appliedOwnTerm } = this.#peer;
    if (!appliedOwnTerm) return 'the leader has applied no entry of its own term yet';
    const { epoch } = asked;
    if (!epochCurrent(epoch, region.epoch).holds || !confVerCurrent(epoch, region.epoch).holds)
      return 'the Region has changed in the meantime';
    const rightDerive = this.#settings['raftstore.right-derive-when-split'];
    const requests = ids.map(({ regionId, peerIds }, i) => ({
      splitKey: keys[i] as Bytes,
      newRegionId: regionId,
      newPeerIds: peerIds,
    }));
    return this.#propose({ type: 'batch-split', requests, rightDerive });
  }

  // ---- leadership --------------------------------------------------------------------------------------------

  /** The leader asks the one that is to lead how far it has come. Null, or why not. */
  transferLeader(to: StoreId): string | null {
    const peer = this.#peer;
    // A peer that waits for its kv engine takes no Ready: Raft may know of a new term already.
    if (peer.raw.raft.role !== 'Leader') return 'it does not lead the Region any more';
    const target = peerOn(peer.region, to);
    if (target === undefined) return `S${to} has no peer of the Region`;
    if (target.id === peer.peerId) return `S${to} leads already`;
    if (target.role === 'Learner') return `S${to} has a learner, which cannot lead`;
    const asked = newMessage('MsgTransferLeader', target.id);
    asked.from = peer.peerId;
    asked.term = peer.term;
    peer.say(asked);
    return null;
  }

  /** MsgTransferLeader between stores is a question of the leader, or its answer; Raft itself sees none of them. */
  onTransferMessage(message: Message): void {
    const peer = this.#peer;
    if (message.term !== peer.term) return;
    if (!peer.isLeader) return this.#answerTransfer(message);
    const { raft } = peer.raw;
    const snapshots = raft.tracker.peers.filter(({ state }) => state === 'Snapshot').length;
    const verdict = transferReady({
      voter: raft.tracker.isVoter(message.from),
      snapshots,
      pendingConf: raft.pendingConfIndex,
      index: message.index,
      lastIndex: raft.log.lastIndex(),
      maxLag: this.#settings['raftstore.leader-transfer-max-log-lag'],
    });
    if (verdict.holds) peer.raw.transferLeader(message.from);
    else
      this.#sink.emit({
        type: 'raftstore/admin-refused',
        region: peer.regionId,
        command: 'transfer-leader',
        reason: transferWords(verdict.facts),
      });
    peer.handleReady();
  }

  #answerTransfer(asked: Message): void {
    const peer = this.#peer;
    if (peer.installing || asked.from !== peer.leader?.id) return;
    const answer = newMessage('MsgTransferLeader', asked.from);
    answer.from = peer.peerId;
    answer.term = peer.term;
    answer.index = peer.applied;
    peer.say(answer);
  }

  save(): Plain {
    return { skippedTicks: this.#skippedTicks } satisfies Saved;
  }
}

function transferWords(facts: Readonly<Record<string, number | string | boolean>>): string {
  if (facts['voter'] === false) return 'it does not vote';
  if (facts['snapshots'] !== 0) return 'a snapshot is under way';
  if (Number(facts['pendingConf']) > Number(facts['index']))
    return `it has not applied the membership change in entry ${facts['pendingConf']}`;
  return `it has applied only entry ${facts['index']} of ${facts['lastIndex']}`;
}
