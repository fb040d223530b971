// Over the cloth: the ruler of keys, the heads of Regions and stores, shelves of transactions, flags, the edges of a tear.

import { textWidth } from '../chart/text-width.ts';
import { clipped } from '../chart/words.ts';
import type { AlarmKind } from '../../projections/alarms.ts';
import { layoutFlags, type FlagPlace } from './flag-layout.ts';
import { MOST_FLAGS } from './levels.ts';
import { placeTicks } from './ruler.ts';
import { keyPlaces } from './key-places.ts';
import { Cuts, TearWords, type MarksProps } from './weave-breaks.tsx';
import type { Flag, RegionHead, Shelf, StoreHead } from './weave-shape.ts';

export function WeaveMarks(props: MarksProps) {
  const { layout, width, height } = props;
  const flags = placedFlags(props);
  return (
    <svg className="weave-marks" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {layout.tears.map((tear, i) => (
        <TearWords key={i} {...props} y={tear.y} height={tear.height} />
      ))}
      {layout.regionsY !== null && <RegionHeads {...props} y={layout.regionsY} />}
      <Cuts {...props} />
      {layout.level === 0 && <KeyTicks {...props} />}
      <Shelves {...props} />
      {layout.level === 0 && <CellLocks {...props} />}
      {layout.locksY !== null && <Locks {...props} y={layout.locksY} />}
      {layout.flagsY !== null && <Flags {...props} flags={flags} y={layout.flagsY} />}
      <Ruler {...props} flags={flags} />
      <StoreHeads {...props} />
      <Chosen {...props} />
    </svg>
  );
}

interface FlagsProps {
  readonly flags: readonly FlagPlace[];
}

function Ruler({ shape, layout, flags }: MarksProps & FlagsProps) {
  const bounds = layout.columns.map((column) => {
    const first = shape.regions.find(({ id }) => id === column.ids[0]);
    return { x: column.x, text: first?.from ?? '−∞' };
  });
  const { x, width } = layout.cloth;
  const all = [...bounds, { x: x + width, text: '+∞' }];
  const ticks = placeTicks(
    all,
    12,
    [x, x + width],
    flags.map((flag) => flag.x),
  );
  return (
    <g className="weave-ruler">
      <text className="weave-label" x={layout.headX} y={layout.rulerY - 8}>
        Keys
      </text>
      <path d={`M${x} ${layout.rulerY + 0.5}H${x + width}`} />
      {ticks.map((tick) => (
        <g key={`${tick.x} ${tick.text}`}>
          <path d={`M${Math.round(tick.x) + 0.5} ${layout.rulerY - 4}v8`} />
          <text x={tick.textX} y={layout.rulerY - 8} textAnchor={tick.anchor}>
            {tick.text}
          </text>
        </g>
      ))}
    </g>
  );
}

function KeyTicks({ shape, layout }: MarksProps) {
  const places = keyPlaces(layout.columns, shape.keys);
  const ticks = [...places.values()].map((x) => `M${Math.round(x) + 0.5} ${layout.rulerY + 3}v5`);
  return (
    <g className="weave-keys">
      <path d={ticks.join('')} />
    </g>
  );
}

