// The scene under its picture: one sentence, how far it is, Back and Next. What was done stands beside it as the line that
// it is. A presenter's remote turns the pages.

import { memo, useEffect } from 'react';
import type { StepDone, StepFailed } from '../../lab/scene-run.ts';
import { SCENES } from '../../lessons/catalogue.ts';
import { capital } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { listenToPages } from './page-keys.ts';
import { backTo, closeScene, nextStep, openSceneNamed, previousStep } from './scene-player.ts';
import { setScene, useScene } from './scene-store.ts';
import './scenes.css';

export const SceneBar = memo(function SceneBar({ phone }: { phone: boolean }) {
  const scene = useScene((state) => state.scene);
  const touched = useScene((state) => state.touched);
  useEffect(() => listenToPages(), []);
  usePlayingThrough();
  if (scene === null) return null;
  return (
    <section
      className="scene-bar"
      aria-label={`Scene: ${scene.title}`}
      data-touched={touched || undefined}
    >
      <Progress of={scene.script.length} />
      <Sentence />
      <Turns phone={phone} />
    </section>
  );
});

function Progress({ of }: { of: number }) {
  const { steps, phase } = useScene();
  const lines = useLinesOfStep();
  return (
    <div className="scene-progress">
      <span className="scene-dots" aria-hidden="true">
        {Array.from({ length: of }, (_, i) => (
          <i
            key={i}
            data-done={i < steps.length}
            data-runs={phase === 'running' && i === steps.length}
          />
        ))}
      </span>
      <span className="scene-count">
        {Math.max(1, steps.length)} of {of}
      </span>
      {lines.map((line, i) => (
        <code key={i} className="scene-line">
          {line}
        </code>
      ))}
    </div>
  );
}

/** What the step that runs gives, or what the one that is shown has given. */
function useLinesOfStep(): readonly string[] {
  const { scene, steps, phase } = useScene();
  if (phase === 'running') return scene?.script[steps.length]?.do ?? [];
  return steps.at(-1)?.lines ?? [];
}

function Sentence() {
  const { steps, phase, failure, touched } = useScene();
  const step = steps.at(-1);
  return (
    <div className="scene-sentence" role="status" aria-live="polite" data-phase={phase}>
      {failure === null ? <p>{sentenceOf(step, phase)}</p> : <Failed failure={failure} />}
      {touched && (
        <p className="scene-note">
          You have acted in this cluster, so the next step may not come about. Go back to this step,
          or start again.
        </p>
      )}
    </div>
  );
}

function sentenceOf(step: StepDone | undefined, phase: string): string {
  if (step !== undefined) return step.say;
  return phase === 'coming' ? 'The scene’s cluster starts.' : '';
}

function Failed({ failure }: { failure: StepFailed }) {
  const { id, place, text, reason, values } = failure;
  return (
    <>
      <p>
        {id === null ? 'The scene did not begin' : `Step ${id} did not come about`}: {place} is{' '}
        <code>{text}</code>. {capital(reason)}
      </p>
      {values.map((part) => (
        <p key={part.text} className="scene-note">
          <code>{part.text}</code> is {part.value}.
        </p>
      ))}
    </>
  );
}

function Turns({ phone }: { phone: boolean }) {
  const { scene, steps, phase, touched, failure, through } = useScene();
  if (scene === null) return null;
  const ended = steps.length === scene.script.length && phase !== 'running';
  const stuck = touched || failure !== null;
  return (
    <div className="scene-turns">
      {!stuck && !ended && (
        <button
          type="button"
          className="button"
          aria-pressed={through}
          onClick={() => setScene({ through: !through })}
        >
          <Icon name={through ? 'pause' : 'play'} />
          {through ? 'Hold' : 'Play through'}
        </button>
      )}
      {(stuck || ended) && (
        <button type="button" className="button" onClick={() => backTo(1)}>
          <Icon name="restart" />
          {phone ? 'Again' : 'Start again'}
        </button>
      )}
      {touched && failure === null ? (
        <button
          type="button"
          className="button button-primary"
          onClick={() => backTo(Math.max(1, steps.length))}
        >
          <Icon name="undo" />
          Back to step {Math.max(1, steps.length)}
        </button>
      ) : (
        <>
          <button
            type="button"
            className="button"
            disabled={steps.length < (failure === null ? 2 : 1) || phase === 'coming'}
            onClick={previousStep}
          >
            <Icon name="left" />
            Back
          </button>
          {ended ? <Onward id={scene.id} /> : <Next stuck={stuck} phone={phone} />}
        </>
      )}
    </div>
  );
}

function Next({ stuck, phone }: { stuck: boolean; phone: boolean }) {
  const phase = useScene((state) => state.phase);
  if (stuck) return null;
  return (
    <button
      type="button"
      className="button button-primary scene-next"
      aria-keyshortcuts="PageDown"
      disabled={phase === 'coming'}
      onClick={nextStep}
    >
      {phase === 'running' ? 'Hurry' : 'Next'}
      <Icon name="right" />
      {!phone && (
        <kbd className="key" aria-hidden="true">
          PgDn
        </kbd>
      )}
    </button>
  );
}

/** After the last step: the next scene, or home. */
function Onward({ id }: { id: string }) {
  const at = SCENES.findIndex((scene) => scene.id === id);
  const next = at < 0 ? undefined : SCENES[at + 1];
  return (
    <button
      type="button"
      className="button button-primary"
      onClick={() => (next === undefined ? void closeScene() : void openSceneNamed(next.id))}
    >
      {next === undefined ? 'Close the scene' : 'Next scene'}
      <Icon name={next === undefined ? 'check' : 'right'} />
    </button>
  );
}

const DWELL_MS = 1500;
const WORD_MS = 240;

/** Goes on from step to step, leaving time to read. */
function usePlayingThrough(): void {
  const { through, phase, steps } = useScene();
  useEffect(() => {
    if (!through || phase !== 'standing') return undefined;
    const words = steps.at(-1)?.say.split(/\s+/).length ?? 0;
    const timer = setTimeout(nextStep, DWELL_MS + words * WORD_MS);
    return () => clearTimeout(timer);
  }, [through, phase, steps]);
}
