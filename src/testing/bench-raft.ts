// Our Raft core beside @coaty/consensus.raft (a TypeScript port of etcd's) in one run, on the same work: three peers, a
// fixed number of proposals in flight, each its own append, every message delivered in order, storage in memory.
// The other library is installed on demand, outside the project's lock file.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { must } from '../base/assert.ts';
import { NO_LIMIT } from '../tikv/raft/entry.ts';
import type { ConfState, Message } from '../tikv/raft/message.ts';
import { newRawNode } from '../tikv/raft/raw-node.ts';
import { newMemStorage } from '../tikv/raft/storage.ts';

const IN_FLIGHT = 64;
const PEERS = [1, 2, 3];
/** Both logs are cut back after this many entries, and keep this many. */
const COMPACT_EVERY = 2000;
const KEEP = 500;
/** Of each round, so that both take about as long; and how many rounds, of which the first few warm the engine up. */
const OUR_PROPOSALS = 100_000;
const THEIR_PROPOSALS = 15_000;
const ROUNDS = 11;
const WARMING = 2;

/** One peer of either library. */
interface Peer<M> {
  campaign(): void;
  propose(): void;
  /** Handles its Readys, all of them; gives `out` the batches of messages that leave. */
  drain(out: (readonly M[])[]): void;
  step(message: M): void;
  to(message: M): number;
  readonly committed: () => number;
}

interface Run {
  readonly proposals: number;
  readonly delivered: number;
  /** Of the processor: others use the machine too. */
  readonly seconds: number;
}

function measure<M>(peers: readonly Peer<M>[], proposals: number): Run {
  const leader = must(peers[0], 'three peers');
  let queue: (readonly M[])[] = [];
  let delivered = 0;
  const collect = (): void => {
    for (const peer of peers) peer.drain(queue);
  };
  const settle = (): void => {
    collect();
    while (queue.length > 0) {
      const batches = queue;
      queue = [];
      for (const batch of batches) {
        delivered += batch.length;
        for (const message of batch) peers[leader.to(message) - 1]?.step(message);
      }
      collect();
    }
  };
  leader.campaign();
  settle();
  const base = leader.committed();
  delivered = 0;
  const started = process.cpuUsage();
  for (let proposed = 0; proposed < proposals;) {
    while (proposed < proposals && proposed - (leader.committed() - base) < IN_FLIGHT) {
      leader.propose();
      proposed += 1;
    }
    settle();
  }
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  if (leader.committed() - base !== proposals) throw new Error('not every proposal was committed');
  return { proposals, delivered, seconds };
}

/** Nobody waits for a batch of nothing. */
function put<M>(out: (readonly M[])[], batch: readonly M[]): void {
  if (batch.length > 0) out.push(batch);
}

