// What a scene must come to: the journal's hash at its end, and the instant of each step. Kept beside the scenes; it changes
// only when somebody means it.

import type { Played } from './play-scene.ts';

export interface GoldenScene {
  readonly hash: string;
  /** Milliseconds of virtual time at the end of each step. */
  readonly steps: Readonly<Record<string, number>>;
}

export type Golden = Readonly<Record<string, GoldenScene>>;

export function goldenOf({ steps, hash }: Played): GoldenScene {
  const instants = steps.flatMap((step) => (step.ok ? [[step.id, step.at] as const] : []));
  return { hash, steps: Object.fromEntries(instants) };
}

/** What differs, as a sentence; null where nothing does. */
export function goldenDifference(
  golden: GoldenScene | undefined,
  found: GoldenScene,
): string | null {
  if (golden === undefined) return 'it has no golden values yet';
  for (const [id, at] of Object.entries(found.steps)) {
    const was = golden.steps[id];
    if (was === undefined) return `step ${id} is new`;
    if (was !== at) return `step ${id} ended at ${was} ms and ends at ${at} ms now`;
  }
  const gone = Object.keys(golden.steps).find((id) => found.steps[id] === undefined);
  if (gone !== undefined) return `step ${gone} is gone`;
  return golden.hash === found.hash
    ? null
    : `its journal was ${golden.hash} and is ${found.hash} now`;
}
