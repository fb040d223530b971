// How the stage is shared: ring above and logs below, or ring left and logs right with the commit rule under them. Pure.

import type { Box } from '../chart/geometry.ts';

export interface StageInput {
  readonly width: number;
  readonly height: number;
  readonly stores: number;
  /** A sentence stands above. */
  readonly headline: boolean;
  readonly phone: boolean;
}

export interface StageParts {
  readonly ring: Box;
  readonly logs: Box | null;
  readonly logsBelow: boolean;
  /** Under the logs, where they stand beside the ring. */
  readonly side: Box | null;
}

const HEADLINE = 34;
/** The title and the chip stand over ring and logs. */
const TITLE = 46;
const PAD = 24;
/** Names, entries and marks of three rows. */
const LOGS_BELOW = 196;
/** The commit rule: a heading, two lines, a row of boxes. */
const RULE = 190;
/** Logs that would have less room than this are left out, and so are those that would leave the ring less. */
const LOGS_LEAST = 60;
const RING_LEAST = 120;

export function arrangeStage({ width, height, stores, headline, phone }: StageInput): StageParts {
  const top = headline ? HEADLINE : 0;
  const whole = { x: 0, y: top, width, height: Math.max(0, height - top) };
  if (phone) return { ring: whole, logs: null, logsBelow: false, side: null };
  const below = stores <= 3 && (whole.height >= 480 || width < 760);
  return below ? stacked(whole, stores) : sideBySide(whole, stores);
}

function stacked(whole: Box, stores: number): StageParts {
  const tight = whole.height < 540;
  const logs = tight ? 46 + stores * 42 : LOGS_BELOW - (3 - stores) * 47;
  const ring = { ...whole, height: whole.height - logs };
  if (ring.height < RING_LEAST) return { ring: whole, logs: null, logsBelow: true, side: null };
  return {
    ring,
    logs: {
      x: PAD,
      y: ring.y + ring.height,
      width: whole.width - 2 * PAD,
      height: logs,
    },
    logsBelow: true,
    side: null,
  };
}

function sideBySide(whole: Box, stores: number): StageParts {
  const width = Math.min(520, Math.max(360, Math.round(whole.width * 0.445)));
  const x = whole.width - width - PAD;
  const room = whole.height - TITLE - 8;
  const hasRule = room - (48 + stores * 46) >= RULE + 8;
  const height = Math.min(48 + stores * 66, room - (hasRule ? RULE + 8 : 0));
  const logs = { x, y: whole.y + TITLE, width, height };
  return {
    ring: { ...whole, width: x - 8 },
    logs: height < LOGS_LEAST ? null : logs,
    logsBelow: false,
    side: hasRule ? { x, y: logs.y + height + 8, width, height: RULE } : null,
  };
}
