// What PD knows and wants, as text: the answers to `store`, `region`, `operator show`, `scheduler show` and `tso`.

import { textOf, type Bytes } from '../base/bytes.ts';
import type { Settings } from '../tikv/config.ts';
import { storeNode, type RegionId, type StoreId } from '../tikv/ids.ts';
import { encodeKey } from '../tikv/mvcc/key.ts';
import { logicalOf, physicalOf } from '../tikv/mvcc/timestamp.ts';
import { encodeRawKey } from '../tikv/raftstore/raw-codec.ts';
import { regionHolds, type Peer } from '../tikv/raftstore/region.ts';
import { operatorOn, storeCounts, withoutRoom, type OperatorState } from '../projections/pd.ts';
import { mapped } from '../projections/region-map.ts';
import type { World } from '../projections/world.ts';
import {
  planWords,
  progressWords,
  reasonWords,
  roomWords,
} from '../projections/words/explain-pd.ts';
import { duration, plural } from '../projections/words/format.ts';

const NOBODY = 'PD knows nothing yet.';

export function storesText(world: World, id: StoreId | null): string {
  const { pd } = world;
  const known = Object.values(pd.stores).filter((store) => id === null || store.id === id);
  if (known.length === 0) return id === null ? NOBODY : `PD knows no store s${id}.`;
  return known.map((store) => storeLine(world, store.id)).join('\n');
}

function storeLine({ pd }: World, id: StoreId): string {
  const store = pd.stores[id];
  if (store === undefined) return '';
  const stats = pd.stats[id];
  const waits = withoutRoom(pd).find(({ store: each }) => each.id === id);
  const why = waits === undefined ? '' : `; ${roomWords(waits)}`;
  const labels = store.labels.map(({ key, value }) => ` ${key}=${value}`).join('');
  const { regions, leaders } = storeCounts(pd, id);
  const load =
    stats === undefined
      ? ''
      : `, ${plural(regions, 'Region')}, leads ${leaders}, ${plural(stats.usedBytes, 'byte')}`;
  return `s${id} ${store.state}${load}${labels}${why}`;
}

export function regionsText(world: World, id: RegionId | null): string {
  const known = Object.values(world.pd.regions).filter(
    ({ region }) => id === null || region.id === id,
  );
  if (known.length === 0) return id === null ? NOBODY : `PD knows no Region r${id}.`;
  const sorted = known.toSorted((a, b) => (a.region.startKey < b.region.startKey ? -1 : 1));
  return sorted.map(({ region }) => regionLine(world, region.id)).join('\n');
}

export function regionOfText(world: World, key: Bytes, space: 'raw' | 'txn'): string {
  const encoded = space === 'raw' ? encodeRawKey(key) : encodeKey(key);
  const found = Object.values(world.pd.regions).find(({ region }) => regionHolds(region, encoded));
  return found === undefined
    ? `PD knows no Region that holds ${textOf(key)}.`
    : regionLine(world, found.region.id);
}

const ROLES: Readonly<Record<Peer['role'], string>> = {
  Voter: '',
  Learner: ' (learner)',
  IncomingVoter: ' (will vote)',
  DemotingVoter: ' (will not vote)',
};

function regionLine({ pd }: World, id: RegionId): string {
  const known = pd.regions[id];
  if (known === undefined) return '';
  const { region, leader, term } = known;
  const { epoch, peers } = region;
  const { from, to } = mapped(region);
  const range = `[${from ?? '−∞'}, ${to ?? '+∞'})`;
  const on = peers.map(({ storeId, role }) => `${storeNode(storeId)}${ROLES[role]}`).join(', ');
  const flow = pd.flow[id];
  const size = flow === undefined ? '' : `, ${plural(flow.approximateSize, 'byte')}`;
  const operator = operatorOn(pd, id);
  const wanted = operator === null ? '' : `; wanted: ${planWords(operator.plan.steps)}`;
  return `r${id} ${range} on ${on}; s${leader.storeId} leads in term ${term}; epoch ${epoch.confVer}/${epoch.version}${size}${wanted}`;
}

export function operatorsText(world: World, region: RegionId | null): string {
  const { pd } = world;
  const fits = ({ plan }: OperatorState) => region === null || plan.regionId === region;
  const lines = Object.values(pd.operators)
    .filter(fits)
    .map((each) => `${head(each)}; step ${progressWords(each)}. ${reasonWords(each.plan.reason)}`);
  if (region === null)
    return lines.length === 0 ? 'PD is doing nothing to any Region.' : lines.join('\n');
  const last = pd.ended.findLast(fits);
  if (lines.length === 0 && last === undefined)
    return `Region ${region} has no operator, and had none.`;
  const before =
    last === undefined
      ? []
      : [`${head(last)}; ended: ${last.status}${last.why === null ? '' : `, ${last.why}`}`];
  return [...lines, ...before].join('\n');
}

const head = ({ plan }: OperatorState): string =>
  `r${plan.regionId} ${plan.desc}: ${planWords(plan.steps)}`;

export function schedulersText(world: World): string {
  const { schedulers } = world.pd;
  if (schedulers.length === 0) return 'No scheduler of PD runs.';
  return schedulers
    .map(({ name, pausedUntil, stores }) => {
      const of = stores.length === 0 ? '' : ` ${stores.map(storeNode).join(', ')}`;
      const rest = pausedUntil === null ? 0 : pausedUntil - world.at;
      return `${name}${of}${rest > 0 ? `, paused for ${duration(rest)}` : ''}`;
    })
    .join('\n');
}

export const locationLabelsText = ({ pd: { locationLabels } }: World): string =>
  locationLabels.length === 0
    ? 'replication.location-labels is empty: it does not matter where replicas stand.'
    : `replication.location-labels = ${locationLabels.join(',')} (TiKV: none). PD keeps the replicas of a Region apart by these labels of stores, the widest first.`;

/** A PD that is down tells nobody anything: what is said of it then is what it knew. */
export function asPdKnows({ nodes }: World, text: string): string {
  const down = nodes['pd1']?.status === 'down';
  return down ? `PD1 is down and answers nobody. What it knew:\n${text}` : text;
}

export function timestampText(world: World, given: number | null): string {
  const timestamp = given ?? world.pd.timestamp;
  if (timestamp === 0) return 'PD has given no timestamp yet.';
  const text = `${timestamp}: ${physicalOf(timestamp)} ms, number ${logicalOf(timestamp)} of that millisecond`;
  return given === null ? `The newest that PD gave is ${text}.` : `${text}.`;
}

/** As they hold now: how many replicas there shall be, PD knows. */
export const settingsNow = ({ settings, pd }: World): Settings =>
  pd.maxReplicas === null ? settings : { ...settings, 'replication.max-replicas': pd.maxReplicas };
