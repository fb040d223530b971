// The menu of a store, a link or a message. One for the whole page, at the point where it was asked for.

import { DropdownMenu } from 'radix-ui';
import { Fragment, useCallback } from 'react';
import type { World } from '../../projections/world.ts';
import { Icon } from '../chart/icon.tsx';
import { useLive, useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { select, setViewer, useViewer, type Opened, type Target } from '../session/viewer-store.ts';
import type { MenuEntry, MenuModel } from './menu-entry.ts';
import { menuOf } from './menu-model.ts';
import { giveFocusBack, openAt } from './open-menu.ts';
import { chooseMessage, give } from './touch.ts';
import './faults.css';

export function TargetMenu() {
  const opened = useViewer((viewer) => viewer.opened);
  return opened?.what === 'menu' ? <OpenMenu opened={opened} /> : null;
}

function OpenMenu({ opened }: { opened: Opened }) {
  const { target, x, y } = opened;
  const model = useModel(
    useCallback((world: World) => menuOf(world, firstRegion(world), target), [target]),
  );
  return (
    <DropdownMenu.Root
      open
      modal={false}
      onOpenChange={(open) => !open && setViewer({ opened: null })}
    >
      <DropdownMenu.Trigger asChild>
        <span className="menu-anchor" style={{ left: x, top: y }} aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          aria-label={model?.title ?? 'Gone'}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (useViewer.getState().opened === null) giveFocusBack();
          }}
        >
          <DropdownMenu.Label className="menu-label">
            {model?.title ?? 'It has arrived, or it is lost.'}
          </DropdownMenu.Label>
          {model !== null && <MenuEntries model={model} target={target} />}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The entries alone, for menus that have a button of their own. */
export function MenuEntries({ model, target }: { model: MenuModel; target: Target }) {
  const live = useLive();
  const choose = ({ opens, commands }: MenuEntry) => {
    if (opens === undefined) return give(live, commands);
    if (opens === 'link') {
      const { opened } = useViewer.getState();
      const at = { x: opened?.x ?? innerWidth / 2, y: opened?.y ?? innerHeight / 3 };
      return setTimeout(() => openAt(live, { what: 'link', target }, at));
    }
    if (target.type === 'message') return chooseMessage(live, target.id);
    return target.type === 'node' ? select(target) : undefined;
  };
  return model.groups.map((group, i) => (
    <Fragment key={group[0]?.word}>
      {i > 0 && <DropdownMenu.Separator className="menu-line" />}
      {group.map((entry) => (
        <DropdownMenu.Item
          key={entry.word}
          className="menu-item"
          disabled={(entry.why ?? null) !== null}
          title={entry.why ?? undefined}
          onSelect={() => choose(entry)}
        >
          <Icon name={entry.icon} />
          {entry.word}
          {entry.key !== undefined && <kbd className="menu-aside">{entry.key}</kbd>}
        </DropdownMenu.Item>
      ))}
    </Fragment>
  ));
}
