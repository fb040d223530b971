// Every message under way as a list: chosen by a click or a key, without having to hit what moves. Held ones stand first
// and can be let go; the newest losses stand last, with the reason.

import { useRef, type KeyboardEvent } from 'react';
import { Icon } from '../chart/icon.tsx';
import { isHolding } from '../../projections/broken.ts';
import { plural } from '../../projections/words/format.ts';
import type { Command } from '../../sim/command.ts';
import { useLive, useModel, useSessionState } from '../session/live.ts';
import { setViewer, useViewer } from '../session/viewer-store.ts';
import { messageList, type MessageRow } from './message-model.ts';
import { EMPTY_HAND, chooseMessage, give, touch } from './touch.ts';
import './faults.css';

const HOLD_ALL: Command = { type: 'hold-kind', kind: null, from: null, to: null };
const RELEASE_ALL: Command = { type: 'release', message: null };

export function MessageList() {
  const live = useLive();
  const { rows, more } = useModel(messageList);
  const holding = useModel(isHolding);
  const { playing } = useSessionState();
  const list = useRef<HTMLUListElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>('.message-row') ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus();
  };
  return (
    <section className="messages" aria-label="Messages">
      <header className="messages-head">
        <h2 className="panel-heading">Messages under way</h2>
        <button
          type="button"
          className="button button-small"
          onClick={() => give(live, [holding ? RELEASE_ALL : HOLD_ALL])}
        >
          {holding ? 'Release all' : 'Hold all'}
        </button>
        <button
          type="button"
          className="button button-bare button-small"
          aria-label="Close messages"
          onClick={closeMessages}
        >
          <Icon name="close" />
        </button>
      </header>
      {rows.length === 0 && (
        <p className="panel-empty">
          Nothing is under way at this instant.{' '}
          {playing ? '' : 'One event forward is the key with the full stop.'}
        </p>
      )}
      <ul className="message-rows" aria-label="Messages under way" ref={list} onKeyDown={move}>
        {rows.map((row, i) => (
          <li key={`${row.id} ${row.state === 'lost'}`}>
            <Row row={row} first={i === 0} />
          </li>
        ))}
      </ul>
      {more > 0 && <p className="panel-empty">and {plural(more, 'message')} more</p>}
    </section>
  );
}

export function closeMessages(): void {
  const { tool } = useViewer.getState();
  setViewer({ messagesOpen: false, ...(tool === 'drop' ? EMPTY_HAND : {}) });
}

/** The focus goes to the first row when the list is asked for by key. */
const takeFocus = (element: HTMLButtonElement | null) => {
  if (document.activeElement === document.body) element?.focus();
};

function Row({ row, first }: { row: MessageRow; first: boolean }) {
  const live = useLive();
  const chosen = useViewer(
    ({ selection }) => selection?.type === 'message' && selection.id === row.id,
  );
  const { id, name, way, label, fate, state } = row;
  return (
    <button
      type="button"
      className="message-row"
      data-message={id}
      data-state={state}
      aria-pressed={chosen}
      ref={first ? takeFocus : undefined}
      onClick={({ shiftKey }) => {
        if (!touch(live, { type: 'message', id }, shiftKey)) chooseMessage(live, id);
      }}
    >
      <span className="message-row-name">{name}</span> <span>{way}</span>
      <span className="message-row-label">{label}</span>
      <span className="message-row-fate">{fate}</span>
    </button>
  );
}
