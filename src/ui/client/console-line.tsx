// The line under the stage: the command that the last button was, and what came of it. A slash opens it for typing: the same
// language as on the command line and in scenes.

import { useCallback, useEffect } from 'react';
import type { World } from '../../projections/world.ts';
import { Icon } from '../chart/icon.tsx';
import { useModel } from '../session/live.ts';
import { setViewer, useViewer, type SaidLine } from '../session/viewer-store.ts';
import { loadEditor, OpenConsole } from './open-console.tsx';
import { outcomeOf } from './operation-words.ts';
import './client.css';
import './console.css';

export function ConsoleLine() {
  const open = useViewer((viewer) => viewer.consoleOpen);
  const said = useViewer((viewer) => viewer.said);
  useEffect(() => void loadEditor(), []);
  return (
    <div className="console-place">
      <div className="console-line" data-testid="console-line">
        <Icon name="console" />
        {open ? (
          <OpenConsole />
        ) : (
          <output className="console-said">{said && <Said said={said} />}</output>
        )}
        {!open && (
          <button
            type="button"
            className="text-button console-open"
            onClick={() => setViewer({ consoleOpen: true })}
          >
            Type a command <kbd className="key">/</kbd>
          </button>
        )}
      </div>
    </div>
  );
}

function Said({ said }: { said: SaidLine }) {
  const { op } = said;
  const ended = useModel(useCallback((world: World) => outcomeOf(world, op), [op]));
  return (
    <>
      <code className="console-code">{said.line}</code>
      <span className={said.refused ? 'console-answer console-refused' : 'console-answer'}>
        {ended ?? said.answer}
      </span>
    </>
  );
}
