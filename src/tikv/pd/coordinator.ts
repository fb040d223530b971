// What drives scheduling: the patrol that looks at Regions one after the other, the schedulers, and the operators under
// way. It begins once PD has heard of most Regions, for a PD that knows little would do harm.
// (PD: pkg/schedule/{coordinator,prepare_checker}.go)

import type { Bytes } from '../../base/bytes.ts';
import type { Chance } from '../../base/chance.ts';
import { microsOf, type Settings } from '../config.ts';
import type { Micros, PeerId } from '../ids.ts';
import { checkRegion } from './checkers.ts';
import { OperatorController, type PdSink, type SavedOperators } from './operator-controller.ts';
import type { Proposal } from './proposal.ts';
import type { KnownRegion, RegionTree } from './regions.ts';
import { Schedulers, type SavedSchedulers, type StoredScheduler } from './schedulers.ts';
import type { StoreList } from './stores.ts';
import { ClusterView } from './view.ts';

const PATROL_TIMER = 'patrol';
const SCHEDULE_TIMER = 'schedule';
const PUSH_TIMER = 'push';
/** Regions that one look of the patrol covers. (PD: 128) */
const PATROL_BATCH = 16;
/** Between two looks whether an operator has to be pushed on. */
const PUSH_INTERVAL = 250_000;
/** PD schedules once it has heard of so many of a hundred Regions, or has waited this long. (PD: 80, 5 min) */
const HEARD_PERCENT = 80;
const PREPARE_TIME = 8_000_000;

export interface CoordinatorParts {
  readonly sink: PdSink;
  readonly settings: Settings;
  readonly chance: Chance;
  readonly stores: () => StoreList;
  readonly regions: () => RegionTree;
  readonly maxReplicas: () => number;
  readonly locationLabels: () => readonly string[];
  readonly newPeerId: () => PeerId | null;
}

export interface SavedCoordinator {
  readonly operators: SavedOperators;
  readonly schedulers: SavedSchedulers;
  readonly patrolFrom: Bytes;
  readonly bootedAt: Micros;
  readonly isPrepared: boolean;
}

export class Coordinator {
  readonly #parts: CoordinatorParts;
  readonly operators: OperatorController;
  #schedulers: Schedulers;
  /** The patrol goes on behind this key. */
  #patrolFrom: Bytes;
  #bootedAt: Micros;
  #isPrepared: boolean;

  constructor(parts: CoordinatorParts, saved?: SavedCoordinator) {
    this.#parts = parts;
    const { sink, regions, stores } = parts;
    this.operators = new OperatorController({ sink, regions, stores }, saved?.operators);
    this.#schedulers = new Schedulers(saved?.schedulers);
    this.#patrolFrom = saved?.patrolFrom ?? '';
    this.#bootedAt = saved?.bootedAt ?? parts.sink.now;
    this.#isPrepared = saved?.isPrepared ?? false;
  }

  get schedulers(): Schedulers {
    return this.#schedulers;
  }

  /** `stored`: the schedulers that PD finds on its disk; null: those that it begins with. */
  start(stored: readonly StoredScheduler[] | null): void {
    const { sink } = this.#parts;
    const { now } = sink;
    this.#bootedAt = now;
    if (stored !== null) this.#schedulers = Schedulers.from(stored, now);
    this.tellSchedulers();
    sink.timer(PATROL_TIMER, now + this.#patrolInterval());
    sink.timer(PUSH_TIMER, now + PUSH_INTERVAL);
    this.watch();
  }

  #patrolInterval = (): Micros => microsOf(this.#parts.settings['schedule.patrol-region-interval']);

  tellSchedulers(): void {
    const schedulers = this.#schedulers.infos();
    this.#parts.sink.emit({ type: 'pd/schedulers-changed', schedulers });
  }

  /** The schedulers' timer stands where the next of them is due. */
  watch(): void {
    const { sink } = this.#parts;
    const at = this.#schedulers.nextAt();
    sink.timer(SCHEDULE_TIMER, at === null ? null : Math.max(at, sink.now + 1));
  }

  /** Heard of a store that was not there, or of one that goes. */
  hurry(): void {
    this.#schedulers.hurry(this.#parts.sink.now);
    this.watch();
  }

  /** The cluster in one look. */
  view(): ClusterView {
    const { settings, chance, newPeerId } = this.#parts;
    return new ClusterView({
      now: this.#parts.sink.now,
      settings,
      chance,
      newPeerId,
      stores: this.#parts.stores(),
      regions: this.#parts.regions(),
      operators: this.operators.operators,
      maxReplicas: this.#parts.maxReplicas(),
      locationLabels: this.#parts.locationLabels(),
      isEvicted: (store) => this.#schedulers.isEvicted(store),
    });
  }

  onHeartbeat(known: KnownRegion): void {
    this.operators.dispatch(known, 'heartbeat');
  }

  /** False: the timer is somebody else's. */
  onTimer(name: string): boolean {
    const { sink } = this.#parts;
    if (name === PATROL_TIMER) {
      if (this.#prepared()) this.#patrol();
      sink.timer(PATROL_TIMER, sink.now + this.#patrolInterval());
    } else if (name === PUSH_TIMER) {
      this.operators.push();
      sink.timer(PUSH_TIMER, sink.now + PUSH_INTERVAL);
    } else if (name === SCHEDULE_TIMER) this.#schedule();
    else return false;
    return true;
  }

  #prepared(): boolean {
    if (this.#isPrepared) return true;
    const all = this.#parts.regions().all();
    const heard = all.filter(({ leader }) => leader !== null).length;
    const enough = all.length > 0 && heard * 100 >= all.length * HEARD_PERCENT;
    this.#isPrepared = enough || this.#parts.sink.now - this.#bootedAt >= PREPARE_TIME;
    return this.#isPrepared;
  }

  #patrol(): void {
    const batch = this.#parts.regions().scan(this.#patrolFrom, '', PATROL_BATCH);
    let view: ClusterView | null = null;
    for (const { region } of batch) {
      view ??= this.view();
      const known = this.#parts.regions().byId(region.id);
      const proposal = known === null ? null : checkRegion(view, known);
      if (proposal === null) continue;
      this.#add(proposal);
      view = null;
    }
    this.#patrolFrom = batch.at(-1)?.region.endKey ?? '';
  }

  #schedule(): void {
    const { sink } = this.#parts;
    if (this.#prepared()) {
      const add = (proposal: Proposal) => this.#add(proposal);
      const changed = this.#schedulers.run(sink.now, () => this.view(), add);
      if (changed) this.tellSchedulers();
    } else this.#schedulers.hurry(sink.now);
    const at = this.#schedulers.nextAt();
    if (at !== null) sink.timer(SCHEDULE_TIMER, Math.max(at, sink.now + PUSH_INTERVAL));
  }

  #add(proposal: Proposal): void {
    this.operators.add(proposal);
  }

  save(): SavedCoordinator {
    return {
      operators: this.operators.save(),
      schedulers: this.#schedulers.save(),
      patrolFrom: this.#patrolFrom,
      bootedAt: this.#bootedAt,
      isPrepared: this.#isPrepared,
    };
  }
}
