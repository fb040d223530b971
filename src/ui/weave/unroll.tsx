// From the ring to the column of its Region and back: each card travels to the place of its cell, in 400 ms, while the
// new picture comes up under it. Without motion the new picture is there at once.

import { useLayoutEffect, useRef } from 'react';
import { nodeName } from '../../projections/words/format.ts';
import type { StageView } from '../session/viewer-store.ts';

const UNROLLS_MS = 400;
const CURVE = 'cubic-bezier(.2, 0, 0, 1)';
/** A picture that left longer ago than this is not where the new one comes from. */
const FRESH_MS = 300;

interface Leaves {
  readonly view: StageView;
  readonly at: number;
  readonly places: Places;
}

interface Stood {
  readonly box: DOMRect;
  readonly leads: boolean;
}

type Places = ReadonlyMap<string, Stood>;

/** Where the replicas stood in the picture that has just left. */
let leaves: Leaves | null = null;

/** Where each store's replica of the Region in focus stands: its card's ground, or its cell. */
function placesIn(root: Element, region: number): Places {
  const places = new Map<string, Stood>();
  for (const card of root.querySelectorAll('.ring .card')) {
    const ground = card.querySelector('.card-ground') ?? card;
    places.set((card as SVGElement).dataset['node'] ?? '', {
      box: ground.getBoundingClientRect(),
      leads: card.classList.contains('card-leader'),
    });
  }
  for (const cell of root.querySelectorAll<HTMLElement>('.weave-cell')) {
    const [store = '', of] = (cell.dataset['cell'] ?? '').split(' ');
    const leads = cell.ariaLabel?.includes('leader') ?? false;
    if (Number(of) === region) places.set(store, { box: cell.getBoundingClientRect(), leads });
  }
  return places;
}

/** Stands in either picture, before it, so that it sees the picture while it goes. */
export function Unroll({ view, region }: { view: StageView; region: number }) {
  const ref = useRef<HTMLDivElement>(null);
  const focus = useRef(region);
  useLayoutEffect(() => {
    focus.current = region;
  }, [region]);
  useLayoutEffect(() => {
    const own = ref.current;
    const stage = own?.closest('.stage');
    if (!own || !stage) return undefined;
    const before = leaves;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (
      before !== null &&
      before.view !== view &&
      performance.now() - before.at < FRESH_MS &&
      !calm
    )
      travel(own, stage, before.places, placesIn(stage, focus.current));
    return () => {
      leaves = { view, at: performance.now(), places: placesIn(stage, focus.current) };
    };
  }, [view]);
  return <div ref={ref} className="unroll" aria-hidden="true" />;
}

function travel(own: HTMLElement, stage: Element, from: Places, to: Places): void {
  const origin = stage.getBoundingClientRect();
  const frame = (box: DOMRect) => ({
    left: `${box.left - origin.left}px`,
    top: `${box.top - origin.top}px`,
    width: `${box.width}px`,
    height: `${box.height}px`,
  });
  for (const [store, start] of from) {
    const end = to.get(store);
    if (end === undefined) continue;
    const ghost = document.createElement('div');
    ghost.className = `unroll-card${start.leads || end.leads ? ' unroll-leader' : ''}`;
    ghost.textContent = nodeName(store);
    own.append(ghost);
    const timing = { duration: UNROLLS_MS, easing: CURVE };
    const way = ghost.animate(
      [
        { ...frame(start.box), opacity: 1 },
        { ...frame(end.box), opacity: 1, offset: 0.85 },
        { ...frame(end.box), opacity: 0 },
      ],
      timing,
    );
    way.addEventListener('finish', () => ghost.remove());
    way.addEventListener('cancel', () => ghost.remove());
  }
  for (const part of stage.querySelectorAll('.weave, .ring, .logs'))
    part.animate([{ opacity: 0 }, { opacity: 0, offset: 0.4 }, { opacity: 1 }], UNROLLS_MS);
}
