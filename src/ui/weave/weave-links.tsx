// One square for each direction of a link, at the end of the row of the store that sends: how much travels, what is cut,
// slow or lossy. A click cuts that direction, or opens it again; with Shift both; with a tool in hand it does the tool's work.

import { memo, type CSSProperties } from 'react';
import type { RegionId } from '../../tikv/ids.ts';
import { nodeName, plural } from '../../projections/words/format.ts';
import { cutCommands, toolKind } from '../faults/tool-work.ts';
import { give, touch } from '../faults/touch.ts';
import { useLive } from '../session/live.ts';
import { useViewer } from '../session/viewer-store.ts';
import type { WeaveLayout } from './weave-layout.ts';
import type { LinkSquare, WeaveShape } from './weave-shape.ts';

export interface LinksProps {
  readonly shape: WeaveShape;
  readonly layout: WeaveLayout<RegionId>;
}

const px = (value: number) => `calc(${value} * var(--px))`;

export const WeaveLinks = memo(function WeaveLinks({ shape, layout }: LinksProps) {
  const { links, regionsY, heatY, rulerY } = layout;
  const headY = (heatY ?? regionsY ?? rulerY + 18) + 4;
  return (
    <div className="weave-links" role="group" aria-label="Links: messages per second">
      <p
        className="weave-links-title"
        style={{
          left: px(links.x + (shape.stores.length - 1) * links.pitch + links.size),
          top: px(rulerY - 20),
        }}
      >
        Links, msgs per s
      </p>
      {shape.stores.map(({ node, name }, i) => (
        <span
          key={node}
          className="weave-link-head"
          style={{
            left: px(links.x + i * links.pitch),
            top: px(headY - 13),
            width: px(links.size),
          }}
        >
          {name}
        </span>
      ))}
      {shape.links.map((row, i) => {
        const place = layout.rows[i];
        if (place === undefined) return null;
        const y = place.cellY + place.cellHeight / 2 - links.size / 2;
        const note = noteOf(row);
        return (
          <div key={place.name}>
            {row.map((square, j) => (
              <Square
                key={square.to}
                square={square}
                style={{
                  left: px(links.x + j * links.pitch),
                  top: px(y),
                  width: px(links.size),
                  height: px(links.size),
                }}
              />
            ))}
            {note !== null && place.cellHeight >= 50 && (
              <p
                className="weave-link-note"
                style={{ left: px(links.x), top: px(y + links.size + 4) }}
              >
                {note}
              </p>
            )}
          </div>
        );
      })}
    </div>
  );
});

/** What is wrong with the links of one store, where it fits one line. */
function noteOf(row: readonly LinkSquare[]): string | null {
  const slow = row.find((square) => square.slow !== null)?.slow;
  if (slow !== undefined && slow !== null) return slow;
  const cut = row.filter(({ look }) => look === 'cut');
  const [only] = cut;
  return cut.length === 1 && only !== undefined
    ? `${nodeName(only.from)} to ${nodeName(only.to)} is cut`
    : null;
}

function Square({ square, style }: { square: LinkSquare; style: CSSProperties }) {
  const live = useLive();
  const linking = useViewer(({ tool }) => tool !== null && toolKind(tool).on.includes('line'));
  const { from, to, look, rate } = square;
  if (look === 'self') return <span className="weave-link weave-link-self" style={style} />;
  const words = saysOf(square);
  const shade = { '--rate': `${rate === 0 ? 0 : Math.min(42, 12 + rate)}%` } as CSSProperties;
  return (
    <button
      type="button"
      className={`weave-link weave-link-${look} ${square.slow === null ? '' : 'weave-link-slow'} ${square.lossy ? 'weave-link-lossy' : ''}`}
      style={{ ...style, ...shade }}
      title={`${words}. Click to ${look === 'cut' ? 'open' : 'cut'} this direction, with Shift both.`}
      aria-label={words}
      data-rate={look === 'open' ? rate : undefined}
      data-way={`${from}>${to}`}
      tabIndex={linking ? 0 : -1}
      onClick={({ shiftKey }) => {
        const target = { type: 'link', from, to, both: shiftKey } as const;
        if (!touch(live, target, shiftKey)) give(live, cutCommands(live.source.world, target));
      }}
    >
      {look === 'open' ? rate : look === 'cut' ? '✕' : ''}
    </button>
  );
}

function saysOf({ from, to, look, rate, slow, lossy }: LinkSquare): string {
  const way = `${nodeName(from)} to ${nodeName(to)}`;
  if (look === 'cut') return `${way}: cut`;
  if (look === 'down') return `${way}: one of them is down`;
  const parts = [`${way}: ${plural(rate, 'message')} in the last second`];
  if (slow !== null) parts.push('slower than the others');
  if (lossy) parts.push('loses messages');
  return parts.join(', ');
}
