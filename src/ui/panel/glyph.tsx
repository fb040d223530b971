// The small marks before the lines of the event list: the same shapes and colours as on the picture.

import type { Glyph } from '../../projections/words/line.ts';

export function GlyphMark({ glyph }: { glyph: Glyph }) {
  return (
    <svg className="glyph" viewBox="0 0 16 16" aria-hidden="true">
      {shapeOf(glyph)}
    </svg>
  );
}

const disc = (colour: string) => <circle cx="8" cy="8" r="4.5" fill={colour} />;
const ring = (colour: string, dashed = false) => (
  <circle
    cx="8"
    cy="8"
    r="4"
    fill="none"
    stroke={colour}
    strokeWidth="1.7"
    strokeDasharray={dashed ? '2.4 1.9' : undefined}
  />
);
const line = (d: string, colour: string) => (
  <path
    d={d}
    fill="none"
    stroke={colour}
    strokeWidth="1.8"
    strokeLinecap="round"
    strokeLinejoin="round"
  />
);

const CROSS = 'M4.5 4.5l7 7M11.5 4.5l-7 7';
const EL = 'var(--el)';
const RE = 'var(--re)';
const FA = 'var(--fa)';
const INK = 'var(--ink2)';

function shapeOf(glyph: Glyph) {
  switch (glyph) {
    case 'fault':
    case 'bug':
      return line(CROSS, FA);
    case 'lost':
      return (
        <>
          {ring('var(--muted)', true)}
          {line('M9 9l4 4M13 9l-4 4', FA)}
        </>
      );
    case 'heal':
    case 'start':
      return line('M8 3.5v9M3.5 8h9', INK);
    case 'timer':
      return (
        <>
          <circle cx="8" cy="8" r="4.2" fill="none" stroke="var(--line2)" strokeWidth="2.6" />
          <path d="M8 3.8A4.2 4.2 0 0 1 12.2 8" fill="none" stroke={INK} strokeWidth="2.6" />
        </>
      );
    case 'candidate':
      return (
        <rect
          x="3.5"
          y="4"
          width="9"
          height="8"
          rx="1.5"
          fill="none"
          stroke={EL}
          strokeWidth="1.6"
          strokeDasharray="2.6 1.8"
        />
      );
    case 'vote-asked':
      return disc(EL);
    case 'pre-vote':
      return ring(EL);
    case 'vote-yes':
      return (
        <>
          {ring(EL)}
          <circle cx="8" cy="8" r="1.7" fill={EL} />
        </>
      );
    case 'vote-no':
      return (
        <>
          {ring(EL)}
          {line('M6.2 8h3.6', EL)}
        </>
      );
    case 'leader':
      return <rect x="3.5" y="4" width="9" height="8" rx="1.5" fill="var(--inv)" />;
    case 'follower':
      return (
        <rect
          x="3.8"
          y="4.3"
          width="8.4"
          height="7.4"
          rx="1.5"
          fill="none"
          stroke={INK}
          strokeWidth="1.5"
        />
      );
    case 'append':
      return disc(RE);
    case 'append-answer':
      return ring(RE);
    case 'conflict':
      return line('M4 12L12 4', FA);
    case 'commit':
      return line('M3.5 8.5l3 3.2 6-7', 'var(--co)');
    case 'client':
      return line('M3 8h10M9.5 4.5L13 8l-3.5 3.5', INK);
    case 'answer':
      return line('M13 8H3M6.5 4.5L3 8l3.5 3.5', 'var(--co)');
    case 'refused':
      return line('M13 8H3M6.5 4.5L3 8l3.5 3.5', FA);
    case 'undetermined':
      return (
        <path d="M8 3.4l4.6 4.6L8 12.6 3.4 8z" fill="none" stroke="var(--lo)" strokeWidth="1.7" />
      );
    case 'read':
      return ring('var(--muted)');
    case 'overdue':
      return ring('var(--lo)', true);
    case 'heartbeats':
      return line('M4.5 6v4M8 6v4M11.5 6v4', 'var(--muted)');
    case 'pd':
      return (
        <rect
          x="4.2"
          y="4.2"
          width="7.6"
          height="7.6"
          rx="1"
          fill="none"
          stroke="var(--muted)"
          strokeWidth="1.6"
        />
      );
    default:
      return <circle cx="8" cy="8" r="2" fill="var(--muted)" />;
  }
}
