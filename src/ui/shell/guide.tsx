// The left rail: what happened in two sentences, and what is worth trying now.

import { memo } from 'react';
import { replicasOf } from '../../projections/questions.ts';
import type { World } from '../../projections/world.ts';
import { narrate, type Narration } from '../../projections/words/narrate.ts';
import type { Micros } from '../../tikv/ids.ts';
import { Icon } from '../chart/icon.tsx';
import { useLive, useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { act } from '../session/tools.ts';
import { setViewer } from '../session/viewer-store.ts';
import { Hint } from './hint.tsx';
import { tryNext, type Suggestion } from './try-next.ts';
import './shell.css';

export const makeNarration = (world: World, now: Micros): Narration =>
  narrate(world, firstRegion(world), now);
const whyNothing = (world: World): string =>
  replicasOf(world, firstRegion(world)).length === 0
    ? 'In a moment: the stores are starting.'
    : 'In a moment: the client waits for its answer.';
const makeSuggestions = (world: World): Suggestion[] => tryNext(world, firstRegion(world));

export const Guide = memo(function Guide() {
  return (
    <aside className="rail" aria-label="Guide">
      <section aria-labelledby="guide-now">
        <header className="rail-head">
          <h2 className="panel-heading" id="guide-now">
            Now
          </h2>
          <Hint words="Close the guide" shortcut="\">
            <button
              type="button"
              className="button button-bare button-small"
              aria-label="Close the guide"
              onClick={() => setViewer({ railOpen: false })}
            >
              <Icon name="left" />
            </button>
          </Hint>
        </header>
        <Now />
      </section>
      <section aria-labelledby="guide-next">
        <h2 className="panel-heading" id="guide-next">
          Try next
        </h2>
        <TryNext />
      </section>
    </aside>
  );
});

export function Now() {
  const { what, then, aside } = useModel(makeNarration);
  return (
    <div className="now">
      <p className="now-what">{what}</p>
      {then !== null && <p className="now-then">{then}</p>}
      {aside !== null && <p className="now-aside">{aside}</p>}
    </div>
  );
}

export function TryNext() {
  const { session } = useLive();
  const suggestions = useModel(makeSuggestions);
  const why = useModel(whyNothing);
  if (suggestions.length === 0) return <p className="panel-empty">{why}</p>;
  return (
    <ul className="try-next">
      {suggestions.map((suggestion) => (
        <li key={suggestion.key}>
          <button
            type="button"
            className="button try-button"
            onClick={() => void act(session, suggestion.command)}
          >
            <Icon name={suggestion.icon} />
            {suggestion.words}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The rail when it is closed: a strip that opens it. */
export function ClosedRail() {
  return (
    <aside className="rail-strip" aria-label="Guide">
      <Hint words="Open the guide" shortcut="\">
        <button
          type="button"
          className="rail-open"
          aria-label="Open the guide"
          onClick={() => setViewer({ railOpen: true })}
        >
          <Icon name="book" />
          <span>Guide</span>
        </button>
      </Hint>
    </aside>
  );
}
