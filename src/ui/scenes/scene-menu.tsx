// The menu of scenes: each by its title, a file of one's own, and the way back to one's own cluster.

import { DropdownMenu } from 'radix-ui';
import { SCENES } from '../../lessons/catalogue.ts';
import { Icon } from '../chart/icon.tsx';
import { askForFile, say } from '../clusters/say-done.ts';
import { closeScene, openSceneNamed, openSceneText } from './scene-player.ts';
import { useScene } from './scene-store.ts';
import './scenes.css';

export function SceneMenu({ phone }: { phone: boolean }) {
  const open = useScene((state) => state.scene);
  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger
          className={
            open === null && phone ? 'button button-bare' : 'button button-plain scene-trigger'
          }
          aria-label={open === null ? 'Scenes' : undefined}
        >
          <Icon name="book" />
          {open !== null && <span className="scene-title">{open.title}</span>}
          {open === null && !phone && 'Scenes'}
          {(open !== null || !phone) && <Icon name="down" />}
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
            <p className="menu-label">Each plays in a cluster of its own</p>
            {SCENES.map(({ id, title }) => (
              <DropdownMenu.Item
                key={id}
                className="menu-item"
                onSelect={() => void openSceneNamed(id)}
              >
                <Icon name={id === open?.id ? 'check' : 'play'} />
                {title}
              </DropdownMenu.Item>
            ))}
            <DropdownMenu.Separator className="menu-line" />
            <DropdownMenu.Item className="menu-item" onSelect={() => void openFile()}>
              <Icon name="upload" />
              Open a scene file
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {open !== null && (
        <button
          type="button"
          className={phone ? 'button button-bare' : 'button button-small'}
          aria-label="Close the scene"
          onClick={() => void closeScene()}
        >
          <Icon name="close" />
          {!phone && 'Close the scene'}
        </button>
      )}
    </>
  );
}

/** A damaged file changes nothing and says where it is wrong. */
async function openFile(): Promise<void> {
  const text = await askForFile('.yaml,.yml,.json');
  if (text === null) return;
  say('open a scene', await openSceneText(text), 'It plays in a cluster of its own.');
}
