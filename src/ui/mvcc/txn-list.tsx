// What transactions have written, in the chosen Region or in all, and how far each of them is. A key opens its versions.

import { useCallback } from 'react';
import type { World } from '../../projections/world.ts';
import { nodeName, shown } from '../../projections/words/format.ts';
import { tsWord } from '../../projections/words/explain-txn.ts';
import type { RegionId } from '../../tikv/ids.ts';
import { useModel } from '../session/live.ts';
import { select, useViewer } from '../session/viewer-store.ts';
import { txnKeys } from './mvcc-model.ts';
import './mvcc.css';

const KEYS_SHOWN = 12;
const TRANSACTIONS_SHOWN = 4;

function modelOf(world: World, region: RegionId | null) {
  const keys = txnKeys(world, region);
  const list = world.transactions.list.slice(-TRANSACTIONS_SHOWN).toReversed();
  return {
    keys: keys.slice(0, KEYS_SHOWN),
    more: Math.max(0, keys.length - KEYS_SHOWN),
    transactions: list.map(({ name, client, startTs, phase, commitTs }) => ({
      key: startTs,
      name,
      words: `${nodeName(client)}, start ${tsWord(world, startTs)}`,
      phase,
      state: `${phase.replace('-', ' ')}${commitTs === null ? '' : ` at ${tsWord(world, commitTs)}`}`,
    })),
  };
}

/** Nothing at all before the first transaction. */
export function TxnList() {
  const region = useViewer((viewer) => viewer.region);
  const make = useCallback((world: World) => modelOf(world, region), [region]);
  const { keys, more, transactions } = useModel(make);
  if (transactions.length === 0 && keys.length === 0) return null;
  return (
    <section className="data-held" aria-label="Transactions">
      {transactions.length > 0 && <h2 className="panel-heading">Transactions, newest first</h2>}
      <ul className="txn-rows">
        {transactions.map((txn) => (
          <li key={txn.key} className="txn-row">
            <strong>{txn.name}</strong>
            <span>{txn.words}</span>
            <span className="txn-state" data-phase={txn.phase}>
              {txn.state}
            </span>
          </li>
        ))}
      </ul>
      {keys.length > 0 && (
        <h2 className="panel-heading">
          {transactions.length > 0 ? 'Their keys' : 'Keys of transactions'}, as the leader has
          applied
        </h2>
      )}
      <ul className="data-pairs">
        {keys.map(({ key, locked, value }) => (
          <li key={key}>
            <button
              type="button"
              className="text-button txn-key"
              aria-label={`Versions of ${shown(key)}${locked ? ', locked' : ''}`}
              onClick={() => select({ type: 'key', key })}
            >
              {locked && <span className="txn-lock" aria-hidden="true" />}
              <code>{value === null ? shown(key) : `${shown(key)}=${value}`}</code>
            </button>
          </li>
        ))}
        {more > 0 && <li className="data-more">and {more} more</li>}
      </ul>
    </section>
  );
}
