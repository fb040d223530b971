// A group of Raft peers in bad weather, from a seed: messages lost, doubled and reordered, power cuts between a write
// and its sync, slow disks, snapshots, membership changes, transfers and reads. For tests only.

import { below, luck, newChance, pick, type Chance } from '../base/chance.ts';
import { newHash, hashDigits, hashPlain, type Hash } from '../base/hash.ts';
import { clonePlain, deepFreeze } from '../base/plain.ts';
import { decodeConfChange, type ConfChangeSingle } from '../tikv/raft/conf-change.ts';
import type { Config } from '../tikv/raft/config.ts';
import { isConfChange, type Entry } from '../tikv/raft/entry.ts';
import { RaftError } from '../tikv/raft/error.ts';
import type { ConfState, Message, Snapshot } from '../tikv/raft/message.ts';
import { loadRawNode, newRawNode, type RawNode, type Ready } from '../tikv/raft/raw-node.ts';
import { newMemStorage, type MemStorage } from '../tikv/raft/storage.ts';
import { RaftJudge, type Disk } from './raft-judge.ts';
import { conf } from './raft-network.ts';

export interface Weather {
  readonly seed: number;
  readonly steps: number;
  readonly voters?: number;
  /** Nodes beyond the voters, for membership changes. */
  readonly spares?: number;
  readonly config?: Partial<Config>;
  readonly broken?: readonly string[];
  /** Chances in a million, a step. */
  readonly crash?: number;
  readonly lose?: number;
  readonly double?: number;
  readonly partition?: number;
  readonly membership?: number;
  readonly transfer?: number;
  /** How often a node is saved and loaded again. */
  readonly reload?: number;
}

/** As in TiKV, a group begins behind an entry that nobody has: who joins later needs a snapshot. */
const START = { index: 5, term: 5 };

interface Write {
  readonly ready: Ready;
  readonly synced: boolean;
}

interface Peer {
  readonly id: number;
  readonly chance: Chance;
  readonly disk: Disk;
  store: MemStorage;
  raw: RawNode;
  /** Given to the disk and not there yet. */
  writes: Write[];
  /** Taken for done and not on the disk. */
  unsynced: Ready[];
  /** A snapshot is on its way to the disk: until it is there, nothing else is handled. */
  restoring: boolean;
  /** The state machine, which is durable at once. */
  applied: number;
  confState: ConfState;
}

/** A store whose log begins after `start`. */
function startedStore(confState: ConfState, start: Disk['start']): MemStorage {
  return start.index === 0
    ? newMemStorage(confState)
    : newMemStorage({ data: '', metadata: { confState, ...start } });
}

export class RaftStorm {
  readonly #weather: Required<Omit<Weather, 'config' | 'broken'>> & Weather;
  readonly #chance: Chance;
  /** Its own, so that reloading leaves the weather as it is. */
  readonly #reloads: Chance;
  readonly #peers = new Map<number, Peer>();
  readonly #disks = new Map<number, Disk>();
  readonly judge: RaftJudge;
  readonly #hash: Hash = newHash();
  #network: Message[] = [];
  /** `from>to` */
  #cut = new Set<string>();
  #proposals = 0;
  #reads = 0;

