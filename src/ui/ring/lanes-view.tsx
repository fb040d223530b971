// The lanes: two hairlines for a pair that talks, dots for a pair that is quiet, red dashes with a cross where cut. A lane can
// be touched: by a tool, or for its menu.

import { memo } from 'react';
import type { AtPoint } from '../faults/use-touch.ts';
import type { Lane, Lanes } from './lane-route.ts';
import type { LinkModel } from './ring-model.ts';
import { spotOn } from './message-path.ts';

export interface LanesViewProps {
  readonly lanes: Lanes;
  readonly links: readonly LinkModel[];
  /** Pairs of which one is no store, while something travels between them: `c1>s2`. */
  readonly busy: readonly string[];
  readonly onChoose: (a: string, b: string, at: AtPoint) => void;
}

export const LanesView = memo(function LanesView({ lanes, links, busy, onChoose }: LanesViewProps) {
  return (
    <g aria-hidden="true">
      {busy.map((key) => (
        <path key={key} className="lane lane-side" d={pathOf(lanes.get(key))} />
      ))}
      {links.map((link) => {
        const there = lanes.get(`${link.a}>${link.b}`);
        const back = lanes.get(`${link.b}>${link.a}`);
        if (there === undefined || back === undefined) return null;
        const quiet = !link.talking && !link.cutThere && !link.cutBack;
        return (
          <g key={`${link.a}-${link.b}`} data-link={`${link.a}-${link.b}`}>
            {quiet ? (
              <path className="lane lane-quiet" d={pathOf(middle(there, back))} />
            ) : (
              <>
                <OneWay lane={there} cut={link.cutThere} />
                <OneWay lane={back} cut={link.cutBack} />
              </>
            )}
            <path
              className="lane-hit"
              d={pathOf(middle(there, back))}
              onClick={({ shiftKey, clientX: x, clientY: y }) =>
                onChoose(link.a, link.b, { shiftKey, x, y })
              }
            />
          </g>
        );
      })}
    </g>
  );
});

function OneWay({ lane, cut }: { lane: Lane; cut: boolean }) {
  const spot = spotOn(lane, 0.5);
  return (
    <>
      <path
        className={cut ? 'lane lane-cut' : 'lane'}
        d={pathOf(lane)}
        {...(cut ? { 'data-mark': 'cut' } : {})}
      />
      {cut && <Cross x={spot.x} y={spot.y} arm={5} />}
    </>
  );
}

/** A red ✕: something is lost here. */
export function Cross({ x, y, arm }: { x: number; y: number; arm: number }) {
  return (
    <path
      className="cross"
      data-mark="lost"
      d={`M${x - arm} ${y - arm}L${x + arm} ${y + arm}M${x - arm} ${y + arm}L${x + arm} ${y - arm}`}
    />
  );
}

export const pathOf = (lane: Lane | undefined): string =>
  lane === undefined
    ? ''
    : `M${lane.map((point) => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join('L')}`;

/** Between the two lanes of a pair. */
function middle(there: Lane, back: Lane): Lane {
  const other = back.toReversed();
  return there.map((point, i) => ({
    x: (point.x + (other[i]?.x ?? point.x)) / 2,
    y: (point.y + (other[i]?.y ?? point.y)) / 2,
  }));
}
