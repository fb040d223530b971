// The right panel: the chosen thing above, the events below, the legend at the foot.

import { memo } from 'react';
import type { World } from '../../projections/world.ts';
import { shown } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { useScreenKind } from '../chart/use-size.ts';
import { LinkSquares } from '../faults/link-squares.tsx';
import { toolKind } from '../faults/tool-work.ts';
import { MessageList } from '../faults/message-list.tsx';
import { TxnList } from '../mvcc/txn-list.tsx';
import { useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { useView } from '../session/use-view.ts';
import { setViewer, useViewer } from '../session/viewer-store.ts';
import { WeavePanel } from '../weave/weave-panel.tsx';
import { EventsList } from './events-list.tsx';
import { Inspector } from './inspector.tsx';
import { Legend } from './legend.tsx';
import './panel.css';

/** As a drawer it can be closed. */
export const RightPanel = memo(function RightPanel({ drawer }: { drawer: boolean }) {
  const selection = useViewer((viewer) => viewer.selection);
  const messages = useViewer((viewer) => viewer.messagesOpen);
  const { lowPanel } = useScreenKind();
  // Where the panel is low, the squares come with the tools that are pointed at them.
  const linking = useViewer(({ tool }) => tool !== null && toolKind(tool).on.includes('line'));
  const weave = useView() === 'weave';
  const inspects = selection !== null && selection.type !== 'event';
  return (
    <aside className="right-panel" aria-label="Details and events">
      {drawer && !inspects && (
        <button
          type="button"
          className="button button-bare button-small drawer-close"
          aria-label="Close the panel"
          onClick={() => setViewer({ panelOpen: false })}
        >
          <Icon name="close" />
        </button>
      )}
      {messages && <MessageList />}
      {inspects ? (
        <Inspector selection={selection} />
      ) : (
        <>
          {!messages && (weave ? <WeavePanel /> : <Data />)}
          {!messages && <TxnList />}
          {!messages && !weave && (!lowPanel || linking) && <LinkSquares />}
        </>
      )}
      <EventsList title="Events" />
      {/* Versions need the room. */}
      {selection?.type !== 'key' && <Legend folded={weave || (lowPanel && linking)} />}
    </aside>
  );
});

/** More keys are counted. */
const MOST_KEYS = 12;

function dataOf(world: World): { pairs: [string, string][]; more: number } {
  const pairs = world.regions[firstRegion(world)]?.data ?? [];
  return {
    pairs: pairs.slice(0, MOST_KEYS).map(([key, value]) => [shown(key), shown(value)]),
    more: Math.max(0, pairs.length - MOST_KEYS),
  };
}

/** What the cluster holds, where nothing is chosen. */
function Data() {
  const { pairs, more } = useModel(dataOf);
  return (
    <section className="data-held" aria-label="Data">
      <h2 className="panel-heading">Data, as applied</h2>
      {pairs.length === 0 ? (
        <p className="panel-empty">No key is written yet.</p>
      ) : (
        <ul className="data-pairs">
          {pairs.map(([key, value]) => (
            <li key={key}>
              {key}={value}
            </li>
          ))}
          {more > 0 && <li className="data-more">and {more} more</li>}
        </ul>
      )}
    </section>
  );
}
