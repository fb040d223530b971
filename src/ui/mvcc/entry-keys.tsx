// The keys that a chosen log entry of a transaction touches; each opens its versions.

import { useCallback } from 'react';
import type { Bytes } from '../../base/bytes.ts';
import { entryAt } from '../../projections/log-window.ts';
import { replicasOf } from '../../projections/questions.ts';
import { shown } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import { useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { select } from '../session/viewer-store.ts';

function keysOf(world: World, index: number): readonly Bytes[] {
  const holders = replicasOf(world, firstRegion(world))
    .toSorted((a, b) => b.term - a.term)
    .map((replica) => entryAt(replica.log, index));
  const content = holders.find((entry) => entry !== null)?.content;
  return content?.type === 'txn' ? content.keys : [];
}

export function EntryKeys({ index }: { index: number }) {
  const keys = useModel(useCallback((world: World) => keysOf(world, index), [index]));
  if (keys.length === 0) return null;
  return (
    <ul className="data-pairs" aria-label="Its keys">
      {keys.map((key) => (
        <li key={key}>
          <button
            type="button"
            className="text-button txn-key"
            aria-label={`Versions of ${shown(key)}`}
            onClick={() => select({ type: 'key', key })}
          >
            <code>{shown(key)}</code>
          </button>
        </li>
      ))}
    </ul>
  );
}
