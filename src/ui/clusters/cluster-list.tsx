// All clusters of this browser, with what they take, to open and to delete.

import { Dialog } from 'radix-ui';
import { useCallback, useEffect, useState } from 'react';
import type { Clusters, ClusterRow, Session } from '../../browser/session-types.ts';
import { plural } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { useSession, useSessionState } from '../session/live.ts';
import { offerUndo } from '../shell/toast.ts';
import { say } from './say-done.ts';
import { bytesWords } from './size-words.ts';
import './clusters.css';

type Listed = Awaited<ReturnType<Clusters['list']>>;

interface ClusterListProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onNew: () => void;
}

export function ClusterList({ open, onClose, onNew }: ClusterListProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">Clusters in this browser</Dialog.Title>
          <ClusterRows onOpened={onClose} />
          <div className="dialog-actions">
            <button type="button" className="button" onClick={onNew}>
              <Icon name="add" />
              New cluster
            </button>
            <Dialog.Close className="button button-primary">Done</Dialog.Close>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export function ClusterRows({ onOpened }: { onOpened: () => void }) {
  const session = useSession();
  const [listed, setListed] = useState<Listed | null>(null);
  const refresh = useCallback(() => {
    void session.clusters.list().then(setListed);
  }, [session]);
  useEffect(refresh, [refresh]);
  if (listed === null) return <p className="dialog-text">Counting.</p>;
  return (
    <>
      <ul className="cluster-rows">
        {listed.clusters.map((row) => (
          <Row key={row.id} row={row} onChanged={refresh} onOpened={onOpened} />
        ))}
      </ul>
      <Deleted onChanged={refresh} />
      {listed.usage !== null && (
        <p className="dialog-text">
          The browser counts {bytesWords(listed.usage)}
          {listed.quota !== null && ` of ${bytesWords(listed.quota)} that it allows`} for this page.
        </p>
      )}
    </>
  );
}

/** There is always a cluster: where the open one goes, a fresh one takes its place, under its own name. */
const deletedWords = ({ open }: ClusterRow, now: string | undefined): string =>
  open === 'here'
    ? `It is deleted. ${now ?? 'A new cluster'} takes its place: new, of the same shape and seed. Undo brings back what was.`
    : 'It is deleted. Undo brings it back, until another one is deleted.';

async function bringBack(session: Session, name: string): Promise<void> {
  say(`bring back ${name}`, await session.clusters.undoRemove(), `${name} is back, as it was.`);
}

/** What was deleted last and is still there. */
function Deleted({ onChanged }: { onChanged: () => void }) {
  const session = useSession();
  const { deleted } = useSessionState();
  if (deleted === null) return null;
  const { name, bytes } = deleted;
  return (
    <div className="cluster-row cluster-deleted">
      <div className="cluster-about">
        <strong>{name}</strong>
        <span className="cluster-facts">
          deleted, still kept{bytes !== null && `, ${bytesWords(bytes)}`}
        </span>
      </div>
      <button
        type="button"
        className="button button-small"
        onClick={() => void bringBack(session, name).then(onChanged)}
      >
        <Icon name="undo" />
        Bring back
      </button>
      <button
        type="button"
        className="button button-small button-danger"
        onClick={() => void session.clusters.forgetDeleted().then(onChanged)}
      >
        Delete for good
      </button>
    </div>
  );
}

function Row({
  row,
  onChanged,
  onOpened,
}: {
  row: ClusterRow;
  onChanged: () => void;
  onOpened: () => void;
}) {
  const session = useSession();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const remove = () =>
    void session.clusters.remove(row.id).then((done) => {
      say(`delete ${row.name}`, done, deletedWords(row, session.state().cluster?.name));
      if (done.ok)
        offerUndo({
          key: `deleted ${row.id}`,
          words: `${row.name} is deleted`,
          undo: () => bringBack(session, row.name),
        });
      if (!done.ok) setProblem(done.reason);
      setAsking(false);
      onChanged();
    });
  const open = () =>
    void session.clusters.open(row.id).then((done) => {
      say(`open ${row.name}`, done, `${plural(row.stores, 'store')}, seed ${row.seed}.`);
      if (done.ok) onOpened();
      else setProblem(done.reason);
    });
  return (
    <li className="cluster-row">
      <div className="cluster-about">
        <strong>{row.name}</strong>
        <span className="cluster-facts">
          {plural(row.stores, 'store')}, seed {row.seed}
          {row.bytes !== null && `, ${bytesWords(row.bytes)}`}
          {row.open === 'elsewhere' && ', open in another tab'}
        </span>
        {problem !== null && <span className="dialog-problem">{problem}</span>}
      </div>
      {asking ? (
        <>
          <button type="button" className="button button-small" onClick={() => setAsking(false)}>
            Keep it
          </button>
          <button type="button" className="button button-small button-danger" onClick={remove}>
            Delete
          </button>
        </>
      ) : (
        <>
          <button
            type="button"
            className="button button-small"
            disabled={row.open !== 'no'}
            onClick={open}
          >
            {row.open === 'here' ? 'Open here' : 'Open'}
          </button>
          <button
            type="button"
            className="button button-small"
            aria-label={`Delete ${row.name}`}
            disabled={row.open === 'elsewhere'}
            onClick={() => setAsking(true)}
          >
            <Icon name="trash" />
          </button>
        </>
      )}
    </li>
  );
}
