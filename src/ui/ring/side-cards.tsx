// Clients and the placement driver: small cards in the corners of the ring.

import { memo, type KeyboardEvent } from 'react';
import type { Box } from '../chart/geometry.ts';
import { clipped } from '../chart/words.ts';
import { textWidth } from '../chart/text-width.ts';
import type { ClientCardModel, PdCardModel } from './ring-model.ts';

interface SideProps {
  readonly box: Box;
  readonly selected: boolean;
  readonly onChoose: (node: string) => void;
}

export const ClientCard = memo(function ClientCard({
  card,
  box,
  selected,
  onChoose,
}: SideProps & { readonly card: ClientCardModel }) {
  const tall = box.height >= 56;
  const lines = [
    {
      text: card.asks ?? 'asks nothing',
      className: card.asks === null ? 'card-small' : 'side-code',
    },
    { text: card.answer ?? '', className: `card-small answer-${card.tone}` },
  ];
  return (
    <SideFrame box={box} selected={selected} node={card.node} says={card.says} onChoose={onChoose}>
      <path className="side-mark" d="M13 10l6 6-6 6-6-6z" />
      <text className="side-name" x="26" y="21">
        {card.node}
      </text>
      {tall && (
        <text className="card-small" x="46" y="21">
          client
        </text>
      )}
      {(tall ? lines : lines.slice(card.answer === null ? 0 : 1)).map((line, i) => (
        <text key={i} className={line.className} x="10" y={38 + i * 17}>
          {fitted(line.text, box.width - 18, line.className === 'side-code')}
        </text>
      ))}
    </SideFrame>
  );
});

export const PdCard = memo(function PdCard({
  card,
  box,
  selected,
  onChoose,
}: SideProps & { readonly card: PdCardModel }) {
  return (
    <SideFrame box={box} selected={selected} node={card.node} says={card.says} onChoose={onChoose}>
      <rect className="side-mark" x="9" y="9" width="11" height="11" rx="1.5" />
      <text className="side-name" x="26" y="20">
        PD
      </text>
      {box.height >= 44 && (
        <text className="card-small" x="9" y="37">
          {fitted(card.line, box.width - 16)}
        </text>
      )}
    </SideFrame>
  );
});

/** The text, shortened until it fits. */
function fitted(text: string, room: number, code = false): string {
  if (code) return clipped(text, Math.max(3, Math.floor(room / CODE_WIDTH)));
  let most = text.length;
  while (most > 3 && textWidth(clipped(text, most), 12) > room) most--;
  return clipped(text, most);
}

/** All letters of code are as wide. */
const CODE_WIDTH = 7.25;

function SideFrame({
  box,
  selected,
  node,
  says,
  onChoose,
  children,
}: SideProps & { node: string; says: string; children: React.ReactNode }) {
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(node);
  };
  const ring = { x: -5, y: -5, width: box.width + 10, height: box.height + 10, rx: 9 };
  return (
    <g
      className="side-card"
      transform={`translate(${box.x} ${box.y})`}
      role="button"
      tabIndex={0}
      aria-label={says}
      aria-pressed={selected}
      data-node={node}
      onClick={() => onChoose(node)}
      onKeyDown={onKey}
    >
      <rect className="card-focus" {...ring} />
      {selected && <rect className="card-selected" {...ring} />}
      <rect className="card-halo" width={box.width} height={box.height} rx="6" />
      <rect className="side-ground" width={box.width} height={box.height} rx="6" />
      {children}
    </g>
  );
}
