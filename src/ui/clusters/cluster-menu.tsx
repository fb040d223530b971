// The menu of clusters: a new one, this one again from its beginning, all of them with their sizes.

import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { plural } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { useSession, useSessionState } from '../session/live.ts';
import { ClusterList } from './cluster-list.tsx';
import { NewCluster } from './new-cluster.tsx';
import { offerFile, say } from './say-done.ts';
import './clusters.css';

export function ClusterMenu() {
  const session = useSession();
  const { cluster } = useSessionState();
  const [dialog, setDialog] = useState<'new' | 'list' | null>(null);
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
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() =>
                void session.clusters
                  .startOver()
                  .then((done) => say('start over', done, 'The same seed from its first instant.'))
              }
            >
              <Icon name="restart" />
              Start over
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className="menu-item"
              disabled={cluster?.canUndo !== true}
              onSelect={() =>
                void session.clusters
                  .undoStartOver()
                  .then((done) => say('undo', done, 'What was before the start over is back.'))
              }
            >
              <Icon name="undo" />
              Undo start over
            </DropdownMenu.Item>
            <DropdownMenu.Separator className="menu-line" />
            <DropdownMenu.Item className="menu-item" onSelect={() => setDialog('list')}>
              <Icon name="disk" />
              All clusters
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
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <NewCluster open={dialog === 'new'} onClose={close} />
      <ClusterList open={dialog === 'list'} onClose={close} onNew={() => setDialog('new')} />
    </>
  );
}

async function saveRecording(text: Promise<string>, name: string): Promise<void> {
  offerFile(await text, `${name.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.loom.json`);
}
