// What the panel says of the Weave: which Regions ask for attention, the Region that somebody looks at, and what PD
// knows and wants. Plain data, made from a world.

import { alarmsOf, type AlarmKind } from '../../projections/alarms.ts';
import { operatorOn } from '../../projections/pd.ts';
import {
  candidatesOf,
  commitOf,
  leadersOf,
  newestTerm,
  replicasOf,
} from '../../projections/questions.ts';
import { majorityOfRegion, mapped, reachedBy } from '../../projections/region-map.ts';
import { alarmWords } from '../../projections/words/alarm-words.ts';
import { progressWords, reasonWords } from '../../projections/words/explain-pd.ts';
import { commas, duration, listed, nodeName, plural } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';
import type { RegionFlow } from '../../tikv/pd/event.ts';
import { cellModel, sightOf, type VoteDot } from './cell-model.ts';

export interface Attention {
  readonly region: RegionId;
  readonly kind: AlarmKind;
  readonly title: string;
  readonly line: string;
}

/** A refusal of PD is news for so long, in virtual time. */
const REFUSAL_SHOWN: Micros = 10_000_000;

/** The most urgent; the rest is counted. */
const LISTED = 6;

export function attentionOf(world: World, now: Micros): { list: Attention[]; more: number } {
  const alarms = alarmsOf(world, now);
  return {
    list: alarms
      .slice(0, LISTED)
      .map((alarm) => ({ region: alarm.region, kind: alarm.kind, ...alarmWords(world, alarm) })),
    more: Math.max(0, alarms.length - LISTED),
  };
}

export interface RegionCard {
  readonly id: RegionId;
  readonly rows: readonly (readonly [name: string, value: string, code: boolean])[];
}

type CardRow = RegionCard['rows'][number];

/** Null where there is no such Region. */
export function regionCard(world: World, id: RegionId): RegionCard | null {
  const state = world.regions[id];
  if (state === undefined) return null;
  const { region, from, to } = mapped(state.region);
  const last = Math.max(0, ...replicasOf(world, id).map((replica) => replica.log.lastIndex));
  const flow = world.pd.flow[id];
  const operator = operatorOn(world.pd, id);
  const log = `last ${commas(last)}, commit ${commas(commitOf(world, id))}, term ${newestTerm(world, id)}`;
  const rows: CardRow[] = [
    ['Keys', `${from ?? '−∞'} to ${to ?? '+∞'}`, true],
    ['Epoch', `version ${region.epoch.version}, members ${region.epoch.confVer}`, false],
    ...leaderRows(world, id),
    ...candidatesOf(world, id).map(({ store }) => voteRow(world, id, store)),
    ['Log', log, false],
  ];
  if (flow !== undefined) rows.push(...flowRows(flow));
  if (operator !== null)
    rows.push(['Operator', `${operator.plan.desc}: ${progressWords(operator)}`, false]);
  return { id, rows };
}

/** Who holds it; of two leaders, which of them can still write. */
function leaderRows(world: World, id: RegionId): CardRow[] {
  const known = world.regions[id];
  if (known === undefined) return [];
  const region = mapped(known.region);
  const leaders = leadersOf(world, id);
  const [leader] = leaders;
  if (leaders.length > 1)
    return leaders.map(({ store, term, log, commit }) => {
      const reached = reachedBy(world, region, store);
      const serves = reached >= majorityOfRegion(region) ? 'can write' : 'can write nothing';
      const reach = `reaches ${reached} of ${region.voters.length} voters, ${serves}`;
      const ends = `log to ${commas(log.lastIndex)}, commit ${commas(commit)}`;
      return [`${nodeName(store)} leads`, `term ${term}: ${reach}; ${ends}`, false];
    });
  const others = listed(region.stores.filter((store) => store !== leader?.store).map(nodeName));
  const who =
    leader === undefined
      ? `${others}; nobody leads`
      : `${nodeName(leader.store)} leads term ${leader.term}; ${others}`;
  return [['Replicas', who, false]];
}

/** The votes of a candidate, and what is still on its way. */
function voteRow(world: World, id: RegionId, store: NodeId): CardRow {
  const replica = world.replicas[store]?.[id];
  const known = world.regions[id];
  const campaign = replica?.campaign ?? null;
  if (known === undefined || campaign === null) return ['Votes', '', false];
  const region = mapped(known.region);
  const dots = cellModel(world, sightOf(world, region), store, 0)?.votes ?? [];
  const named = (dot: VoteDot) =>
    campaign.votes.filter((_, i) => dots[i] === dot).map((vote) => nodeName(vote.store));
  const [has, coming, refused] = [named('has'), named('coming'), named('refused')];
  const parts = [
    `${nodeName(store)} has ${has.length} of ${dots.length}, needs ${majorityOfRegion(region)}`,
    ...(coming.length === 0 ? [] : [`${listed(coming)}’s yes is on its way`]),
    ...(refused.length === 0 ? [] : [`${listed(refused)} refused`]),
  ];
  const name = campaign.kind === 'vote' ? 'Votes' : 'Pre-votes';
  return [name, `${parts.join('; ')} (term ${campaign.term})`, false];
}

/** What the heartbeats of its leader told PD. */
function flowRows(flow: RegionFlow): CardRow[] {
  const size = `about ${plural(flow.approximateKeys, 'key')}, ${commas(flow.approximateSize)} bytes`;
  const [written, read] = [flow.writtenBytesRate, flow.readBytesRate];
  const heat = `${commas(written)} bytes written a second, ${commas(read)} read`;
  return [
    ['Size', size, false],
    ['Heat', `${heat}${flow.hot ? ': hot' : ''}`, false],
  ];
}

export interface PdCard {
  readonly stores: readonly {
    readonly name: string;
    readonly state: string;
    readonly leaders: string;
    readonly regions: string;
  }[];
  readonly operators: readonly {
    readonly id: number;
    readonly region: RegionId;
    readonly desc: string;
    readonly why: string;
    readonly progress: string;
  }[];
  readonly moreOperators: number;
  readonly schedulers: readonly string[];
  readonly timestamps: string;
  readonly refused: string | null;
}

export function pdCard(world: World, now: Micros): PdCard {
  const { pd } = world;
  const operators = Object.values(pd.operators);
  return {
    stores: Object.values(pd.stores).map(({ id, state }) => ({
      name: `S${id}`,
      state,
      leaders: commas(pd.stats[id]?.leaderCount ?? 0),
      regions: commas(pd.stats[id]?.regionCount ?? 0),
    })),
    operators: operators.slice(0, LISTED).map((operator) => ({
      id: operator.plan.id,
      region: operator.plan.regionId,
      desc: operator.plan.desc,
      why: reasonWords(operator.plan.reason),
      progress: progressWords(operator),
    })),
    moreOperators: Math.max(0, operators.length - LISTED),
    schedulers: pd.schedulers.map(({ name, pausedUntil }) =>
      pausedUntil === null || pausedUntil <= now
        ? name
        : `${name}, paused for ${duration(pausedUntil - now)}`,
    ),
    timestamps: pd.given === 0 ? 'none given yet' : `${commas(pd.given)} given`,
    refused:
      pd.refused === null || now - pd.refused.at > REFUSAL_SHOWN
        ? null
        : `PD refused: ${pd.refused.reason}`,
  };
}
