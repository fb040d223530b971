// A new cluster: how many stores, which seed.

import { Dialog } from 'radix-ui';
import { useState, type FormEvent } from 'react';
import { plural } from '../../projections/words/format.ts';
import { useSession } from '../session/live.ts';
import { say } from './say-done.ts';
import './clusters.css';

const STORES = [1, 2, 3, 4, 5, 6, 7];
const MOST_SEED = 4294967295;

const freshSeed = (): string => String(Math.floor(Math.random() * 10_000));

export function NewCluster({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content
          className="dialog dialog-narrow"
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            document.querySelector<HTMLInputElement>('.store-choice input:checked')?.focus();
          }}
        >
          <Dialog.Title className="dialog-title">New cluster</Dialog.Title>
          <Dialog.Description className="dialog-text">
            It gets databases of its own. The others stay as they are.
          </Dialog.Description>
          <NewClusterForm onClose={onClose} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Also stands on the page of a cluster that is open elsewhere. */
export function NewClusterForm({ onClose }: { onClose: () => void }) {
  const session = useSession();
  const [stores, setStores] = useState(3);
  const [seed, setSeed] = useState(freshSeed);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const create = (event: FormEvent) => {
    event.preventDefault();
    const number = Number(seed);
    if (!/^\d+$/.test(seed) || number > MOST_SEED)
      return setProblem(`The seed is a whole number from 0 to ${MOST_SEED}.`);
    setBusy(true);
    void session.clusters
      .create({ stores, clients: 1, seed: number, settings: {} })
      .then((done) => {
        setBusy(false);
        if (!done.ok) return setProblem(done.reason);
        say(`new cluster`, done, `${plural(stores, 'store')}, seed ${number}.`);
        return onClose();
      });
    return undefined;
  };
  return (
    <form onSubmit={create}>
      <fieldset className="store-choice">
        <legend>Stores</legend>
        {STORES.map((count) => (
          <label key={count} className="store-option">
            <input
              type="radio"
              name="stores"
              value={count}
              checked={count === stores}
              onChange={() => setStores(count)}
            />
            <span>{count}</span>
          </label>
        ))}
      </fieldset>
      <p className="dialog-text">{storeWords(stores)}</p>
      <label className="field seed-field">
        Seed: the same seed and the same commands give the same history
        <input
          className="input"
          inputMode="numeric"
          value={seed}
          onChange={({ target }) => setSeed(target.value)}
        />
      </label>
      {problem !== null && (
        <p className="dialog-problem" role="alert">
          {problem}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button button-primary" disabled={busy}>
          {busy ? 'Making it' : 'Make it'}
        </button>
      </div>
    </form>
  );
}

function storeWords(stores: number): string {
  const needed = Math.floor(stores / 2) + 1;
  const may = stores - needed;
  return may === 0
    ? `${needed === 1 ? 'One store is' : 'Both stores are'} needed for everything: none may fail.`
    : `${needed} of ${stores} make a majority: ${may} may fail.`;
}
