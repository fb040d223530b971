// The data of a Region, carried forward by the first replica that applies an entry.

import { countWhile } from '../base/sorted.ts';
import { RAFT_INIT_LOG_INDEX } from '../tikv/raftstore/bootstrap.ts';
import type { Region } from '../tikv/raftstore/region.ts';
import type { EntryContent, RaftstoreEvent } from '../tikv/raftstore/event.ts';
import type { RegionState } from './cluster.ts';
import { boundOf } from '../tikv/raftstore/key-space.ts';
import { regionHolds } from '../tikv/raftstore/region.ts';
import { entryAt } from './log-window.ts';
import type { Replica } from './raft.ts';
import type { World } from './world.ts';

/** `replica` has applied an entry. */
export function foldRegionData(
  world: World,
  replica: Replica,
  { index, refused }: Extract<RaftstoreEvent, { type: 'raftstore/applied' }>,
): void {
  const region = world.regions[replica.region];
  if (region === undefined || index !== region.applied + 1) return;
  const entry = entryAt(replica.log, index);
  region.applied = index;
  if (refused === true) return;
  if (entry === null) region.whole = false;
  else apply(region, entry.content);
}

/** The data go with their keys; `parts` are what has become of the Region. */
export function splitData(world: World, from: RegionState, parts: readonly Region[]): void {
  const { data, whole } = from;
  const dataOf = (part: Region) => data.filter(([key]) => regionHolds(part, boundOf('raw', key)));
  for (const part of parts) {
    if (part.id === from.region.id) {
      from.region = part;
      from.data = dataOf(part);
    } else
      world.regions[part.id] ??= {
        region: part,
        applied: RAFT_INIT_LOG_INDEX,
        data: dataOf(part),
        whole,
      };
  }
}

function apply(region: RegionState, content: EntryContent): void {
  switch (content.type) {
    case 'put':
      return setData(region, content.key, content.value);
    case 'delete':
      return setData(region, content.key, null);
    case 'cas':
      if (dataAt(region, content.key) === content.previous)
        setData(region, content.key, content.value);
      return;
    default:
      return;
  }
}

/** The value of a key; null where it has none. */
export function dataAt(region: RegionState, key: string): string | null {
  const place = placeOf(region, key);
  const found = region.data[place];
  return found?.[0] === key ? found[1] : null;
}

function setData(region: RegionState, key: string, value: string | null): void {
  const place = placeOf(region, key);
  const known = region.data[place]?.[0] === key ? 1 : 0;
  if (value === null) region.data.splice(place, known);
  else region.data.splice(place, known, [key, value]);
}

/** The place of the first key that is not below `key`. */
const placeOf = ({ data }: RegionState, key: string): number =>
  countWhile(data, ([each]) => each < key);
