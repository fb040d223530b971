// The tools: what can be broken, and what the client asks for. The first few have a button each, the rest a menu.

import { DropdownMenu } from 'radix-ui';
import { Icon } from '../chart/icon.tsx';
import { TOOLS, type ToolKind } from '../faults/tool-work.ts';
import { takeTool } from '../faults/touch.ts';
import { TIMER_GESTURES } from '../raft/timers.ts';
import { useLive } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { act } from '../session/tools.ts';
import { setViewer, useViewer } from '../session/viewer-store.ts';
import { Hint } from '../shell/hint.tsx';
import { ClientForm } from './client-form.tsx';
import './client.css';

/** Tools that have a button in the bar. */
const FIRST = 4;

export function ToolsBar() {
  return (
    <div className="tools-bar">
      <div className="tool-buttons" role="group" aria-label="Faults">
        {TOOLS.slice(0, FIRST).map((kind) => (
          <ToolButton key={kind.tool} kind={kind} />
        ))}
        <MoreTools />
      </div>
      <ClientForm />
    </div>
  );
}

/** All of them, for a sheet. */
export function ToolButtons() {
  return (
    <div className="tool-buttons" role="group" aria-label="Faults">
      {TOOLS.map((kind) => (
        <ToolButton key={kind.tool} kind={kind} />
      ))}
      <button
        type="button"
        className="button"
        onClick={() => setViewer({ messagesOpen: true, sheet: 'events' })}
      >
        <Icon name="messages" />
        Messages
      </button>
    </div>
  );
}

function ToolButton({ kind }: { kind: ToolKind }) {
  const live = useLive();
  const inHand = useViewer((viewer) => viewer.tool === kind.tool);
  const { tool, word, icon, key, means } = kind;
  return (
    <Hint words={means} {...(key === null ? {} : { shortcut: key })}>
      <button
        type="button"
        className="button"
        data-on={inHand}
        aria-pressed={inHand}
        onClick={() => takeTool(live, tool)}
      >
        <Icon name={icon} />
        {word}
        {key !== null && <kbd className="key">{key}</kbd>}
      </button>
    </Hint>
  );
}

function MoreTools() {
  const live = useLive();
  const inHand = useViewer((viewer) => TOOLS.findIndex(({ tool }) => tool === viewer.tool));
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        className="button tool-more"
        aria-label="More tools"
        data-on={inHand >= FIRST}
      >
        <Icon name="more" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={6} collisionPadding={8}>
          {TOOLS.slice(FIRST).map(({ tool, word, icon, key, means }) => (
            <DropdownMenu.Item
              key={tool}
              className="menu-item"
              title={means}
              onSelect={() => takeTool(live, tool)}
            >
              <Icon name={icon} />
              {word}
              {key !== null && <kbd className="menu-aside">{key}</kbd>}
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Separator className="menu-line" />
          <TimerItems />
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item
            className="menu-item"
            onSelect={() => setViewer({ messagesOpen: true, panelOpen: true })}
          >
            <Icon name="messages" />
            Messages under way
            <kbd className="menu-aside">V</kbd>
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Elections that collide, elections that do not. */
function TimerItems() {
  const { session, source } = useLive();
  return TIMER_GESTURES.map(({ key, word, shows, command }) => (
    <DropdownMenu.Item
      key={key}
      className="menu-item"
      title={shows}
      onSelect={() => void act(session, command(source.world, firstRegion(source.world)))}
    >
      <Icon name="clock" />
      {word}
      <kbd className="menu-aside">{key}</kbd>
    </DropdownMenu.Item>
  ));
}
