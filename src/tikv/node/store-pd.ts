// What a running store and PD say to each other: heartbeats, ids of new peers and Regions, doubts about membership, and
// PD's orders. (TiKV: components/raftstore/src/store/worker/pd.rs)

import { microsOf, type Settings } from '../config.ts';
import { PD_NODE, type RegionId, type StoreId } from '../ids.ts';
import type { Outbox } from '../outbox.ts';
import type { PdAnswer, PdCall, PdOrder } from '../pd/message.ts';
import { adminWords, type AdminRequest } from '../raftstore/admin-command.ts';
import type { SplitAsk } from '../raftstore/peer-parts.ts';
import type { PeerFsm } from '../raftstore/peer.ts';
import type { Store } from '../raftstore/store.ts';
import type { OrderedAdmin } from '../raftstore/store-admin.ts';
import type { TikvEvent } from './event.ts';
import type { Message } from './message.ts';
import { beatOf, reportOf } from './region-report.ts';
import type { RegionWatch } from './region-watch.ts';
import { WANTING_MAX, type Wanting } from './wanting.ts';

const STORE_HEARTBEAT_TIMER = 'pd-store-heartbeat';
const REGION_HEARTBEAT_TIMER = 'pd-region-heartbeat';

export interface StorePdOptions {
  readonly out: Outbox<Message, TikvEvent>;
  readonly store: Store;
  readonly storeId: StoreId;
  readonly settings: Settings;
  readonly watch: RegionWatch;
  /** A fresh id for a call. */
  readonly nextCall: () => number;
}

export interface SavedStorePd {
  readonly reported: readonly (readonly [RegionId, string])[];
  readonly wanting: readonly (readonly [number, Wanting])[];
  readonly doubts: readonly (readonly [number, RegionId])[];
  readonly splits: readonly (readonly [number, SplitAsk])[];
}

export class StorePd {
  readonly #options: StorePdOptions;
  /** By Region that this store leads: the term and the epoch of which PD was told. */
  readonly #reported: Map<RegionId, string>;
  /** Changes that wait for ids of new peers, by the call that asks for the next. */
  readonly #wanting: Map<number, Wanting>;
  /** Regions of which PD was asked whether this store is a member, by call. */
  readonly #doubts: Map<number, RegionId>;
  /** Splits that wait for ids, by call; of a Region only the newest. */
  readonly #splits: Map<number, SplitAsk>;

  constructor(options: StorePdOptions, saved?: SavedStorePd) {
    this.#options = options;
    this.#reported = new Map(saved?.reported);
    this.#wanting = new Map(saved?.wanting);
    this.#doubts = new Map(saved?.doubts);
    this.#splits = new Map(saved?.splits);
  }

  // ---- asking ----------------------------------------------------------------------------------------------

