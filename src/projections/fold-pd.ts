// Records of the placement driver, folded into what it believes and wants.

import type { Micros } from '../tikv/ids.ts';
import type { PdEvent } from '../tikv/pd/event.ts';
import { ENDED_OPERATORS_KEPT, type PdState } from './pd.ts';
import type { World } from './world.ts';

export function foldPd(world: World, at: Micros, event: PdEvent): void {
  const { pd } = world;
  switch (event.type) {
    case 'pd/bootstrapped':
      pd.bootstrapped = true;
      return;
    case 'pd/store-changed':
      pd.stores[event.store.id] = event.store;
      // It says nothing of itself any more, and holds nothing.
      if (event.store.state === 'Tombstone') delete pd.stats[event.store.id];
      return;
    case 'pd/store-measured':
      pd.stats[event.store] = event.stats;
      return;
    case 'pd/region-learned': {
      const { region, leader, term } = event;
      pd.regions[region.id] = { region, leader, term, learnedAt: at };
      return;
    }
    case 'pd/region-measured':
      pd.flow[event.regionId] = event.flow;
      return;
    case 'pd/regions-replaced':
      for (const id of event.regions) {
        delete pd.regions[id];
        delete pd.flow[id];
      }
      return;
    case 'pd/schedulers-changed':
      pd.schedulers = event.schedulers;
      return;
    case 'pd/config-changed':
      pd.maxReplicas = event.maxReplicas;
      pd.locationLabels = event.locationLabels;
      return;
    case 'pd/command-refused':
      pd.refused = { at, reason: event.reason };
      return;
    case 'pd/tso-bound-saved':
      pd.boundMs = event.boundMs;
      return;
    case 'pd/tso-given':
      pd.timestamp = event.timestamp;
      pd.given += event.count;
      return;
    default:
      return foldOperator(pd, at, event);
  }
}

function foldOperator(pd: PdState, at: Micros, event: PdEvent): void {
  if (event.type === 'pd/operator-created') {
    const { operator: plan } = event;
    pd.operators[plan.id] = {
      plan,
      status: 'CREATED',
      createdAt: at,
      startedAt: null,
      endedAt: null,
      step: 0,
      stepsAt: [],
      why: null,
    };
    return;
  }
  if (!('operator' in event)) return;
  const state = pd.operators[event.operator];
  if (state === undefined) return;
  if (event.type === 'pd/operator-started')
    Object.assign(state, { status: 'STARTED', startedAt: at });
  if (event.type === 'pd/operator-step-finished') {
    state.step = event.step + 1;
    state.stepsAt.push(at);
  }
  if (event.type !== 'pd/operator-ended') return;
  Object.assign(state, { status: event.status, endedAt: at, why: event.why });
  delete pd.operators[event.operator];
  pd.ended.push(state);
  if (pd.ended.length > ENDED_OPERATORS_KEPT) pd.ended.shift();
}

/** Memory is gone: operators are nowhere else. What is on PD's disk it will know again. */
export function foldPdDown(pd: PdState): void {
  pd.operators = {};
}
