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
import { NOT_BOOTSTRAPPED, type PdAnswer, type PdCall, type StoreLabel } from '../pd/message.ts';
import {
  CLUSTER_ID,
  firstRegion,
  INITIAL_APPLY_STATE,
  INITIAL_RAFT_STATE,
} from '../raftstore/bootstrap.ts';
import { DiskUsage } from '../raftstore/disk-usage.ts';
import { Engines } from '../raftstore/engines.ts';
import { RawCommands } from '../raftstore/raw.ts';
import { Store } from '../raftstore/store.ts';
import { txnObserver } from '../txn/apply-observer.ts';
import { TxnStorage } from '../txn/storage.ts';
import { firstCall } from './calls.ts';
import type { NodeCommand } from './command.ts';
import type { TikvEvent } from './event.ts';
import type { Message } from './message.ts';
import type { Node, NodeInput, NodeOutput } from './node.ts';
import { RegionWatch, type SavedWatch } from './region-watch.ts';
import { StorePd, type SavedStorePd } from './store-pd.ts';

const RETRY_TIMER = 'pd-retry';
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
  readonly pd: SavedStorePd;
  readonly watch: SavedWatch;
  readonly disk: DiskImage;
  readonly usage: ReturnType<DiskUsage['save']>;
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
  /** It comes to life on a full disk. */
  readonly diskFull: boolean;
}

export class StoreNode implements Node {
  readonly id: NodeId;
  readonly #options: StoreNodeOptions;
  readonly #storeId: StoreId;
  readonly #out = new Outbox<Message, TikvEvent>();
  readonly #progress: Progress;
  readonly #broken: { rules: readonly string[] };
  readonly #usage: DiskUsage;
  #engines: Engines;
  #store: Store;
  #raw: RawCommands;
  #txn: TxnStorage;
  #watch: RegionWatch;
  #pd: StorePd;

