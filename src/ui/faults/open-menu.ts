// The menu of whatever is touched with the other button, pressed for long, or in focus when the menu key comes: stores,
// lanes, squares and messages carry their names in the document, so that one listener is enough for all of them.

import { setViewer, type Opened, type Target } from '../session/viewer-store.ts';
import type { Live } from '../session/live.ts';

const LONG_MS = 450;
/** A finger that moves further does something else. */
const STILL_PX = 10;

/** What had the focus when a menu opened: it has it again afterwards. */
let returnTo: HTMLElement | SVGElement | null = null;

export function giveFocusBack(): void {
  if (returnTo?.isConnected) returnTo.focus();
  returnTo = null;
}

/** Opens a menu, or the settings of a link, beside an element or at a point. */
export function openAt(
  live: Live,
  opened: Pick<Opened, 'what' | 'target'>,
  at: Element | { readonly x: number; readonly y: number },
): void {
  if (opened.target.type === 'message') live.session.stop();
  const active = document.activeElement;
  if (returnTo === null && (active instanceof HTMLElement || active instanceof SVGElement))
    returnTo = active === document.body ? null : active;
  if (!(at instanceof Element)) return setViewer({ opened: { ...opened, x: at.x, y: at.y } });
  const box = at.getBoundingClientRect();
  setViewer({ opened: { ...opened, x: box.left + box.width / 2, y: box.bottom } });
}

function targetOf(element: EventTarget | null): [Target, Element] | null {
  if (!(element instanceof Element)) return null;
  const found = element.closest(
    '[data-message], [data-way], [data-link], [data-menu-of], [data-node]',
  );
  if (!(found instanceof HTMLElement || found instanceof SVGElement)) return null;
  const { message, way, link, menuOf, node = menuOf } = found.dataset;
  if (message !== undefined) return [{ type: 'message', id: message }, found];
  const [from, to] = way?.split('>') ?? link?.split('-') ?? [];
  if (from !== undefined && to !== undefined)
    return [{ type: 'link', from, to, both: link !== undefined }, found];
  return node === undefined ? null : [{ type: 'node', node }, found];
}

/** Listens until the answer is called. */
export function listenToMenus(live: Live): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const onMenu = (event: MouseEvent) => {
    const found = targetOf(event.target);
    if (found === null) return;
    event.preventDefault();
    const [target, element] = found;
    const byKey = event.clientX === 0 && event.clientY === 0;
    const at = byKey ? element : { x: event.clientX, y: event.clientY };
    openAt(live, { what: 'menu', target }, at);
  };
  document.addEventListener('contextmenu', onMenu, { signal });
  listenToLongPresses(live, signal);
  return () => stop.abort();
}

function listenToLongPresses(live: Live, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let from = { x: 0, y: 0 };
  let opened = false;
  const cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const onDown = (event: PointerEvent) => {
    cancel();
    opened = false;
    const found = event.pointerType === 'touch' ? targetOf(event.target) : null;
    if (found === null) return;
    from = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      opened = true;
      openAt(live, { what: 'menu', target: found[0] }, from);
    }, LONG_MS);
  };
  const onMove = (event: PointerEvent) => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL_PX) cancel();
  };
  // The finger that opened the menu chooses nothing when it is lifted.
  const onClick = (event: MouseEvent) => {
    if (!opened) return;
    opened = false;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener('pointerdown', onDown, { signal });
  document.addEventListener('pointermove', onMove, { signal });
  document.addEventListener('pointerup', cancel, { signal });
  document.addEventListener('pointercancel', cancel, { signal });
  document.addEventListener('click', onClick, { signal, capture: true });
}
