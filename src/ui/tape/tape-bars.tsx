// The tape of all Regions: how often somebody asked for votes, and how much was written, bucket after bucket.

import type { TapeLayout } from './tape-layout.ts';
import type { TapeBars } from './tape-model.ts';
import type { PartProps } from './tape-parts.ts';

/** The row of writes is so high, from its foot. */
const WRITES = 16;

export function Bars({ model, layout, rows }: PartProps) {
  const { bars } = model;
  if (bars === null) return null;
  const foot = rows.band + rows.bandHeight;
  return (
    <g>
      <path
        data-mark="elections"
        className="bars-elections"
        d={barPath(bars, bars.elections, layout, { foot, height: rows.bandHeight - 2 })}
      />
      <path
        data-mark="writes"
        className="bars-writes"
        d={barPath(bars, bars.writes, layout, { foot: rows.writes + 8, height: WRITES })}
      />
    </g>
  );
}

/** A bar is as high as the row where this many are in a bucket, or more are in none. */
const FULL = 4;

function barPath(
  { from, bucket }: TapeBars,
  counts: readonly number[],
  layout: TapeLayout,
  { foot, height }: { readonly foot: number; readonly height: number },
): string {
  const most = Math.max(FULL, ...counts);
  return counts
    .flatMap((count, i) => {
      if (count === 0) return [];
      const x = layout.x(from + i * bucket);
      const width = layout.x(from + (i + 1) * bucket) - x - 1;
      const high = Math.max(3, (height * count) / most);
      return [`M${x.toFixed(1)} ${foot}v${(-high).toFixed(1)}h${width.toFixed(1)}V${foot}z`];
    })
    .join('');
}
