// Raft peers on a bench: a store and a host each, and a network that drops what a test says. For tests only.

import { bytesOf } from '../base/bytes.ts';
import { deepFreeze } from '../base/plain.ts';
import { decodeConfChange, type ConfChange } from '../tikv/raft/conf-change.ts';
import type { Config } from '../tikv/raft/config.ts';
import { isConfChange, NO_LIMIT, type Entry } from '../tikv/raft/entry.ts';
import { RaftError, type RaftErrorKind } from '../tikv/raft/error.ts';
import type { RaftEvent } from '../tikv/raft/event.ts';
import type {
  ConfState,
  HardState,
  Message,
  MessageType,
  ReadState,
  Snapshot,
} from '../tikv/raft/message.ts';
import { newRawNode, type RawNode } from '../tikv/raft/raw-node.ts';
import type { Progress } from '../tikv/raft/status.ts';
import { newMemStorage, type MemStorage } from '../tikv/raft/storage.ts';

export interface BenchOptions extends Partial<Omit<Config, 'id'>> {
  readonly voters?: readonly number[];
  readonly learners?: readonly number[];
  readonly votersOutgoing?: readonly number[];
  readonly learnersNext?: readonly number[];
  readonly autoLeave?: boolean;
  /** The terms of entries 1, 2, … that are in the store already. */
  readonly log?: readonly number[];
  readonly term?: number;
  readonly vote?: number;
  readonly commit?: number;
  readonly snapshot?: Snapshot;
}

export const conf = (voters: readonly number[], rest: Partial<ConfState> = {}): ConfState => ({
  voters,
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
  ...rest,
});

export const entry = (term: number, index: number, text = ''): Entry => ({
  entryType: 'EntryNormal',
  term,
  index,
  data: bytesOf(text),
});

/** Entries with these terms, from `first` on. */
export const entries = (terms: readonly number[], first = 1): Entry[] =>
  terms.map((term, i) => entry(term, first + i));

export const snapshotAt = (
  index: number,
  term: number,
  voters: readonly number[],
  rest: Partial<ConfState> = {},
): Snapshot => ({ data: '', metadata: { confState: conf(voters, rest), index, term } });

export const message = (msgType: MessageType, fields: Partial<Message>): Message => ({
  msgType,
  to: 1,
  from: 2,
  term: 0,
  logTerm: 0,
  index: 0,
  entries: [],
  commit: 0,
  ...fields,
});

/** What a RaftError says, or 'ok'. Anything else thrown goes on. */
export function outcome(act: () => void): RaftErrorKind | 'ok' {
  try {
    act();
    return 'ok';
  } catch (error) {
    if (error instanceof RaftError) return error.kind;
    throw error;
  }
}

/** A peer with its store; it handles its own Readys when asked. */
export class BenchNode {
  readonly id: number;
  readonly store: MemStorage;
  readonly options: BenchOptions;
  raw: RawNode;
  applied: Entry[] = [];
  readStates: ReadState[] = [];
  events: RaftEvent[] = [];

  constructor(id: number, options: BenchOptions = {}) {
    this.id = id;
    this.options = options;
    const { voters = [1, 2, 3], learners, votersOutgoing, learnersNext, autoLeave } = options;
    const rest: Partial<ConfState> = {
      learners: learners ?? [],
      votersOutgoing: votersOutgoing ?? [],
      learnersNext: learnersNext ?? [],
      autoLeave: autoLeave ?? false,
    };
    this.store = newMemStorage(options.snapshot ?? conf(voters, rest));
    const { log = [], term, vote = 0, commit = 0 } = options;
    this.store.append(entries(log, this.store.firstIndex()));
    if (term !== undefined || vote !== 0 || commit !== 0)
      this.store.setHardState({ term: term ?? log.at(-1) ?? 0, vote, commit });
    this.raw = this.#start(options.applied ?? this.store.firstIndex() - 1);
  }

