// Says that the picture is not of now, and leads back. It stands where the tools are: they wait for now.

import { useRef } from 'react';
import { clock } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { useFrame, useIsPast, useLive, useLooking, useSessionState } from '../session/live.ts';
import './tape.css';

export function PastBanner({ short }: { short: boolean }) {
  return useIsPast() ? <Banner short={short} /> : null;
}

function Banner({ short }: { short: boolean }) {
  const { session, source } = useLive();
  const { playing } = useSessionState();
  const looking = useLooking();
  const shown = useRef<HTMLElement>(null);
  const live = useRef<HTMLElement>(null);
  useFrame((now) => {
    write(shown.current, `${clock(now)}\u00a0s`);
    write(live.current, `${clock(source.liveAt())}\u00a0s`);
  });
  return (
    <section className="past-banner" aria-label="Looking back" data-short={short || undefined}>
      <p className="past-words">
        You look at <strong ref={shown} className="past-clock" data-testid="shown-at" />
        {short ? ', now is ' : '; the cluster is at '}
        <span ref={live} className="past-clock" data-testid="live-at" />
        {!short && (playing ? ' and goes on.' : ' and stands still.')}
        {!short && <span className="past-later"> Acting in the past comes later.</span>}
      </p>
      {!short && (
        <>
          <button
            type="button"
            className="button button-small"
            onClick={() => source.lookBack.toggleReplay()}
          >
            <Icon name={looking?.replaying === true ? 'pause' : 'play'} />
            {looking?.replaying === true ? 'Hold' : 'Play from here'}
          </button>
          <button
            type="button"
            className="button button-small past-stop"
            onClick={() => (playing ? session.stop() : session.play())}
          >
            {playing ? 'Stop the cluster' : 'Let the cluster go on'}
          </button>
        </>
      )}
      <button
        type="button"
        className="button button-small button-primary"
        onClick={() => source.lookBack.backToNow()}
      >
        Back to now
        {!short && <kbd className="key">End</kbd>}
      </button>
    </section>
  );
}

function write(element: HTMLElement | null, words: string): void {
  if (element !== null && element.textContent !== words) element.textContent = words;
}
