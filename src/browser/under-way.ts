// Whether anything is under way that a person would want to watch: a message of a Region's peers or of a client, or a
// synced write. What stores and PD tell each other all the time is left out. Auto pace hurries while nothing is.

import type { JournalRecord } from '../sim/record.ts';
import { parseNodeId, type Micros, type NodeId } from '../tikv/ids.ts';

/** No message and no write takes this long: a disk that is stuck says so. */
const NEVER: Micros = 2 ** 50;

const isClient = (node: NodeId): boolean => parseNodeId(node)?.kind === 'client';

export class UnderWay {
  /** Until this instant something flies or is being written. */
  #until: Micros = 0;

  add(record: JournalRecord): void {
    const { event } = record;
    switch (event.type) {
      case 'network/sent': {
        if (event.message.type.startsWith('pd-') && !isClient(event.from) && !isClient(event.to))
          return;
        // One that is held stands still: there is nothing to watch until it is let go.
        return this.#lasts(event.arrivesAt ?? event.lostAt ?? 0);
      }
      case 'network/rescheduled':
        return this.#lasts(event.arrivesAt ?? event.lostAt ?? 0);
      case 'disk/write-started':
        return this.#lasts(event.durableAt);
      default:
        return;
    }
  }

  #lasts(until: Micros): void {
    if (until < NEVER) this.#until = Math.max(this.#until, until);
  }

  /** True where something is under way after the instant `now`. */
  at(now: Micros): boolean {
    return this.#until > now;
  }
}
