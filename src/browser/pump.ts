// How an animation frame becomes virtual time: exactly as far as the frame shows, farther while nothing is under way, or as
// far as fits. The engine never passes the instant that is shown, nor one at which a promise is broken.
// (determinism: rules 5, 6)

import type { Goal } from '../lab/goal.ts';
import type { Conductor } from '../sim/conductor.ts';
import type { Micros } from '../tikv/ids.ts';
import type { Judging } from './judging.ts';
import type { Stretch } from './pace.ts';
import type { Playback } from './playback.ts';
import type { UnderWay } from './under-way.ts';

export interface Pumped {
  readonly conductor: Conductor;
  /** The recording that is followed. */
  readonly playback: Playback | null;
  readonly underWay: UnderWay;
  readonly judging: Judging;
  /** What time is moved towards: it stops where this is settled. */
  readonly goal: Goal | null;
}

/** How a stretch ended: as asked, at the end of what is followed or waited for, or where a promise was broken. */
type End = 'went' | 'there' | 'promise-broken';

/** Moves time by a stretch. True: what is followed or waited for has come to its end. */
export async function pumpStretch(pumped: Pumped, { by, idleBy }: Stretch): Promise<boolean> {
  const { conductor, playback, underWay, judging, goal } = pumped;
  const start = conductor.now;
  const end = await advance(pumped, start + by);
  if (end !== 'went') return end === 'there';
  const limit = goal?.limit ?? Infinity;
  const far = Math.min(start + idleBy, (playback?.nextAt() ?? Infinity) - 1, limit);
  const known = judging.violations.length;
  const busy = () =>
    goal?.look() === true || underWay.at(conductor.now) || judging.violations.length > known;
  if (far > conductor.now && !busy()) await conductor.advance(far, busy);
  return goal?.lookAt(conductor.now) ?? false;
}

const BUDGET_MS = 14;
const FIRST_CHUNK: Micros = 20_000;

/** Moves time for about as long as a frame lasts. True: what is followed or waited for has come to its end. */
export async function pumpMax(pumped: Pumped, wallMs: () => number): Promise<boolean> {
  const { conductor } = pumped;
  const end = wallMs() + BUDGET_MS;
  let chunk = FIRST_CHUNK;
  while (wallMs() < end) {
    const began = wallMs();
    const ended = await advance(pumped, conductor.now + chunk);
    if (ended !== 'went') return ended === 'there';
    if (wallMs() - began < BUDGET_MS / 4) chunk *= 2;
  }
  return false;
}

/** A recording that is watched has its commands in it: it is looked at after each of these. */
const WATCHED_CHUNK: Micros = 1000;

async function advance(pumped: Pumped, to: Micros): Promise<End> {
  const { conductor, playback, judging, goal } = pumped;
  const known = judging.violations.length;
  const broken = () => judging.violations.length > known;
  if (goal !== null) {
    await conductor.advance(Math.min(to, goal.limit), () => goal.look() || broken());
    if (goal.lookAt(conductor.now)) return 'there';
    return broken() ? 'promise-broken' : 'went';
  }
  if (playback === null) {
    const grain = judging.onGuard ? 'input' : 'window';
    return (await conductor.advance(to, broken, grain)) ? 'promise-broken' : 'went';
  }
  while (conductor.now < to) {
    const next = judging.onGuard ? Math.min(to, conductor.now + WATCHED_CHUNK) : to;
    if (await playback.advance(next)) return 'there';
    if (broken()) return 'promise-broken';
  }
  return 'went';
}
