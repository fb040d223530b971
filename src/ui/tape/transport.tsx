// Play and stop, one step, the speed of time, and the clock.

import { Slider } from 'radix-ui';
import { useRef } from 'react';
import type { World } from '../../projections/world.ts';
import { clock, commas } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { Hint } from '../shell/hint.tsx';
import {
  useFrame,
  useLive,
  useLooking,
  useModel,
  useSession,
  useSessionState,
} from '../session/live.ts';
import { RunOnControls } from './run-on-controls.tsx';
import { zoomBy } from './tape-stretch.ts';
import { SPEEDS, speedWords, stopOf } from './speed.ts';

/** The left half of the tape's head. */
export function Transport({ short }: { short: boolean }) {
  const { session, source } = useLive();
  const state = useSessionState();
  const looking = useLooking();
  const isPast = looking !== null;
  const playing = isPast ? looking.replaying : state.playing;
  const word = isPast
    ? playing
      ? 'Hold the past'
      : 'Play from here'
    : playing
      ? 'Stop time'
      : 'Run time';
  const toggle = () => {
    if (isPast) source.lookBack.toggleReplay();
    else if (playing) session.stop();
    else session.play();
  };
  return (
    <div className="transport" role="group" aria-label="Time">
      <Hint words={word} shortcut="Space">
        <button
          type="button"
          className="button button-primary button-play"
          aria-label={word}
          onClick={toggle}
        >
          <Icon name={playing ? 'pause' : 'play'} size={18} />
        </button>
      </Hint>
      {!short && (
        <Hint words="Look back one event" shortcut=",">
          <button
            type="button"
            className="button button-bare"
            aria-label="Look back one event"
            onClick={() => source.lookBack.step(-1)}
          >
            <Icon name="step-back" size={18} />
          </button>
        </Hint>
      )}
      <Hint words="One event forward" shortcut=".">
        <button
          type="button"
          className="button button-bare"
          aria-label="One event forward"
          onClick={() => (isPast ? source.lookBack.step(1) : void session.step())}
        >
          <Icon name="step" size={18} />
        </button>
      </Hint>
      <RunOnControls short={short} />
      <SpeedSlider short={short} />
    </div>
  );
}

function SpeedSlider({ short }: { short: boolean }) {
  const session = useSession();
  const { speed, autoPace, behind, playing, storage } = useSessionState();
  return (
    <div className="speed">
      {!short && <span className="speed-label">Speed</span>}
      <Slider.Root
        className="slider"
        min={0}
        max={SPEEDS.length - 1}
        step={1}
        value={[stopOf(speed)]}
        onValueChange={([stop]) => session.setSpeed(SPEEDS[stop ?? 0] ?? 'max')}
      >
        <Slider.Track className="slider-track">
          <Slider.Range className="slider-range" />
        </Slider.Track>
        <Slider.Thumb
          className="slider-thumb"
          aria-label="Speed"
          aria-valuetext={speedWords(speed)}
        />
      </Slider.Root>
      <span className="speed-words">{speedWords(speed)}</span>
      {!short && (
        <Hint words="Hurry while nothing is under way" shortcut="Shift S">
          <button
            type="button"
            className="chip"
            aria-pressed={autoPace}
            onClick={() => session.setAutoPace(!autoPace)}
          >
            auto pace
          </button>
        </Hint>
      )}
      {playing && behind >= 1.5 && (
        <span className="behind" role="status">
          {storage.kind === 'memory' ? 'this machine is' : 'disks are'} behind: {Math.round(behind)}
          ×
        </span>
      )}
    </div>
  );
}

const recordsOf = (world: World) => world.records;

/** The right half: the moment shown, and how many events led to it. */
export function Clock({ short }: { short: boolean }) {
  const records = useModel(recordsOf);
  const text = useRef<HTMLSpanElement>(null);
  useFrame((now) => {
    const words = `${clock(now)}\u00a0s`;
    if (text.current !== null && text.current.textContent !== words)
      text.current.textContent = words;
  });
  const { source } = useLive();
  return (
    <div className="clock">
      {!short && (
        <span className="zoom" role="group" aria-label="Stretch of the tape">
          <Hint words="More time on the tape">
            <button
              type="button"
              className="button button-bare button-small"
              aria-label="More time on the tape"
              onClick={() => zoomBy(-1, source.liveAt())}
            >
              −
            </button>
          </Hint>
          <Hint words="Less time on the tape">
            <button
              type="button"
              className="button button-bare button-small"
              aria-label="Less time on the tape"
              onClick={() => zoomBy(1, source.liveAt())}
            >
              +
            </button>
          </Hint>
        </span>
      )}
      <span ref={text} className="clock-time" data-testid="clock" />
      {!short && <span className="clock-event">event {commas(records)}</span>}
    </div>
  );
}
