// A TiKV server: how it starts, and which part takes which input. A store that has never run writes its identity and
// the first Region, offers it to PD, registers, and only then lets its peers speak; one that has run registers again.
// (TiKV: src/server/node.rs: check_store, check_or_prepare_bootstrap_cluster, bootstrap_cluster, put_store, start_store)

import type { Chance } from '../../base/chance.ts';
import { clonePlain, type Plain } from '../../base/plain.ts';
import { must } from '../../base/assert.ts';
import { microsOf, type Settings } from '../config.ts';
import type { DiskImage, DiskQueue } from '../disk.ts';
import {
  parseNodeId,
  PD_NODE,
  type Micros,
  type NodeId,
  type RegionId,
  type StoreId,
} from '../ids.ts';
import { Outbox } from '../outbox.ts';
import { NOT_BOOTSTRAPPED, type PdAnswer, type PdCall, type StoreLabel } from '../pd/message.ts';
import type { AdminRequest } from '../raftstore/admin-command.ts';
import {
  CLUSTER_ID,
  firstRegion,
  INITIAL_APPLY_STATE,
  INITIAL_RAFT_STATE,
} from '../raftstore/bootstrap.ts';
import { Engines } from '../raftstore/engines.ts';
import type { PeerFsm } from '../raftstore/peer.ts';
import { RawCommands } from '../raftstore/raw.ts';
import { Store } from '../raftstore/store.ts';
import { txnObserver } from '../txn/apply-observer.ts';
import { TxnStorage } from '../txn/storage.ts';
import { firstCall } from './calls.ts';
import type { NodeCommand } from './command.ts';
import type { TikvEvent } from './event.ts';
import type { Message } from './message.ts';
import type { Node, NodeInput, NodeOutput } from './node.ts';
import { beatOf, reportOf } from './region-report.ts';
import { WANTING_MAX, type Wanting } from './wanting.ts';

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
  readonly reported: readonly (readonly [number, string])[];
  readonly wanting: readonly (readonly [number, Wanting])[];
  readonly doubts: readonly (readonly [number, RegionId])[];
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
  readonly labels: readonly StoreLabel[];
  readonly chance: Chance;
  /** Rules that are broken on purpose. */
  readonly broken: readonly string[];
}

export class StoreNode implements Node {
  readonly id: NodeId;
  readonly #options: StoreNodeOptions;
  readonly #storeId: StoreId;
  readonly #out = new Outbox<Message, TikvEvent>();
  readonly #progress: Progress;
  /** By Region that this store leads: the term and the epoch of which PD was told. */
  readonly #reported = new Map<number, string>();
  readonly #broken: { rules: readonly string[] };
  /** Changes that wait for ids of new peers, by the call that asks for the next. */
  readonly #wanting: Map<number, Wanting>;
  /** Regions of which PD was asked whether this store is a member, by call. */
  readonly #doubts: Map<number, RegionId>;
  #engines: Engines;
  #store: Store;
  #raw: RawCommands;
  #txn: TxnStorage;

