// The commit rule as a drawing: what the leader knows of each disk, sorted down, and the number that decides. While the
// configuration is joint there is a row for the old voters and one for the new ones.

import type { QuorumModel, QuorumSet } from './quorum-model.ts';

const SIDES = { only: null, old: 'Old voters', new: 'New voters' } as const;

export function QuorumRow({ model }: { model: QuorumModel }) {
  return (
    <div className={model.sets.length > 1 ? 'quorum quorum-joint' : 'quorum'}>
      {model.sets.length === 1 && (
        <p className="quorum-label">Highest entry on each disk, as the leader knows it, sorted</p>
      )}
      {model.sets.map((set) => (
        <SetRow key={set.side} set={set} />
      ))}
      {model.both !== null && <p className="quorum-both">{model.both}</p>}
    </div>
  );
}

function SetRow({ set }: { set: QuorumSet }) {
  const decides = set.boxes.findIndex((box) => box.decides);
  const count = set.boxes.length;
  const side = SIDES[set.side];
  return (
    <div className={`quorum-set quorum-${set.side}`}>
      {side !== null && <p className="quorum-side">{side}</p>}
      <ol
        className="quorum-row"
        aria-label={side ?? 'Voters'}
        style={{ gridTemplateColumns: `repeat(${count}, 1fr)` }}
      >
        {set.boxes.map((box) => (
          <li key={box.store} className={box.decides ? 'quorum-box quorum-decides' : 'quorum-box'}>
            <span className="quorum-name">{box.name}</span>
            <span className="quorum-index">{box.index}</span>
          </li>
        ))}
      </ol>
      <p
        className="quorum-rule"
        style={
          decides * 2 < count
            ? { marginInlineStart: `${(decides / count) * 100}%` }
            : { textAlign: 'end', marginInlineEnd: `${((count - 1 - decides) / count) * 100}%` }
        }
      >
        {set.rule}
      </p>
    </div>
  );
}
