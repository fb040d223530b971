// A TiKV server: how it starts, and which part takes which input. A store that has never run writes its identity and
// the first Region, offers it to PD, registers, and only then lets its peers speak; one that has run registers again.
// (TiKV: src/server/node.rs: check_store, check_or_prepare_bootstrap_cluster, bootstrap_cluster, put_store, start_store)

import type { Chance } from '../../base/chance.ts';
import { clonePlain, type Plain } from '../../base/plain.ts';
import { must } from '../../base/assert.ts';
import { microsOf, type Settings } from '../config.ts';
import type { DiskImage, DiskQueue } from '../disk.ts';
import { parseNodeId, PD_NODE, type Micros, type NodeId, type StoreId } from '../ids.ts';
import { Outbox } from '../outbox.ts';
import type { PdAnswer, PdCall } from '../pd/message.ts';
import {
  CLUSTER_ID,
  firstRegion,
  INITIAL_APPLY_STATE,
  INITIAL_RAFT_STATE,
} from '../raftstore/bootstrap.ts';
import type { ApplyObserver } from '../raftstore/apply.ts';
import { Engines } from '../raftstore/engines.ts';
import type { PeerFsm, PeerResult } from '../raftstore/peer.ts';
import { RawCommands } from '../raftstore/raw.ts';
import { Store } from '../raftstore/store.ts';
import { txnContentOf } from '../txn/apply-observer.ts';
import { TxnStorage } from '../txn/storage.ts';
import { eventsOfBatch } from '../mvcc/batch-events.ts';
import { firstCall } from './calls.ts';
import type { NodeCommand } from './command.ts';
import type { TikvEvent } from './event.ts';
import type { Message } from './message.ts';
import type { Node, NodeInput, NodeOutput } from './node.ts';

const RETRY_TIMER = 'pd-retry';
const STORE_HEARTBEAT_TIMER = 'pd-store-heartbeat';
const REGION_HEARTBEAT_TIMER = 'pd-region-heartbeat';
/** How many ticks a starting store waits for PD before it asks again. (TiKV: 3 s, at ticks of one second) */
const PD_RETRY_TICKS = 3;

/** Where a start has come to. */
type Stage =
  | 'down'
  /** Of PD: is this store known already? */
  | 'asking'
  | 'writing-region'
  | 'writing-raft-state'
  /** The first Region, to PD. */
  | 'offering'
  | 'registering'
  | 'running'
  | 'refused';

interface Saved {
  readonly chance: Chance;
  readonly written: number;
  readonly now: Micros;
  readonly progress: Progress;
  readonly reported: readonly (readonly [number, number])[];
  readonly disk: DiskImage;
  readonly store: Plain;
  readonly raw: Plain;
  readonly txn: Plain;
}

interface Progress {
  stage: Stage;
  bootedAt: Micros;
  /** The call whose answer the start waits for; 0: none. */
  call: number;
  /** The write that the start waits for; 0: none. */
  write: number;
  nextCall: number;
}

export interface StoreNodeOptions {
  readonly id: NodeId;
  readonly incarnation: number;
  readonly settings: Settings;
  readonly stores: number;
  readonly chance: Chance;
}

export class StoreNode implements Node {
  readonly id: NodeId;
  readonly #options: StoreNodeOptions;
  readonly #storeId: StoreId;
  readonly #out = new Outbox<Message, TikvEvent>();
  readonly #progress: Progress;
  /** By Region that this store leads: the term of which PD was told. */
  readonly #reported = new Map<number, number>();
  #engines: Engines;
  #store: Store;
  #raw: RawCommands;
  #txn: TxnStorage;

