// Plays a scene on the page: opens a thread of its own for it, takes its steps, goes back by playing it again, and closes it
// so that the visitor's cluster is drawn again as it was. One thing at a time; whoever asks meanwhile asks for haste.

import { must } from '../../base/assert.ts';
import { openSceneSession } from '../../browser/session.ts';
import type { SceneSession } from '../../browser/scene-session.ts';
import type { Done, Session } from '../../browser/session-types.ts';
import type { Scene } from '../../lab/scene-format.ts';
import { problemWords, readScene } from '../../lab/scene-reader.ts';
import { SceneRun, type StepDone, type StepFailed } from '../../lab/scene-run.ts';
import { SCENES } from '../../lessons/catalogue.ts';
import { startFrames } from '../session/frame-loop.ts';
import type { Live } from '../session/live.ts';
import { guardPast } from '../session/past-guard.ts';
import { newStory } from '../session/story.ts';
import { reportFailure, setViewer } from '../session/viewer-store.ts';
import { LiveWorld } from '../session/world-source.ts';
import { NO_SCENE, setScene, useScene } from './scene-store.ts';

/** The visitor's cluster: its frames stop while a scene is drawn. */
interface Home {
  readonly session: Session;
  readonly source: LiveWorld;
}

interface Playing {
  readonly on: SceneSession;
  readonly source: LiveWorld;
  run: SceneRun;
  stopFrames: () => void;
  /** Where the scene left its cluster. */
  left: string;
}

let home: Home | null = null;
let stopHome: () => void = () => undefined;
let playing: Playing | null = null;
/** Wall time. A step that takes longer may be hurried. */
const LONG_MS = 1000;
const PAUSE_MS = 350;
let notBefore = 0;
/** What is being done; the next thing waits for it. */
let turn: Promise<unknown> = Promise.resolve();

/** The page begins to draw this cluster, whenever no scene is open. */
export function drawHome(session: Session, source: LiveWorld): void {
  home = { session, source };
  stopHome = startFrames(session, source);
}

function inTurn(work: () => Promise<void>): Promise<void> {
  const next = turn.then(work).catch(reportFailure);
  turn = next;
  return next;
}

/** A scene that comes with Loom, by its name. */
export function openSceneNamed(id: string, step = 1): Done {
  const source = SCENES.find((each) => each.id === id);
  if (source === undefined) {
    const known = SCENES.map((each) => each.id).join(', ');
    return { ok: false, reason: `There is no scene \`${id.slice(0, 40)}\`. There are ${known}.` };
  }
  const read = readScene(source);
  if (!read.ok) return { ok: false, reason: problemWords(read.problem, source) };
  void openScene(read.scene, step);
  return { ok: true };
}

/** A scene from a file. Refused as a whole, with place and remedy, where anything in it is wrong. */
export async function openSceneText(text: string): Promise<Done> {
  const { readSceneText } = await import('../../lab/scene-text.ts');
  const read = readSceneText(text);
  if (!read.ok) return read;
  void openScene(read.scene, 1);
  return { ok: true };
}

/** Opens the scene at one of its steps, counted from 1. */
async function openScene(scene: Scene, step: number): Promise<void> {
  const { live, phase } = useScene.getState();
  if (phase === 'running') void playing?.on.hurry();
  setScene({ ...NO_SCENE, scene, live });
  await inTurn(async () => {
    if (playing === null) await leaveHome();
    const now = must(playing, 'a scene session');
    setScene({ live: liveOf(now) });
    await playTo(scene, Math.max(1, Math.min(step, scene.script.length)));
  });
}

async function leaveHome(): Promise<void> {
  const on = await openSceneSession();
  const source = new LiveWorld(on.session, newStory);
  stopHome();
  must(home, 'the visitor’s cluster').session.setVisible(false);
  setViewer({ selection: null, tool: null, panelOpen: false, sheet: 'stage', said: null });
  const stopFrames = startFrames(on.session, source);
  playing = { on, source, run: null as unknown as SceneRun, stopFrames, left: '' };
}

