// One loop of animation frames for the whole page: it moves the session on, lets what moves draw itself, and tells the
// panels of changes about twelve times a second.

import type { Session } from '../../browser/session-types.ts';
import type { Micros } from '../../tikv/ids.ts';
import type { LiveWorld } from './world-source.ts';

/** Draws one frame at the instant shown. */
export type FrameListener = (now: Micros, wallMs: number) => void;

const PANELS_EVERY_MS = 80;

const listeners = new Set<FrameListener>();

/** Calls `listener` once an animation frame; the answer ends it. */
export function onFrame(listener: FrameListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Draws one frame now: for pictures that stand still. */
export function drawFrame(now: Micros, wallMs: number): void {
  for (const listener of listeners) listener(now, wallMs);
}

/** Runs until the answer is called. */
export function startFrames(session: Session, world: LiveWorld): () => void {
  let told = 0;
  let running = true;
  const frame = (wallMs: number) => {
    if (!running) return;
    session.frame(wallMs);
    if (wallMs - told >= PANELS_EVERY_MS || !session.state().playing) {
      told = wallMs;
      world.announce();
    }
    drawFrame(session.shownAt(), wallMs);
    requestAnimationFrame(frame);
  };
  const seen = () => session.setVisible(document.visibilityState === 'visible');
  document.addEventListener('visibilitychange', seen);
  requestAnimationFrame(frame);
  return () => {
    running = false;
    document.removeEventListener('visibilitychange', seen);
  };
}
