// What the placement driver believes, wants and has given out, as it is at the cursor.

import type { Micros, RegionId, StoreId } from '../tikv/ids.ts';
import type { RegionFlow } from '../tikv/pd/event.ts';
import type { StoreInfo, StoreStats } from '../tikv/pd/message.ts';
import type { OperatorPlan, OperatorStatus, SchedulerInfo } from '../tikv/pd/operator-types.ts';
import type { Peer, Region } from '../tikv/raftstore/region.ts';

/** Operators that have ended and are still shown. */
export const ENDED_OPERATORS_KEPT = 100;

/** What PD believes; it may lag behind what is true. */
export interface PdState {
  bootstrapped: boolean;
  stores: Record<StoreId, StoreInfo>;
  /** As each store said in its newest heartbeat that brought something new. */
  stats: Record<StoreId, StoreStats>;
  regions: Record<RegionId, { region: Region; leader: Peer; term: number; learnedAt: Micros }>;
  /** Sizes and flow, by the heartbeats of leaders. */
  flow: Record<RegionId, RegionFlow>;
  /** Operators under way, by their numbers. */
  operators: Record<number, OperatorState>;
  /** The newest that have ended, oldest first. */
  ended: OperatorState[];
  schedulers: readonly SchedulerInfo[];
  /** Null: PD has not said yet. */
  maxReplicas: number | null;
  /** From the widest place to the narrowest. */
  locationLabels: readonly string[];
  /** What was asked last and could not be done. */
  refused: { at: Micros; reason: string } | null;
  /** Timestamps below this many milliseconds may be given out. */
  boundMs: number;
  /** The newest timestamp given out, and how many there were. */
  timestamp: number;
  given: number;
}

export interface OperatorState {
  plan: OperatorPlan;
  status: OperatorStatus;
  createdAt: Micros;
  startedAt: Micros | null;
  endedAt: Micros | null;
  /** How many steps are finished; the next one is under way. */
  step: number;
  /** When each of the finished steps was. */
  stepsAt: Micros[];
  /** Why it did not succeed. */
  why: string | null;
}

export const newPdState = (): PdState => ({
  bootstrapped: false,
  stores: {},
  stats: {},
  regions: {},
  flow: {},
  operators: {},
  ended: [],
  schedulers: [],
  maxReplicas: null,
  locationLabels: [],
  refused: null,
  boundMs: 0,
  timestamp: 0,
  given: 0,
});

/** The operator on a Region; null: PD wants nothing of it. */
export const operatorOn = (pd: PdState, region: RegionId): OperatorState | null =>
  Object.values(pd.operators).find(({ plan }) => plan.regionId === region) ?? null;

/**
 * The replicas that PD knows on a store, and how many of them lead: by the heartbeats of Regions, as pd-ctl counts them. A
 * store that died keeps none in the count once its Regions are elsewhere. (PD: GetStoreRegionCount, GetStoreLeaderCount)
 */
export function storeCounts(pd: PdState, id: StoreId): { regions: number; leaders: number } {
  const known = Object.values(pd.regions);
  return {
    regions: known.filter(({ region }) => region.peers.some((peer) => peer.storeId === id)).length,
    leaders: known.filter(({ leader }) => leader.storeId === id).length,
  };
}

/**
 * Stores that PD would move every replica off and cannot, by what it believes: each store that is up has a replica of those
 * Regions already. They wait until another store joins.
 */
export function withoutRoom(pd: PdState): { store: StoreInfo; regions: number }[] {
  const up = Object.values(pd.stores).filter(({ state }) => state === 'Up');
  const found: { store: StoreInfo; regions: number }[] = [];
  for (const store of Object.values(pd.stores)) {
    if (store.state !== 'Offline' && store.state !== 'Down') continue;
    const stuck = Object.values(pd.regions).filter(({ region: { id, peers } }) => {
      const isOn = (wanted: StoreId) => peers.some(({ storeId }) => storeId === wanted);
      const isExtra = peers.length > (pd.maxReplicas ?? peers.length);
      return (
        isOn(store.id) &&
        !isExtra &&
        up.every((each) => isOn(each.id)) &&
        operatorOn(pd, id) === null
      );
    });
    if (stuck.length > 0) found.push({ store, regions: stuck.length });
  }
  return found;
}
