// Three dots on a card: the menu of the store, for those who have no other mouse button and no menu key.

import { useLive } from '../session/live.ts';
import { openAt } from '../faults/open-menu.ts';
import type { Box } from '../chart/geometry.ts';
import { cardPlaces } from './card-places.ts';
import type { CardSize } from './cluster-layout.ts';
import type { StoreCardModel } from './ring-model.ts';

export interface CardMoreProps {
  readonly card: StoreCardModel;
  readonly box: Box;
  readonly size: CardSize;
}

export function CardMore({ card, box, size }: CardMoreProps) {
  const live = useLive();
  const at = cardPlaces(size, card.learner);
  const down = card.look === 'down' || card.look === 'destroyed';
  // On the smallest cards they stand upright at the edge, beside the timer.
  const upright = size === 'tiny';
  const x = upright ? box.width - 5 : box.width - (down ? 26 : at.pad + 8);
  const y = down || upright ? box.height / 2 : at.termY - 5;
  const open = (element: Element) =>
    openAt(live, { what: 'menu', target: { type: 'node', node: card.node } }, element);
  return (
    <g
      className={card.look === 'leader' ? 'card-more card-more-inverted' : 'card-more'}
      transform={`translate(${x} ${y})${upright ? ' rotate(90)' : ''}`}
      data-menu-of={card.node}
      role="button"
      tabIndex={0}
      aria-label={`What to do with ${card.name}`}
      aria-haspopup="menu"
      onClick={({ currentTarget }) => open(currentTarget)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        open(event.currentTarget);
      }}
    >
      <rect className="card-more-hit" x="-14" y="-11" width="28" height="22" rx="4" />
      <circle cx="-5.5" r="1.6" />
      <circle r="1.6" />
      <circle cx="5.5" r="1.6" />
    </g>
  );
}
