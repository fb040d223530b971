// The placement driver, one node: it accepts the first Region once, answers what is asked about stores and Regions, and
// gives out ids and timestamps. What it promises is on its disk before it answers. (PD: server/grpc_service.go)
// Where TiKV runs three PD nodes over etcd, here is one; when it is down, what only PD can do stands still.

import { newChance, type Chance } from '../../base/chance.ts';
import type { Plain } from '../../base/plain.ts';
import { microsOf, type KnobName, type Settings } from '../config.ts';
import { putOp, type DiskImage, type DiskOp } from '../disk.ts';
import type { Micros, NodeId } from '../ids.ts';
import { LAST_FIXED_ID } from '../raftstore/bootstrap.ts';
import type { Region } from '../raftstore/region.ts';
import { RaftCluster, type SavedCluster } from './cluster.ts';
import type { PdCommand } from './command.ts';
import { IdAllocator, type SavedIds } from './id-allocator.ts';
import {
  NOT_BOOTSTRAPPED,
  type PdAnswer,
  type PdCall,
  type PdRequest,
  type PdResponse,
} from './message.ts';
import type { PdSink } from './operator-controller.ts';
import { infoOf } from './stores.ts';
import { newTsoState, Tso, type TsoState } from './tso.ts';

const TSO_TIMER = 'tso-update';
/** Calls that wait for the disk or for a timestamp; more are refused. */
const WAITING_MAX = 4096;
const CROWDED = 'too many calls wait';
/** New Regions that one split may ask ids for. */
const SPLIT_MAX = 64;
/** Regions in one answer to a scan. (PD: 1024) */
const SCAN_MAX = 1024;

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
  readonly ids: SavedIds;
  readonly tso: TsoState;
  readonly tsoWrite: number;
  readonly lastWrite: number;
  readonly waiting: readonly Waiting[];
  readonly waitingTso: readonly WaitingTso[];
  readonly cluster: SavedCluster;
  readonly chance: Chance;
}

/** What a call comes to. `write`: the write that has to be durable before the answer goes; 0: none. */
interface Done {
  /** Null: nobody waits for one. */
  readonly answer: PdAnswer | null;
  readonly write: number;
}

const now = (answer: PdAnswer | null): Done => ({ answer, write: 0 });
const refused = (reason: string): Done => now({ type: 'refused', reason });

export interface PdOptions {
  readonly settings: Settings;
  readonly chance?: Chance;
  /** Rules that are broken on purpose, now. */
  readonly broken?: { readonly rules: readonly string[] };
}

export class PlacementDriver {
  readonly #sink: PdSink;
  readonly #settings: Settings;
  readonly #chance: Chance;
  readonly #tsoState: TsoState;
  readonly #tso: Tso;
  readonly #ids: IdAllocator;
  readonly #cluster: RaftCluster;
  #bootstrapped: boolean;
  /** The write of a bound; 0: none is under way. */
  #tsoWrite: number;
  /** The newest write; 0: all is durable. */
  #lastWrite: number;
  #waiting: Waiting[];
  #waitingTso: WaitingTso[];

  constructor(sink: PdSink, options: PdOptions, saved?: Plain) {
    const state = saved as unknown as Saved | undefined;
    const { settings, chance = newChance(0, 'pd'), broken = { rules: [] } } = options;
    this.#sink = sink;
    this.#settings = settings;
    this.#chance = chance;
    if (state !== undefined) Object.assign(chance, state.chance);
    this.#tsoState = state === undefined ? newTsoState() : { ...state.tso };
    this.#tso = new Tso(this.#tsoState, settings['pd.lease']);
    this.#bootstrapped = state?.bootstrapped ?? false;
    this.#tsoWrite = state?.tsoWrite ?? 0;
    this.#lastWrite = state?.lastWrite ?? 0;
    this.#waiting = [...(state?.waiting ?? [])];
    this.#waitingTso = [...(state?.waitingTso ?? [])];
    const noteIds = (bound: number) => void this.#write([putOp('meta', 'alloc-id', bound)]);
    this.#ids = new IdAllocator(noteIds, state?.ids);
    const write = (ops: readonly DiskOp[]) => void this.#write(ops);
    const newPeerId = () => this.#ids.takeNoted();
    const parts = { sink, settings, chance, broken, newPeerId, write };
    this.#cluster = new RaftCluster(parts, state?.cluster);
  }

