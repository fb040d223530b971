// S1, S2, S3, S5, and the keys that a Region takes: the Regions are a map of the key space.

import type { Bytes } from '../../base/bytes.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import { boundOf } from '../../tikv/raftstore/key-space.ts';
import { regionHolds, regionsOverlap, type Region } from '../../tikv/raftstore/region.ts';
import type { RecordId } from '../record-id.ts';
import { Atlas, RANGE_EVENTS } from './atlas.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';
import type { RecordOf } from './record-of.ts';

const rangeOf = ({ startKey, endKey }: Region): string =>
  `${JSON.stringify(startKey)} to ${JSON.stringify(endKey)}`;

export function noOverlap(): Judge {
  const atlas = new Atlas();
  return judgeOf({
    id: 'inv:S1',
    name: 'no-overlap',
    says: 'No two Regions of a store hold the same key.',
    reads: RANGE_EVENTS,
    find(record) {
      const region = atlas.take(record);
      if (region === null) return null;
      const { node } = record.id;
      for (const [id, { region: other, by }] of atlas.on(node))
        if (id !== region.id && regionsOverlap(other, region))
          return {
            text: `${called(node)} holds Region ${region.id} from ${rangeOf(region)} beside Region ${id} from ${rangeOf(other)}.`,
            facts: { node, regions: [region.id, id] },
            witnesses: [by],
          };
      return null;
    },
  });
}

interface Led {
  readonly region: Region;
  readonly node: NodeId;
  readonly by: RecordId;
}

/** An old leader that is cut off may not know of a split; of one version, the Regions never overlap. */
export function leadersDisjoint(): Judge {
  const atlas = new Atlas();
  const led = new Map<RegionId, Led>();
  return judgeOf({
    id: 'inv:S2',
    name: 'leaders-disjoint',
    says: 'No two Regions of the same version have leaders for the same key.',
    reads: [...RANGE_EVENTS, 'raft/became-leader'],
    find({ event, id }) {
      if (event.type !== 'raft/became-leader') {
        atlas.take({ event, id } as Parameters<Atlas['take']>[0]);
        return null;
      }
      const region = atlas.on(id.node).get(event.region)?.region;
      if (region === undefined) return null;
      led.set(region.id, { region, node: id.node, by: id });
      for (const other of led.values())
        if (
          other.region.id !== region.id &&
          other.region.epoch.version === region.epoch.version &&
          regionsOverlap(other.region, region)
        )
          return {
            text: `${called(id.node)} leads Region ${region.id} from ${rangeOf(region)}, ${called(other.node)} Region ${other.region.id} from ${rangeOf(other.region)}, both in version ${region.epoch.version}.`,
            facts: { regions: [region.id, other.region.id], version: region.epoch.version },
            witnesses: [other.by],
          };
      return null;
    },
  });
}

/** Versions of a Region that are remembered. */
const VERSIONS_MAX = 64;

type Shape = { readonly range: string; readonly by: RecordId };

export function epochRange(): Judge {
  const known = new Map<RegionId, Map<number, Shape>>();
  const check = (region: Region, by: RecordId): Finding | null => {
    const versions = known.get(region.id) ?? new Map<number, Shape>();
    known.set(region.id, versions);
    const { version } = region.epoch;
    const first = versions.get(version);
    const range = rangeOf(region);
    if (first === undefined) {
      versions.set(version, { range, by });
      const [oldest] = versions.keys();
      if (versions.size > VERSIONS_MAX && oldest !== undefined) versions.delete(oldest);
      return null;
    }
    if (first.range === range) return null;
    return {
      text: `Region ${region.id} of version ${version} reaches from ${range} on ${called(by.node)}, and from ${first.range} on ${called(first.by.node)}.`,
      facts: { region: region.id, version },
      witnesses: [first.by],
    };
  };
  return judgeOf({
    id: 'inv:S3',
    name: 'epoch-range',
    says: 'A Region of one version has one range, wherever it is told.',
    reads: [
      'raftstore/peer-started',
      'raftstore/region-changed',
      'raftstore/region-split',
      'raftstore/snapshot-installed',
      'pd/bootstrapped',
      'pd/region-learned',
    ],
    find({ event, id }) {
      const told =
        event.type === 'raftstore/region-split'
          ? event.regions
          : ['to' in event ? event.to : event.region];
      for (const region of told) {
        const found = check(region, id);
        if (found !== null) return found;
      }
      return null;
    },
  });
}

