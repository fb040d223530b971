// The top bar: the house's name, the cluster's menu, the view, the theme, help.

import { Icon, Logo } from '../chart/icon.tsx';
import { ClusterMenu } from '../clusters/cluster-menu.tsx';
import { RulesChip } from '../raft/rules-chip.tsx';
import { SceneMenu } from '../scenes/scene-menu.tsx';
import { useInScene } from '../scenes/scene-store.ts';
import { useManyRegions, useView } from '../session/use-view.ts';
import { setTheme, setViewer, useViewer, type StageView } from '../session/viewer-store.ts';
import { Hint } from './hint.tsx';
import { ShareButton } from './share.tsx';

export function TopBar({ phone }: { phone: boolean }) {
  const theme = useViewer((viewer) => viewer.theme);
  const scene = useInScene();
  return (
    <header className="top-bar">
      <div className="top-left">
        <Logo />
        <h1 className="top-name">Loom</h1>
        <span className="top-line" aria-hidden="true" />
        {!scene && <ClusterMenu />}
        <SceneMenu phone={phone} />
      </div>
      {!phone && <Views />}
      <div className="top-right">
        <RulesChip short={phone} />
        {!phone && <ShareButton />}
        <Hint words={theme === 'dark' ? 'Light' : 'Dark'} shortcut="Shift D">
          <button
            type="button"
            className="button button-bare"
            aria-label={theme === 'dark' ? 'Light theme' : 'Dark theme'}
            onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
          >
            <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
          </button>
        </Hint>
        <button
          type="button"
          className={phone ? 'button button-bare' : 'button button-plain'}
          aria-label="Help"
          onClick={() => setViewer({ helpOpen: true })}
        >
          <Icon name="help" />
          {!phone && 'Help'}
        </button>
      </div>
    </header>
  );
}

const VIEWS: readonly {
  readonly view: StageView;
  readonly word: string;
  readonly means: string;
}[] = [
  { view: 'ring', word: 'Ring', means: 'One Region as a circle' },
  { view: 'weave', word: 'Weave', means: 'All Regions by store' },
];

function Views() {
  const shown = useView();
  const many = useManyRegions();
  return (
    <nav className="top-views" aria-label="Views">
      {VIEWS.map(({ view, word, means }, i) => (
        <Hint key={view} words={means} shortcut={`Alt ${i + 1}`}>
          <button
            type="button"
            className="top-view"
            aria-current={view === shown ? 'page' : undefined}
            // With one Region the Weave is a single column: it is there, and nothing leads to it by itself.
            data-quiet={view === 'weave' && !many}
            onClick={() => setViewer({ view })}
          >
            {word}
          </button>
        </Hint>
      ))}
    </nav>
  );
}
