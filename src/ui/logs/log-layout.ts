// Where the logs stand: all replicas over one window of indexes, one row each. Pure: numbers in, numbers out.

export type LogMode = 'wide' | 'narrow';

export interface LogLayoutInput {
  readonly rows: number;
  /** First index that may be shown: the compacted block stands before it. */
  readonly firstIndex: number;
  /** The newest entry anywhere. */
  readonly lastIndex: number;
  readonly width: number;
  readonly height: number;
  /** Words to the right of each row need this much; 0: none. */
  readonly noteWidth: number;
}

export interface LogColumn {
  readonly index: number;
  readonly x: number;
}

export interface LogLayout {
  readonly mode: LogMode;
  readonly entry: { readonly width: number; readonly height: number };
  readonly pitch: number;
  readonly columns: readonly LogColumn[];
  /** Baseline of the index, of the command below it (null: no room), and the top of each row's entries. */
  readonly headY: number;
  readonly commandY: number | null;
  readonly rowTops: readonly number[];
  readonly rowPitch: number;
  /** Where the names begin, and the notes. */
  readonly nameX: number;
  readonly noteX: number | null;
  /** The lower end of the hot column. */
  readonly bottom: number;
}

/** Between two entries. */
const GAP = 2;
const NAMES = { wide: 126, narrow: 92 };
/** Match and next stand below a row. */
const FOOT = 14;
/** At least one empty column follows the newest entry; two where there is room. */
const AHEAD = 2;

export function layoutLogs(input: LogLayoutInput): LogLayout {
  const { rows, width, height, noteWidth } = input;
  const mode: LogMode = rows <= 3 && width >= 560 ? 'wide' : 'narrow';
  const wide = mode === 'wide';
  const low = height / Math.max(1, rows) < 60;
  const entry = { width: wide ? 42 : 27, height: low ? 24 : wide ? 28 : 30 };
  const headY = low ? 20 : wide ? 26 : 20;
  const commandY = wide ? headY + 17 : null;
  const top = wide ? headY + 26 : 30;
  const room = (height - top - entry.height - FOOT) / Math.max(1, rows - 1);
  const rowPitch = Math.max(38, Math.min(wide ? 47 : 66, Math.floor(room)));
  const nameX = wide ? 8 : 0;
  const start = NAMES[mode];
  const pitch = entry.width + GAP;
  const notes = wide && width - start - noteWidth >= 6 * pitch ? noteWidth : 0;
  const fit = Math.max(3, Math.floor((width - start - notes) / pitch));
  const indexes = windowOf(input.firstIndex, input.lastIndex, fit);
  return {
    mode,
    entry,
    pitch,
    columns: indexes.map((index, i) => ({ index, x: start + i * pitch })),
    headY,
    commandY,
    rowTops: Array.from({ length: rows }, (_, row) => top + row * rowPitch),
    rowPitch,
    nameX,
    noteX: notes > 0 ? start + indexes.length * pitch + 14 : null,
    bottom: top + (rows - 1) * rowPitch + entry.height + FOOT,
  };
}

/** The indexes shown: a young log from its compacted block on, an older one its end. */
function windowOf(firstIndex: number, lastIndex: number, fit: number): number[] {
  const begin = firstIndex - 1;
  const most = Math.min(fit, 26);
  const ahead = most >= 10 ? AHEAD : 1;
  const end = Math.max(lastIndex + ahead, begin + Math.min(most, 10) - 1);
  const start = Math.max(begin, end - most + 1);
  return Array.from({ length: end - start + 1 }, (_, i) => start + i);
}
