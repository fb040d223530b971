// One line that says what is broken right now. Each thing can be mended on its own, and one press mends everything: as
// many commands as there are things, each in the recording. With a tool in hand the line says where to point it.

import { DropdownMenu } from 'radix-ui';
import { printCommand } from '../../lab/print-command.ts';
import { brokenThings, mendAll, type Broken } from '../../projections/broken.ts';
import { nodeName } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import { Icon } from '../chart/icon.tsx';
import { useLive, useModel } from '../session/live.ts';
import { setViewer, useViewer, type Tool } from '../session/viewer-store.ts';
import { Hint } from '../shell/hint.tsx';
import { toolKind } from './tool-work.ts';
import { EMPTY_HAND, give } from './touch.ts';
import './faults.css';

interface StripModel {
  readonly things: readonly Broken[];
  readonly lines: readonly string[];
}

const makeStrip = (world: World): StripModel => ({
  things: brokenThings(world),
  lines: mendAll(world).map(printCommand),
});

/** `always`: a line of its own even where nothing is broken, so that nothing moves when something is. */
export function BrokenStrip({ always }: { always: boolean }) {
  const tool = useViewer((viewer) => viewer.tool);
  const { things, lines } = useModel(makeStrip);
  if (!always && tool === null && things.length === 0) return null;
  return (
    <section className="broken" aria-label="What is broken" data-testid="broken">
      {tool === null ? <Things things={things} lines={lines} /> : <InHand tool={tool} />}
    </section>
  );
}

/** More of them stand in a menu. */
const MOST = 4;

function Things({ things, lines }: StripModel) {
  const live = useLive();
  if (things.length === 0)
    return (
      <p className="broken-none">
        <Icon name="check" size={14} />
        Nothing is broken. Every node runs, every link is as it was built.
      </p>
    );
  const shown = things.length > MOST ? MOST - 1 : MOST;
  return (
    <>
      <ul className="broken-list" aria-label="Broken now">
        {things.slice(0, shown).map((thing) => (
          <li key={thing.key}>
            <Thing thing={thing} />
          </li>
        ))}
        {things.length > shown && (
          <li>
            <MoreThings things={things.slice(shown)} />
          </li>
        )}
      </ul>
      {lines.length > 0 && (
        <Hint words={`Gives, in this order: ${lines.join(' · ')}`} shortcut="Shift H">
          <button
            type="button"
            className="button button-small broken-all"
            onClick={() => give(live, mendAll(live.source.world))}
          >
            <Icon name="heal" />
            Heal everything
          </button>
        </Hint>
      )}
    </>
  );
}

/** What has no room in the line. */
function MoreThings({ things }: { things: readonly Broken[] }) {
  const live = useLive();
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="broken-thing broken-mend">
        and {things.length} more
        <Icon name="down" size={14} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" side="top" sideOffset={6} collisionPadding={8}>
          {things.map((thing) => (
            <DropdownMenu.Item
              key={thing.key}
              className="menu-item"
              disabled={thing.mend.length === 0}
              onSelect={() => give(live, thing.mend)}
            >
              <Icon name="heal" />
              {thing.words}
              <span className="menu-aside">{thing.mending}</span>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Thing({ thing }: { thing: Broken }) {
  const live = useLive();
  if (thing.mend.length === 0) return <span className="broken-thing">{thing.words}</span>;
  return (
    <Hint words={`${thing.mending}: ${thing.mend.map(printCommand).join(' · ')}`}>
      <button
        type="button"
        className="broken-thing broken-mend"
        aria-label={`${thing.words}. ${thing.mending}`}
        onClick={() => give(live, thing.mend)}
      >
        {thing.words}
        <Icon name="heal" size={14} />
      </button>
    </Hint>
  );
}

/** Where the tool can be pointed, by hand and by key. */
function InHand({ tool }: { tool: Tool }) {
  const kept = useViewer((viewer) => viewer.toolKept);
  const end = useViewer((viewer) => viewer.toolEnd);
  const { word, icon, on } = toolKind(tool);
  const keys =
    on === 'a message'
      ? 'or choose one in the list'
      : on === 'a line'
        ? end === null
          ? 'or press the numbers of two stores'
          : `${nodeName(end)} and … press the other’s number`
        : 'or press its number';
  return (
    <>
      <p className="broken-hand">
        <Icon name={icon} size={14} />
        <strong>{word} in hand.</strong> Touch {on}, {keys}.
      </p>
      <Hint
        words="It stays in hand for several targets; Shift at a touch keeps it too"
        shortcut="Q"
      >
        <button
          type="button"
          className="button button-small"
          aria-pressed={kept}
          onClick={() => setViewer({ toolKept: !kept })}
        >
          <Icon name="lock" />
          Keep
        </button>
      </Hint>
      <button type="button" className="button button-small" onClick={() => setViewer(EMPTY_HAND)}>
        Put down <kbd className="key">Esc</kbd>
      </button>
    </>
  );
}