function RegionHeads({ shape, layout, focus, y }: MarksProps & { y: number }) {
  const epochFits = layout.columns.every(({ width }) => width >= 92);
  const named = namedColumns(layout.columns, focus);
  return (
    <g>
      <text className="weave-label" x={layout.headX} y={y}>
        Regions
      </text>
      {layout.writersY !== null && (
        <text className="weave-label" x={layout.headX} y={layout.writersY}>
          Can write
        </text>
      )}
      {layout.columns.map((column, i) => {
        const head = shape.regions.find(({ id }) => id === column.ids[0]);
        if (head === undefined) return null;
        if (!named.has(i)) return null;
        return (
          <g key={head.id}>
            <text className="weave-region" x={column.x + 2} y={y}>
              R{head.id}
              {epochFits && (
                <tspan className="weave-epoch">{`  ${epochWords(head, column.width)}`}</tspan>
              )}
            </text>
            {layout.writersY !== null && head.writer !== null && (
              <text
                className={head.writer === 'nobody' ? 'weave-writer weave-nobody' : 'weave-writer'}
                x={column.x + 2}
                y={layout.writersY}
              >
                {head.writer}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** During a split, what became of each part; the long form where it fits. */
function epochWords({ id, epoch, split }: RegionHead, width: number): string {
  if (split === null) return epoch;
  const [short, long] = split;
  return textWidth(`R${id}  ${long}`, 12, true) + 8 < width ? long : short;
}

/** Between two names of Regions. */
const NAME_GAP = 6;

/** The columns whose Regions are named: the chosen one, and from the left as many as have room beside each other. */
function namedColumns(
  columns: MarksProps['layout']['columns'],
  focus: MarksProps['focus'],
): ReadonlySet<number> {
  const right = (i: number) => {
    const column = columns[i];
    return column === undefined
      ? 0
      : column.x + textWidth(`R${column.ids[0]}`, 13, true) + NAME_GAP;
  };
  const chosen = columns.findIndex(({ ids }) => ids[0] === focus);
  const named = new Set(chosen < 0 ? [] : [chosen]);
  let free = 0;
  columns.forEach(({ x }, i) => {
    if (i === chosen) free = Math.max(free, right(i));
    else if (x >= free && (i > chosen || right(i) <= (columns[chosen]?.x ?? 0))) {
      named.add(i);
      free = right(i);
    }
  });
  return named;
}

function Shelves(props: MarksProps) {
  const { layout, shape } = props;
  const [first] = layout.shelfY;
  if (first === undefined) return null;
  return (
    <g>
      <text className="weave-label" x={layout.headX} y={first}>
        Transactions
      </text>
      {shape.shelves.map((shelf, i) => (
        <ShelfLine key={shelf.name} shelf={shelf} y={(layout.shelfY[i] ?? first) - 4} {...props} />
      ))}
    </g>
  );
}

function ShelfLine({ shelf, y, layout, shape }: MarksProps & { shelf: Shelf; y: number }) {
  const pins = [...(shelf.primary === null ? [] : [shelf.primary]), ...shelf.others];
  const places = pinPlaces(layout, shape);
  const at = pins.map((pin) => ({ pin, x: places.get(pin.key) ?? layout.cloth.x }));
  const xs = at.map(({ x }) => x);
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const wordsAt = to + 12 + textWidth(shelf.primary?.key ?? '', 12) + 24;
  const fits = wordsAt + textWidth(shelf.says, 12, true) < layout.links.x + 118;
  return (
    <g className="weave-shelf">
      <path
        d={`M${from} ${y}H${to}`}
        strokeDasharray={shelf.phase === 'prewriting' ? '6 4' : undefined}
      />
      {at.map(({ pin, x }) => (
        <g key={pin.key}>
          <path
            className={pin.locked ? 'weave-pin' : 'weave-pin weave-pin-open'}
            d={`M${x} ${y - 8}l8 8l-8 8l-8 -8z`}
          />
          <text
            x={x === from && at.length > 1 ? x - 13 : x + 13}
            y={y + 4}
            textAnchor={x === from && at.length > 1 ? 'end' : 'start'}
          >
            {pin.key}
          </text>
        </g>
      ))}
      {fits && (
        <text className="weave-shelf-says" x={wordsAt} y={y + 4}>
          {shelf.says}
        </text>
      )}
    </g>
  );
}

/** Keys of shelves and locks, each at one x wherever it stands. */
const pinPlaces = (layout: MarksProps['layout'], { shelves, locks }: MarksProps['shape']) =>
  keyPlaces(layout.columns, [
    ...shelves.flatMap(({ primary, others }) => [...(primary ? [primary] : []), ...others]),
    ...locks,
  ]);

/** A lock on the upper edge of the cell of each replica that has applied it. */
function CellLocks({ shape, layout }: MarksProps) {
  const places = pinPlaces(layout, shape);
  const rows = new Map(layout.rows.map((row) => [row.name, row]));
  return shape.locks.map(({ key, stores }) => {
    const x = places.get(key);
    return stores.map((store) => {
      const row = rows.get(store);
      if (x === undefined || row === undefined) return null;
      const r = row.cellHeight >= 60 ? 6 : 4;
      const d = `M${x} ${row.cellY - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`;
      return <path key={`${key} ${store}`} className="weave-pin" d={d} />;
    });
  });
}

function Locks({ shape, layout, y }: MarksProps & { y: number }) {
  const places = keyPlaces(layout.columns, shape.locks);
  const old = new Set(
    shape.flags.filter(({ kind }) => kind === 'old-lock').map(({ region }) => region),
  );
  return (
    <g>
      <text
        className="weave-label"
        x={layout.headX}
        y={layout.heatY === null ? y : layout.heatY + 4}
      >
        Heat
      </text>
      <text className="weave-label" x={layout.headX} y={y + 4}>
        Locks
      </text>
      <path className="weave-locks" d={`M${layout.cloth.x} ${y + 0.5}h${layout.cloth.width}`} />
      {shape.locks.map(({ key, region }) => {
        const r = old.has(region) ? 6 : 4;
        const x = places.get(key);
        return x === undefined ? null : (
          <path
            key={key}
            className="weave-pin"
            d={`M${x} ${y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`}
          />
        );
      })}
    </g>
  );
}

const FLAG_TONES: Readonly<Record<AlarmKind, string>> = {
  unavailable: 'fa',
  leaderless: 'el',
  election: 'el',
  'two-leaders': 'fa',
  'old-lock': 'lo',
  lag: 'fa',
};

/** The flags that find a place. */
function placedFlags({ shape, layout }: MarksProps): FlagPlace[] {
  if (layout.flagsY === null) return [];
  const middle = new Map(
    layout.columns.flatMap((column) =>
      column.ids.map((id) => [id, column.x + column.width / 2] as const),
    ),
  );
  const wishes = shape.flags.slice(0, MOST_FLAGS).map((flag) => ({
    id: flag.region,
    x: middle.get(flag.region) ?? 0,
    width: Math.max(textWidth(flag.title, 13, true), textWidth(flag.line, 12)),
  }));
  const { x, width } = layout.cloth;
  return layoutFlags(wishes, [x, x + width], layout.flagTiers).places;
}

function Flags({ shape, layout, flags, y }: MarksProps & FlagsProps & { y: number }) {
  const rest = shape.flags.length - flags.length;
  return (
    <g>
      {flags.map((place) => {
        const flag = shape.flags.find(({ region }) => region === place.id);
        return (
          flag && (
            <FlagMark key={place.id} flag={flag} place={place} y={y} foot={layout.cloth.y - 2} />
          )
        );
      })}
      {rest > 0 && (
        <text className="weave-label" x={layout.headX} y={y + 12}>
          + {rest} more
        </text>
      )}
    </g>
  );
}

function FlagMark({
  flag,
  place,
  y,
  foot,
}: {
  flag: Flag;
  place: FlagPlace;
  y: number;
  foot: number;
}) {
  const tone = FLAG_TONES[flag.kind];
  const top = y - place.tier * 34;
  const end = place.side === 'right' ? 'start' : 'end';
  return (
    <g className={`weave-flag tone-${tone}`}>
      <path d={`M${place.x} ${top}V${foot}`} stroke={`var(--${tone})`} strokeWidth="1.5" />
      <path
        d={`M${place.x} ${top}${place.side === 'right' ? 'h8l-2.5 4l2.5 4h-8z' : 'h-8l2.5 4l-2.5 4h8z'}`}
        fill={`var(--${tone})`}
      />
      <text className="weave-flag-title" x={place.textX} y={top + 8} textAnchor={end}>
        {flag.title}
      </text>
      <text className="weave-label" x={place.textX} y={top + 25} textAnchor={end}>
        {flag.line}
      </text>
    </g>
  );
}

function StoreHeads({ shape, layout }: MarksProps) {
  return (
    <g>
      {layout.rows.map((row) => {
        const head = shape.stores.find(({ node }) => node === row.name);
        if (head === undefined) return null;
        const lines = head.out ?? [head.leads, head.replicas];
        const y = row.cellY;
        const [second, third] = row.cellHeight >= 60 ? [42, 58] : [38, 53];
        return (
          <g key={row.name}>
            <text className="weave-store" x={layout.headX} y={y + 22}>
              {head.name}
            </text>
            <StorePlace head={head} x={layout.headX} y={y + 22} end={layout.cloth.x - 6} />
            {row.cellHeight >= 40 && (
              <text
                className={head.out === null ? 'weave-label' : 'weave-label weave-out'}
                x={layout.headX}
                y={y + second}
              >
                {lines[0]}
              </text>
            )}
            {row.height >= 64 && (
              <text className="weave-label" x={layout.headX} y={y + third}>
                {lines[1]}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** Beside the name: what PD calls the store, else where it stands. */
function StorePlace({ head, x, y, end }: { head: StoreHead; x: number; y: number; end: number }) {
  const from = x + textWidth(head.name, 17, true) + 8;
  const room = end - from;
  const [short, full] = head.place ?? ['', ''];
  const words = head.out === null && head.state !== null ? head.state : full;
  const fits = textWidth(words, 12) <= room ? words : short;
  if (fits === '') return null;
  let most = fits.length;
  while (most > 2 && textWidth(clipped(fits, most), 12) > room) most--;
  return (
    <text className="weave-label weave-place" x={from} y={y}>
      {clipped(fits, most)}
    </text>
  );
}

/** A frame around the whole column that somebody looks at. */
function Chosen({ layout, focus }: MarksProps) {
  const column = layout.columns.find(({ ids }) => focus !== null && ids.includes(focus));
  const [first] = layout.rows;
  const last = layout.rows.at(-1);
  if (column === undefined || first === undefined || last === undefined) return null;
  return (
    <rect
      className="weave-chosen"
      x={column.x - 3}
      y={first.cellY - 5}
      width={column.width + 2}
      height={last.cellY + last.cellHeight + 5 - (first.cellY - 5)}
      rx="6"
    />
  );
}
