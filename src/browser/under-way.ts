// Whether anything is under way that a person would want to watch: a message of a Region's peers or of a client, or a
// synced write. What stores and PD tell each other all the time is left out. Auto pace hurries while nothing is.

import { assert } from '../base/assert.ts';
import type { JournalRecord } from '../sim/record.ts';
import { parseNodeId, type Micros, type NodeId } from '../tikv/ids.ts';

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
        const end = event.arrivesAt ?? event.lostAt;
        assert(end !== null, 'a message arrives or is lost');
        this.#until = Math.max(this.#until, end);
        return;
      }
      case 'disk/write-started':
        this.#until = Math.max(this.#until, event.durableAt);
        return;
      default:
        return;
    }
  }

  /** True where something is under way after the instant `now`. */
  at(now: Micros): boolean {
    return this.#until > now;
  }
}
