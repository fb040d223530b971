// The placement driver, in words: what it learns, what it wants done, why, and what came of it.

import { storeNode, type NodeId, type StoreId } from '../../tikv/ids.ts';
import type { PdEvent } from '../../tikv/pd/event.ts';
import type { OperatorReason, OperatorStep, PeerAt } from '../../tikv/pd/operator-types.ts';
import type { OperatorState, withoutRoom } from '../pd.ts';
import type { World } from '../world.ts';
import { duration, listed, nodeName, plural } from './format.ts';
import { strong, type Part } from './line.ts';
import { verdictWords } from './rule-words.ts';
import type { Told } from './told.ts';

const store = (id: StoreId): string => nodeName(storeNode(id));
const stores = (peers: readonly PeerAt[]): string =>
  listed(peers.map(({ storeId }) => store(storeId)));

/** `world` is as it was before the record. */
export function explainPd(world: World, event: PdEvent): Told | null {
  switch (event.type) {
    case 'pd/bootstrapped': {
      const by = storeNode(event.by);
      return line(
        [by],
        `PD takes Region ${event.region.id} from ${nodeName(by)}: the cluster exists`,
      );
    }
    case 'pd/store-changed':
      return explainStore(world, event.store);
    case 'pd/region-learned': {
      const leader = storeNode(event.leader.storeId);
      const { id } = event.region;
      const words = `PD learns that ${nodeName(leader)} leads Region ${id}, term ${event.term}`;
      return { ...line([leader], words), region: id };
    }
    case 'pd/heartbeat-refused': {
      const { regionId: region, verdict } = event;
      const by = storeNode(event.leader.storeId);
      const words = `PD passes over what ${nodeName(by)} says of Region ${region}: ${verdictWords(verdict)}`;
      return { ...line([by], words), glyph: 'refused', region };
    }
    case 'pd/split-ids-given': {
      const { regionId, ids } = event;
      const regions = listed(ids.map((each) => String(each.regionId)));
      const words = `PD gives the ids of ${ids.length === 1 ? 'a Region' : 'Regions'} to split off Region ${regionId}: ${regions}`;
      return { ...line([], words), region: regionId };
    }
    case 'pd/command-refused':
      return { ...line([], `PD refuses. ${event.reason}`), glyph: 'refused' };
    case 'pd/config-changed':
      return explainConfig(world, event);
    default:
      return explainOperator(world, event);
  }
}

/** What is new of it: the replicas, or where they shall stand. */
function explainConfig(
  { pd }: World,
  { maxReplicas, locationLabels }: Extract<PdEvent, { type: 'pd/config-changed' }>,
): Told {
  const isSame = locationLabels.join() === pd.locationLabels.join();
  if (maxReplicas !== pd.maxReplicas || isSame)
    return line([], `PD wants ${plural(maxReplicas, 'replica')} of each Region`);
  return locationLabels.length === 0
    ? line([], 'PD does not mind any more where replicas stand')
    : line([], `PD keeps replicas apart by ${listed(locationLabels)}`);
}

const line = (nodes: readonly NodeId[], ...pieces: (string | Part)[]): Told => ({
  glyph: 'pd',
  family: 'pd',
  nodes: ['pd1', ...nodes],
  pieces,
});

type StoreChanged = Extract<PdEvent, { type: 'pd/store-changed' }>;

function explainStore(world: World, { id, node, state }: StoreChanged['store']): Told | null {
  const before = world.pd.stores[id]?.state;
  if (before === state) return null;
  const name = nodeName(node);
  switch (state) {
    case 'Up':
      return line([node], before === 'Offline' ? `PD keeps ${name} after all` : `PD sees ${name}`);
    case 'Offline':
      return line([node], `PD empties ${name}: it is offline`);
    case 'Tombstone':
      return line([node], `PD buries ${name}: it holds no Region, and its number never comes back`);
    default:
      return line([node], `PD calls ${name} ${state.toLowerCase()}`);
  }
}

function explainOperator(world: World, event: PdEvent): Told | null {
  if (event.type === 'pd/operator-created') {
    const { regionId, reason, steps } = event.operator;
    const words = `PD wants of Region ${regionId}: ${planWords(steps)}`;
    return {
      ...line(nodesOfSteps(steps), strong(words), `. ${reasonWords(reason)}`),
      region: regionId,
    };
  }
  if (!('operator' in event) || event.type === 'pd/operator-started') return null;
  const state = world.pd.operators[event.operator];
  const region = event.regionId;
  if (event.type === 'pd/operator-step-finished') {
    const step = state?.plan.steps[event.step];
    if (step === undefined) return null;
    const words = `Region ${region}: ${stepDone(step)}`;
    return { ...line(nodesOfSteps([step]), words), region };
  }
  const plan = state === undefined ? event.desc : planWords(state.plan.steps);
  const why = event.why === null ? '' : ` (${event.why})`;
  return { ...line([], `PD ${ENDS[event.status]} of Region ${region}: ${plan}${why}`), region };
}

const ENDS = {
  SUCCESS: 'has what it wanted',
  CANCELED: 'gives up what it wanted',
  REPLACED: 'puts off what it wanted',
  EXPIRED: 'never began what it wanted',
  TIMEOUT: 'waited too long for what it wanted',
} as const;