  #start(applied: number): RawNode {
    const { voters, learners, log, term, vote, commit, snapshot, ...config } = this.options;
    void [voters, learners, log, term, vote, commit, snapshot];
    return newRawNode(
      {
        electionTick: 10,
        heartbeatTick: 1,
        maxSizePerMsg: NO_LIMIT,
        random: () => 0,
        ...config,
        applied,
        id: this.id,
      },
      this.store,
    );
  }

  /** Dies and comes back with what its store holds and how far it had applied. */
  restart(applied = this.raw.status().applied): void {
    this.raw = this.#start(applied);
  }

  get role() {
    return this.raw.raft.role;
  }
  get term() {
    return this.raw.raft.term;
  }
  get vote() {
    return this.raw.raft.vote;
  }
  get leader() {
    return this.raw.raft.leaderId;
  }
  get committed() {
    return this.raw.raft.log.committed;
  }
  get lastIndex() {
    return this.raw.raft.log.lastIndex();
  }
  get hardState(): HardState {
    return this.store.initialState().hardState;
  }

  /** The terms of the whole log. */
  get terms(): number[] {
    const { log } = this.raw.raft;
    const found: number[] = [];
    for (let i = log.firstIndex(); i <= log.lastIndex(); i++) found.push(log.term(i));
    return found;
  }

  /** The whole log. */
  get log(): readonly Entry[] {
    const { log } = this.raw.raft;
    return log.slice(log.firstIndex(), log.lastIndex() + 1) ?? [];
  }

  /** Texts of what was applied; empty entries left out. */
  get appliedData(): string[] {
    return this.applied.filter((e) => !isConfChange(e) && e.data !== '').map((e) => e.data);
  }

  progress(id: number): Progress {
    const progress = this.raw.status().progress.get(id);
    if (progress === undefined) throw new Error(`${this.id} knows no progress of ${id}`);
    return progress;
  }

  /** Steps, and returns what the node has to say to that. */
  step(msg: Message): Message[] {
    this.raw.step(msg);
    return this.handle();
  }

  tick(times = 1): Message[] {
    const out: Message[] = [];
    for (let i = 0; i < times; i++) {
      this.raw.tick();
      out.push(...this.handle());
    }
    return out;
  }

  campaign(): Message[] {
    this.raw.campaign();
    return this.handle();
  }

  propose(...texts: string[]): Message[] {
    for (const text of texts) this.raw.propose('', bytesOf(text));
    return this.handle();
  }

  /** Campaigns and is given every vote. */
  win(): Message[] {
    const requests = this.campaign();
    const { term } = this;
    const out: Message[] = [];
    for (const { to } of requests) {
      const grant = message('MsgRequestVoteResponse', { from: to, to: this.id, term });
      out.push(...this.step(grant));
    }
    return out;
  }

  /** An acknowledgement of `index` by `from`. */
  acknowledge(from: number, index: number): Message[] {
    const { term, id: to } = this;
    return this.step(message('MsgAppendResponse', { from, to, term, index }));
  }

  /** Handles every Ready: stores, applies, and returns all messages. */
  handle(): Message[] {
    const out: Message[] = [];
    while (this.raw.hasReady()) out.push(...this.handleOne());
    this.events.push(...this.raw.takeEvents());
    return out;
  }

  handleOne(): Message[] {
    const ready = deepFreeze(this.raw.ready());
    if (ready.snapshot !== undefined) {
      this.store.applySnapshot(ready.snapshot);
    }
    this.store.append(ready.entries);
    if (ready.hs !== undefined) this.store.setHardState(ready.hs);
    this.readStates.push(...ready.readStates);
    this.#apply(ready.committedEntries);
    const light = deepFreeze(this.raw.advance(ready));
    if (light.commitIndex !== undefined)
      this.store.setHardState({ ...this.hardState, commit: light.commitIndex });
    this.#apply(light.committedEntries);
    this.raw.advanceApply();
    return [...ready.messages, ...ready.persistedMessages, ...light.messages];
  }

  #apply(committed: readonly Entry[]): void {
    for (const one of committed) {
      this.applied.push(one);
      if (isConfChange(one))
        this.store.setConfState(this.raw.applyConfChange(decodeConfChange(one)));
      this.store.setApplied(one.index);
    }
  }
}

