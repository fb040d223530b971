// The legend: each mark of the picture with its word. Pointing at one fades all others on the picture.

import { memo, useEffect, useState, type KeyboardEvent, type ReactNode } from 'react';
import { commandMark } from '../tape/tape-words.ts';
import { flightsOf } from '../../projections/flights.ts';
import { membersIn } from '../../projections/questions.ts';
import type { World } from '../../projections/world.ts';
import { useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { MessageMark } from '../ring/message-mark.tsx';
import { VoteMark } from '../ring/store-card.tsx';
import type { MessageLook } from '../ring/message-look.ts';
import { useOfAllRegions, useView } from '../session/use-view.ts';
import { setViewer, useViewer } from '../session/viewer-store.ts';
import { Icon } from '../chart/icon.tsx';
import { useScreenKind } from '../chart/use-size.ts';

const LOOK: MessageLook = {
  body: 'disc',
  filled: true,
  tone: 'muted',
  sign: null,
  beads: 0,
  doomed: false,
};

const card = (className: string): ReactNode => (
  <rect className={`legend-card ${className}`} x="1" y="1" width="24" height="14" rx="2.5" />
);
const message = (look: Partial<MessageLook>): ReactNode => (
  <g transform="translate(11 8)">
    <MessageMark look={{ ...LOOK, ...look }} radius={5} heading={0} />
  </g>
);
const entry = (className: string, foot = false): ReactNode => (
  <>
    <rect className={`legend-entry ${className}`} x="1" y="1" width="24" height="14" rx="2" />
    {foot && <rect x="1" y="13.5" width="24" height="2.5" fill="var(--ink2)" />}
  </>
);

const dots = (
  <>
    <g transform="translate(5 8)">
      <VoteMark state="has" radius={4} />
    </g>
    <g transform="translate(13.5 8)">
      <VoteMark state="coming" radius={4} />
    </g>
    <g transform="translate(22 8)">
      <VoteMark state="none" radius={4} />
    </g>
  </>
);
const replies = (
  <>
    <g transform="translate(3.5 8) scale(0.8)">
      <MessageMark look={{ ...LOOK, filled: false, sign: '+' }} radius={4.5} heading={0} />
    </g>
    <g transform="translate(17 8) scale(0.8)">
      <MessageMark look={{ ...LOOK, filled: false, sign: '−' }} radius={4.5} heading={0} />
    </g>
  </>
);
const held = (
  <g transform="translate(11 8)">
    <MessageMark look={LOOK} radius={4} heading={0} />
    <circle r="7" fill="none" stroke="var(--ink)" strokeWidth="1.6" />
  </g>
);
const delayed = (
  <g transform="translate(11 8)">
    <MessageMark look={LOOK} radius={4} heading={0} />
    <circle className="message-delayed" r="7" />
  </g>
);
const heat = (
  <g fill="var(--re)">
    <rect x="0" y="4" width="8.7" height="9" opacity="0.15" />
    <rect x="8.7" y="4" width="8.7" height="9" opacity="0.5" />
    <rect x="17.4" y="4" width="8.6" height="9" opacity="0.9" />
  </g>
);
const numbered = (
  <>
    {entry('legend-committed')}
    <text className="legend-term" x="13" y="12.3">
      6
    </text>
  </>
);
const bars = (
  <>
    {card('legend-follower')}
    <path d="M17 4v6M21 4v6" stroke="var(--lo)" strokeWidth="2.5" />
  </>
);
const beat = (
  <>
    <path d="M0 8H26" stroke="var(--line2)" />
    <path d="M13 3v10" stroke="var(--muted)" strokeWidth="2.4" />
  </>
);
const cut = (
  <>
    <path d="M0 8H26" stroke="var(--fa)" strokeWidth="1.5" strokeDasharray="5 3.4" />
    <path d="M9.5 4.5l7 7M16.5 4.5l-7 7" className="cross" />
  </>
);
const progress = (
  <g fill="var(--ink)">
    <circle cx="7" cy="8" r="3.6" />
    <path d="M15 12h10L20 4z" />
  </g>
);
const timer = (
  <g fill="none" strokeWidth="3">
    <circle cx="13" cy="8" r="5.5" stroke="var(--line2)" />
    <path d="M13 2.5A5.5 5.5 0 1 1 7.5 8" stroke="var(--ink2)" />
  </g>
);
const lease = (
  <>
    <rect x="3" y="0" width="20" height="17" rx="3" fill="var(--inv)" />
    <g fill="none" strokeWidth="3">
      <circle cx="13" cy="8.5" r="5" stroke="var(--inv-line)" strokeWidth="1" />
      <path d="M13 3.5A5 5 0 1 1 8 8.5" stroke="var(--inv-co)" />
    </g>
  </>
);
const sets = (
  <>
    <rect className="voters-new" x="7" y="2" width="18" height="13" rx="3" />
    <rect className="voters-old" x="1" y="4" width="16" height="9" rx="3" />
  </>
);
const writing = (
  <g transform="translate(7 1)">
    <rect x="0.9" y="6" width="10.2" height="6" fill="var(--re)" />
    <path
      d="M0 2.5C0 .5 12 .5 12 2.5V11.5C12 13.5 0 13.5 0 11.5ZM0 2.5C0 4.5 12 4.5 12 2.5"
      className="legend-disk-line"
    />
  </g>
);

/** Name of the mark on the picture, its drawing, its word. */
const MARKS: readonly (readonly [string, ReactNode, string])[] = [
  ['leader', card('legend-leader'), 'leader'],
  ['follower', card('legend-follower'), 'follower'],
  ['candidate', card('legend-candidate'), 'candidate'],
  ['votes', dots, 'voted, coming, no'],
  ['down', card('legend-down'), 'down'],
  ['paused', bars, 'paused'],
  ['request', message({}), 'request'],
  ['answer', replies, 'reply: yes, no'],
  ['doomed', message({ doomed: true, tone: 'fa' }), 'will be lost'],
  ['held', held, 'held by you'],
  ['cut', cut, 'link is cut'],
  ['heartbeat', beat, 'heartbeat'],
  ['timer', timer, 'time until election'],
  ['lease', lease, 'lease of the leader'],
  ['client', message({ body: 'diamond' }), 'client’s request'],
  ['pd', message({ body: 'square' }), 'word to or from PD'],
  ['committed', entry('legend-committed', true), 'committed, applied'],
  ['term', numbered, 'number: the term'],
  ['on-disk', entry('legend-disk'), 'on disk, not safe yet'],
  ['memory', entry('legend-memory'), 'only in memory'],
  ['compacted', entry('legend-compacted'), 'before the log'],
  ['progress', progress, 'match, next to send'],
  ['writing', writing, 'writing to its disk'],
];

const tapeMark = (className: string, d: string): ReactNode => (
  <path className={className} d={d} transform="translate(13 8)" />
);
const diamond = (half: number) => `M0 ${-half}l${half} ${half}-${half} ${half}-${half}-${half}z`;
const twins = (
  <>
    {message({})}
    <g transform="translate(17 8)" opacity="0.6">
      <MessageMark look={LOOK} radius={5} heading={0} />
    </g>
  </>
);

/** What a key does to what the mark stands for. */
const KEYS: Readonly<Record<string, string>> = { leader: ': R kills it', down: ': R starts it' };

/** Marks that come seldom, and those of the tape: they are listed while they are there. */
const SELDOM: readonly (readonly [string, ReactNode, string])[] = [
  ['learner', card('legend-learner'), 'learner, no vote'],
  ['joint', sets, 'old, new voters'],
  ['lost', tapeMark('cross', 'M-5 -5L5 5M-5 5L5 -5'), 'a message died here'],
  ['twin', twins, 'doubled on its way'],
  ['delayed', delayed, 'delayed by you'],
  ['heat', heat, 'heat, bytes a second'],
  ['campaign', tapeMark('campaign', diamond(5)), 'asked for votes'],
  ['elected', tapeMark('campaign campaign-won', diamond(6)), 'elected'],
  ['write-ok', <circle key="o" className="write-ok" cx="13" cy="8" r="4" />, 'write answered'],
  ['write-open', <circle key="o" className="write-open" cx="13" cy="8" r="3.5" />, 'write waits'],
  ['write-unsure', tapeMark('write-unsure', diamond(4.5)), 'nobody can know'],
  ['fault', tapeMark('fault-line', 'M0 -7V7'), 'fault'],
  ['mend', tapeMark('mend-line', 'M0 -7V7'), 'mended'],
  ['asked', tapeMark('asked-mark', 'M-5 -4H5L0 4.5Z'), 'asked for, no fault'],
  ['elections', tapeMark('bars-elections', 'M-8 6v-9h4V6zM-3 6v-4h4V6zM2 6v-12h4V6z'), 'elections'],
  ['writes', tapeMark('bars-writes', 'M-8 6v-5h4V6zM-3 6v-8h4V6zM2 6v-6h4V6z'), 'writes answered'],
  ['split', tapeMark('split-tick', 'M0 -8V8'), 'a Region splits'],
];

const seldomOfOne = (world: World) => seldomThere(world, false);
const seldomOfAll = (world: World) => seldomThere(world, true);

/** `ofAll`: the tape is of all Regions. */
function seldomThere(world: World, ofAll: boolean): readonly string[] {
  const { learners, outgoing } = membersIn(world, firstRegion(world));
  const { campaigns, writes, faults, splits } = world.timeline;
  const kinds = new Set(faults.map((mark) => commandMark(mark.command).kind));
  const there: Readonly<Record<string, boolean>> = {
    learner: learners.length > 0,
    joint: outgoing.length > 0,
    lost: flightsOf(world).some((flight) => flight.doomed !== null),
    delayed: flightsOf(world).some(({ moved }) => moved === 'delayed'),
    heat: Object.values(world.pd.flow).some(
      (flow) => flow.writtenBytesRate + flow.readBytesRate > 0,
    ),
    twin: flightsOf(world).some((flight) => flight.twinOf !== null),
    campaign: !ofAll && campaigns.some((mark) => mark.kind === 'vote' && mark.won !== true),
    elected: !ofAll && campaigns.some((mark) => mark.kind === 'vote' && mark.won === true),
    'write-ok': !ofAll && writes.some((mark) => mark.outcome === 'ok'),
    'write-open': !ofAll && writes.some((mark) => mark.outcome === null),
    'write-unsure': !ofAll && writes.some((mark) => mark.outcome === 'undetermined'),
    fault: kinds.has('fault'),
    mend: kinds.has('mend'),
    asked: kinds.has('asked'),
    elections: ofAll && campaigns.length > 0,
    writes: ofAll && writes.some((mark) => mark.outcome === 'ok'),
    split: splits.length > 0,
  };
  return SELDOM.map(([mark]) => mark).filter((mark) => there[mark] === true);
}

/** The mark on the picture, or on the tape, that the pointer is on; null: none. */
function useMarkUnder(): string | null {
  const [under, setUnder] = useState<string | null>(null);
  useEffect(() => {
    const moved = ({ target }: PointerEvent) => {
      const mark = target instanceof Element ? target.closest('[data-mark]') : null;
      setUnder(mark?.getAttribute('data-mark') ?? null);
    };
    document.addEventListener('pointerover', moved);
    return () => document.removeEventListener('pointerover', moved);
  }, []);
  return under;
}

/** `folded`: there is little room, it opens when somebody asks for it. */
export const Legend = memo(function Legend({ folded = false }: { folded?: boolean }) {
  const wanted = useViewer((viewer) => viewer.legendOpen);
  const inspects = useViewer((viewer) => viewer.selection !== null);
  const there = useModel(useOfAllRegions() ? seldomOfAll : seldomOfOne);
  const weave = useView() === 'weave';
  const messages = useViewer((viewer) => viewer.messagesOpen);
  const { phone, lowPanel } = useScreenKind();
  const seldom = SELDOM.filter(([mark]) => there.includes(mark) && (weave || mark !== 'heat'));
  const marks = [...MARKS, ...seldom].map(
    ([mark, drawing, word]) => [mark, drawing, word + (phone ? '' : (KEYS[mark] ?? ''))] as const,
  );
  const open = wanted ?? !(folded || phone || messages || (lowPanel && inspects));
  return (
    <section className="legend" aria-label="Legend">
      <header className="panel-head">
        <h2 className="panel-heading">
          <button
            type="button"
            className="legend-toggle"
            aria-expanded={open}
            aria-controls="legend-marks"
            onClick={() => setViewer({ legendOpen: !open })}
          >
            Legend
            <Icon name={open ? 'down' : 'right'} size={14} />
          </button>
        </h2>
        <span className="legend-hint">{open ? 'point to find it on the picture' : ''}</span>
      </header>
      {open && <Marks marks={marks} />}
    </section>
  );
});

/** By pointer, or by arrow keys: the mark that is meant is found on the picture. */
function Marks({ marks }: { marks: readonly (readonly [string, ReactNode, string])[] }) {
  const pointed = useViewer((viewer) => viewer.pointedMark);
  const under = useMarkUnder();
  const point = (mark: string | null) => setViewer({ pointedMark: mark });
  const keyed = (event: KeyboardEvent) => {
    const by = { ArrowDown: 2, ArrowUp: -2, ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const at = marks.findIndex(([mark]) => mark === pointed);
    point(marks[Math.min(marks.length - 1, Math.max(0, at + (at < 0 ? 1 : by)))]?.[0] ?? null);
  };
  return (
    <ul
      className="legend-marks"
      id="legend-marks"
      role="listbox"
      aria-label="Marks"
      tabIndex={0}
      aria-activedescendant={pointed === null ? undefined : `mark-${pointed}`}
      onKeyDown={keyed}
      onBlur={() => point(null)}
    >
      {marks.map(([mark, drawing, word]) => (
        <li
          key={mark}
          id={`mark-${mark}`}
          className="legend-mark"
          role="option"
          aria-selected={pointed === mark}
          data-lit={under === mark || pointed === mark || undefined}
          onMouseEnter={() => point(mark)}
          onMouseLeave={() => point(null)}
        >
          <svg className="legend-drawing" viewBox="0 0 26 17" aria-hidden="true">
            {drawing}
          </svg>
          {word}
        </li>
      ))}
    </ul>
  );
}

const TAPE_MARKS: readonly string[] = [
  'campaign',
  'elected',
  'write-ok',
  'write-open',
  'write-unsure',
  'fault',
  'mend',
  'asked',
  'elections',
  'writes',
  'split',
];

/** While a mark of the legend is pointed at, the others fade: one rule, made for that mark. */
export function PointedStyle() {
  const mark = useViewer((viewer) => viewer.pointedMark);
  if (mark === null) return null;
  const own = `[data-mark='${mark}']`;
  const where = TAPE_MARKS.includes(mark) ? '.tape-drawing' : '.stage';
  return (
    <style>{`${where} [data-mark]:not(${own}):not(:has(${own})):not(${own} *) { opacity: 0.28; }`}</style>
  );
}
