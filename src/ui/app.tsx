// The page: the screen, or what stands in its place, in the theme that was chosen.

import { useEffect } from 'react';
import { Failed, PhasePage } from './clusters/pages.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { Screen } from './shell/screen.tsx';
import { LiveContext, useSessionState, type Live } from './session/live.ts';
import { useScene } from './scenes/scene-store.ts';
import { useViewer } from './session/viewer-store.ts';

export function App({ live }: { live: Live }) {
  const theme = useViewer((viewer) => viewer.theme);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return (
    <ErrorBoundary>
      <Drawn live={live} />
    </ErrorBoundary>
  );
}

/** The scene that is open, or else the visitor's cluster. */
function Drawn({ live }: { live: Live }) {
  const scene = useScene((state) => state.live);
  return (
    <LiveContext value={scene ?? live} key={scene === null ? 'home' : 'scene'}>
      <Phases />
    </LiveContext>
  );
}

function Phases() {
  const { phase } = useSessionState();
  const failure = useViewer((viewer) => viewer.failure);
  if (failure !== null) return <Failed reason={failure} />;
  return phase.name === 'running' || phase.name === 'rerunning' ? (
    <Screen />
  ) : (
    <PhasePage phase={phase} />
  );
}