  constructor(options: StoreNodeOptions, saved?: Plain) {
    this.id = options.id;
    this.#options = options;
    this.#storeId = must(parseNodeId(options.id), 'the number of the store').number;
    const nextCall = firstCall(options.incarnation);
    this.#progress = { stage: 'down', bootedAt: 0, call: 0, write: 0, nextCall };
    const state = saved as unknown as Saved | undefined;
    this.#engines = new Engines(this.#out, state?.disk ?? {});
    this.#store = new Store(this.#storeOptions(), state?.store);
    this.#raw = new RawCommands(this.#out, this.#store, state?.raw);
    this.#txn = this.#newTxnStorage(state?.txn);
    if (state === undefined) return;
    Object.assign(this.#progress, state.progress);
    Object.assign(options.chance, state.chance);
    this.#out.written = state.written;
    this.#out.now = state.now;
    for (const [region, term] of state.reported) this.#reported.set(region, term);
  }

  #storeOptions() {
    const { settings, incarnation, chance } = this.#options;
    const [sink, engines, storeId] = [this.#out, this.#engines, this.#storeId];
    const observer: ApplyObserver = {
      contentOf: txnContentOf,
      onApplied: (region, ops) => {
        for (const event of eventsOfBatch(ops)) sink.emit({ ...event, region });
      },
    };
    return { sink, engines, storeId, incarnation, settings, chance, observer };
  }

  #newTxnStorage(saved?: Plain): TxnStorage {
    const tick = microsOf(this.#options.settings['raftstore.raft-base-tick-interval']);
    const pdRetry = PD_RETRY_TICKS * tick;
    const nextCall = () => this.#progress.nextCall++;
    const askTimestamp = (id: number) =>
      this.#out.send(PD_NODE, { type: 'pd-request', id, call: { type: 'tso', count: 1 } });
    const [sink, store] = [this.#out, this.#store];
    return new TxnStorage({ sink, store, nextCall, askTimestamp, pdRetry }, saved);
  }

  step(input: NodeInput): NodeOutput {
    this.#out.now = input.now;
    this.#take(input);
    this.#drain();
    this.#reportNewLeaders();
    return this.#out.take();
  }

  /** Hands on what became possible, until nothing is. */
  #drain(): void {
    const next = (): PeerResult | undefined => this.#store.takeResult();
    for (let result = next(); result !== undefined; result = next())
      if (this.#txn.owns(result.tag)) this.#txn.onResult(result);
      else this.#raw.onResult(result);
  }

  #take(input: NodeInput): void {
    switch (input.type) {
      case 'boot':
        return this.#boot(input.disk);
      case 'command':
        return this.#onCommand(input.command);
      case 'message':
        return this.#onMessage(input.from, input.message);
      case 'timer':
        return this.#onTimer(input.name);
      case 'persisted':
        return this.#onPersisted(input.queue, input.n);
      case 'send-failed':
        return this.#onSendFailed(input.to, input.message);
      case 'snapshot-status':
        return;
    }
  }

  #onCommand(command: NodeCommand): void {
    if (command.type === 'campaign') this.#store.campaign(command.regionId);
  }

  #onMessage(from: NodeId, message: Message): void {
    if (message.type === 'pd-response') {
      if (message.answer.type === 'tso')
        return this.#txn.onTimestamp(message.id, message.answer.timestamp);
      if (message.id !== this.#progress.call) return;
      this.#progress.call = 0;
      this.#out.timer(RETRY_TIMER, null);
      this.#onPdAnswer(message.answer);
    } else if (message.type === 'kv-request') this.#raw.onRequest(from, message);
    else if (message.type === 'txn-request') this.#txn.onRequest(from, message);
    else if (message.type === 'raft') this.#store.onRaftMessage(message);
  }

