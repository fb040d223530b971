// Under the cloth: what the picture leaves out, said; clients and the placement driver, which have no row.

import type { RegionId } from '../../tikv/ids.ts';
import { useTouch } from '../faults/use-touch.ts';
import { useModel, useSessionState } from '../session/live.ts';
import { useViewer } from '../session/viewer-store.ts';
import { earlyLines, placeEarly } from './early-votes.ts';
import { HEARTBEATS_FROM, TOO_FAST } from './levels.ts';
import { sidesOf } from './sides.ts';
import type { WeaveLayout } from './weave-layout.ts';
import type { WeaveShape } from './weave-shape.ts';
import './weave-foot.css';

interface FootProps {
  readonly layout: WeaveLayout<RegionId>;
  readonly shape: WeaveShape;
}

export function WeaveFoot({ layout, shape }: FootProps) {
  return (
    <div className="weave-foot">
      <Sides />
      <Caption layout={layout} shape={shape} />
    </div>
  );
}

/** A touch looks inside. */
function Sides() {
  const { sides, more } = useModel(sidesOf);
  const { chooseNode } = useTouch(null);
  const chosen = useViewer((viewer) =>
    viewer.selection?.type === 'node' ? viewer.selection.node : null,
  );
  return (
    <div className="weave-sides" role="group" aria-label="Clients and the placement driver">
      {sides.map(({ node, kind, name, does, tone }) => (
        <button
          key={node}
          type="button"
          className="weave-side"
          data-node={node}
          data-mark={kind}
          data-tone={tone}
          aria-pressed={node === chosen}
          aria-label={`${kind === 'pd' ? 'Placement driver' : `Client ${name}`}: ${does}`}
          title={does}
          onClick={() => chooseNode(node)}
        >
          <svg viewBox="0 0 12 12" aria-hidden="true">
            <path d={kind === 'pd' ? 'M1.5 1.5H10.5V10.5H1.5Z' : 'M6 0l6 6-6 6-6-6z'} />
          </svg>
          <strong>{name}</strong>
          <span>{does}</span>
        </button>
      ))}
      {more > 0 && <span className="weave-side-more">and {more} more</span>}
    </div>
  );
}

/** What the picture leaves out, said. */
function Caption({ layout, shape }: FootProps) {
  const { playing, speed } = useSessionState();
  const rate = speed === 'max' ? Number.POSITIVE_INFINITY : speed;
  const parts = earlyLines(shape.early.filter((early) => placeEarly(early, layout) === null));
  const shared = layout.columns.reduce((most, { ids }) => Math.max(most, ids.length), 1);
  if (shared > 1) parts.push(`Up to ${shared} quiet Regions share a stripe.`);
  const { all, heartbeats } = shape.messages;
  if (playing && rate > TOO_FAST) parts.push('Messages are too quick to draw at this speed.');
  else if (layout.level >= 2) {
    const drawn = layout.columns.filter(({ look }) => look === 'chosen').length;
    parts.push(
      `${all} messages under way, ${drawn === 0 ? 'none' : 'those of the chosen Region'} drawn one by one: the links count them.`,
    );
  } else if (playing && rate > HEARTBEATS_FROM && heartbeats > 0)
    parts.push('Heartbeats are hidden at this speed.');
  if (shape.moreShelves > 0) parts.push(`${shape.moreShelves} more transactions are open.`);
  return (
    <p className="weave-caption" title={parts.join(' ')}>
      {parts.join(' ')}
    </p>
  );
}
