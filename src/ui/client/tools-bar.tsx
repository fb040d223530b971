// The tools: what can be broken and mended, and what the client asks for.

import { Icon, type IconName } from '../chart/icon.tsx';
import { useLive, useModel } from '../session/live.ts';
import { hasCuts } from '../session/readings.ts';
import { act, takeTool } from '../session/tools.ts';
import { useViewer, type Tool } from '../session/viewer-store.ts';
import { Hint } from '../shell/hint.tsx';
import { ClientForm } from './client-form.tsx';
import './client.css';

interface ToolButton {
  readonly tool: Tool;
  readonly word: string;
  readonly icon: IconName;
  readonly key: string;
  readonly means: string;
}

const TOOLS: readonly ToolButton[] = [
  {
    tool: 'kill',
    word: 'Kill',
    icon: 'kill',
    key: 'K',
    means: 'Power cut: memory is gone, the disk stays',
  },
  {
    tool: 'pause',
    word: 'Pause',
    icon: 'freeze',
    key: 'F',
    means:
      'Freeze a store: it takes nothing in, its clock runs on, nothing is lost. Again: it goes on',
  },
  {
    tool: 'restart',
    word: 'Restart',
    icon: 'restart',
    key: 'R',
    means: 'Start a store from its disk',
  },
  {
    tool: 'cut',
    word: 'Cut',
    icon: 'cut',
    key: 'X',
    means: 'Then click a line to cut that link, or a store to cut it off from all',
  },
];

export function ToolsBar() {
  const cuts = useModel(hasCuts);
  return (
    <div className={cuts ? 'tools-bar with-heal' : 'tools-bar'}>
      <ToolButtons />
      <ClientForm />
    </div>
  );
}

export function ToolButtons() {
  const live = useLive();
  const inHand = useViewer((viewer) => viewer.tool);
  const cuts = useModel(hasCuts);
  return (
    <div className="tool-buttons" role="group" aria-label="Faults">
      {TOOLS.map(({ tool, word, icon, key, means }) => (
        <Hint key={tool} words={means} shortcut={key}>
          <button
            type="button"
            className="button"
            data-on={inHand === tool}
            aria-pressed={inHand === tool}
            onClick={() => takeTool(live, tool)}
          >
            <Icon name={icon} />
            {word}
            <kbd className="key">{key}</kbd>
          </button>
        </Hint>
      ))}
      {cuts && (
        <Hint words="Close all cuts" shortcut="H">
          <button
            type="button"
            className="button"
            onClick={() => void act(live.session, { type: 'heal', node: null })}
          >
            <Icon name="heal" />
            Heal
            <kbd className="key">H</kbd>
          </button>
        </Hint>
      )}
    </div>
  );
}