  constructor(options: StoreNodeOptions, saved?: Plain) {
    this.id = options.id;
    this.#options = options;
    this.#storeId = must(parseNodeId(options.id), 'the number of the store').number;
    const nextCall = firstCall(options.incarnation);
    this.#broken = { rules: options.broken };
    this.#progress = { stage: 'down', bootedAt: 0, call: 0, write: 0, nextCall };
    const state = saved as unknown as Saved | undefined;
    this.#wanting = new Map(state?.wanting);
    this.#doubts = new Map(state?.doubts);
    this.#engines = new Engines(this.#out, state?.disk ?? {});
    this.#store = new Store(this.#storeOptions(), state?.store);
    this.#raw = new RawCommands(this.#out, this.#store, state?.raw);
    this.#txn = this.#newTxnStorage(state?.txn);
    if (state === undefined) return;
    Object.assign(this.#progress, state.progress);
    Object.assign(options.chance, state.chance);
    this.#out.written = state.written;
    this.#out.now = state.now;
    for (const [region, told] of state.reported) this.#reported.set(region, told);
  }

  #storeOptions() {
    const { settings, incarnation, chance } = this.#options;
    const [sink, engines, storeId] = [this.#out, this.#engines, this.#storeId];
    const observer = txnObserver((event) => sink.emit(event));
    const broken = this.#broken;
    return { sink, engines, storeId, incarnation, settings, chance, observer, broken };
  }

  #newTxnStorage(saved?: Plain): TxnStorage {
    const tick = microsOf(this.#options.settings['raftstore.raft-base-tick-interval']);
    const pdRetry = PD_RETRY_TICKS * tick;
    const nextCall = () => this.#progress.nextCall++;
    const askTimestamp = (id: number) =>
      this.#out.send(PD_NODE, { type: 'pd-request', id, call: { type: 'tso', count: 1 } });
    const [sink, store] = [this.#out, this.#store];
    const broken = this.#broken;
    return new TxnStorage({ sink, store, nextCall, askTimestamp, pdRetry, broken }, saved);
  }

  step(input: NodeInput): NodeOutput {
    this.#out.now = input.now;
    this.#take(input);
    this.#drain();
    this.#askDoubts();
    this.#reportNewLeaders();
    return this.#out.take();
  }

  /** Hands on what became possible, until nothing is. */
  #drain(): void {
    for (let result = this.#store.takeResult(); result; result = this.#store.takeResult())
      (this.#txn.owns(result.tag) ? this.#txn : this.#raw).onResult(result);
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
        return this.#store.onSnapshotStatus(input.regionId, input.to, input.ok);
    }
  }

  #onCommand(command: NodeCommand): void {
    switch (command.type) {
      case 'campaign':
        return this.#store.campaign(command.regionId);
      case 'admin':
        return this.#administer(command.regionId, command.request);
      case 'set-timer': {
        const tick = microsOf(this.#options.settings['raftstore.raft-base-tick-interval']);
        const ticks = Math.max(1, Math.round(command.timeout / tick));
        return this.#store.setElectionTimeout(command.regionId, ticks);
      }
      case 'break-rules':
        return this.#store.breakRules(command.rules);
      case 'configure':
        return void Object.assign(this.#options.settings, { [command.name]: command.value });
      case 'request':
      case 'pd':
      case 'load':
      case 'load-stop':
        return;
    }
  }

  /** New peers need ids that nobody ever had: PD gives them. */
  #administer(regionId: RegionId, request: AdminRequest): void {
    if (this.#progress.stage !== 'running') return;
    const needed = this.#store.newPeers(regionId, request);
    if (needed === 0) return this.#store.administer(regionId, request, []);
    this.#wantId({ regionId, request, needed, ids: [] });
  }

  #wantId(wanting: Wanting): void {
    const id = this.#progress.nextCall++;
    const [oldest] = this.#wanting.keys();
    if (this.#wanting.size >= WANTING_MAX && oldest !== undefined) this.#wanting.delete(oldest);
    this.#wanting.set(id, wanting);
    this.#out.send(PD_NODE, { type: 'pd-request', id, call: { type: 'alloc-id' } });
  }

  #onId(call: number, id: number): void {
    const wanting = this.#wanting.get(call);
    if (wanting === undefined) return;
    this.#wanting.delete(call);
    const ids = [...wanting.ids, id];
    if (ids.length < wanting.needed) return this.#wantId({ ...wanting, ids });
    this.#store.administer(wanting.regionId, wanting.request, ids);
  }

  #askDoubts(): void {
    for (const regionId of this.#store.takeDoubts()) {
      if ([...this.#doubts.values()].includes(regionId)) this.#doubts.clear();
      const id = this.#progress.nextCall++;
      this.#doubts.set(id, regionId);
      this.#out.send(PD_NODE, {
        type: 'pd-request',
        id,
        call: { type: 'get-region-by-id', regionId },
      });
    }
  }

  #onMessage(from: NodeId, message: Message): void {
    if (message.type === 'pd-response') {
      if (message.answer.type === 'tso')
        return this.#txn.onTimestamp(message.id, message.answer.timestamp);
      if (message.answer.type === 'alloc-id') return this.#onId(message.id, message.answer.id);
      if (this.#doubts.delete(message.id)) {
        const { answer } = message;
        if (answer.type !== 'get-region-by-id' || answer.region === null) return;
        return this.#store.onRegionOfPd(answer.region);
      }
      if (message.id !== this.#progress.call) return;
      this.#progress.call = 0;
      this.#out.timer(RETRY_TIMER, null);
      this.#onPdAnswer(message.answer);
    } else if (message.type === 'kv-request') this.#raw.onRequest(from, message);
    else if (message.type === 'txn-request') this.#txn.onRequest(from, message);
    else if (message.type === 'raft' && this.#progress.stage === 'running')
      this.#store.onRaftMessage(message);
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
    this.#askAgain();
  }

  /** What this stage of the start asks of PD. */
  #callOf(stage: Stage): PdCall | null {
    const store = this.#storeId;
    if (stage === 'asking') return { type: 'get-all-stores' };
    if (stage === 'registering') return { type: 'put-store', store, labels: this.#options.labels };
    if (stage !== 'offering') return null;
    const region = must(this.#engines.prepareBootstrap, 'the Region that is offered');
    return { type: 'bootstrap', store, region };
  }

  #askLater(): void {
    this.#progress.call = this.#progress.nextCall++;
    this.#askAgain();
  }

  #askAgain(): void {
    const tick = microsOf(this.#options.settings['raftstore.raft-base-tick-interval']);
    this.#out.timer(RETRY_TIMER, this.#out.now + PD_RETRY_TICKS * tick);
  }

  /** A word to PD whose answer nobody waits for. */
  #tellPd(call: PdCall): void {
    this.#out.send(PD_NODE, { type: 'pd-request', id: this.#progress.nextCall++, call });
  }

  #onPdAnswer(answer: PdAnswer): void {
    const { stage } = this.#progress;
    if (answer.type === 'refused') {
      // A store without a part in the first Region waits until the others have brought it up.
      if (stage === 'registering' && answer.reason === NOT_BOOTSTRAPPED) return this.#askLater();
      return this.#refuse(answer.reason);
    }
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
    const voters = Math.min(
      this.#options.stores,
      this.#options.settings['replication.max-replicas'],
    );
    if (storeId <= voters) {
      const region = firstRegion(voters);
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
    else this.#store.onKvPersisted(n);
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
      capacityBytes: 0,
      availableBytes: 0,
      sendingSnapCount: 0,
      receivingSnapCount: 0,
    };
    this.#tellPd({ type: 'store-heartbeat', store: this.#storeId, stats });
    const every = this.#options.settings['raftstore.pd-store-heartbeat-tick-interval'];
    this.#out.timer(STORE_HEARTBEAT_TIMER, this.#out.now + microsOf(every));
  }

