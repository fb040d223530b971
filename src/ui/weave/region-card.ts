// What the panel says of the Weave: which Regions ask for attention, the Region that somebody looks at, and what PD
// knows and wants. Plain data, made from a world.

import { alarmsOf, type AlarmKind } from '../../projections/alarms.ts';
import { operatorOn } from '../../projections/pd.ts';
import { commitOf, leaderOf, newestTerm, replicasOf } from '../../projections/questions.ts';
import { mapped } from '../../projections/region-map.ts';
import { alarmWords } from '../../projections/words/alarm-words.ts';
import { progressWords, reasonWords } from '../../projections/words/explain-pd.ts';
import { commas, duration, listed, nodeName, plural } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { Micros, RegionId } from '../../tikv/ids.ts';

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

/** Null where there is no such Region. */
export function regionCard(world: World, id: RegionId): RegionCard | null {
  const state = world.regions[id];
  if (state === undefined) return null;
  const { region, from, to } = mapped(state.region);
  const replicas = replicasOf(world, id);
  const leader = leaderOf(world, id);
  const last = Math.max(0, ...replicas.map((replica) => replica.log.lastIndex));
  const others = region.peers
    .map(({ storeId }) => `s${storeId}`)
    .filter((store) => store !== leader?.store);
  const who =
    leader === null
      ? `${listed(others.map(nodeName))}; nobody leads`
      : `${nodeName(leader.store)} leads term ${leader.term}; ${listed(others.map(nodeName))}`;
  const flow = world.pd.flow[id];
  const operator = operatorOn(world.pd, id);
  return {
    id,
    rows: [
      ['Keys', `${from ?? '−∞'} to ${to ?? '+∞'}`, true],
      ['Epoch', `version ${region.epoch.version}, members ${region.epoch.confVer}`, false],
      ['Replicas', who, false],
      [
        'Log',
        `last ${commas(last)}, commit ${commas(commitOf(world, id))}, term ${newestTerm(world, id)}`,
        false,
      ],
      ...(flow === undefined
        ? []
        : ([
            [
              'Size',
              `about ${plural(flow.approximateKeys, 'key')}, ${commas(flow.approximateSize)} bytes${flow.hot ? ', hot' : ''}`,
              false,
            ],
          ] as const)),
      ...(operator === null
        ? []
        : ([['Operator', `${operator.plan.desc}: ${progressWords(operator)}`, false]] as const)),
    ],
  };
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
