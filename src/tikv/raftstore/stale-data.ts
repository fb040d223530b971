// Data that no Region of the store holds any more, or that make room for a snapshot. What another Region of the store
// holds is never touched. (TiKV: fsm/store.rs clear_stale_data, peer_storage.rs clear_extra_data)

import type { Bytes } from '../../base/bytes.ts';
import type { RegionId } from '../ids.ts';
import { CFS } from '../kv/engine.ts';
import type { Engines } from './engines.ts';
import type { Region } from './region.ts';

interface Range {
  readonly startKey: Bytes;
  readonly endKey: Bytes;
}

/** The Regions that live here, but for one, in the order of their keys. */
function livingRegions(engines: Engines, but: RegionId): Region[] {
  return engines
    .regionIds()
    .filter((id) => id !== but && engines.regionState(id)?.state !== 'Tombstone')
    .map((id) => engines.region(id))
    .toSorted((a, b) => (a.startKey < b.startKey ? -1 : 1));
}

/** What is left of a range when those Regions are taken out. An empty end: no end. */
function gaps({ startKey, endKey }: Range, regions: readonly Region[]): Range[] {
  const left: Range[] = [];
  let from: Bytes | null = startKey;
  for (const region of regions) {
    if (from === null || (endKey !== '' && region.startKey >= endKey)) break;
    if (region.startKey > from) left.push({ startKey: from, endKey: region.startKey });
    if (region.endKey === '') from = null;
    else if (region.endKey > from) from = region.endKey;
  }
  if (from !== null && (endKey === '' || from < endKey)) left.push({ startKey: from, endKey });
  return left;
}

/** Takes the data of the range away, as far as it belongs to no other Region here. Part of the next write. */
export function stageClear(
  engines: Engines,
  { id, startKey, endKey }: Range & { id: RegionId },
): void {
  for (const gap of gaps({ startKey, endKey }, livingRegions(engines, id)))
    for (const cf of CFS)
      engines.stage({ type: 'delete-range', cf, from: gap.startKey, to: gap.endKey || null });
}

/** The same, as a write of its own. */
export function clearRange(engines: Engines, range: Range & { id: RegionId }): void {
  stageClear(engines, range);
  if (!engines.settled) engines.writeKv({}, false);
}

/** At the start: data between the Regions were left by a split or a removal that a power loss interrupted. */
export function clearStaleData(engines: Engines): void {
  const everything = { id: 0, startKey: '', endKey: '' };
  const { id } = everything;
  const isEmpty = (gap: Range) =>
    CFS.every((cf) => engines.kv.range(cf, gap.startKey, gap.endKey || null).next().done === true);
  const left = gaps(everything, livingRegions(engines, id)).filter((gap) => !isEmpty(gap));
  for (const gap of left) clearRange(engines, { id, ...gap });
}