/** Nodes 1 … n and what lies between them. Everything settles at once unless a test says otherwise. */
export class Bench {
  readonly nodes = new Map<number, BenchNode>();
  readonly #cuts = new Set<string>();
  readonly #ignored = new Set<MessageType>();
  /** Messages delivered since the last clear, in order. */
  delivered: Message[] = [];
  /** A hook that may throw a message away. */
  filter: ((m: Message) => boolean) | null = null;

  constructor(nodes: readonly BenchNode[]) {
    for (const node of nodes) this.nodes.set(node.id, node);
  }

  node(id: number): BenchNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`there is no node ${id}`);
    return node;
  }

  add(node: BenchNode): BenchNode {
    this.nodes.set(node.id, node);
    return node;
  }

  cut(a: number, b: number): void {
    this.#cuts.add(`${a}>${b}`).add(`${b}>${a}`);
  }

  isolate(id: number): void {
    for (const other of this.nodes.keys()) if (other !== id) this.cut(id, other);
  }

  ignore(type: MessageType): void {
    this.#ignored.add(type);
  }

  recover(): void {
    this.#cuts.clear();
    this.#ignored.clear();
    this.filter = null;
  }

  /** Delivers these and all that follows from them. */
  send(messages: readonly Message[]): void {
    const queue = [...messages];
    for (let n = 0; n < queue.length; n++) {
      if (n > 100_000) throw new Error('does not settle');
      const next = queue[n] as Message;
      const target = this.nodes.get(next.to);
      if (target === undefined || this.#isLost(next)) continue;
      this.delivered.push(next);
      outcome(() => target.raw.step(deepFreeze(next)));
      queue.push(...target.handle());
    }
  }

  #isLost(m: Message): boolean {
    if (this.#cuts.has(`${m.from}>${m.to}`) || this.#ignored.has(m.msgType)) return true;
    return this.filter !== null && !this.filter(m);
  }

  /** Handles what every node has to do, until nothing moves. */
  settle(): void {
    for (;;) {
      const out = [...this.nodes.values()].flatMap((node) => node.handle());
      if (out.length === 0) return;
      this.send(out);
    }
  }

  campaign(id: number): void {
    this.node(id).raw.campaign();
    this.settle();
  }

  propose(id: number, ...texts: string[]): void {
    for (const text of texts) this.node(id).raw.propose('', bytesOf(text));
    this.settle();
  }

  changeConf(id: number, change: ConfChange): void {
    this.node(id).raw.proposeConfChange('', change);
    this.settle();
  }

  transfer(from: number, to: number): void {
    this.node(from).raw.transferLeader(to);
    this.settle();
  }

  readIndex(id: number, ctx: string): void {
    this.node(id).raw.readIndex(bytesOf(ctx));
    this.settle();
  }

  tick(id: number, times = 1): void {
    for (let i = 0; i < times; i++) {
      this.node(id).raw.tick();
      this.settle();
    }
  }

  tickAll(times = 1): void {
    for (let i = 0; i < times; i++) {
      for (const node of this.nodes.values()) node.raw.tick();
      this.settle();
    }
  }

  /** `"1:Leader@1 2:Follower@1"` */
  roles(): string {
    return [...this.nodes.values()].map((n) => `${n.id}:${n.role}@${n.term}`).join(' ');
  }
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** `n` fresh voters; options for all, and for each by id. */
export function cluster(
  n: number,
  options: BenchOptions = {},
  each: Readonly<Record<number, BenchOptions>> = {},
): Bench {
  const voters = options.voters ?? upTo(n);
  return new Bench(upTo(n).map((id) => new BenchNode(id, { ...options, voters, ...each[id] })));
}

/** Node 1 leads, all is settled: term 1, the empty entry at index 1 committed everywhere. */
export function led(n: number, options: BenchOptions = {}): Bench {
  const bench = cluster(n, options);
  bench.campaign(1);
  return bench;
}