  #ask(call: PdCall): number {
    const id = this.#options.nextCall();
    this.#options.out.send(PD_NODE, { type: 'pd-request', id, call });
    return id;
  }

  /** New peers need ids that nobody ever had: PD gives them. */
  administer(regionId: RegionId, request: AdminRequest): void {
    const { store } = this.#options;
    const needed = store.admin.newPeers(regionId, request);
    if (needed === 0) return store.admin.administer(regionId, request, []);
    this.#wantId({ regionId, request, needed, ids: [] });
  }

  #wantId(wanting: Wanting): void {
    const [oldest] = this.#wanting.keys();
    if (this.#wanting.size >= WANTING_MAX && oldest !== undefined) this.#wanting.delete(oldest);
    this.#wanting.set(this.#ask({ type: 'alloc-id' }), wanting);
  }

  #onId(call: number, id: number): void {
    const wanting = this.#wanting.get(call);
    if (wanting === undefined) return;
    this.#wanting.delete(call);
    const ids = [...wanting.ids, id];
    if (ids.length < wanting.needed) return this.#wantId({ ...wanting, ids });
    this.#options.store.admin.administer(wanting.regionId, wanting.request, ids);
  }

  #askDoubts(): void {
    for (const regionId of this.#options.store.takeDoubts()) {
      for (const [call, doubted] of this.#doubts)
        if (doubted === regionId) this.#doubts.delete(call);
      this.#doubts.set(this.#ask({ type: 'get-region-by-id', regionId }), regionId);
    }
  }

  #askSplits(): void {
    for (const ask of this.#options.store.takeSplitAsks()) {
      for (const [call, { region }] of this.#splits)
        if (region.id === ask.region.id) this.#splits.delete(call);
      const { region, keys } = ask;
      this.#splits.set(this.#ask({ type: 'ask-batch-split', region, count: keys.length }), ask);
    }
  }

  /** True where the answer is to one of these. */
  onAnswer(call: number, answer: PdAnswer): boolean {
    if (answer.type === 'alloc-id') {
      this.#onId(call, answer.id);
      return true;
    }
    const ask = this.#splits.get(call);
    if (ask !== undefined) {
      this.#splits.delete(call);
      if (answer.type === 'ask-batch-split') this.#options.store.admin.split(ask, answer.ids);
      else if (answer.type === 'refused') this.#splitRefused(ask, answer.reason);
      return true;
    }
    if (!this.#doubts.delete(call)) return false;
    if (answer.type === 'get-region-by-id' && answer.region !== null)
      this.#options.store.onRegionOfPd(answer.region);
    return true;
  }

  #splitRefused({ region }: SplitAsk, reason: string): void {
    this.#options.out.emit({
      type: 'raftstore/admin-refused',
      region: region.id,
      command: 'batch-split',
      reason,
    });
  }

  // ---- orders ----------------------------------------------------------------------------------------------

  /** On the stream of heartbeats. An order for a leader, or an epoch, that is no more is left. */
  onOrder({ regionId, regionEpoch, targetPeer, order }: PdOrder): void {
    const { out, store } = this.#options;
    const wanted = wantedOf(order);
    const refused = store.admin.order({
      regionId,
      peerId: targetPeer.id,
      epoch: regionEpoch,
      wanted,
    });
    out.emit({
      type: 'raftstore/order-received',
      region: regionId,
      order: wanted.type,
      detail: orderWords(order),
      refused,
    });
  }

  // ---- telling ---------------------------------------------------------------------------------------------

  /** The store runs now. */
  begin(): void {
    this.#heartbeatOfStore();
    this.#heartbeatsOfRegions();
  }

  /** True where the timer is one of these. */
  onTimer(name: string): boolean {
    if (name === STORE_HEARTBEAT_TIMER) this.#heartbeatOfStore();
    else if (name === REGION_HEARTBEAT_TIMER) this.#heartbeatsOfRegions();
    else return false;
    return true;
  }

  #setTimer(
    name: string,
    every: 'raftstore.pd-heartbeat-tick-interval' | 'raftstore.pd-store-heartbeat-tick-interval',
  ): void {
    const { out, settings } = this.#options;
    out.timer(name, out.now + microsOf(settings[every]));
  }

  #heartbeatOfStore(): void {
    const { store, storeId } = this.#options;
    this.#ask({ type: 'store-heartbeat', store: storeId, stats: store.stats() });
    this.#setTimer(STORE_HEARTBEAT_TIMER, 'raftstore.pd-store-heartbeat-tick-interval');
  }

  #heartbeatsOfRegions(): void {
    for (const peer of this.#options.store.leaders()) if (peer.settled) this.#heartbeat(peer);
    this.#setTimer(REGION_HEARTBEAT_TIMER, 'raftstore.pd-heartbeat-tick-interval');
  }

  #heartbeat(peer: PeerFsm): void {
    const { watch, out } = this.#options;
    const counted = watch.take(peer.regionId);
    const down = watch.down(peer, out.now);
    this.#ask({ type: 'region-heartbeat', ...beatOf(peer, { counted, down }) });
  }

  /** After each step: PD hears of splits, of new leaders and of changed Regions at once. */
  follow(touched: readonly RegionId[]): void {
    this.#askDoubts();
    this.#askSplits();
    for (const regionId of touched) {
      const peer = this.#options.store.peer(regionId);
      this.#options.watch.follow(regionId, peer, this.#options.out.now);
      if (peer?.isLeader !== true) {
        this.#reported.delete(regionId);
        continue;
      }
      const report = reportOf(peer);
      if (!peer.settled || this.#reported.get(regionId) === report) continue;
      this.#reported.set(regionId, report);
      this.#heartbeat(peer);
    }
  }

  /** For its history. */
  reportSplit(regions: Extract<PdCall, { type: 'report-batch-split' }>['regions']): void {
    this.#ask({ type: 'report-batch-split', regions });
  }

  save(): SavedStorePd {
    return {
      reported: [...this.#reported],
      wanting: [...this.#wanting],
      doubts: [...this.#doubts],
      splits: [...this.#splits],
    };
  }
}

function wantedOf(order: PdOrder['order']): OrderedAdmin['wanted'] {
  if (order.type === 'ChangePeerV2') return { type: 'change-peer', changes: order.changes };
  if (order.type === 'TransferLeader') return { type: 'transfer-leader', to: order.peer.storeId };
  return { type: 'split', policy: order.policy, keys: order.keys };
}

function orderWords(order: PdOrder['order']): string {
  if (order.type === 'ChangePeerV2')
    return adminWords({ type: 'change-peer', changes: order.changes });
  return order.type === 'TransferLeader' ? `s${order.peer.storeId}` : order.policy;
}
