// What asks for attention, in words: a title and a line for each flag, and one sentence over the whole picture.

import { assertNever } from '../../base/assert.ts';
import { storesOf } from '../questions.ts';
import type { Alarm } from '../alarms.ts';
import {
  groupsOf,
  majorityOfRegion,
  mapRegions,
  splitsUnderWay,
  type MappedRegion,
} from '../region-map.ts';
import { linkKey, type World } from '../world.ts';
import {
  capital,
  clock,
  commas,
  counted,
  duration,
  longName,
  nodeName,
  nodeNames,
  shown,
} from './format.ts';
import { withoutRoom } from '../pd.ts';
import { roomHeadline } from './explain-pd.ts';
import { loadWords } from './load-words.ts';

export interface AlarmWords {
  readonly title: string;
  readonly line: string;
}

export function alarmWords(world: World, alarm: Alarm): AlarmWords {
  const name = `R${alarm.region}`;
  const store = alarm.store === null ? 'nobody' : nodeName(alarm.store);
  const other = alarm.other === null ? null : nodeName(alarm.other);
  switch (alarm.kind) {
    case 'unavailable': {
      const region = mapRegions(world).find(({ id }) => id === alarm.region);
      const of = region?.voters.length ?? 0;
      const needs = region === undefined ? 0 : majorityOfRegion(region);
      return {
        title: `${name} cannot serve`,
        line: `${alarm.count} of ${of} stores run, it needs ${needs}`,
      };
    }
    case 'leaderless':
      return {
        title: `${name} has no leader`,
        line: other === null ? 'nobody asks for votes yet' : `${other} led it last`,
      };
    case 'election':
      return {
        title: other === null ? `${name} elects` : `${name} changes leader`,
        line: `${store} asks for votes, term ${commas(alarm.count)}`,
      };
    case 'two-leaders':
      return {
        title: `${name} has two leaders`,
        line: `${store} leads the newer term, ${other ?? ''} an older one`,
      };
    case 'old-lock':
      return {
        title: `${name}, old lock`,
        line: `${alarm.key === null ? '' : `${shown(alarm.key)}, `}${duration(alarm.count)} past its time`,
      };
    case 'lag':
      return {
        title: `${name}, ${store} lags ${commas(alarm.count)}`,
        line: lagReason(world, alarm),
      };
  }
  return assertNever(alarm.kind);
}

function lagReason(world: World, { store, other }: Alarm): string {
  if (store === null || other === null) return '';
  const link = world.links[linkKey(other, store)];
  if (link?.cut === true) return `the link from ${nodeName(other)} is cut`;
  if (link?.changed === true)
    return `link ${nodeName(other)} to ${nodeName(store)} takes ${duration(link.latency)}`;
  return `behind ${nodeName(other)}`;
}

/** One sentence over the picture: what is broken, else what asks for attention, else what is at work, or that all is quiet. */
export function weaveSentence(world: World, alarms: readonly Alarm[]): string {
  const mapped = mapRegions(world);
  const regions = mapped.length;
  if (regions === 0) return 'The cluster begins: PD and the stores get to know each other.';
  const torn = groupsOf(world);
  if (torn.length > 1) return tearWords(torn);
  const down = downStores(world);
  const before = down === null ? '' : `${down} `;
  const split = down === null && regions <= MANY ? splitWords(world, mapped, alarms) : null;
  if (split !== null) return split;
  const [first] = alarms;
  const work = workWords(world);
  if (first === undefined) {
    const [waits] = withoutRoom(world.pd);
    if (waits !== undefined) return `${before}${roomHeadline(waits)}`;
    if (down !== null) return `${before}Every Region has a leader.`;
    return work ?? quietWords(regions);
  }
  if (alarms.length > 3 || regions > MANY)
    return `${before}${commas(regions - alarms.length)} of ${commas(regions)} Regions are ${work === null ? 'quiet' : 'well'}. ${capital(counted(alarms.length))} ${alarms.length === 1 ? 'asks' : 'ask'} for attention.`;
  const { title, line } = alarmWords(world, first);
  return `${before}${sentenceOf(first, title, line)}`;
}

