// The placement driver, one node: it accepts the first Region once, knows stores and Regions by their heartbeats, and
// gives out ids and timestamps. What it promises is on its disk before it answers. (PD: server/grpc_service.go)
// Where TiKV runs three PD nodes over etcd, here is one; when it is down, what only PD can do stands still.

import type { Plain } from '../../base/plain.ts';
import { microsOf, type Settings } from '../config.ts';
import { putOp, type DiskImage, type DiskOp } from '../disk.ts';
import type { Micros, NodeId } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import { LAST_FIXED_ID } from '../raftstore/bootstrap.ts';
import type { Region } from '../raftstore/region.ts';
import type { PdEvent } from './event.ts';
import {
  NOT_BOOTSTRAPPED,
  type PdAnswer,
  type PdCall,
  type PdRequest,
  type PdResponse,
} from './message.ts';
import { RegionTree, type KnownRegion } from './regions.ts';
import { infoOf, StoreList, type KnownStore } from './stores.ts';
import { newTsoState, Tso, type TsoState } from './tso.ts';

const TSO_TIMER = 'tso-update';
const STORES_TIMER = 'stores';
/** Ids that PD takes from its disk at a time. */
const ID_STEP = 1000;
/** Calls that wait for the disk or for a timestamp; more are refused. */
const WAITING_MAX = 4096;
const CROWDED = 'too many calls wait';

export type PdSink = Sink<PdResponse, PdEvent>;

/** An answer that waits for a write. */
interface Waiting {
  readonly write: number;
  readonly to: NodeId;
  readonly response: PdResponse;
}

interface WaitingTso {
  readonly to: NodeId;
  readonly id: number;
  readonly count: number;
  readonly tries: number;
}

interface Saved {
  readonly bootstrapped: boolean;
  readonly nextId: number;
  readonly idBound: number;
  readonly tso: TsoState;
  readonly tsoWrite: number;
  readonly lastWrite: number;
  readonly waiting: readonly Waiting[];
  readonly waitingTso: readonly WaitingTso[];
  readonly stores: readonly KnownStore[];
  readonly regions: readonly KnownRegion[];
}

export class PlacementDriver {
  readonly #sink: PdSink;
  readonly #settings: Settings;
  readonly #tsoState: TsoState;
  readonly #tso: Tso;
  #bootstrapped: boolean;
  #nextId: number;
  /** Ids below this one may be given: it is on disk. */
  #idBound: number;
  /** The write of a bound; 0: none is under way. */
  #tsoWrite: number;
  /** The newest write; 0: all is durable. */
  #lastWrite: number;
  #waiting: Waiting[];
  #waitingTso: WaitingTso[];
  #stores: StoreList;
  #regions: RegionTree;

  constructor(sink: PdSink, settings: Settings, saved?: Plain) {
    const state = saved as unknown as Saved | undefined;
    this.#sink = sink;
    this.#settings = settings;
    this.#tsoState = state === undefined ? newTsoState() : { ...state.tso };
    this.#tso = new Tso(this.#tsoState, settings['pd.lease']);
    this.#bootstrapped = state?.bootstrapped ?? false;
    this.#nextId = state?.nextId ?? 0;
    this.#idBound = state?.idBound ?? 0;
    this.#tsoWrite = state?.tsoWrite ?? 0;
    this.#lastWrite = state?.lastWrite ?? 0;
    this.#waiting = [...(state?.waiting ?? [])];
    this.#waitingTso = [...(state?.waitingTso ?? [])];
    this.#stores = this.#storeList(state?.stores ?? []);
    this.#regions = new RegionTree(state?.regions ?? []);
  }

