// A message as a mark: its body, its head in the direction of travel, its sign. Drawn around (0, 0), heading right; the
// caller moves and turns it.

import { memo } from 'react';
import type { MessageLook } from './message-look.ts';

export interface MessageMarkProps {
  readonly look: MessageLook;
  readonly radius: number;
  /** Degrees, clockwise from the right. Signs stay upright. */
  readonly heading: number;
}

export const MessageMark = memo(function MessageMark({
  look,
  radius: r,
  heading,
}: MessageMarkProps) {
  const colour = `var(--${look.tone === 'muted' ? 'muted' : look.tone})`;
  if (look.body === 'tick') return <Tick look={look} colour={colour} heading={heading} />;
  const hollow = !look.filled || look.doomed;
  const outline = {
    fill: hollow ? 'var(--paper)' : colour,
    stroke: colour,
    strokeWidth: hollow ? 1.8 : 0,
    ...(look.doomed ? { strokeDasharray: '3 2.6' } : {}),
  };
  return (
    <g>
      <g className="turns message-halo" transform={`rotate(${heading})`}>
        <path d={headPath(r, hollow)} />
      </g>
      <Body look={look} r={r} attributes={{ className: 'message-halo' }} />
      <g className="turns" transform={`rotate(${heading})`}>
        <path d={headPath(r, hollow)} fill={colour} />
      </g>
      <Body look={look} r={r} attributes={outline} />
      <Sign look={look} r={r} colour={hollow ? colour : 'var(--paper)'} />
      {look.filled && !look.doomed && look.beads > 0 && (
        <g className="turns" transform={`rotate(${heading})`}>
          <Beads beads={look.beads} r={r} />
        </g>
      )}
    </g>
  );
});

/** A teardrop for filled bodies, a head of its own for hollow ones. */
function headPath(r: number, hollow: boolean): string {
  const tip = r + 7;
  if (hollow) return `M${r + 0.5} -5 L${tip + 1.5} 0 L${r + 0.5} 5 Z`;
  const x = r * 0.55;
  const y = r * 0.83;
  return `M${x} ${-y} L${tip} 0 L${x} ${y} Z`;
}

function Body({
  look,
  r,
  attributes,
}: {
  look: MessageLook;
  r: number;
  attributes: Record<string, string | number>;
}) {
  switch (look.body) {
    case 'diamond': {
      const d = r * 1.22;
      return (
        <path d={`M0 ${-d} L${d} 0 L0 ${d} L${-d} 0 Z`} strokeLinejoin="round" {...attributes} />
      );
    }
    case 'square':
      return (
        <rect x={-r * 0.9} y={-r * 0.9} width={r * 1.8} height={r * 1.8} rx="2" {...attributes} />
      );
    case 'box':
      return (
        <rect x={-r * 1.9} y={-r * 0.8} width={r * 3.8} height={r * 1.6} rx="4" {...attributes} />
      );
    default:
      return <circle r={r - (attributes['strokeWidth'] ? 0.9 : 0)} {...attributes} />;
  }
}

function Tick({ look, colour, heading }: { look: MessageLook; colour: string; heading: number }) {
  const half = look.filled ? 4 : 2.5;
  return (
    <g className="turns" transform={`rotate(${heading})`}>
      <rect x="-3" y={-half - 2} width="6" height={half * 2 + 4} fill="var(--paper)" />
      <rect
        x="-1"
        y={-half}
        width="2"
        height={half * 2}
        fill={colour}
        opacity={look.doomed ? 0.5 : 1}
      />
    </g>
  );
}

/** Up to five beads, then the number. */
function Beads({ beads, r }: { beads: number; r: number }) {
  const shown = Math.min(beads, 5);
  const pitch = Math.min(4.4, (2 * r - 4) / shown);
  const width = Math.min(3, pitch - 0.8);
  return Array.from({ length: shown }, (_, i) => (
    <rect
      key={i}
      x={(i - (shown - 1) / 2) * pitch - width / 2}
      y={-2.5}
      width={width}
      height="5"
      rx="0.6"
      fill="var(--paper)"
    />
  ));
}

function Sign({ look, r, colour }: { look: MessageLook; r: number; colour: string }) {
  const arm = r * 0.42;
  const line = { stroke: colour, strokeWidth: r < 6 ? 1.2 : 1.8, strokeLinecap: 'round' as const };
  switch (look.sign) {
    case '+':
      return <path d={`M${-arm} 0H${arm}M0 ${-arm}V${arm}`} fill="none" {...line} />;
    case '−':
      return <path d={`M${-arm} 0H${arm}`} fill="none" {...line} />;
    case '→':
      return <path d={`M${-arm} 0H${arm}M0 ${-arm}L${arm} 0L0 ${arm}`} fill="none" {...line} />;
    case '?':
    case 'r':
      // A shape, not a word: the label beside it and the legend name it.
      return look.sign === '?' ? (
        <path
          d="M-2.4 -2.2a2.5 2.3 0 1 1 3.6 2.1C.4 .3 0 .8 0 1.5M0 4.1v.1"
          transform={`scale(${r / 9})`}
          fill="none"
          {...line}
        />
      ) : (
        <path
          d="M-1.4 3.4v-5M-1.4 -.2c.3-1.2 1.4-1.8 2.8-1.4"
          transform={`scale(${r / 9})`}
          fill="none"
          {...line}
        />
      );
    default:
      return null;
  }
}