/** The live that views get: what the visitor does there is noted. */
function liveOf({ on, source }: Playing): Live {
  const { session } = on;
  const watched: Session = {
    ...session,
    give: (command) => touching(() => session.give(command)),
    run: (line) => touching(() => session.run(line)),
    step: () => touching(() => session.step()),
    until: (expression) => touching(() => session.until(expression)),
    play: () => {
      if (useScene.getState().phase !== 'running') touch();
      session.play();
    },
  };
  return { session: guardPast(watched, source), source };
}

function touching<Answer>(act: () => Answer): Answer {
  touch();
  return act();
}

function touch(): void {
  const { scene, phase, touched } = useScene.getState();
  if (scene !== null && phase !== 'coming' && !touched) setScene({ touched: true, through: false });
}

/** From its first instant, as fast as it goes, through so many steps. */
async function playTo(scene: Scene, steps: number): Promise<void> {
  const now = must(playing, 'a scene session');
  setScene({ scene, phase: 'coming', failure: null, touched: false });
  // What is drawn stands still until the cluster is where it should be.
  now.stopFrames();
  now.source.lookBack.backToNow();
  const begun = await now.on.begin(scene);
  if (!begun.ok) throw new Error(begun.reason);
  now.on.pace = 'fast';
  now.run = new SceneRun(scene, now.on.lab);
  const done: StepDone[] = [];
  let failure = await now.run.begin();
  while (failure === null && now.run.done < steps) {
    const answer = await now.run.next();
    if (answer.ok) done.push(answer);
    else failure = answer;
  }
  await stand(now, done, failure);
  now.stopFrames = startFrames(now.on.session, now.source);
}

async function stand(
  now: Playing,
  steps: readonly StepDone[],
  failure: StepFailed | null,
): Promise<void> {
  now.left = await now.on.standing();
  const ended = failure !== null || now.run.done === now.run.scene.script.length;
  setScene({
    steps,
    failure,
    phase: failure === null ? 'standing' : 'failed',
    ...(ended ? { through: false } : {}),
  });
}

/** The next step, so that one can watch it; where one is running, the rest of it at once. */
export function nextStep(): void {
  const { scene, phase, touched } = useScene.getState();
  if (scene === null || playing === null || touched) return;
  if (phase === 'running') return void playing.on.hurry();
  if (performance.now() < notBefore) return;
  if (phase !== 'standing' || playing.run.done >= scene.script.length) return;
  setScene({ phase: 'running' });
  const now = playing;
  const began = performance.now();
  void inTurn(async () => {
    // Without a word of the views: through window.lab.
    if (now.left !== (await now.on.standing()))
      return setScene({ phase: 'standing', touched: true, through: false });
    now.source.lookBack.backToNow();
    now.on.pace = 'shown';
    const { steps } = useScene.getState();
    const answer = await now.run.next();
    await stand(now, answer.ok ? [...steps, answer] : steps, answer.ok ? null : answer);
    // Whoever asked for haste as the step ended did not mean the step after it.
    const ended = performance.now();
    notBefore = ended - began > LONG_MS ? ended + PAUSE_MS : 0;
  });
}

/** To the end of a step that was, counted from 1: the scene is played again up to there. */
export function backTo(step: number): void {
  const { scene, phase } = useScene.getState();
  if (scene === null || playing === null || phase === 'coming') return;
  const { on } = playing;
  setScene({ through: false });
  if (phase === 'running') void on.hurry();
  void inTurn(() => playTo(scene, Math.max(1, step)));
}

/** To the end of the step before; where one did not come about, to the last that did. */
export function previousStep(): void {
  const { steps, failure } = useScene.getState();
  backTo(steps.length - (failure === null ? 1 : 0));
}

/** Closes the scene: the visitor's cluster is drawn again, as it was. */
export async function closeScene(): Promise<void> {
  const { phase } = useScene.getState();
  if (phase === 'running') void playing?.on.hurry();
  await inTurn(async () => {
    const now = playing;
    playing = null;
    setScene(NO_SCENE);
    now?.stopFrames();
    now?.on.close();
    if (home === null || now === null) return;
    const { session, source } = home;
    setViewer({ selection: null, tool: null, said: null });
    session.setVisible(true);
    // Time stood still, but the tab was not hidden.
    for (const notice of session.state().notices)
      if (notice.kind === 'tab-was-hidden') session.dismiss(notice.id);
    stopHome = startFrames(session, source);
  });
}
