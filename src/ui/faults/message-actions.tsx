// What can be done with the chosen message: the entries of its menu, as buttons.

import { useCallback, useState } from 'react';
import { duration } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import { Icon } from '../chart/icon.tsx';
import { useLive, useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { menuOf } from './menu-model.ts';
import { DELAY } from './tool-work.ts';
import { give } from './touch.ts';
import './faults.css';

export function MessageActions({ id }: { id: string }) {
  const live = useLive();
  const menu = useModel(
    useCallback((world: World) => menuOf(world, firstRegion(world), { type: 'message', id }), [id]),
  );
  if (menu === null) return null;
  const [verbs = [], kinds = []] = menu.groups;
  return (
    <div className="message-actions" role="group" aria-label="What to do with the message">
      {verbs.map((entry) =>
        entry.icon === 'clock' ? (
          <Delay key="delay" id={id} />
        ) : (
          <button
            key={entry.word}
            type="button"
            className="button button-small"
            disabled={(entry.why ?? null) !== null}
            title={entry.why ?? undefined}
            onClick={() => give(live, entry.commands)}
          >
            <Icon name={entry.icon} />
            {entry.word}
          </button>
        ),
      )}
      {kinds.slice(0, 2).map((entry) => (
        <button
          key={entry.word}
          type="button"
          className="button button-small message-kind"
          onClick={() => give(live, entry.commands)}
        >
          <Icon name={entry.icon} />
          {entry.word}
        </button>
      ))}
    </div>
  );
}

/** By how much, and the button that does it. */
function Delay({ id }: { id: string }) {
  const live = useLive();
  const [ms, setMs] = useState(String(DELAY / 1000));
  const by = Math.round(Number(ms) * 1000);
  const valid = Number.isSafeInteger(by) && by > 0;
  return (
    <span className="message-delay">
      <button
        type="button"
        className="button button-small"
        disabled={!valid}
        onClick={() => {
          const flight = live.source.world.flights[id];
          if (flight !== undefined) give(live, [{ type: 'delay', message: flight.sent, by }]);
        }}
      >
        <Icon name="clock" />
        Delay{valid ? ` by ${duration(by)}` : ''}
      </button>
      <input
        className="input message-delay-by"
        type="number"
        min={1}
        max={60_000}
        aria-label="Delay, milliseconds"
        value={ms}
        onChange={({ target }) => setMs(target.value)}
      />
    </span>
  );
}