export function splitConservation(): Judge {
  const made = new Map<string, Shape>();
  return judgeOf({
    id: 'inv:S5',
    name: 'split-conservation',
    says: 'The parts of a split make up the Region that was split, and are the same on every store.',
    reads: ['raftstore/region-split'],
    find({ event, id }) {
      const { from, regions, region, index } = event;
      const facts = { region, index, regions: regions.map((part) => part.id) };
      const problem = partsProblem(from, regions);
      if (problem !== null) return { text: `${called(id.node)}: ${problem}`, facts, witnesses: [] };
      const range = regions.map((part) => `${part.id} ${rangeOf(part)}`).join('; ');
      const place = `${region} ${index}`;
      const first = made.get(place);
      made.set(place, first ?? { range, by: id });
      if (first === undefined || first.range === range) return null;
      return {
        text: `${called(id.node)} and ${called(first.by.node)} have made other parts of Region ${region} by entry ${index}.`,
        facts,
        witnesses: [first.by],
      };
    },
  });
}

function partsProblem(from: Region, parts: readonly Region[]): string | null {
  const version = from.epoch.version + parts.length - 1;
  let at: Bytes = from.startKey;
  for (const [i, part] of parts.entries()) {
    if (part.startKey !== at)
      return `part ${part.id} begins at another key than the last one ends.`;
    if (part.epoch.version !== version || part.epoch.confVer !== from.epoch.confVer)
      return `part ${part.id} is of version ${part.epoch.version}, not ${version}.`;
    if (i < parts.length - 1 && part.endKey <= part.startKey) return `part ${part.id} is empty.`;
    at = part.endKey;
  }
  return at === from.endKey ? null : 'the parts end at another key than the Region.';
}

/** Entries of a replica that are in the log and not applied; older ones are forgotten first. */
const OPEN_MAX = 4096;

type Taken = RecordOf<'raftstore/entries-taken'>['event']['entries'][number]['content'];

/** Raw keys: of a transaction's keys the events of its versions tell. */
export function keyInRegion(): Judge {
  const atlas = new Atlas();
  const open = new Map<string, { readonly key: Bytes; readonly by: RecordId }>();
  return judgeOf({
    id: 'inv:key-in-region',
    name: 'key-in-region',
    says: 'What a Region applies lies within its range.',
    reads: [...RANGE_EVENTS, 'raftstore/entries-taken', 'raftstore/applied'],
    find({ event, id }) {
      if (event.type === 'raftstore/entries-taken') {
        for (const { index, content } of event.entries) {
          const place = `${id.node} ${event.region} ${index}`;
          const key = keyOf(content);
          open.delete(place);
          if (key !== null) open.set(place, { key, by: id });
        }
        for (const place of open.size > OPEN_MAX ? [...open.keys()].slice(0, OPEN_MAX / 2) : [])
          open.delete(place);
        return null;
      }
      if (event.type !== 'raftstore/applied') {
        atlas.take({ event, id } as Parameters<Atlas['take']>[0]);
        return null;
      }
      const place = `${id.node} ${event.region} ${event.index}`;
      const entry = open.get(place);
      open.delete(place);
      const region = atlas.on(id.node).get(event.region)?.region;
      if (entry === undefined || region === undefined || event.refused === true) return null;
      if (regionHolds(region, boundOf('raw', entry.key))) return null;
      return {
        text: `${called(id.node)} applies a write of "${entry.key}" in Region ${region.id}, which reaches from ${rangeOf(region)}.`,
        facts: { node: id.node, region: region.id, index: event.index, key: entry.key },
        witnesses: [entry.by],
      };
    },
  });
}

function keyOf(content: Taken): Bytes | null {
  const hasKey = content.type === 'put' || content.type === 'delete' || content.type === 'cas';
  return hasKey ? content.key : null;
}
