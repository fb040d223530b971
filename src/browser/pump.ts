// How an animation frame becomes virtual time: exactly as far as the frame shows, farther while nothing is under way, or as
// far as fits. The engine never passes the instant that is shown. (determinism: rule 5)

import type { Conductor } from '../sim/conductor.ts';
import type { Micros } from '../tikv/ids.ts';
import type { Stretch } from './pace.ts';
import type { Playback } from './playback.ts';
import type { UnderWay } from './under-way.ts';

export interface Pumped {
  readonly conductor: Conductor;
  /** The recording that is followed. */
  readonly playback: Playback | null;
  readonly underWay: UnderWay;
}

/** Moves time by a stretch. True: the recording that is followed has ended. */
export async function pumpStretch(
  { conductor, playback, underWay }: Pumped,
  { by, idleBy }: Stretch,
): Promise<boolean> {
  const start = conductor.now;
  if (await advance({ conductor, playback }, start + by)) return true;
  const far = Math.min(start + idleBy, (playback?.nextAt() ?? Infinity) - 1);
  const busy = () => underWay.at(conductor.now);
  if (far > conductor.now && !busy()) await conductor.advance(far, busy);
  return false;
}

const BUDGET_MS = 14;
const FIRST_CHUNK: Micros = 20_000;

/** Moves time for about as long as a frame lasts. True: the recording that is followed has ended. */
export async function pumpMax(pumped: Pumped, wallMs: () => number): Promise<boolean> {
  const { conductor } = pumped;
  const end = wallMs() + BUDGET_MS;
  let chunk = FIRST_CHUNK;
  while (wallMs() < end) {
    const began = wallMs();
    if (await advance(pumped, conductor.now + chunk)) return true;
    if (wallMs() - began < BUDGET_MS / 4) chunk *= 2;
  }
  return false;
}

async function advance(
  { conductor, playback }: Omit<Pumped, 'underWay'>,
  to: Micros,
): Promise<boolean> {
  if (playback !== null) return playback.advance(to);
  await conductor.advance(to);
  return false;
}
