// The records that prove a broken promise. Each leads to its entry in the logs, or to its node.

import type { Objection } from '../../browser/session-types.ts';
import { clock } from '../../projections/words/format.ts';
import { witnessOf } from '../../projections/words/witness-words.ts';
import { select } from '../session/viewer-store.ts';

export function Witnesses({ objection }: { objection: Objection }) {
  const { witnesses } = objection;
  if (witnesses.length === 0) return null;
  return (
    <ol className="witnesses" aria-label="Witnesses">
      {witnesses.map((record) => {
        const { words, index } = witnessOf(record);
        return (
          <li key={record.n}>
            <button
              type="button"
              className="witness"
              onClick={() =>
                select(
                  index === null
                    ? { type: 'node', node: record.id.node }
                    : { type: 'entry', index },
                )
              }
            >
              <time>{clock(record.at)}</time>
              <span>{words}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
