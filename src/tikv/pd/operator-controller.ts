// Operators under way, at most one a Region: started, pushed on with every heartbeat and from time to time between them,
// and ended by success, by a heartbeat that does not fit, by something more urgent, or by the clock.
// (PD: pkg/schedule/operator/operator_controller.go)

import type { Micros, RegionId, StoreId } from '../ids.ts';
import { storeNode } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import type { PdEvent } from './event.ts';
import type { PdOrder, PdResponse } from './message.ts';
import { confVerChanged, orderOf, STEP_TIMEOUT, stepFinished, stepProblem } from './operator.ts';
import type { Operator, OperatorPlan } from './operator-types.ts';
import type { Proposal } from './proposal.ts';
import type { KnownRegion, RegionTree } from './regions.ts';
import type { StoreList } from './stores.ts';

export type PdSink = Sink<PdResponse | PdOrder, PdEvent>;

/** An order that nothing has come of is said again after this long. (PD: 2 s to 5 s) */
const PUSH_AFTER = 500_000;

const PRIORITIES = ['low', 'medium', 'high', 'urgent'] as const;

export interface ControllerParts {
  readonly sink: PdSink;
  readonly regions: () => RegionTree;
  readonly stores: () => StoreList;
}

export interface SavedOperators {
  readonly operators: readonly Operator[];
  readonly next: number;
  readonly sent: readonly (readonly [RegionId, Micros])[];
}

type Ending = Extract<PdEvent, { type: 'pd/operator-ended' }>['status'];

export class OperatorController {
  readonly #parts: ControllerParts;
  readonly #operators: Map<RegionId, Operator>;
  /** When each was last said to the leader. */
  readonly #sent: Map<RegionId, Micros>;
  #next: number;

  constructor(parts: ControllerParts, saved?: SavedOperators) {
    this.#parts = parts;
    this.#operators = new Map(saved?.operators.map((each) => [each.regionId, each]));
    this.#sent = new Map(saved?.sent);
    this.#next = saved?.next ?? 1;
  }

  get operators(): ReadonlyMap<RegionId, Operator> {
    return this.#operators;
  }

  /** Starts it, or says why it cannot be. */
  add(proposal: Proposal): string | null {
    const { sink, regions } = this.#parts;
    const known = regions().byId(proposal.regionId);
    if (known === null) return `PD knows no Region ${proposal.regionId}.`;
    const old = this.#operators.get(proposal.regionId);
    const level = (of: Pick<OperatorPlan, 'priority'>) => PRIORITIES.indexOf(of.priority);
    if (old !== undefined && level(proposal) <= level(old))
      return `Region ${proposal.regionId} has an operator already: ${old.desc}. Wait for it, or: operator remove ${proposal.regionId}`;
    if (old !== undefined) this.#end(old, 'REPLACED', `${proposal.desc} is more urgent`);
    const plan: OperatorPlan = {
      ...proposal,
      id: this.#next++,
      regionEpoch: known.region.epoch,
    };
    sink.emit({ type: 'pd/operator-created', operator: plan });
    const { now } = sink;
    const status = 'STARTED';
    const times = { createdAt: now, startedAt: now, stepAt: now };
    this.#operators.set(plan.regionId, { ...plan, ...times, status, step: 0 });
    sink.emit({ type: 'pd/operator-started', operator: plan.id, regionId: plan.regionId });
    this.dispatch(known, 'create');
    return null;
  }

  /** A person takes it away. */
  cancel(regionId: RegionId, why: string): boolean {
    const operator = this.#operators.get(regionId);
    if (operator !== undefined) this.#end(operator, 'CANCELED', why);
    return operator !== undefined;
  }

  /** What the Region's newest description means for its operator, and the next order to its leader. */
  dispatch(known: KnownRegion, from: 'heartbeat' | 'push' | 'create'): void {
    const operator = this.#advance(known);
    if (operator === null) return;
    const { sink, stores } = this.#parts;
    const step = operator.steps[operator.step];
    if (step === undefined) return this.#end(operator, 'SUCCESS', null);
    if (sink.now - operator.stepAt > STEP_TIMEOUT)
      return this.#end(operator, 'TIMEOUT', 'the step took too long');
    if (from === 'heartbeat') {
      const isUp = (id: StoreId) => stores().get(id)?.state === 'Up';
      const problem = stepProblem(step, known, isUp) ?? staleness(operator, known);
      if (problem !== null) return this.#end(operator, 'CANCELED', problem);
    }
    const { region, leader } = known;
    if (leader === null) return;
    this.#sent.set(region.id, sink.now);
    sink.send(storeNode(leader.storeId), {
      type: 'pd-order',
      regionId: region.id,
      regionEpoch: region.epoch,
      targetPeer: leader,
      order: orderOf(step, region),
    });
  }

  #advance(known: KnownRegion): Operator | null {
    let operator = this.#operators.get(known.region.id);
    if (operator === undefined) return null;
    const { sink } = this.#parts;
    for (;;) {
      const step = operator.steps[operator.step];
      if (step === undefined || !stepFinished(step, operator, known)) break;
      const { id, regionId } = operator;
      sink.emit({
        type: 'pd/operator-step-finished',
        operator: id,
        regionId,
        step: operator.step,
      });
      operator = { ...operator, step: operator.step + 1, stepAt: sink.now };
      this.#operators.set(regionId, operator);
    }
    return operator;
  }

  /** Between heartbeats: what nobody has answered is said again, and what takes too long ends. */
  push(): void {
    const { sink, regions } = this.#parts;
    for (const operator of [...this.#operators.values()]) {
      const known = regions().byId(operator.regionId);
      if (known === null) this.#end(operator, 'CANCELED', 'the Region is gone');
      else if (sink.now - (this.#sent.get(operator.regionId) ?? 0) >= PUSH_AFTER)
        this.dispatch(known, 'push');
    }
  }

  #end(operator: Operator, status: Ending, why: string | null): void {
    const { id, regionId, desc } = operator;
    this.#operators.delete(regionId);
    this.#sent.delete(regionId);
    const { sink } = this.#parts;
    sink.emit({ type: 'pd/operator-ended', operator: id, regionId, desc, status, why });
  }

  save(): SavedOperators {
    return {
      operators: [...this.#operators.values()],
      next: this.#next,
      sent: [...this.#sent],
    };
  }
}

/** Somebody else changed the members meanwhile. (PD: checkStaleOperator) */
function staleness(operator: Operator, { region }: KnownRegion): string | null {
  const changes = region.epoch.confVer - operator.regionEpoch.confVer;
  return changes > confVerChanged(operator, region)
    ? 'the members of the Region have changed otherwise'
    : null;
}
