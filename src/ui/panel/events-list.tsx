// What happened, newest first, in sentences. A line leads to what it is about.

import { DropdownMenu } from 'radix-ui';
import { memo, useMemo, useState } from 'react';
import { clock } from '../../projections/words/format.ts';
import { lineKey, type Family, type Line } from '../../projections/words/line.ts';
import { FAMILIES } from './families.ts';
import { Icon } from '../chart/icon.tsx';
import { useScreenKind } from '../chart/use-size.ts';
import { useManyRegions } from '../session/use-view.ts';
import { useLines, useSessionState } from '../session/live.ts';
import { select, setViewer, useViewer } from '../session/viewer-store.ts';
import { Hint } from '../shell/hint.tsx';
import { GlyphMark } from './glyph.tsx';
import { regionBefore } from './log-rows.ts';
import { Slots } from './slots.ts';
import './panel.css';

/** Lines drawn; the console and `window.lab.events` have the rest. */
const MOST = 150;
/** Drawn before somebody scrolls down to the others: a list that changes twelve times a second is short. */
const AT_FIRST = 30;

export function EventsList({ title }: { title: string }) {
  const [family, setFamily] = useState<Family | null>(null);
  const lines = useLines();
  const { violations } = useSessionState();
  const witnesses = useMemo(
    () => violations.flatMap((found) => found.witnesses.map(({ n }) => n)),
    [violations],
  );
  const { phone } = useScreenKind();
  const [room, setRoom] = useState(AT_FIRST);
  const shown = (family === null ? lines : lines.filter((line) => line.family === family))
    .slice(-room)
    .toReversed();
  const [slots] = useState(() => new Slots());
  const rows = slots.of(shown.map(lineKey));
  const many = useManyRegions();
  return (
    <section className="events" aria-label="Events">
      <header className="panel-head">
        <h2 className="panel-heading">{title}</h2>
        <Hint words="A column for each node, what led to what" shortcut="L">
          <button
            type="button"
            className="text-button log-open"
            onClick={() => setViewer({ logOpen: !useViewer.getState().logOpen })}
          >
            <Icon name="list" />
            {phone ? 'Event log' : 'Columns'}
          </button>
        </Hint>
        <FilterMenu family={family} onChoose={setFamily} />
      </header>
      {shown.length === 0 ? (
        <p className="panel-empty">
          {family === null ? 'Nothing has happened yet.' : 'No event of this kind yet. '}
          {family !== null && (
            <button type="button" className="text-button" onClick={() => setFamily(null)}>
              Show all kinds
            </button>
          )}
        </p>
      ) : (
        // The list scrolls: it takes the focus so that keys can scroll it.
        <ol
          className="event-rows"
          tabIndex={0}
          aria-label="Newest first"
          onScroll={({ currentTarget: list }) => {
            const below = list.scrollHeight - list.scrollTop - list.clientHeight;
            if (list.scrollTop === 0) setRoom(AT_FIRST);
            else if (below < list.clientHeight) setRoom(Math.min(MOST, room + AT_FIRST));
          }}
        >
          {shown.map((line, i) => (
            <EventRow
              key={rows[i]}
              line={line}
              many={many}
              witness={witnesses.some((n) => line.n <= n && n <= line.lastN)}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

interface EventRowProps {
  readonly line: Line;
  /** There are several Regions: each line says which. */
  readonly many: boolean;
  readonly witness: boolean;
}

const EventRow = memo(function EventRow({ line, many, witness }: EventRowProps) {
  const key = lineKey(line);
  const chosen = useViewer(
    (viewer) => viewer.selection?.type === 'event' && viewer.selection.key === key,
  );
  const strong = line.parts.some((part) => part.tone === 'strong');
  const region = many ? regionBefore(line) : null;
  return (
    <li
      className={strong ? 'event-row event-strong' : 'event-row'}
      data-chosen={chosen || undefined}
      data-witness={witness || undefined}
    >
      <button type="button" className="event-button" onClick={() => chooseLine(line)}>
        <time className="event-time">{clock(line.at)}</time>
        <GlyphMark glyph={line.glyph} />
        <span className="event-text">
          {region !== null && <span className="event-region">R{region}: </span>}
          {line.parts.map((part, i) => (
            <span key={i} className={`part-${part.tone}`}>
              {part.text}
            </span>
          ))}
        </span>
      </button>
    </li>
  );
});

/** To the entry that it is about, else to the node. */
function chooseLine(line: Line): void {
  const [node] = line.nodes;
  if (line.index !== null) return select({ type: 'entry', index: line.index });
  if (line.op !== null) return select({ type: 'operation', op: line.op });
  if (node !== undefined) return select({ type: 'node', node });
  return setViewer({ selection: { type: 'event', key: lineKey(line) } });
}

function FilterMenu({
  family,
  onChoose,
}: {
  family: Family | null;
  onChoose: (family: Family | null) => void;
}) {
  const name = FAMILIES.find(([id]) => id === family)?.[1] ?? 'All kinds';
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="text-button filter-button">
        <Icon name="filter" />
        {name}
        <Icon name="down" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.Item className="menu-item" onSelect={() => onChoose(null)}>
            All kinds
          </DropdownMenu.Item>
          {FAMILIES.map(([id, words]) => (
            <DropdownMenu.Item key={id} className="menu-item" onSelect={() => onChoose(id)}>
              {words}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