function ourPeer(id: number, trace = false): Peer<Message> {
  const confState: ConfState = {
    voters: PEERS,
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  const store = newMemStorage(confState);
  const node = newRawNode(
    {
      id,
      electionTick: 10,
      heartbeatTick: 2,
      maxSizePerMsg: NO_LIMIT,
      maxInflightMsgs: 256,
      trace,
      random: (n) => id % n,
    },
    store,
  );
  let committed = 0;
  let compacted = 0;
  const drain = (out: (readonly Message[])[]): void => {
    while (node.hasReady()) {
      const ready = node.ready();
      if (ready.entries.length > 0) store.append(ready.entries);
      if (ready.hs !== undefined) store.setHardState(ready.hs);
      put(out, ready.messages);
      put(out, ready.persistedMessages);
      committed += ready.committedEntries.length;
      const light = node.advance(ready);
      put(out, light.messages);
      committed += light.committedEntries.length;
    }
    node.takeEvents();
    if (committed - compacted > COMPACT_EVERY) {
      compacted = committed - KEEP;
      store.compact(compacted);
    }
  };
  return {
    campaign: () => node.campaign(),
    propose: () => node.propose('', 'sixteen bytes ok'),
    step: (message) => node.step(message),
    to: (message) => message.to,
    committed: () => committed,
    drain,
  };
}

/** The few names of the other library that the bench calls. */
interface Coaty {
  readonly rawnode: { RawNode: { NewRawNode(config: unknown): CoatyNode } };
  readonly raft: { RaftConfig: new (param: object) => unknown };
  readonly storage: { MemoryStorage: { NewMemoryStorage(): CoatyStorage } };
  readonly pb: { ConfState: new (param: object) => unknown };
  readonly logger: { discardLogger: unknown; setLogger(logger: unknown): void };
}

interface CoatyReady {
  readonly hardState: { isEmptyHardState(): boolean };
  readonly entries: readonly unknown[];
  readonly committedEntries: readonly unknown[];
  readonly messages: readonly CoatyMessage[];
}

interface CoatyMessage {
  readonly to: string;
}

interface CoatyNode {
  campaign(): unknown;
  propose(data: string): unknown;
  step(message: CoatyMessage): unknown;
  hasReady(): boolean;
  ready(): CoatyReady;
  advance(ready: CoatyReady): void;
}

interface CoatyStorage {
  snapshot: { metadata: { confState: unknown } };
  SetHardState(state: unknown): unknown;
  Append(entries: readonly unknown[]): unknown;
  Compact(index: number): unknown;
}

function coatyPeer(coaty: Coaty, id: number): Peer<CoatyMessage> {
  const storage = coaty.storage.MemoryStorage.NewMemoryStorage();
  storage.snapshot.metadata.confState = new coaty.pb.ConfState({ voters: PEERS.map(String) });
  const node = coaty.rawnode.RawNode.NewRawNode(
    new coaty.raft.RaftConfig({
      id: String(id),
      electionTick: 10,
      heartbeatTick: 2,
      storage,
      maxSizePerMsg: Number.MAX_SAFE_INTEGER,
      maxInflightMsgs: 256,
      logger: coaty.logger.discardLogger,
    }),
  );
  let committed = 0;
  let compacted = 0;
  const drain = (out: (readonly CoatyMessage[])[]): void => {
    while (node.hasReady()) {
      const ready = node.ready();
      if (ready.entries.length > 0) storage.Append(ready.entries);
      if (!ready.hardState.isEmptyHardState()) storage.SetHardState(ready.hardState);
      put(out, ready.messages);
      committed += ready.committedEntries.length;
      node.advance(ready);
    }
    if (committed - compacted > COMPACT_EVERY) {
      compacted = committed - KEEP;
      storage.Compact(compacted);
    }
  };
  return {
    campaign: () => void node.campaign(),
    propose: () => void node.propose('sixteen bytes ok'),
    step: (message) => void node.step(message),
    to: (message) => Number(message.to),
    committed: () => committed,
    drain,
  };
}

/** @throws Error with npm's own words where the library cannot be installed. */
function installCoaty(): Coaty {
  const home = resolve('node_modules/.cache/loom/bench-raft');
  const name = '@coaty/consensus.raft';
  if (!existsSync(resolve(home, 'node_modules', name))) {
    mkdirSync(home, { recursive: true });
    writeFileSync(resolve(home, 'package.json'), '{ "private": true }\n');
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@1.0.0`];
    const npm = spawnSync('npm', args, { cwd: home, encoding: 'utf8', shell: true });
    if (npm.status !== 0) throw new Error(`npm could not install ${name}:\n${npm.stderr}`);
  }
  // Its persistence is loaded with it and needs a native build; the bench stores in memory and never calls it.
  writeFileSync(resolve(home, 'node_modules/sqlite3/lib/sqlite3.js'), 'module.exports = {};\n');
  const load = createRequire(resolve(home, 'package.json'));
  const part = (path: string): unknown => load(`${name}/ported/${path}.js`);
  return {
    rawnode: part('rawnode'),
    raft: part('raft'),
    storage: part('storage'),
    pb: part('raftpb/raft.pb'),
    logger: part('logger'),
  } as Coaty;
}

const perSecond = (run: Run) => Math.round(run.proposals / run.seconds);
const micros = (run: Run) => ((run.seconds * 1e6) / run.delivered).toFixed(2);

/** Fastest first, without the rounds that warmed up. */
const ranked = (runs: readonly Run[]): Run[] =>
  runs.slice(WARMING).toSorted((a, b) => perSecond(b) - perSecond(a));
const median = (runs: readonly Run[]): Run => must(runs[runs.length >> 1], 'a run');

const measureOurs = (trace: boolean): Run =>
  measure(
    PEERS.map((id) => ourPeer(id, trace)),
    OUR_PROPOSALS,
  );

/** The table that `npm run bench raft` prints. Rounds alternate, so that a busy machine slows all. */
export function benchRaft(): string {
  const coaty = installCoaty();
  coaty.logger.setLogger(coaty.logger.discardLogger);
  const runs: { quiet: Run[]; told: Run[]; theirs: Run[] } = { quiet: [], told: [], theirs: [] };
  for (let round = 0; round < ROUNDS; round++) {
    runs.quiet.push(measureOurs(false));
    runs.told.push(measureOurs(true));
    const theirs = PEERS.map((id) => coatyPeer(coaty, id));
    runs.theirs.push(measure(theirs, THEIR_PROPOSALS));
  }
  const [quiet, told, theirs] = [ranked(runs.quiet), ranked(runs.told), ranked(runs.theirs)];
  const ratio = (mine: readonly Run[]) =>
    (perSecond(median(mine)) / perSecond(median(theirs))).toFixed(1);
  const line = (name: string, rows: readonly Run[]) =>
    [
      name.padEnd(24),
      String(perSecond(median(rows))).padStart(9),
      String(perSecond(must(rows[0], 'a run'))).padStart(9),
      micros(median(rows)).padStart(16),
    ].join('  ');
  return [
    `three peers, ${IN_FLIGHT} proposals in flight, no batching; ${ROUNDS - WARMING} warm rounds, processor time`,
    `${''.padEnd(24)}  proposals/s     best  µs for a message`,
    line('Loom', quiet),
    line('Loom, all events told', told),
    line('@coaty/consensus.raft', theirs),
    `ratio ${ratio(quiet)}, with all events told ${ratio(told)}`,
  ].join('\n');
}

/** Our core alone, the median round: proposals a second, and microseconds for a delivered message. */
export function measureRaft(): { readonly proposals: number; readonly micros: number } {
  const run = median(ranked(Array.from({ length: ROUNDS }, () => measureOurs(false))));
  return { proposals: perSecond(run), micros: Number(micros(run)) };
}
