// The schedulers that run: each looks for something to do, and after a look in vain the next one comes later.
// (PD: pkg/schedule/schedulers/scheduler_controller.go)

import type { Micros, StoreId } from '../ids.ts';
import { balanceLeader, balanceRegion, evictLeader } from './balance.ts';
import { balanceHotRegion } from './hot-region.ts';
import type { SchedulerInfo } from './operator-types.ts';
import type { Proposal } from './proposal.ts';
import type { ClusterView } from './view.ts';

/** Between two looks, at least and at most. (PD: 10 ms to 5 s) */
const INTERVAL_MIN = 200_000;
const INTERVAL_MAX = 3_200_000;

export const SCHEDULER_NAMES = [
  'balance-leader-scheduler',
  'balance-region-scheduler',
  'balance-hot-region-scheduler',
  'evict-leader-scheduler',
] as const;
export type SchedulerName = (typeof SCHEDULER_NAMES)[number];

/** Those that a PD begins with. */
const DEFAULTS: readonly SchedulerName[] = SCHEDULER_NAMES.slice(0, 3);

interface Scheduler {
  readonly name: SchedulerName;
  readonly pausedUntil: Micros | null;
  readonly stores: readonly StoreId[];
  readonly interval: Micros;
  readonly nextAt: Micros;
}

/** What stands on PD's disk. */
export type StoredScheduler = Pick<Scheduler, 'name' | 'stores'>;

export type SavedSchedulers = readonly Scheduler[];

/** PD's name for what a person calls it, with or without `-scheduler`; null: there is none. */
export function schedulerNamed(text: string): SchedulerName | null {
  const word = text.toLowerCase();
  return SCHEDULER_NAMES.find((name) => name === word || name === `${word}-scheduler`) ?? null;
}

export class Schedulers {
  #list: Scheduler[];

  constructor(saved?: SavedSchedulers) {
    this.#list = [...(saved ?? DEFAULTS.map((name) => fresh({ name, stores: [] }, 0)))];
  }

  static from(stored: readonly StoredScheduler[], now: Micros): Schedulers {
    return new Schedulers(stored.map((each) => fresh(each, now)));
  }

  infos(): SchedulerInfo[] {
    return this.#list.map(({ name, pausedUntil, stores }) => ({ name, pausedUntil, stores }));
  }

  stored(): StoredScheduler[] {
    return this.#list.map(({ name, stores }) => ({ name, stores }));
  }

  isEvicted(store: StoreId): boolean {
    return this.#list.some(({ stores }) => stores.includes(store));
  }

  has(name: SchedulerName): boolean {
    return this.#list.some((each) => each.name === name);
  }

  storesOf(name: SchedulerName): readonly StoreId[] {
    return this.#list.find((each) => each.name === name)?.stores ?? [];
  }

  set(stored: StoredScheduler, now: Micros): void {
    const others = this.#list.filter(({ name }) => name !== stored.name);
    this.#list = [...others, fresh(stored, now)].toSorted(
      (a, b) => SCHEDULER_NAMES.indexOf(a.name) - SCHEDULER_NAMES.indexOf(b.name),
    );
  }

  remove(name: SchedulerName): void {
    this.#list = this.#list.filter((each) => each.name !== name);
  }

  pause(name: SchedulerName, until: Micros | null, now: Micros): void {
    this.#list = this.#list.map((each) =>
      each.name === name ? { ...each, pausedUntil: until, nextAt: until ?? now } : each,
    );
  }

  nextAt(): Micros | null {
    const times = this.#list.map(({ nextAt }) => nextAt);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Runs those that are due; true where one is paused no more. */
  run(now: Micros, view: () => ClusterView, add: (proposal: Proposal) => void): boolean {
    let changed = false;
    this.#list = this.#list.map((each) => {
      if (each.nextAt > now) return each;
      const ended = each.pausedUntil !== null && each.pausedUntil <= now;
      changed ||= ended;
      const proposal = look(each, view());
      if (proposal !== null) add(proposal);
      const interval = proposal === null ? Math.min(each.interval * 2, INTERVAL_MAX) : INTERVAL_MIN;
      return { ...each, pausedUntil: null, interval, nextAt: now + interval };
    });
    return changed;
  }

  /** Something has changed: there may be something to do soon. */
  hurry(now: Micros): void {
    this.#list = this.#list.map((each) =>
      each.pausedUntil === null && each.nextAt > now + INTERVAL_MIN
        ? { ...each, interval: INTERVAL_MIN, nextAt: now + INTERVAL_MIN }
        : each,
    );
  }

  save(): SavedSchedulers {
    return this.#list;
  }
}

const fresh = ({ name, stores }: StoredScheduler, now: Micros): Scheduler => ({
  name,
  stores,
  pausedUntil: null,
  interval: INTERVAL_MIN,
  nextAt: now + INTERVAL_MIN,
});

function look({ name, stores }: Scheduler, view: ClusterView): Proposal | null {
  switch (name) {
    case 'balance-leader-scheduler':
      return balanceLeader(view);
    case 'balance-region-scheduler':
      return balanceRegion(view);
    case 'balance-hot-region-scheduler':
      return balanceHotRegion(view);
    case 'evict-leader-scheduler':
      return evictLeader(view, stores);
  }
}
