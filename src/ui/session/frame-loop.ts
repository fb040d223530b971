// One loop of animation frames for the whole page: it moves the session on, tells the stage of changes, lets what moves draw
// itself, and tells the panels of changes about twelve times a second.

import type { Session } from '../../browser/session-types.ts';
import type { Micros } from '../../tikv/ids.ts';
import { reportFailure } from './viewer-store.ts';
import type { LiveWorld } from './world-source.ts';

/** Draws one frame at the instant shown. */
export type FrameListener = (now: Micros, wallMs: number) => void;

const PANELS_EVERY_MS = 80;
/** Faster than this no message is drawn, and the stage is as calm as the panels. */
const STAGE_UP_TO: Micros = 2_000_000;

const listeners = new Set<FrameListener>();

/** Calls `listener` once an animation frame; the answer ends it. */
export function onFrame(listener: FrameListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function stageKeepsUp(session: Session): boolean {
  const { speed } = session.state();
  return speed !== 'max' && speed <= STAGE_UP_TO;
}

/** Runs until the answer is called, or until something throws: then the page says what. */
export function startFrames(session: Session, world: LiveWorld): () => void {
  let told = 0;
  let running = true;
  const frame = (wallMs: number) => {
    if (!running) return;
    try {
      session.frame(wallMs);
      world.lookBack.frame(wallMs);
      if (!session.state().playing) world.announce();
      else {
        if (wallMs - told >= PANELS_EVERY_MS) {
          told = wallMs;
          world.announceStage();
          world.beginRound();
        } else if (world.looking !== null || stageKeepsUp(session)) world.announceStage();
        world.announceSome();
      }
      for (const listener of listeners) listener(world.shownAt(), wallMs);
    } catch (error) {
      return reportFailure(error);
    }
    requestAnimationFrame(frame);
    return undefined;
  };
  const seen = () => session.setVisible(document.visibilityState === 'visible');
  const left = () => session.setVisible(false);
  document.addEventListener('visibilitychange', seen);
  addEventListener('pagehide', left);
  addEventListener('pageshow', seen);
  requestAnimationFrame(frame);
  return () => {
    running = false;
    document.removeEventListener('visibilitychange', seen);
    removeEventListener('pagehide', left);
    removeEventListener('pageshow', seen);
  };
}