/** With more Regions than this no single one is spoken of. */
const MANY = 24;

function quietWords(regions: number): string {
  if (regions === 1) return 'The one Region is quiet.';
  return regions === 2 ? 'Both Regions are quiet.' : `All ${counted(regions)} Regions are quiet.`;
}

/** What keeps the cluster busy; null: nothing does. */
function workWords(world: World): string | null {
  const parts: string[] = [];
  for (const { node, load } of Object.values(world.clients))
    if (load !== null) parts.push(`${node} works: ${loadWords(load.load)}.`);
  const waiting = Object.values(world.clients).filter(
    ({ load, open }) => load === null && open.length > 0,
  );
  if (parts.length === 0 && waiting.length > 0)
    parts.push(
      `${nodeNames(waiting.map(({ node }) => node))} ${waiting.length === 1 ? 'waits' : 'wait'} for an answer.`,
    );
  const hot = Object.entries(world.pd.flow).filter(
    ([id, flow]) => flow.hot && world.regions[Number(id)] !== undefined,
  );
  if (hot.length > 0)
    parts.push(
      hot.length === 1
        ? `Region ${hot[0]?.[0]} is hot.`
        : `${capital(counted(hot.length))} Regions are hot.`,
    );
  const moved = [...new Set(Object.values(world.pd.operators).map(({ plan }) => plan.regionId))];
  if (moved.length > 0)
    parts.push(
      moved.length === 1
        ? `PD works on Region ${moved[0]}.`
        : `PD works on ${counted(moved.length)} Regions.`,
    );
  // A load alone says nothing of the Regions.
  if (parts.length === 1) parts.push('No Region asks for attention.');
  return parts.length === 0 ? null : parts.join(' ');
}

/** Of a split that is under way, where nothing but its own elections asks for attention. */
function splitWords(
  world: World,
  regions: readonly MappedRegion[],
  alarms: readonly Alarm[],
): string | null {
  const [split] = splitsUnderWay(world, regions);
  if (split === undefined) return null;
  const parts = [split.left.id, split.right.id];
  const own = ({ kind, region }: Alarm) => kind === 'election' && parts.includes(region);
  if (!alarms.every(own)) return null;
  const { right, applied, late } = split;
  return `Region ${right.id} is cut at key ${right.from}: ${nodeNames(applied)} ${applied.length === 1 ? 'has' : 'have'} applied it, ${nodeNames(late)} ${late.length === 1 ? 'has' : 'have'} not yet.`;
}

function sentenceOf(alarm: Alarm, title: string, line: string): string {
  const name = `Region ${alarm.region}`;
  const store = alarm.store === null ? 'Nobody' : nodeName(alarm.store);
  if (alarm.kind === 'election')
    return alarm.other === null
      ? `${store} asks for the votes of ${name}.`
      : `${name} lost its leader, and ${store} asks for votes.`;
  if (alarm.kind === 'two-leaders')
    return `${name} has two leaders, in different terms: no rule is broken.`;
  return `${title.replace(/^R(\d+)/, 'Region $1')}: ${line}.`;
}

function tearWords(groups: readonly (readonly string[])[]): string {
  const [small] = groups.toSorted((a, b) => a.length - b.length);
  if (small === undefined) return '';
  if (small.length === 1) return `The network is torn: nobody hears ${nodeNames(small)}.`;
  return `The network is torn: ${nodeNames(small)} hear each other, and nobody else.`;
}

function downStores(world: World): string | null {
  const down = storesOf(world).filter((store) => {
    const status = world.nodes[store]?.status;
    return status === 'down' || status === 'destroyed';
  });
  if (down.length === 0) return null;
  const [one] = down;
  return down.length === 1 && one !== undefined
    ? `${longName(one)} is gone.`
    : `${nodeNames(down)} are gone.`;
}

/** Of a store that is down or stands still: `down`, `since 11.9`. */
export function outWords(world: World, store: string): readonly [string, string] | null {
  const node = world.nodes[store];
  if (node === undefined || node.status === 'up') return null;
  return [node.status, `since ${clock(node.since).slice(0, -2)}`];
}
