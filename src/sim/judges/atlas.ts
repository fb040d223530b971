// Who holds which range of keys, as stores tell it: for the judges of Regions. A replica that is taking a snapshot in
// holds nothing until it has it.

import type { NodeId, RegionId } from '../../tikv/ids.ts';
import { partOf } from '../../tikv/raftstore/apply.ts';
import type { Region } from '../../tikv/raftstore/region.ts';
import type { RecordId } from '../record-id.ts';
import type { RecordOf } from './record-of.ts';

export const RANGE_EVENTS = [
  'raftstore/peer-started',
  'raftstore/region-changed',
  'raftstore/region-split',
  'raftstore/snapshot-installing',
  'raftstore/snapshot-installed',
  'raftstore/peer-destroyed',
  'node/killed',
  'node/panicked',
  'node/destroyed',
] as const;

type RangeRecord = RecordOf<(typeof RANGE_EVENTS)[number]>;

export interface Held {
  readonly region: Region;
  readonly by: RecordId;
}

export class Atlas {
  readonly #held = new Map<NodeId, Map<RegionId, Held>>();

  on(node: NodeId): ReadonlyMap<RegionId, Held> {
    return this.#held.get(node) ?? new Map();
  }

  /** Takes a record in; the Region that its store has told anew, null where it has told none. */
  take({ event, id }: RangeRecord): Region | null {
    switch (event.type) {
      case 'node/killed':
      case 'node/panicked':
      case 'node/destroyed':
        this.#held.delete(event.node);
        return null;
      case 'raftstore/peer-destroyed':
      case 'raftstore/snapshot-installing':
        this.#held.get(id.node)?.delete(event.region);
        return null;
      default: {
        const region = toldBy(event);
        const held = this.#held.get(id.node) ?? new Map<RegionId, Held>();
        this.#held.set(id.node, held.set(region.id, { region, by: id }));
        return region;
      }
    }
  }
}

type Telling = Extract<
  RangeRecord['event'],
  {
    type:
      | 'raftstore/peer-started'
      | 'raftstore/region-changed'
      | 'raftstore/region-split'
      | 'raftstore/snapshot-installed';
  }
>;

function toldBy(event: Telling): Region {
  if (event.type === 'raftstore/peer-started') return event.region;
  return event.type === 'raftstore/region-split' ? partOf(event.regions, event.region) : event.to;
}
