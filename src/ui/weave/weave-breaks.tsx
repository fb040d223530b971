// What is broken or cut in the picture: the bare band of a torn network with its words, the cut of a split.

import type { WeaveLayout } from './weave-layout.ts';
import type { WeaveShape } from './weave-shape.ts';
import type { RegionId } from '../../tikv/ids.ts';

export interface MarksProps {
  readonly shape: WeaveShape;
  readonly layout: WeaveLayout<RegionId>;
  readonly focus: RegionId | null;
  readonly width: number;
  readonly height: number;
}

interface UnderProps {
  readonly layout: WeaveLayout<RegionId>;
  readonly width: number;
  readonly height: number;
}

/** Under the cloth, so that what frays is seen over it. */
export function WeaveUnder({ layout, width, height }: UnderProps) {
  return (
    <svg className="weave-marks" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {layout.tears.map((tear, i) => (
        <TearEdges key={i} y={tear.y} height={tear.height} width={width} />
      ))}
    </svg>
  );
}

/** How long the network is torn, and how many links are cut. */
export function TearWords({
  shape,
  layout,
  y,
  height,
}: MarksProps & { y: number; height: number }) {
  if (height < 40 || shape.torn === null) return null;
  const { since, links } = shape.torn;
  return (
    <g>
      <text className="weave-label weave-torn" x={layout.headX} y={y + 22}>
        torn since
      </text>
      <text className="weave-torn-time" x={layout.headX} y={y + 40}>
        {since}
      </text>
      <text className="weave-label weave-out" x={layout.links.x} y={y + 22}>
        {links} links cut
      </text>
      <text className="weave-label" x={layout.links.x} y={y + 39}>
        both ways
      </text>
    </g>
  );
}

/** The torn band: bare ground between two ragged edges. */
function TearEdges({ y, height, width }: { y: number; height: number; width: number }) {
  const edge = (at: number, bend: number) => {
    const points = Array.from({ length: Math.ceil(width / 36) + 1 }, (_, i) => {
      const offset = i % 2 === 0 ? 0 : bend * (i % 3 === 0 ? 5 : 3);
      return `${i * 36} ${at + offset}`;
    });
    return points.join(' L');
  };
  const top = edge(y + 2, -1);
  const bottom = edge(y + height - 2, 1);
  return (
    <g className="weave-tear">
      <path
        d={`M${top} L${bottom.split(' L').toReversed().join(' L')} Z`}
        className="weave-tear-ground"
      />
      <path d={`M${top}`} />
      <path d={`M${bottom}`} />
    </g>
  );
}

/** The cut of a split, through the ruler and the stores that have applied it; and the keys, which stay where they are. */
export function Cuts({ shape, layout }: MarksProps) {
  return (
    <g className="weave-cuts">
      {shape.cuts.map(({ region, rows }) => {
        const column = layout.columns.find(({ ids }) => ids.includes(region));
        const parts = layout.rows.filter(({ name }) => rows.includes(name));
        const last = parts.at(-1);
        if (column === undefined || last === undefined) return null;
        const x = Math.round(column.x) - 0.5;
        return (
          <g key={region}>
            <path className="weave-cut" d={`M${x} ${layout.rulerY}V${layout.cloth.y}`} />
            {parts.map((row) => (
              <path key={row.name} className="weave-cut" d={`M${x} ${row.y}v${row.height}`} />
            ))}
            <g transform={`translate(${x - 8} ${(layout.regionsY ?? layout.rulerY) + 6}) `}>
              <rect width="16" height="16" fill="var(--paper)" />
              <path className="weave-scissors" d={SCISSORS} transform="rotate(90 8 8)" />
            </g>
          </g>
        );
      })}
    </g>
  );
}

const SCISSORS =
  'M3.4 5.2 13 10.6M3.4 10.8 13 5.4M2 4.2a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0M2 11.8a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0';
