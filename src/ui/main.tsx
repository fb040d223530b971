// The page's first step: open the session, begin to draw.

import './tokens.css';
import './base.css';
import { createRoot } from 'react-dom/client';
import type { Session } from '../browser/session-types.ts';
import { App } from './app.tsx';
import { startFrames } from './session/frame-loop.ts';
import { newStory } from './session/story.ts';
import { LiveWorld } from './session/world-source.ts';

async function openPage(): Promise<Session> {
  if (new URLSearchParams(location.search).has('still')) {
    const { waitForStill } = await import('./stills/still.ts');
    return waitForStill();
  }
  const { stillSession } = await import('./stills/still-session.ts');
  return stillSession({ records: [], at: 0, state: { phase: { name: 'starting' } } });
}

const root = document.getElementById('root');
if (root !== null) {
  const session = await openPage();
  const source = new LiveWorld(session, newStory);
  createRoot(root).render(<App live={{ session, source }} />);
  startFrames(session, source);
}