  #heartbeatsOfRegions(): void {
    for (const peer of this.#store.leaders()) if (peer.settled) this.#heartbeatOfRegion(peer);
    const every = this.#options.settings['raftstore.pd-heartbeat-tick-interval'];
    this.#out.timer(REGION_HEARTBEAT_TIMER, this.#out.now + microsOf(every));
  }

  #heartbeatOfRegion(peer: PeerFsm): void {
    this.#tellPd({ type: 'region-heartbeat', ...beatOf(peer) });
  }

  /** PD hears of a new leader, and of a changed Region, at once. */
  #reportNewLeaders(): void {
    const leaders = this.#store.leaders();
    for (const peer of leaders)
      if (peer.settled && this.#reported.get(peer.regionId) !== reportOf(peer))
        this.#heartbeatOfRegion(peer);
    this.#txn.onLeaders(leaders);
    this.#reported.clear();
    for (const peer of leaders) if (peer.settled) this.#reported.set(peer.regionId, reportOf(peer));
  }

  save(): Plain {
    const saved: Saved = {
      chance: { ...this.#options.chance },
      written: this.#out.written,
      now: this.#out.now,
      progress: { ...this.#progress },
      reported: [...this.#reported],
      wanting: [...this.#wanting],
      doubts: [...this.#doubts],
      disk: this.#engines.image(),
      store: this.#store.save(),
      raw: this.#raw.save(),
      txn: this.#txn.save(),
    };
    return clonePlain(saved) as unknown as Plain;
  }
}