  #storeList(stores: readonly KnownStore[]): StoreList {
    const disconnect = microsOf(this.#settings['pd.max-store-disconnect']);
    const down = microsOf(this.#settings['pd.max-store-down-time']);
    return new StoreList({ disconnect, down }, stores);
  }

  boot(disk: DiskImage): void {
    const rows = new Map(disk.meta ?? []);
    const { now } = this.#sink;
    this.#bootstrapped = rows.has('bootstrapped');
    const stores: KnownStore[] = [];
    const regions: KnownRegion[] = [];
    for (const [name, row] of rows)
      if (typeof name === 'string' && name.startsWith('store/'))
        stores.push({ id: row as number, heardAt: now, state: 'Disconnected', stats: null });
      else if (typeof name === 'string' && name.startsWith('region/'))
        regions.push({ region: row as unknown as Region, leader: null, term: 0 });
    this.#stores = this.#storeList(stores);
    this.#regions = new RegionTree(regions);
    this.#nextId = this.#idBound =
      (rows.get('alloc-id') as number | undefined) ?? LAST_FIXED_ID + 1;
    const savedBound = (rows.get('timestamp') as number | undefined) ?? 0;
    this.#saveBound(this.#tso.begin(savedBound, this.#nowMs()));
    this.#sink.timer(TSO_TIMER, now + this.#tsoInterval());
    this.#watchStores();
  }

  #nowMs = (): number => Math.floor(this.#sink.now / 1000);
  #tsoInterval = (): Micros => microsOf(this.#settings['pd.tso-update-physical-interval']);

  // ---- calls -----------------------------------------------------------------------------------------------

  onRequest(from: NodeId, request: PdRequest): void {
    const { id, call } = request;
    if (call.type === 'tso')
      return this.#giveTimestamps({ to: from, id, count: call.count, tries: 0 });
    const { answer, write } = this.#execute(from, call);
    const response: PdResponse = { type: 'pd-response', id, answer };
    if (write === 0) this.#sink.send(from, response);
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push({ write, to: from, response });
    else this.#sink.send(from, { ...response, answer: { type: 'refused', reason: CROWDED } });
  }

  /** `write`: the write that has to be durable before the answer goes; 0: none. */
  #execute(from: NodeId, call: PdCall): { answer: PdAnswer; write: number } {
    const now = (answer: PdAnswer) => ({ answer, write: 0 });
    switch (call.type) {
      case 'bootstrap':
        return this.#bootstrap(call.store, call.region);
      case 'is-bootstrapped':
        return now({ type: call.type, bootstrapped: this.#bootstrapped });
      case 'put-store':
        return this.#putStore(call.store);
      case 'get-all-stores':
        return now({ type: call.type, stores: this.#stores.all().map(infoOf) });
      case 'get-region':
      case 'get-region-by-id':
        return now(this.#answerRegion(from, call));
      case 'alloc-id':
        return this.#allocateId();
      case 'store-heartbeat':
        return now(this.#onStoreHeartbeat(call));
      case 'region-heartbeat':
        return now(this.#onRegionHeartbeat(call));
      case 'tso':
      case 'ask-batch-split':
      case 'report-batch-split':
      case 'scan-regions':
        return now({ type: 'refused', reason: 'timestamps are given elsewhere' });
    }
  }

  #bootstrap(store: number, region: Region): { answer: PdAnswer; write: number } {
    const alreadyBootstrapped = this.#bootstrapped;
    if (!alreadyBootstrapped) {
      this.#bootstrapped = true;
      this.#regions.learn({ region, leader: null, term: 0 });
      this.#write([putOp('meta', 'bootstrapped', true), saveRegion(region)]);
      this.#sink.emit({ type: 'pd/bootstrapped', region, by: store });
    }
    // A second offer waits for the first one's write too: nobody goes on from what a power loss may take back.
    return { answer: { type: 'bootstrap', alreadyBootstrapped }, write: this.#lastWrite };
  }

  #putStore(id: number): { answer: PdAnswer; write: number } {
    if (!this.#bootstrapped)
      return { answer: { type: 'refused', reason: NOT_BOOTSTRAPPED }, write: 0 };
    if (!this.#stores.has(id)) this.#write([putOp('meta', `store/${id}`, id)]);
    this.#hear(id, null);
    return { answer: { type: 'put-store' }, write: this.#lastWrite };
  }

  #answerRegion(
    from: NodeId,
    call: PdCall & { type: 'get-region' | 'get-region-by-id' },
  ): PdAnswer {
    const known =
      call.type === 'get-region'
        ? this.#regions.byKey(call.key)
        : this.#regions.byId(call.regionId);
    const region = known?.region ?? null;
    const leader = known?.leader ?? null;
    this.#sink.emit({ type: 'pd/region-answered', to: from, region, leader });
    return { type: call.type, region, leader };
  }

  #allocateId(): { answer: PdAnswer; write: number } {
    if (this.#nextId >= this.#idBound) {
      this.#idBound = this.#nextId + ID_STEP;
      this.#write([putOp('meta', 'alloc-id', this.#idBound)]);
    }
    return { answer: { type: 'alloc-id', id: this.#nextId++ }, write: this.#lastWrite };
  }

  // ---- heartbeats ------------------------------------------------------------------------------------------

  #onStoreHeartbeat(call: PdCall & { type: 'store-heartbeat' }): PdAnswer {
    if (!this.#stores.has(call.store))
      return { type: 'refused', reason: `store ${call.store} is not registered` };
    this.#hear(call.store, call.stats);
    return { type: 'store-heartbeat' };
  }

  #hear(id: number, stats: KnownStore['stats']): void {
    const changed = this.#stores.heard(id, this.#sink.now, stats);
    if (changed !== null) this.#sink.emit({ type: 'pd/store-changed', store: infoOf(changed) });
    this.#watchStores();
  }

  #watchStores(): void {
    this.#sink.timer(STORES_TIMER, this.#stores.nextJudgement(this.#sink.now));
  }

  #onRegionHeartbeat(call: PdCall & { type: 'region-heartbeat' }): PdAnswer {
    const { region, leader, term } = call;
    const learned = this.#regions.learn({ region, leader, term });
    if (learned.type === 'stale')
      return { type: 'refused', reason: `Region ${region.id} is known in a newer state` };
    if (learned.type === 'new') {
      this.#sink.emit({ type: 'pd/region-learned', region, leader, term });
      const gone = learned.replaced.map(dropRegion);
      if (learned.save) this.#write([...gone, saveRegion(region)]);
    }
    return { type: 'region-heartbeat' };
  }

  // ---- timestamps ------------------------------------------------------------------------------------------

  #giveTimestamps(call: WaitingTso): void {
    const grant = this.#tso.give(call.count, call.tries);
    if (grant.type === 'wait' && this.#waitingTso.length < WAITING_MAX) {
      this.#waitingTso.push({ ...call, tries: call.tries + 1 });
      return;
    }
    const { to, id, count } = call;
    if (grant.type === 'given') {
      const { timestamp } = grant;
      this.#sink.emit({ type: 'pd/tso-given', to, timestamp, count });
      this.#sink.send(to, { type: 'pd-response', id, answer: { type: 'tso', timestamp, count } });
    } else {
      const reason = grant.type === 'refused' ? grant.reason : CROWDED;
      this.#sink.send(to, { type: 'pd-response', id, answer: { type: 'refused', reason } });
    }
  }

  #retryTimestamps(): void {
    const calls = this.#waitingTso;
    this.#waitingTso = [];
    for (const call of calls) this.#giveTimestamps(call);
  }

  #saveBound(bound: number): void {
    this.#tsoWrite = this.#write([putOp('meta', 'timestamp', bound)]);
    this.#sink.emit({ type: 'pd/tso-bound-saved', boundMs: bound });
  }

  // ---- clock and disk --------------------------------------------------------------------------------------

  onTimer(name: string): void {
    if (name === STORES_TIMER) {
      for (const store of this.#stores.judge(this.#sink.now))
        this.#sink.emit({ type: 'pd/store-changed', store: infoOf(store) });
      return this.#watchStores();
    }
    if (name !== TSO_TIMER) return;
    const bound = this.#tso.update(this.#nowMs());
    if (bound !== null) this.#saveBound(bound);
    else if (this.#tsoWrite === 0) this.#retryTimestamps();
    this.#sink.timer(TSO_TIMER, this.#sink.now + this.#tsoInterval());
  }

  #write(ops: readonly DiskOp[]): number {
    this.#lastWrite = this.#sink.write('kv', true, ops);
    return this.#lastWrite;
  }

  /** This write is durable, and all before it. */
  onPersisted(n: number): void {
    if (n >= this.#lastWrite) this.#lastWrite = 0;
    if (this.#tsoWrite !== 0 && n >= this.#tsoWrite) {
      this.#tsoWrite = 0;
      this.#tso.saved();
      this.#retryTimestamps();
    }
    const ready = this.#waiting.filter(({ write }) => write <= n);
    this.#waiting = this.#waiting.filter(({ write }) => write > n);
    for (const { to, response } of ready) this.#sink.send(to, response);
  }

  save(): Plain {
    const saved: Saved = {
      bootstrapped: this.#bootstrapped,
      nextId: this.#nextId,
      idBound: this.#idBound,
      tso: { ...this.#tsoState },
      tsoWrite: this.#tsoWrite,
      lastWrite: this.#lastWrite,
      waiting: this.#waiting,
      waitingTso: this.#waitingTso,
      stores: this.#stores.all(),
      regions: this.#regions.save(),
    };
    return saved as unknown as Plain;
  }
}

const saveRegion = (region: Region): DiskOp => putOp('meta', `region/${region.id}`, region);
const dropRegion = (id: number): DiskOp => ({ type: 'delete', store: 'meta', key: `region/${id}` });
