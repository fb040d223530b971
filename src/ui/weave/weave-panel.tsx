// The panel beside the Weave: what asks for attention, the Region that somebody looks at with the way into its ring, and
// the placement driver: stores, operators, schedulers, timestamps.

import { memo, useCallback } from 'react';
import type { World } from '../../projections/world.ts';
import type { Micros, RegionId } from '../../tikv/ids.ts';
import type { PdCommand } from '../../tikv/pd/command.ts';
import { Icon } from '../chart/icon.tsx';
import { useLive, useModel } from '../session/live.ts';
import { act } from '../session/tools.ts';
import { setViewer, useViewer } from '../session/viewer-store.ts';
import { GlyphMark } from '../panel/glyph.tsx';
import type { AlarmKind } from '../../projections/alarms.ts';
import type { Glyph } from '../../projections/words/line.ts';
import { attentionOf, pdCard, regionCard } from './region-card.ts';
import { splitCard } from './split-card.ts';
import './weave-panel.css';

const GLYPHS: Readonly<Record<AlarmKind, Glyph>> = {
  unavailable: 'fault',
  leaderless: 'timer',
  election: 'candidate',
  'two-leaders': 'leader',
  'old-lock': 'undetermined',
  lag: 'overdue',
};

export const lookAtRegion = (region: RegionId | null): void =>
  setViewer({ region, selection: null, panelOpen: true });

export const WeavePanel = memo(function WeavePanel() {
  const region = useViewer((viewer) => viewer.region);
  return (
    <div className="weave-panel">
      <Attention />
      <SplitPart focus={region} />
      {region !== null && <RegionPart id={region} />}
      <PdPart />
    </div>
  );
});

function Attention() {
  const { list, more } = useModel(attentionOf);
  const chosen = useViewer((viewer) => viewer.region);
  if (list.length === 0) return null;
  const all = list.length + more;
  return (
    <section className="weave-part" aria-label="Regions that need attention">
      <h2 className="weave-part-title">
        {all === 1 ? '1 Region needs attention' : `${all} Regions need attention`}
      </h2>
      <ul>
        {list.map(({ region, kind, title, line }) => (
          <li key={region}>
            <button
              type="button"
              className="weave-attention"
              aria-pressed={region === chosen}
              onClick={() => lookAtRegion(region)}
            >
              <GlyphMark glyph={GLYPHS[kind]} />
              <span>
                <strong>{title}</strong>
                <small>{line}</small>
              </span>
              <Icon name="right" size={14} />
            </button>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="panel-empty">and {more} more</p>}
    </section>
  );
}

/** A split that is under way, or was a moment ago. */
function SplitPart({ focus }: { focus: RegionId | null }) {
  const make = useCallback((world: World, now: Micros) => splitCard(world, now, focus), [focus]);
  const card = useModel(make);
  if (card === null) return null;
  return (
    <section className="weave-part" aria-label={card.title}>
      <header>
        <h2 className="weave-part-title">{card.title}</h2>
        <small>{card.line}</small>
      </header>
      <table className="weave-split">
        <thead>
          <tr>
            <td />
            {card.heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {card.rows.map(([name, ...values]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {values.map((value, i) => (
                <td key={i}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <h3 className="weave-part-head">On each store</h3>
      <dl className="weave-facts">
        {card.stores.map(([store, words]) => (
          <div key={store}>
            <dt>{store}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <p>
        <strong>Nothing is copied.</strong> The cut is one log entry; each store redraws its own
        border when it applies it.
      </p>
    </section>
  );
}

const splitOf = (region: RegionId): PdCommand => ({
  type: 'split-region',
  region,
  policy: 'approximate',
  keys: [],
  space: 'raw',
});

function RegionPart({ id }: { id: RegionId }) {
  const { session } = useLive();
  const card = useModel(useCallback((world: World) => regionCard(world, id), [id]));
  if (card === null) return null;
  return (
    <section className="weave-part" aria-label={`Region ${id}`}>
      <header className="inspector-head">
        <h2 className="weave-part-title">Region {id}</h2>
        <button
          type="button"
          className="button button-bare button-small"
          aria-label="Look at no Region"
          onClick={() => setViewer({ region: null })}
        >
          <Icon name="close" />
        </button>
      </header>
      <dl className="weave-facts">
        {card.rows.map(([name, value, code]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={code ? 'weave-code' : undefined}>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="inspector-actions">
        <button
          type="button"
          className="button button-small"
          onClick={() => setViewer({ view: 'ring' })}
        >
          Open as Ring
        </button>
        <button
          type="button"
          className="button button-small"
          onClick={() => void act(session, { type: 'pd', request: splitOf(id) })}
        >
          <Icon name="cut" />
          Split in the middle
        </button>
      </div>
    </section>
  );
}

function PdPart() {
  const pd = useModel(pdCard);
  return (
    <section className="weave-part" aria-label="Placement driver">
      <h2 className="panel-heading">Placement driver</h2>
      {pd.stores.length > 0 && (
        <table className="inspector-table">
          <caption>Stores, as PD believes</caption>
          <thead>
            <tr>
              <th scope="col">Store</th>
              <th scope="col">state</th>
              <th scope="col" className="numeric">
                leaders
              </th>
              <th scope="col" className="numeric">
                Regions
              </th>
            </tr>
          </thead>
          <tbody>
            {pd.stores.map((store) => (
              <tr key={store.name}>
                <td>{store.name}</td>
                <td>{store.state}</td>
                <td className="numeric">{store.leaders}</td>
                <td className="numeric">{store.regions}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h3 className="weave-part-head">Operators</h3>
      {pd.operators.length === 0 ? (
        <p className="panel-empty">PD wants nothing moved.</p>
      ) : (
        <ul className="weave-operators">
          {pd.operators.map((operator) => (
            <li key={operator.id}>
              <button
                type="button"
                className="weave-operator"
                onClick={() => lookAtRegion(operator.region)}
              >
                <strong>
                  R{operator.region} {operator.desc}
                </strong>
                <small>{operator.progress}</small>
                <small>{operator.why}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      {pd.moreOperators > 0 && <p className="panel-empty">and {pd.moreOperators} more</p>}
      {pd.schedulers.length > 0 && (
        <>
          <h3 className="weave-part-head">Schedulers</h3>
          <ul className="weave-schedulers">
            {pd.schedulers.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </>
      )}
      <p className="panel-empty">Timestamps: {pd.timestamps}.</p>
      {pd.refused !== null && <p className="panel-empty">{pd.refused}</p>}
    </section>
  );
}
