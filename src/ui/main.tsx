// The page's first step: open the session, begin to draw.

import './tokens.css';
import './base.css';
import { createRoot } from 'react-dom/client';
import { openSession } from '../browser/session.ts';
import type { Session } from '../browser/session-types.ts';
import { App } from './app.tsx';
import { enlargeType } from './chart/use-size.ts';
import { Failed } from './clusters/pages.tsx';
import { keepClock } from './session/clock-memory.ts';
import { guardPast } from './session/past-guard.ts';
import { openSceneOf } from './scenes/scene-link.ts';
import { drawHome } from './scenes/scene-player.ts';
import { followLinks } from './session/page-link.ts';
import { newStory } from './session/story.ts';
import { LiveWorld } from './session/world-source.ts';

/** Larger type for a projector: one variable scales everything. */
const PRESENT_TYPE = 1.25;

async function openPage(): Promise<Session> {
  const query = new URLSearchParams(location.search);
  if (query.get('present') === '1') enlargeType(PRESENT_TYPE);
  if (query.has('still')) {
    const { waitForStill } = await import('./stills/still.ts');
    return waitForStill();
  }
  return openSession(location.search, location.hash);
}

const root = document.getElementById('root');
if (root !== null) {
  try {
    const session = await openPage();
    keepClock(session);
    const source = new LiveWorld(session, newStory);
    const live = { session: guardPast(session, source), source };
    createRoot(root).render(<App live={live} />);
    drawHome(session, source);
    followLinks(session);
    openSceneOf(new URLSearchParams(location.search));
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    createRoot(root).render(<Failed reason={reason} />);
  }
}
