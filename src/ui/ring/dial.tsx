// The election timer: a ring that empties, with the time that is left. Drawn once a frame, outside React.

import { useRef } from 'react';
import type { Micros } from '../../tikv/ids.ts';
import { useFrame } from '../session/live.ts';

export interface DialProps {
  readonly from: Micros;
  readonly to: Micros;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Where the number ends; null: the ring alone. */
  readonly numberX: number | null;
  readonly colour: string;
  readonly hollow?: boolean;
}

const SOON: Micros = 300_000;

export function Dial({ from, to, x, y, radius, numberX, colour, hollow = false }: DialProps) {
  const arc = useRef<SVGCircleElement>(null);
  const number = useRef<SVGTextElement>(null);
  useFrame((now) => {
    const left = Math.max(0, to - now);
    const part = to > from ? Math.min(1, left / (to - from)) : 0;
    arc.current?.setAttribute('stroke-dasharray', `${part.toFixed(4)} 1`);
    const text = number.current;
    if (text === null) return;
    const words = `${(left / 1_000_000).toFixed(2)}\u00a0s`;
    if (text.textContent !== words) text.textContent = words;
    text.style.fontWeight = left < SOON ? '600' : '400';
  });
  return (
    <g aria-hidden="true" data-mark="timer">
      {numberX !== null && (
        <text ref={number} className="card-small" x={numberX} y={y + 4} textAnchor="end" />
      )}
      <circle cx={x} cy={y} r={radius} className="dial-track" />
      <circle
        ref={arc}
        cx={x}
        cy={y}
        r={radius}
        pathLength={1}
        fill="none"
        stroke={colour}
        strokeWidth={hollow ? 1.5 : 3}
        strokeDasharray="1 1"
        transform={`rotate(-90 ${x} ${y})`}
      />
    </g>
  );
}

export interface LeaseDialProps {
  readonly state: 'valid' | 'suspect' | 'none';
  readonly from: Micros;
  readonly to: Micros;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Where the words end; null: the ring alone. */
  readonly words: { readonly x: number; readonly y: number } | null;
}

/** What is left of a leader's lease: a solid ring that empties; broken while it is suspect; empty once it is over. */
export function LeaseDial({ state, from, to, x, y, radius, words: at }: LeaseDialProps) {
  const arc = useRef<SVGCircleElement>(null);
  const words = useRef<SVGTextElement>(null);
  useFrame((now) => {
    const left = state === 'none' ? 0 : Math.max(0, to - now);
    const part = to > from ? Math.min(1, left / (to - from)) : 0;
    const whole = 2 * Math.PI * radius;
    const length = part * whole;
    // A suspect lease is drawn in strokes as long as it lasts.
    const strokes = Array.from({ length: Math.floor(length / 5) }, () => '3 2').join(' ');
    const dashes = state === 'suspect' ? `${strokes} 0 ${whole}` : `${length} ${whole}`;
    arc.current?.setAttribute('stroke-dasharray', dashes.trim());
    const text = words.current;
    if (text === null) return;
    const said =
      left === 0
        ? state === 'none'
          ? 'no lease'
          : 'lease over'
        : `${state === 'suspect' ? 'suspect' : 'lease'} ${(left / 1_000_000).toFixed(2)}\u00a0s`;
    if (text.textContent !== said) text.textContent = said;
  });
  return (
    <g aria-hidden="true" data-mark="lease" data-lease={state}>
      {at !== null && (
        <text ref={words} className="card-small" x={at.x} y={at.y} textAnchor="end" />
      )}
      <circle cx={x} cy={y} r={radius} className="lease-track" />
      <circle
        ref={arc}
        cx={x}
        cy={y}
        r={radius}
        className={`lease-arc lease-${state}`}
        transform={`rotate(-90 ${x} ${y})`}
      />
    </g>
  );
}

/** A disk with a write under way: a cylinder that fills. */
export function WritingMark({
  from,
  to,
  x,
  y,
}: {
  from: Micros;
  to: Micros;
  x: number;
  y: number;
}) {
  const level = useRef<SVGRectElement>(null);
  useFrame((now) => {
    const part = to > from ? Math.min(1, Math.max(0, (now - from) / (to - from))) : 1;
    level.current?.setAttribute('height', (part * 10).toFixed(2));
    level.current?.setAttribute('y', (12 - part * 10).toFixed(2));
  });
  return (
    <g transform={`translate(${x} ${y})`} aria-hidden="true" data-mark="writing">
      <path className="disk-ground" d="M0 2.5C0 .5 12 .5 12 2.5V11.5C12 13.5 0 13.5 0 11.5Z" />
      <rect ref={level} x="0.9" y="12" width="10.2" height="0" className="disk-level" />
      <path
        className="disk-line"
        d="M0 2.5C0 .5 12 .5 12 2.5V11.5C12 13.5 0 13.5 0 11.5ZM0 2.5C0 4.5 12 4.5 12 2.5"
      />
    </g>
  );
}
