// The chosen thing: what it is, its fields under TiKV's names, and what can be done with it.

import { DropdownMenu } from 'radix-ui';
import { useCallback, useState } from 'react';
import type { World } from '../../projections/world.ts';
import type { Micros } from '../../tikv/ids.ts';
import { Icon } from '../chart/icon.tsx';
import { WhyButton } from '../client/ask-why.tsx';
import { MessageActions } from '../faults/message-actions.tsx';
import { quorumModel } from '../logs/quorum-model.ts';
import { QuorumRow } from '../logs/quorum-row.tsx';
import { EntryKeys } from '../mvcc/entry-keys.tsx';
import { MvccInspector } from '../mvcc/mvcc-inspector.tsx';
import { useLive, useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { act } from '../session/tools.ts';
import { select, type Selection } from '../session/viewer-store.ts';
import { Hint } from '../shell/hint.tsx';
import { inspect } from './inspect.ts';
import type { Field, Inspected, InspectedTable, Way } from './inspected.ts';
import { OperationWay } from './operation-way.tsx';

/** How a chosen thing last was: a message that has arrived is still looked at. */
const lastSeen = new WeakMap<Selection, Inspected>();

function lookAt(world: World, selection: Selection, now: Micros): Inspected | null {
  const found = inspect(world, firstRegion(world), selection, now);
  if (found !== null) {
    lastSeen.set(selection, found);
    return found;
  }
  const last = lastSeen.get(selection);
  if (last === undefined) return null;
  const remark =
    selection.type === 'message'
      ? 'It is not under way at this moment.'
      : 'Not there at this moment.';
  return { ...last, remark };
}

export function Inspector({ selection }: { selection: Selection }) {
  if (selection.type === 'key') return <MvccInspector key={selection.key} name={selection.key} />;
  return <ThingInspector selection={selection} />;
}

function ThingInspector({ selection }: { selection: Selection }) {
  const inspected = useModel(
    useCallback((world: World, now: Micros) => lookAt(world, selection, now), [selection]),
  );
  if (inspected === null) return null;
  return (
    <section className="inspector" aria-label="Inspector">
      <header className="inspector-head">
        <h2 className="inspector-title">{inspected.title}</h2>
        <button
          type="button"
          className="button button-bare button-small"
          aria-label="Close inspector"
          onClick={() => select(null)}
        >
          <Icon name="close" />
        </button>
      </header>
      <p className="inspector-under">{inspected.under}</p>
      {inspected.node !== null && <Actions {...inspected.node} />}
      {inspected.fields.length > 0 && <Fields fields={inspected.fields} />}
      {inspected.ways.length > 0 && <Ways ways={inspected.ways} />}
      <WhyButton selection={selection} />
      {selection.type === 'message' && <MessageActions key={selection.id} id={selection.id} />}
      {inspected.tables.map((table) => (
        <Table key={table.title} table={table} />
      ))}
      {selection.type === 'operation' && <OperationWay op={selection.op} />}
      {inspected.entry !== null && <EntryKeys index={inspected.entry} />}
      {inspected.entry !== null && <Quorum index={inspected.entry} />}
      {inspected.remark !== null && <p className="inspector-remark">{inspected.remark}</p>}
    </section>
  );
}

/** Kept from one chosen thing to the next. */
let explains = false;

function Fields({ fields }: { fields: readonly Field[] }) {
  const [explained, setExplained] = useState(explains);
  const toggle = () => {
    explains = !explained;
    setExplained(explains);
  };
  return (
    <>
      <dl className={explained ? 'fields fields-explained' : 'fields'}>
        {fields.map((field) => (
          <div
            key={field.name}
            className="field-pair"
            title={explained ? undefined : hintOf(field)}
          >
            <dt>{field.name}</dt>
            <dd>
              {field.value}
              {field.real !== null && <span className="field-real">TiKV: {field.real}</span>}
              {explained && <span className="field-means">{field.means}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <button
        type="button"
        className="text-button fields-explain"
        aria-pressed={explained}
        onClick={toggle}
      >
        {explained ? 'Without the meanings' : 'What do they mean?'}
      </button>
    </>
  );
}

const hintOf = ({ means, real }: Field): string =>
  real === null ? means : `${means} A default TiKV: ${real}.`;

const Ways = ({ ways }: { ways: readonly Way[] }) => (
  <ul className="ways" aria-label="What belongs to it">
    {ways.map((way) => (
      <li key={way.words}>
        <button type="button" className="chip way" onClick={() => select(way.to)}>
          {way.words}
        </button>
      </li>
    ))}
  </ul>
);

function Table({ table }: { table: InspectedTable }) {
  if (table.rows.length === 0) return null;
  const numeric = (i: number) => (table.numeric.includes(i) ? 'numeric' : undefined);
  return (
    <table className="inspector-table">
      <caption>{table.title}</caption>
      <thead>
        <tr>
          {table.heads.map((head, i) => (
            <th key={head} scope="col" className={numeric(i)}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map(({ key, cells, to }) => (
          <tr key={key}>
            {cells.map((cell, i) => (
              <td key={i} className={numeric(i)}>
                {i === 0 && to !== undefined ? (
                  <button type="button" className="text-button row-way" onClick={() => select(to)}>
                    {cell}
                  </button>
                ) : (
                  cell
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Quorum({ index }: { index: number }) {
  const model = useModel(
    useCallback((world: World) => quorumModel(world, firstRegion(world), index), [index]),
  );
  if (model === null) return null;
  return (
    <div className="inspector-quorum">
      <p className="inspector-why">{model.head}</p>
      <p className="inspector-remark">{model.text}</p>
      <QuorumRow model={model} />
    </div>
  );
}

function Actions({ id, status }: { id: string; status: string }) {
  const { session } = useLive();
  const down = status === 'down' || status === 'destroyed';
  return (
    <div className="inspector-actions">
      {down ? (
        <button
          type="button"
          className="button button-small"
          disabled={status === 'destroyed'}
          title={
            status === 'destroyed'
              ? 'Its disk is gone: it cannot come back under its old name.'
              : undefined
          }
          onClick={() => void act(session, { type: 'restart', node: id })}
        >
          <Icon name="restart" />
          Restart
        </button>
      ) : (
        <>
          <button
            type="button"
            className="button button-small"
            onClick={() => void act(session, { type: 'kill', node: id })}
          >
            <Icon name="kill" />
            Kill
          </button>
          <button
            type="button"
            className="button button-small"
            onClick={() =>
              void act(session, { type: status === 'paused' ? 'resume' : 'pause', node: id })
            }
          >
            <Icon name={status === 'paused' ? 'play' : 'freeze'} />
            {status === 'paused' ? 'Resume' : 'Pause'}
          </button>
        </>
      )}
      {id.startsWith('s') && <MoreActions id={id} down={down} />}
    </div>
  );
}

const linksOf = (world: World) => ({
  region: firstRegion(world),
  stores: Object.values(world.nodes)
    .filter((node) => node.kind === 'store')
    .map((node) => node.id),
  cut: Object.values(world.links)
    .filter((link) => link.cut)
    .map((link) => `${link.from}>${link.to}`),
});

function MoreActions({ id, down }: { id: string; down: boolean }) {
  const { session } = useLive();
  const { region, stores, cut } = useModel(linksOf);
  const others = stores.filter((store) => store !== id);
  const anyCut = cut.some((key) => key.split('>').includes(id));
  return (
    <DropdownMenu.Root>
      <Hint words="Links, campaign, disk">
        <DropdownMenu.Trigger className="button button-small" aria-label={`More for ${id}`}>
          <Icon name="more" />
        </DropdownMenu.Trigger>
      </Hint>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.Item
            className="menu-item"
            onSelect={() => void act(session, { type: 'isolate', node: id })}
          >
            <Icon name="cut" />
            Cut off from all
          </DropdownMenu.Item>
          {others.map((other) => (
            <DropdownMenu.Item
              key={other}
              className="menu-item"
              onSelect={() =>
                void act(session, { type: 'partition', groups: [[id], [other]], oneWay: false })
              }
            >
              <Icon name="cut" />
              Cut the link to {other.toUpperCase()}
              {cut.includes(`${id}>${other}`) && <span className="menu-aside">is cut</span>}
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Item
            className="menu-item"
            disabled={!anyCut}
            onSelect={() => void act(session, { type: 'heal', node: id })}
          >
            <Icon name="heal" />
            Heal its links
          </DropdownMenu.Item>
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item
            className="menu-item"
            disabled={down}
            onSelect={() => void act(session, { type: 'campaign', node: id, region })}
          >
            <Icon name="target" />
            Start an election now
          </DropdownMenu.Item>
          <DropdownMenu.Item
            className="menu-item"
            onSelect={() => void act(session, { type: 'destroy', node: id })}
          >
            <Icon name="trash" />
            Destroy it with its disk
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
