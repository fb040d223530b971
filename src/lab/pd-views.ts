// What conditions can say about PD: what it is doing, and what runs.

import type { Value } from '../base/expression.ts';
import type { OperatorState } from '../projections/pd.ts';
import type { World } from '../projections/world.ts';

/** `operators()`: those under way, oldest first. */
export const operatorViews = (world: World): Value[] =>
  Object.values(world.pd.operators).map(operatorView);

/** `schedulers()`: those that run. */
export const schedulerViews = (world: World): Value[] =>
  world.pd.schedulers.map(({ name, pausedUntil, stores }) => ({
    name,
    paused: pausedUntil !== null,
    stores: stores.map((id) => `s${id}`),
  }));

const operatorView = ({ plan, step, createdAt }: OperatorState): Value => ({
  id: plan.id,
  region: plan.regionId,
  desc: plan.desc,
  reason: plan.reason.type,
  step,
  steps: plan.steps.map(({ type }) => type),
  since: createdAt / 1000,
});
