// RaftScope's gestures: all election timers equally long, no two equally long, one that runs out now. The same commands as
// `align-timers`, `spread-timers` and `campaign` in the console.

import { storesOf } from '../../projections/questions.ts';
import type { World } from '../../projections/world.ts';
import type { Command } from '../../sim/command.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';

export interface TimerGesture {
  readonly key: string;
  readonly word: string;
  /** What it shows. */
  readonly shows: string;
  readonly command: (world: World, region: RegionId) => Command;
}

/** All wait so long, microseconds. */
const ALIGNED = 1_500_000;
const FIRST = 1_000_000;
const STEP = 100_000;
/** The time-outs that are spread lie in this many steps. */
const STEPS = 9;

const setTimers = (
  world: World,
  region: RegionId,
  of: (i: number, count: number) => number,
): Command => {
  const stores = storesOf(world);
  const timers = stores.map((node, i) => [node, of(i, stores.length)] as const);
  return { type: 'set-timer', region, timers };
};

export const TIMER_GESTURES: readonly TimerGesture[] = [
  {
    key: 'A',
    word: 'Align election timers',
    shows: 'All wait equally long. Without a leader they ask at once, and their votes split.',
    command: (world, region) => setTimers(world, region, () => ALIGNED),
  },
  {
    key: 'T',
    word: 'Spread election timers',
    shows: 'No two wait equally long. Without a leader one asks first, and one election is enough.',
    command: (world, region) =>
      setTimers(world, region, (i, of) => FIRST + Math.floor((STEPS * i) / of) * STEP),
  },
];

/** Its time-out is over now. */
export const timeOutNow = (node: NodeId, region: RegionId): Command => ({
  type: 'campaign',
  node,
  region,
});