  constructor(options: StoreNodeOptions, saved?: Plain) {
    this.id = options.id;
    this.#options = options;
    this.#storeId = must(parseNodeId(options.id), 'the number of the store').number;
    const nextCall = firstCall(options.incarnation);
    this.#broken = { rules: options.broken };
    this.#progress = { stage: 'down', bootedAt: 0, call: 0, write: 0, nextCall };
    const state = saved as unknown as Saved | undefined;
    this.#engines = new Engines(this.#out, state?.disk ?? {});
    const usage = state?.usage ?? { full: options.diskFull, others: [] };
    this.#usage = new DiskUsage(this.#storeId, usage);
    this.#store = new Store(this.#storeOptions(), state?.store);
    this.#raw = new RawCommands(this.#out, this.#store, state?.raw);
    this.#txn = this.#newTxnStorage(state?.txn);
    this.#watch = new RegionWatch(options.settings, state?.watch);
    this.#pd = this.#newStorePd(state?.pd);
    if (state === undefined) return;
    Object.assign(this.#progress, state.progress);
    Object.assign(options.chance, state.chance);
    this.#out.written = state.written;
    this.#out.now = state.now;
  }

  #storeOptions() {
    const { settings, incarnation, chance } = this.#options;
    const [sink, engines, storeId] = [this.#out, this.#engines, this.#storeId];
    const observer = txnObserver((event) => sink.emit(event));
    const [broken, disk] = [this.#broken, this.#usage];
    return { sink, engines, storeId, incarnation, settings, chance, observer, broken, disk };
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

  #newStorePd(saved?: SavedStorePd): StorePd {
    const { settings } = this.#options;
    const [out, store, storeId] = [this.#out, this.#store, this.#storeId];
    const nextCall = () => this.#progress.nextCall++;
    const watch = this.#watch;
    return new StorePd({ out, store, storeId, settings, watch, nextCall }, saved);
  }

  step(input: NodeInput): NodeOutput {
    this.#out.now = input.now;
    this.#take(input);
    this.#drain();
    this.#follow();
    const output = this.#out.take();
    this.#watch.onOutput(output, () => this.#store.leaders());
    return output;
  }

  /** Hands on what became possible, until nothing is. */
  #drain(): void {
    for (let result = this.#store.takeResult(); result; result = this.#store.takeResult())
      (this.#txn.owns(result.tag) ? this.#txn : this.#raw).onResult(result);
  }

  /** What has changed in the Regions of this store, for the layers above and for PD. */
  #follow(): void {
    for (const { parent, regions, leads } of this.#store.takeSplits()) {
      if (!leads) continue;
      this.#txn.onSplit(parent, regions);
      this.#pd.reportSplit(regions);
    }
    const touched = this.#store.takeTouched();
    this.#pd.follow(touched);
    for (const regionId of touched) {
      const peer = this.#store.peer(regionId);
      this.#txn.onLeadership(regionId, peer?.isLeader === true ? peer.term : null);
    }
    this.#drain();
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
    }
  }

  #onCommand(command: NodeCommand): void {
    switch (command.type) {
      case 'campaign':
        return this.#store.campaign(command.regionId);
      case 'admin':
        if (this.#progress.stage !== 'running') return;
        return this.#pd.administer(command.regionId, command.request);
      case 'set-timer': {
        const tick = microsOf(this.#options.settings['raftstore.raft-base-tick-interval']);
        const ticks = Math.max(1, Math.round(command.timeout / tick));
        return this.#store.setElectionTimeout(command.regionId, ticks);
      }
      case 'break-rules':
        return this.#store.breakRules(command.rules);
      case 'configure':
        return void Object.assign(this.#options.settings, { [command.name]: command.value });
      case 'disk-usage':
        return void (this.#usage.full = command.full);
      case 'request':
      case 'pd':
      case 'load':
      case 'load-stop':
        return;
    }
  }

  #onMessage(from: NodeId, message: Message): void {
    if (message.type === 'pd-response') {
      if (message.answer.type === 'tso')
        return this.#txn.onTimestamp(message.id, message.answer.timestamp);
      if (this.#pd.onAnswer(message.id, message.answer)) return;
      if (message.id !== this.#progress.call) return;
      this.#progress.call = 0;
      this.#out.timer(RETRY_TIMER, null);
      this.#onPdAnswer(message.answer);
    } else if (message.type === 'kv-request') this.#raw.onRequest(from, message);
    else if (message.type === 'txn-request') this.#txn.onRequest(from, message);
    else if (this.#progress.stage !== 'running') return;
    else if (message.type === 'raft') {
      this.#watch.onHeard(message.regionId, message.fromPeer.id, this.#out.now);
      this.#store.onRaftMessage(message);
    } else if (message.type === 'snapshot-chunk' || message.type === 'snapshot-answer')
      this.#store.onSnapshotMessage(from, message);
    else if (message.type === 'pd-order') this.#pd.onOrder(message);
  }

  #onSendFailed(to: NodeId, message: Message): void {
    if (message.type === 'snapshot-chunk') return this.#store.onSnapshotMessage(null, message);
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
    this.#watch = new RegionWatch(this.#options.settings);
    this.#pd = this.#newStorePd();
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
    this.#pd.begin();
  }

  // ---- the clock, and PD -----------------------------------------------------------------------------------

  #onTimer(name: string): void {
    if (name === RETRY_TIMER) this.#askPd();
    else if (!this.#pd.onTimer(name) && !this.#store.onTimer(name)) this.#txn.onTimer(name);
  }

  save(): Plain {
    const saved: Saved = {
      chance: { ...this.#options.chance },
      written: this.#out.written,
      now: this.#out.now,
      progress: { ...this.#progress },
      pd: this.#pd.save(),
      watch: this.#watch.save(),
      disk: this.#engines.image(),
      usage: this.#usage.save(),
      store: this.#store.save(),
      raw: this.#raw.save(),
      txn: this.#txn.save(),
    };
    return clonePlain(saved) as unknown as Plain;
  }
}