  constructor(weather: Weather) {
    this.#weather = {
      voters: 3,
      spares: 1,
      crash: 3000,
      lose: 30_000,
      double: 20_000,
      partition: 2000,
      membership: 2000,
      transfer: 2000,
      reload: 0,
      ...weather,
    };
    const { seed, voters, spares } = this.#weather;
    this.judge = new RaftJudge(START, weather.broken?.includes('mut:D5'));
    this.#chance = newChance(seed, 'storm');
    this.#reloads = newChance(seed, 'reloads');
    const ids = Array.from({ length: voters }, (_, i) => i + 1);
    for (let id = 1; id <= voters + spares; id++) this.#add(id, id <= voters ? conf(ids) : null);
  }

  /** A voter from the beginning, or one that knows nothing yet. */
  #add(id: number, members: ConfState | null): void {
    const start = members === null ? { index: 0, term: 0 } : START;
    const { index: commit, term } = start;
    const confState = members ?? conf([]);
    const disk: Disk = { hardState: { term, vote: 0, commit }, start, entries: [] };
    this.#disks.set(id, disk);
    const chance = newChance(this.#weather.seed, `node ${id}`);
    const store = startedStore(confState, start);
    store.setHardState(disk.hardState);
    const raw = newRawNode(this.#config(id, chance, commit), store);
    const rest = { writes: [], unsynced: [], restoring: false, applied: commit, confState };
    this.#peers.set(id, { id, chance, disk, store, raw, ...rest });
  }

  #config(id: number, chance: Chance, applied: number): Config {
    return {
      electionTick: 6,
      heartbeatTick: 2,
      checkQuorum: true,
      preVote: true,
      maxInflightMsgs: 4,
      maxSizePerMsg: 40,
      maxCommittedSizePerReady: 60,
      ...this.#weather.config,
      random: (n) => below(chance, n),
      broken: this.#weather.broken ?? [],
      id,
      applied,
    };
  }

  /** Plays the whole storm; returns the fingerprint of all that was said. Throws what the judge finds. */
  run(): string {
    for (let n = 0; n < this.#weather.steps; n++) this.#step();
    return hashDigits(this.#hash);
  }

  get committed(): number {
    return this.judge.maxCommitted;
  }

  #step(): void {
    const { crash, partition, membership, transfer } = this.#weather;
    const chance = this.#chance;
    const peer = pick(chance, [...this.#peers.values()]);
    if (luck(chance, crash)) return this.#crash(peer);
    if (luck(chance, partition)) return this.#partition();
    if (luck(chance, membership)) return this.#act(peer, () => this.#changeMembership(peer));
    if (luck(chance, transfer)) return this.#act(peer, () => this.#transfer(peer));
    const dice = below(chance, 100);
    if (dice < 45) return this.#deliver();
    if (dice < 65) return this.#disk(peer);
    if (dice < 85) return this.#act(peer, () => peer.raw.tick());
    if (dice < 93) return this.#act(peer, () => this.#propose(peer));
    if (dice < 96) return this.#act(peer, () => this.#read(peer));
    if (dice < 98) return this.#compact(peer);
    return this.#act(peer, () => this.#report(peer));
  }

  /** Something happens to a peer, and it does what follows from that. */
  #act(peer: Peer, act: () => void): void {
    this.#reload(peer);
    try {
      act();
    } catch (error) {
      if (!(error instanceof RaftError)) throw error;
    }
    this.#work(peer);
  }

  #work(peer: Peer): void {
    this.#look(peer);
    while (!peer.restoring && peer.raw.hasReady()) this.#handle(peer);
  }

  /** Every output goes into the fingerprint. */
  #look(peer: Peer): void {
    const events = peer.raw.takeEvents();
    hashPlain(this.#hash, events);
    this.judge.look(peer.raw, events, this.#disks);
  }

  #handle(peer: Peer): void {
    const ready = deepFreeze(peer.raw.ready());
    hashPlain(this.#hash, ready);
    for (const { requestCtx, index } of ready.readStates) this.judge.answered(requestCtx, index);
    this.#send(peer, ready.messages);
    if (ready.snapshot !== undefined) {
      this.judge.restored(peer.id, ready.snapshot);
      peer.store.applySnapshot(ready.snapshot);
      peer.restoring = true;
    }
    peer.store.append(ready.entries);
    if (ready.hs !== undefined) peer.store.setHardState(ready.hs);
    peer.writes.push({ ready, synced: ready.mustSync });
    peer.raw.advanceAppendAsync(ready);
    if (!peer.restoring) {
      this.#apply(peer, ready.committedEntries);
      peer.raw.advanceApply();
    }
    this.#look(peer);
    this.#finishUnsynced(peer);
  }

  #restoreMachine(peer: Peer, { metadata }: Snapshot): void {
    peer.applied = metadata.index;
    peer.confState = metadata.confState;
  }

  #apply(peer: Peer, entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.judge.apply(peer.id, entry, peer.applied);
      peer.applied = entry.index;
      if (isConfChange(entry)) this.#applyConfChange(peer, entry);
      peer.store.setApplied(entry.index);
    }
  }

  /** What cannot be applied is refused by every peer alike. */
  #applyConfChange(peer: Peer, entry: Entry): void {
    try {
      peer.confState = peer.raw.applyConfChange(decodeConfChange(entry));
      peer.store.setConfState(peer.confState);
    } catch (error) {
      if (!(error instanceof RaftError)) throw error;
    }
  }

  /** A write that nobody waits for is done as soon as those before it are. */
  #finishUnsynced(peer: Peer): void {
    while (peer.writes[0] !== undefined && !peer.writes[0].synced) {
      const { ready } = peer.writes.shift() as Write;
      peer.unsynced.push(ready);
      this.#persisted(peer, ready);
    }
  }

  /** The oldest write reaches the disk, and with it all that was not waited for. */
  #disk(peer: Peer): void {
    for (const ready of peer.unsynced) this.#store(peer, ready);
    peer.unsynced = [];
    const write = peer.writes.shift();
    if (write === undefined) return;
    this.#store(peer, write.ready);
    this.#persisted(peer, write.ready);
    this.#finishUnsynced(peer);
    this.#work(peer);
  }

  #persisted(peer: Peer, ready: Ready): void {
    this.#send(peer, ready.persistedMessages);
    peer.raw.onPersistReady(ready.number);
    if (ready.snapshot === undefined) return;
    this.#restoreMachine(peer, ready.snapshot);
    peer.raw.advanceApply();
    peer.restoring = false;
  }

  #store({ disk }: Peer, ready: Ready): void {
    if (ready.snapshot !== undefined) {
      const { index, term } = ready.snapshot.metadata;
      disk.start = { index, term };
      disk.entries = [];
    }
    const [head] = ready.entries;
    if (head !== undefined) {
      disk.entries.length = Math.max(0, head.index - disk.start.index - 1);
      disk.entries.push(...ready.entries.filter((e) => e.index > disk.start.index));
    }
    if (ready.hs !== undefined) disk.hardState = ready.hs;
  }

  #crash(peer: Peer): void {
    const { disk } = peer;
    peer.writes = [];
    peer.unsynced = [];
    peer.restoring = false;
    this.judge.crashed(peer.id, disk);
    peer.store = startedStore(peer.confState, disk.start);
    peer.store.append(disk.entries);
    peer.store.setApplied(peer.applied);
    // What was applied was committed: the state machine knows it even where the hard state does not yet.
    const commit = Math.max(disk.hardState.commit, peer.applied);
    peer.store.setHardState({ ...disk.hardState, commit });
    peer.raw = newRawNode(this.#config(peer.id, peer.chance, peer.applied), peer.store);
    this.#look(peer);
  }

  #reload(peer: Peer): void {
    if (!luck(this.#reloads, this.#weather.reload)) return;
    const saved = clonePlain(peer.raw.save());
    hashPlain(newHash(), saved);
    const config = this.#config(peer.id, peer.chance, peer.applied);
    peer.raw = loadRawNode(config, peer.store, deepFreeze(saved));
  }

  #send(peer: Peer, messages: readonly Message[]): void {
    for (const message of messages) {
      this.judge.sent(message, peer.disk);
      this.#network.push(message);
    }
  }

  #deliver(): void {
    const chance = this.#chance;
    const network = this.#network;
    if (network.length === 0) return;
    // Mostly in order, now and then from anywhere.
    const at = luck(chance, 800_000) ? 0 : below(chance, network.length);
    const message = network[at] as Message;
    const doubled = luck(chance, this.#weather.double);
    const lost = luck(chance, this.#weather.lose);
    if (!doubled) network.splice(at, 1);
    if (network.length > 300) network.splice(0, 100);
    const apart = this.#cut.has(`${message.from}>${message.to}`);
    const peer = this.#peers.get(message.to);
    if (lost || apart || peer === undefined) return;
    this.#act(peer, () => peer.raw.step(message));
  }

  /** All is well, or two groups are apart, or two nodes, or single links are cut, each way by itself. */
  #partition(): void {
    const chance = this.#chance;
    const ids = [...this.#peers.keys()];
    const links = ids.flatMap((from) => ids.map((to) => [from, to] as const));
    const kind = below(chance, 5);
    const pair = [pick(chance, ids), pick(chance, ids)];
    const side = new Set(ids.filter(() => luck(chance, 400_000)));
    const single = links.filter(() => luck(chance, 250_000));
    const apart = links.filter(([from, to]) => side.has(from) !== side.has(to));
    const between = links.filter(([from, to]) => pair.includes(from) && pair.includes(to));
    const cut = [[], [], apart, single, between][kind] as typeof links;
    this.#cut = new Set(cut.map(([from, to]) => `${from}>${to}`));
  }

  #propose(peer: Peer): void {
    peer.raw.propose('', `p${++this.#proposals}`);
  }

  #read(peer: Peer): void {
    const ctx = `r${++this.#reads}`;
    this.judge.asked(ctx);
    peer.raw.readIndex(ctx);
  }

  #transfer(peer: Peer): void {
    peer.raw.transferLeader(pick(this.#chance, [...this.#peers.keys()]));
  }

  #changeMembership(peer: Peer): void {
    const chance = this.#chance;
    const one = (): ConfChangeSingle => ({
      type: pick(chance, ['AddNode', 'RemoveNode', 'AddLearnerNode'] as const),
      nodeId: pick(chance, [...this.#peers.keys()]),
    });
    const dice = below(chance, 10);
    if (peer.raw.raft.tracker.isJoint() && dice < 5)
      return peer.raw.proposeConfChange('', { transition: 'Auto', changes: [] });
    if (dice < 5) return peer.raw.proposeConfChange('', { v1: one() });
    const transition = pick(chance, ['Auto', 'Implicit', 'Explicit'] as const);
    const changes = Array.from({ length: 2 + below(chance, 2) }, one);
    return peer.raw.proposeConfChange('', { transition, changes });
  }

  #compact(peer: Peer): void {
    const { applied, store, disk } = peer;
    const to = Math.min(applied, store.firstIndex() + below(this.#chance, 8));
    // Only what is applied and on disk goes.
    if (to <= store.firstIndex() || to > disk.start.index + disk.entries.length) return;
    if (peer.writes.length > 0 || peer.unsynced.length > 0) return;
    store.compact(to);
    const gone = to - 1 - disk.start.index;
    const term = disk.entries[gone - 1]?.term ?? disk.start.term;
    disk.start = { index: to - 1, term };
    disk.entries.splice(0, gone);
  }

  #report(peer: Peer): void {
    const other = pick(this.#chance, [...this.#peers.keys()]);
    const dice = below(this.#chance, 4);
    if (dice === 0) peer.raw.reportUnreachable(other);
    else if (dice === 1) peer.raw.reportSnapshot(other, 'Finish');
    else if (dice === 2) peer.raw.reportSnapshot(other, 'Failure');
    else peer.raw.requestSnapshot();
  }
}
