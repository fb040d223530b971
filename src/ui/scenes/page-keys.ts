// The keys of a presenter's remote: forward and back. They are heard before all others while a scene is open.

import { nextStep, previousStep } from './scene-player.ts';
import { useScene } from './scene-store.ts';

const TURNS: Readonly<Record<string, () => void>> = {
  PageDown: nextStep,
  ArrowRight: nextStep,
  PageUp: previousStep,
  ArrowLeft: previousStep,
};

const TAKEN =
  'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"], [role="slider"], [role="tablist"], [role="radiogroup"], [role="tree"], [role="grid"]';

/** Listens until the answer is called. */
export function listenToPages(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
      return;
    const turn = TURNS[event.key];
    if (turn === undefined || useScene.getState().scene === null) return;
    if (event.target instanceof Element && event.target.closest(TAKEN) !== null) return;
    event.preventDefault();
    event.stopPropagation();
    turn();
  };
  addEventListener('keydown', onKey, { capture: true });
  return () => removeEventListener('keydown', onKey, { capture: true });
}
