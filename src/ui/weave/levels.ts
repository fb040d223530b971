// How much a cell can say at its width: the levels of detail. Pure.

/** L0 says everything, L1 draws without words, L2 is a tone, L3 a stripe. */
export type Level = 0 | 1 | 2 | 3;

/** The narrowest pitch of columns of each level, and the room between two cells. */
export const LEVELS = [
  { from: 74, gap: 18 },
  { from: 24, gap: 8 },
  { from: 6, gap: 1 },
  { from: 0, gap: 0.45 },
] as const;

export function levelAt(pitch: number): Level {
  if (pitch >= LEVELS[0].from) return 0;
  if (pitch >= LEVELS[1].from) return 1;
  return pitch >= LEVELS[2].from ? 2 : 3;
}

/** The width of a cell in a column of this width. */
export function cellWidth(pitch: number): number {
  return Math.max(0.5, pitch - LEVELS[levelAt(pitch)].gap);
}

/** Flags on one picture; the rest are counted. */
export const MOST_FLAGS = 12;

/** Virtual time for a second of the wall above which no message is drawn, and no heartbeat. */
export const TOO_FAST = 2_000_000;
export const HEARTBEATS_FROM = 40_000;

/** Entries behind the leader at which a tone has lost nearly all of its ground. */
export const LAG_THAT_EMPTIES = 60;