  #onSendFailed(to: NodeId, message: Message): void {
    const receiver = parseNodeId(to);
    if (message.type === 'raft' && receiver?.kind === 'store')
      this.#store.onUnreachable(receiver.number);
  }

  // ---- the start -------------------------------------------------------------------------------------------

  #boot(disk: DiskImage): void {
    this.#progress.bootedAt = this.#out.now;
    this.#engines = new Engines(this.#out, disk);
    this.#store = new Store(this.#storeOptions());
    this.#raw = new RawCommands(this.#out, this.#store);
    this.#txn = this.#newTxnStorage();
    if (this.#engines.prepareBootstrap !== null) this.#enter('offering');
    else if (this.#engines.regionIds().length === 0) this.#enter('asking');
    else this.#enter('registering');
  }

  #enter(stage: Stage): void {
    this.#progress.stage = stage;
    this.#progress.call = this.#callOf(stage) === null ? 0 : this.#progress.nextCall++;
    this.#askPd();
  }

  /** Asked again, a call keeps its id: whichever answer comes first counts. */
  #askPd(): void {
    const { stage, call: id } = this.#progress;
    const call = this.#callOf(stage);
    if (call === null) return;
    this.#out.send(PD_NODE, { type: 'pd-request', id, call });
    const tick = microsOf(this.#options.settings['raftstore.raft-base-tick-interval']);
    this.#out.timer(RETRY_TIMER, this.#out.now + PD_RETRY_TICKS * tick);
  }

  /** What this stage of the start asks of PD. */
  #callOf(stage: Stage): PdCall | null {
    const store = this.#storeId;
    if (stage === 'asking') return { type: 'get-all-stores' };
    if (stage === 'registering') return { type: 'put-store', store };
    if (stage !== 'offering') return null;
    const region = must(this.#engines.prepareBootstrap, 'the Region that is offered');
    return { type: 'bootstrap', store, region };
  }

  /** A word to PD whose answer nobody waits for. */
  #tellPd(call: PdCall): void {
    this.#out.send(PD_NODE, { type: 'pd-request', id: this.#progress.nextCall++, call });
  }

  #onPdAnswer(answer: PdAnswer): void {
    const { stage } = this.#progress;
    if (answer.type === 'refused') return this.#refuse(answer.reason);
    if (stage === 'asking' && answer.type === 'get-all-stores') {
      const known = answer.stores.some(({ id }) => id === this.#storeId);
      if (known && this.#engines.ident === null)
        return this.#refuse(`PD knows a store ${this.#storeId}, but this disk is empty`);
      return known ? this.#enter('registering') : this.#writeFirstRegion();
    }
    if (stage === 'offering' && answer.type === 'bootstrap') {
      this.#engines.writeKv({ prepareBootstrap: null }, true);
      return this.#enter('registering');
    }
    if (stage === 'registering' && answer.type === 'put-store') this.#run();
  }

  /** A destroyed disk must not speak under its old ids: it may have promised anything to anybody. */
  #refuse(reason: string): void {
    this.#enter('refused');
    this.#out.emit({ type: 'raftstore/start-refused', store: this.#storeId, reason });
  }

  /** The kv engine first, synced; the raft engine once that is durable. */
  #writeFirstRegion(): void {
    const storeId = this.#storeId;
    this.#progress.write = this.#engines.writeKv(
      { ident: { clusterId: CLUSTER_ID, storeId } },
      true,
    );
    this.#out.emit({ type: 'raftstore/store-bootstrapped', store: storeId });
    if (storeId <= this.#options.stores) {
      const region = firstRegion(this.#options.stores);
      this.#progress.write = this.#engines.writeKv(
        {
          prepareBootstrap: region,
          regionState: [region.id, { state: 'Normal', region }],
          applyState: [region.id, INITIAL_APPLY_STATE],
        },
        true,
      );
    }
    this.#enter('writing-region');
  }

  #onPersisted(queue: DiskQueue, n: number): void {
    const { stage, write } = this.#progress;
    if (queue === 'raft') this.#store.onRaftPersisted(n);
    if (stage === 'writing-region' && queue === 'kv' && n >= write) {
      const region = this.#engines.prepareBootstrap;
      if (region === null) return this.#enter('registering');
      const state = { regionId: region.id, entries: [], state: INITIAL_RAFT_STATE };
      this.#progress.write = this.#engines.writeRaft(state, true);
      this.#enter('writing-raft-state');
    } else if (stage === 'writing-raft-state' && queue === 'raft' && n >= write) {
      this.#enter('offering');
    }
  }

  #run(): void {
    this.#enter('running');
    this.#store.start(this.#progress.bootedAt);
    this.#heartbeatOfStore();
    this.#heartbeatsOfRegions();
  }

  // ---- the clock, and PD -----------------------------------------------------------------------------------

  #onTimer(name: string): void {
    if (name === RETRY_TIMER) this.#askPd();
    else if (name === STORE_HEARTBEAT_TIMER) this.#heartbeatOfStore();
    else if (name === REGION_HEARTBEAT_TIMER) this.#heartbeatsOfRegions();
    else if (!this.#store.onTimer(name)) this.#txn.onTimer(name);
  }

  #heartbeatOfStore(): void {
    const stats = {
      regionCount: this.#store.regionCount,
      leaderCount: this.#store.leaders().length,
      usedBytes: this.#store.usedBytes,
    };
    this.#tellPd({ type: 'store-heartbeat', store: this.#storeId, stats });
    const every = this.#options.settings['raftstore.pd-store-heartbeat-tick-interval'];
    this.#out.timer(STORE_HEARTBEAT_TIMER, this.#out.now + microsOf(every));
  }

  #heartbeatsOfRegions(): void {
    for (const peer of this.#store.leaders()) this.#heartbeatOfRegion(peer);
    const every = this.#options.settings['raftstore.pd-heartbeat-tick-interval'];
    this.#out.timer(REGION_HEARTBEAT_TIMER, this.#out.now + microsOf(every));
  }

  #heartbeatOfRegion(peer: PeerFsm): void {
    this.#tellPd({
      type: 'region-heartbeat',
      region: peer.region,
      leader: peer.me,
      term: peer.term,
      approximateSize: peer.stats.bytes,
      approximateKeys: peer.stats.keys,
    });
  }

  /** PD hears of a new leader at once. */
  #reportNewLeaders(): void {
    const leaders = this.#store.leaders();
    for (const peer of leaders)
      if (this.#reported.get(peer.regionId) !== peer.term) this.#heartbeatOfRegion(peer);
    this.#txn.onLeaders(leaders);
    this.#reported.clear();
    for (const peer of leaders) this.#reported.set(peer.regionId, peer.term);
  }

  save(): Plain {
    const saved: Saved = {
      chance: { ...this.#options.chance },
      written: this.#out.written,
      now: this.#out.now,
      progress: { ...this.#progress },
      reported: [...this.#reported],
      disk: this.#engines.image(),
      store: this.#store.save(),
      raw: this.#raw.save(),
      txn: this.#txn.save(),
    };
    return clonePlain(saved) as unknown as Plain;
  }
}