  boot(disk: DiskImage): void {
    const rows = new Map(disk.meta ?? []);
    this.#bootstrapped = rows.has('bootstrapped');
    this.#ids.begin((rows.get('alloc-id') as number | undefined) ?? LAST_FIXED_ID + 1);
    const savedBound = (rows.get('timestamp') as number | undefined) ?? 0;
    this.#saveBound(this.#tso.begin(savedBound, this.#nowMs()));
    this.#sink.timer(TSO_TIMER, this.#sink.now + this.#tsoInterval());
    this.#cluster.start(rows);
    if (this.#bootstrapped) this.#ids.prepare();
  }

  #nowMs = (): number => Math.floor(this.#sink.now / 1000);
  #tsoInterval = (): Micros => microsOf(this.#settings['pd.tso-update-physical-interval']);

  /** A setting has been changed; the parts look at most of them anew each time. */
  configured(name: KnobName): void {
    if (name === 'replication.max-replicas')
      this.#cluster.setMaxReplicas(this.#settings['replication.max-replicas']);
  }

  command(command: PdCommand): void {
    this.#cluster.command(command);
  }

  // ---- calls -----------------------------------------------------------------------------------------------

  onRequest(from: NodeId, request: PdRequest): void {
    const { id, call } = request;
    if (call.type === 'tso')
      return this.#giveTimestamps({ to: from, id, count: call.count, tries: 0 });
    const { answer, write } = this.#execute(from, call);
    if (answer === null) return;
    const response: PdResponse = { type: 'pd-response', id, answer };
    if (write === 0) this.#sink.send(from, response);
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push({ write, to: from, response });
    else this.#sink.send(from, { ...response, answer: { type: 'refused', reason: CROWDED } });
  }

  #execute(from: NodeId, call: Exclude<PdCall, { type: 'tso' }>): Done {
    switch (call.type) {
      case 'bootstrap':
        return this.#bootstrap(call.store, call.region);
      case 'is-bootstrapped':
        return now({ type: call.type, bootstrapped: this.#bootstrapped });
      case 'put-store':
        return this.#putStore(call);
      case 'get-all-stores':
        return now({ type: call.type, stores: this.#cluster.stores.all().map(infoOf) });
      case 'get-region':
      case 'get-region-by-id':
        return now(this.#answerRegion(from, call));
      case 'scan-regions':
        return now(this.#scanRegions(call));
      case 'alloc-id': {
        const [id = 0] = this.#ids.take(1);
        return { answer: { type: call.type, id }, write: this.#lastWrite };
      }
      case 'ask-batch-split':
        return this.#askBatchSplit(call.region, call.count);
      case 'report-batch-split': {
        const regions = call.regions.map(({ id }) => id);
        this.#sink.emit({ type: 'pd/split-reported', regions });
        return now({ type: call.type });
      }
      case 'store-heartbeat': {
        const reason = this.#cluster.onStoreHeartbeat(call.store, call.stats);
        return reason === null ? now({ type: call.type }) : refused(reason);
      }
      // PD has nothing to say to a heartbeat unless it wants something: then it sends an order.
      case 'region-heartbeat': {
        const reason = this.#cluster.onRegionHeartbeat(call);
        return reason === null ? now(null) : refused(reason);
      }
    }
  }

  #bootstrap(store: number, region: Region): Done {
    const alreadyBootstrapped = this.#bootstrapped;
    if (!alreadyBootstrapped) {
      this.#bootstrapped = true;
      this.#write([putOp('meta', 'bootstrapped', true), ...this.#cluster.bootstrap(region)]);
      this.#ids.prepare();
      this.#sink.emit({ type: 'pd/bootstrapped', region, by: store });
    }
    // A second offer waits for the first one's write too: nobody goes on from what a power loss may take back.
    return { answer: { type: 'bootstrap', alreadyBootstrapped }, write: this.#lastWrite };
  }

  #putStore({ store, labels }: PdCall & { type: 'put-store' }): Done {
    if (!this.#bootstrapped) return refused(NOT_BOOTSTRAPPED);
    const reason = this.#cluster.putStore(store, labels);
    if (reason !== null) return refused(reason);
    return { answer: { type: 'put-store' }, write: this.#lastWrite };
  }

  #answerRegion(
    from: NodeId,
    call: PdCall & { type: 'get-region' | 'get-region-by-id' },
  ): PdAnswer {
    const { regions } = this.#cluster;
    const known =
      call.type === 'get-region' ? regions.byKey(call.key) : regions.byId(call.regionId);
    const region = known?.region ?? null;
    const leader = known?.leader ?? null;
    this.#sink.emit({ type: 'pd/region-answered', to: from, region, leader });
    return { type: call.type, region, leader };
  }

  #scanRegions({ startKey, endKey, limit }: PdCall & { type: 'scan-regions' }): PdAnswer {
    const found = this.#cluster.regions.scan(startKey, endKey, Math.min(limit, SCAN_MAX));
    const regions = found.map(({ region, leader }) => ({ region, leader }));
    return { type: 'scan-regions', regions };
  }

  #askBatchSplit(region: Region, count: number): Done {
    if (!Number.isSafeInteger(count) || count < 1 || count > SPLIT_MAX)
      return refused(`a split makes 1 to ${SPLIT_MAX} Regions, not ${count}`);
    const problem = this.#cluster.splitProblem(region);
    if (problem !== null) return refused(problem);
    const ids = Array.from({ length: count }, () => {
      const [regionId = 0, ...peerIds] = this.#ids.take(1 + region.peers.length);
      return { regionId, peerIds };
    });
    this.#sink.emit({ type: 'pd/split-ids-given', regionId: region.id, ids });
    return { answer: { type: 'ask-batch-split', ids }, write: this.#lastWrite };
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
    if (name !== TSO_TIMER) {
      this.#cluster.onTimer(name);
      return;
    }
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
    if (n >= this.#lastWrite) {
      this.#lastWrite = 0;
      this.#ids.allDurable();
    }
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
      ids: this.#ids.save(),
      tso: { ...this.#tsoState },
      tsoWrite: this.#tsoWrite,
      lastWrite: this.#lastWrite,
      waiting: this.#waiting,
      waitingTso: this.#waitingTso,
      cluster: this.#cluster.save(),
      chance: { ...this.#chance },
    };
    return saved as unknown as Plain;
  }
}
