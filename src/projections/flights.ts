// The messages under way as a list. Many views ask for them at the same moment; with thousands under way, taking them out
// of the world each time would be most of what a frame costs.

import type { Flight } from './messages.ts';
import type { World } from './world.ts';

/** The newest answer. A world changes by records only. */
let newest: { flights: World['flights']; records: number; all: readonly Flight[] } | null = null;

/** In the order in which they were sent. */
export function flightsOf({ flights, records }: World): readonly Flight[] {
  if (newest?.flights === flights && newest.records === records) return newest.all;
  const all = Object.values(flights);
  newest = { flights, records, all };
  return all;
}