function nodesOfSteps(steps: readonly OperatorStep[]): NodeId[] {
  const ids = steps.flatMap((step): StoreId[] => {
    switch (step.type) {
      case 'TransferLeader':
        return [step.fromStore, step.toStore];
      case 'AddLearner':
      case 'PromoteLearner':
        return [step.toStore];
      case 'RemovePeer':
        return [step.fromStore];
      case 'ChangePeerV2Enter':
      case 'ChangePeerV2Leave':
        return [...step.promote, ...step.demote].map(({ storeId }) => storeId);
      case 'SplitRegion':
        return [];
    }
  });
  return [...new Set(ids)].map(storeNode);
}

/** What the whole comes to: `move its replica from S1 to S4`. */
export function planWords(steps: readonly OperatorStep[]): string {
  const added = steps.flatMap((step) => (step.type === 'AddLearner' ? [store(step.toStore)] : []));
  const gone = steps.flatMap((step) => (step.type === 'RemovePeer' ? [store(step.fromStore)] : []));
  if (added.length > 0 && gone.length > 0)
    return `move ${added.length === 1 ? 'its replica' : 'its replicas'} from ${listed(gone)} to ${listed(added)}`;
  const promotes = steps.some((step) => step.type === 'PromoteLearner');
  if (added.length > 0) return `a ${promotes ? 'replica' : 'learner'} on ${listed(added)}`;
  if (gone.length > 0) return `no replica on ${listed(gone)}`;
  return steps.length === 0 ? 'nothing' : steps.map(stepWords).join(', then ');
}

/** A step still to be done: `a learner on S4`. */
export function stepWords(step: OperatorStep): string {
  switch (step.type) {
    case 'TransferLeader':
      return `${store(step.toStore)} leads, no longer ${store(step.fromStore)}`;
    case 'AddLearner':
      return `a learner on ${store(step.toStore)}`;
    case 'PromoteLearner':
      return `the learner on ${store(step.toStore)} votes`;
    case 'RemovePeer':
      return `no replica on ${store(step.fromStore)}`;
    case 'ChangePeerV2Enter':
      return `enter the joint configuration${changes(step)}`;
    case 'ChangePeerV2Leave':
      return 'leave the joint configuration';
    case 'SplitRegion':
      return step.policy === 'usekey' ? 'split at a given key' : 'split in the middle';
  }
}

function changes({ promote, demote }: { promote: readonly PeerAt[]; demote: readonly PeerAt[] }) {
  const parts = [
    ...(promote.length === 0 ? [] : [`${stores(promote)} will vote`]),
    ...(demote.length === 0 ? [] : [`${stores(demote)} will not`]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function stepDone(step: OperatorStep): string {
  switch (step.type) {
    case 'TransferLeader':
      return `${store(step.toStore)} leads now`;
    case 'AddLearner':
      return `${store(step.toStore)} has caught up as a learner`;
    case 'PromoteLearner':
      return `${store(step.toStore)} votes now`;
    case 'RemovePeer':
      return `${store(step.fromStore)} holds no replica any more`;
    case 'ChangePeerV2Enter':
      return 'the joint configuration is entered';
    case 'ChangePeerV2Leave':
      return 'the joint configuration is left';
    case 'SplitRegion':
      return 'it is split';
  }
}

/** A whole sentence, with the facts that PD went by. */
export function reasonWords(reason: OperatorReason): string {
  switch (reason.type) {
    case 'asked':
      return 'Somebody asked for it.';
    case 'leaders':
      return `${store(reason.from)} leads ${reason.fromCount}, ${store(reason.to)} ${reason.toCount}.`;
    case 'size':
      return `${store(reason.from)} holds ${plural(reason.fromSize, 'byte')}, ${store(reason.to)} ${reason.toSize}.`;
    case 'flow': {
      const word = reason.flow === 'write' ? 'written' : 'read';
      return `It is hot: of ${plural(reason.fromRate, 'byte')} ${word} a second at ${store(reason.from)}, ${reason.rate} are its own; ${store(reason.to)} has ${reason.toRate}.`;
    }
    case 'too-few':
      return `It has ${plural(reason.have, 'replica')} and shall have ${reason.want}.`;
    case 'too-many':
      return `It has ${plural(reason.have, 'replica')} and shall have only ${reason.want}.`;
    case 'store-down':
      return `${store(reason.store)} is silent for ${duration(reason.silentMs * 1000)}.`;
    case 'store-offline':
      return `${store(reason.store)} is being emptied.`;
    case 'location':
      return `Replicas stand farther apart with ${store(reason.to)} than with ${store(reason.from)}.`;
    case 'evict-leader':
      return `${store(reason.store)} shall lead nothing.`;
    case 'joint':
      return 'It stands in a joint configuration that nobody leaves.';
    case 'learner':
      return `The learner on ${store(reason.store)} has caught up.`;
  }
}

/** `2 of 4: enter the joint configuration`: where an operator under way has come to. */
export function progressWords({ plan, step }: OperatorState): string {
  const next = plan.steps[step];
  return next === undefined ? 'done' : `${step + 1} of ${plan.steps.length}: ${stepWords(next)}`;
}

/** Why a store keeps its replicas although PD wants them elsewhere, and what helps. */
export function roomWords({ store: { node, state }, regions }: Waiting): string {
  const name = nodeName(node);
  const what = state === 'Offline' ? `${name} cannot be emptied` : `PD cannot replace ${name}`;
  const which = regions === 1 ? 'a Region of it is' : `${regions} Regions of it are`;
  return `${what}: ${which} on every store that is up already. Let another store join.`;
}

/** The same, for a headline. */
export const roomHeadline = ({ store: { node } }: Waiting): string =>
  `PD has no store for ${nodeName(node)}'s replicas: let another join.`;

type Waiting = ReturnType<typeof withoutRoom>[number];
