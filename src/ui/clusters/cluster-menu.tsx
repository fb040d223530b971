// The menu of clusters: a new one, this one again from its beginning, all of them with their sizes.

import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { plural } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { useSession, useSessionState } from '../session/live.ts';
import { share } from '../shell/share.tsx';
import { ClusterList } from './cluster-list.tsx';
import { SettingsDialog } from '../raft/settings-dialog.tsx';
import { NewCluster } from './new-cluster.tsx';
import type { Done, Session } from '../../browser/session-types.ts';
import { offerUndo } from '../shell/toast.ts';
import { askForFile, offerFile, say } from './say-done.ts';
import './clusters.css';

export function ClusterMenu() {
  const session = useSession();
  const { cluster } = useSessionState();
  const [dialog, setDialog] = useState<'new' | 'list' | 'settings' | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger className="button button-plain cluster-trigger">
          <span className="cluster-name">{cluster?.name ?? 'Clusters'}</span>
          <Icon name="down" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
            {cluster !== null && (
              <p className="menu-label">
                {plural(cluster.stores, 'store')}, seed {cluster.seed}
              </p>
            )}
            <DropdownMenu.Item className="menu-item" onSelect={() => setDialog('new')}>
              <Icon name="add" />
              New cluster
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={() => void startOver(session)}>
              <Icon name="restart" />
              Start over
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className="menu-item"
              disabled={cluster?.canUndo !== true}
              onSelect={() => void undoStartOver(session)}
            >
              <Icon name="undo" />
              Undo start over
            </DropdownMenu.Item>
            <DropdownMenu.Separator className="menu-line" />
            <DropdownMenu.Item className="menu-item" onSelect={() => setDialog('settings')}>
              <Icon name="filter" />
              Settings
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={() => setDialog('list')}>
              <Icon name="disk" />
              All clusters
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={() => void share(session)}>
              <Icon name="send" />
              Copy a link to this moment
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() =>
                void saveRecording(session.exportRecording(), cluster?.name ?? 'loom')
              }
            >
              <Icon name="download" />
              Save the recording
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() => void openRecording((json) => session.importRecording(json))}
            >
              <Icon name="upload" />
              Open a recording
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <NewCluster open={dialog === 'new'} onClose={close} />
      <SettingsDialog open={dialog === 'settings'} onClose={close} />
      <ClusterList open={dialog === 'list'} onClose={close} onNew={() => setDialog('new')} />
    </>
  );
}

async function startOver(session: Session): Promise<void> {
  const done = await session.clusters.startOver();
  say('start over', done, 'The same seed from its first instant.');
  if (!done.ok || session.state().cluster?.canUndo !== true) return;
  const key = `started over ${session.shownAt()}`;
  offerUndo({ key, words: 'The cluster began again', undo: () => undoStartOver(session) });
}

async function undoStartOver(session: Session): Promise<void> {
  const done = await session.clusters.undoStartOver();
  say('undo', done, 'What was before the start over is back.');
}

async function saveRecording(text: Promise<string>, name: string): Promise<void> {
  offerFile(await text, `${name.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.loom.json`);
}

/** A file becomes a cluster of its own; a damaged one changes nothing and says where it is wrong. */
async function openRecording(take: (json: string) => Promise<Done>): Promise<void> {
  const text = await askForFile('.json,application/json');
  if (text === null) return;
  say('open a recording', await take(text), 'It runs in a cluster of its own.');
}
