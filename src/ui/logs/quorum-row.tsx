// The commit rule as a drawing: what the leader knows of each disk, sorted down, and the number that decides.

import type { QuorumModel } from './log-model.ts';

export function QuorumRow({ model }: { model: QuorumModel }) {
  const decides = model.boxes.findIndex((box) => box.decides);
  const count = model.boxes.length;
  return (
    <div className="quorum">
      <p className="quorum-label">Highest entry on each disk, as the leader knows it, sorted</p>
      <ol className="quorum-row" style={{ gridTemplateColumns: `repeat(${count}, 1fr)` }}>
        {model.boxes.map((box) => (
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
        {model.rule}
      </p>
    </div>
  );
}
