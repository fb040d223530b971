// A scene's session: a conductor's thread of its own, with a cluster in memory. The visitor's cluster, in its own thread,
// stands meanwhile. What the scene does goes past the session that views use, so what the visitor does beside it is known.

import type { Scene } from '../lab/scene-format.ts';
import { clusterOf, type SceneLab } from '../lab/scene-run.ts';
import { RECORDING_FORMAT, type Recording } from '../sim/recording.ts';
import type { PageSession } from './page-session.ts';
import type { ConductorCalls } from './protocol.ts';
import type { Caller } from './rpc.ts';
import type { Done, Session } from './session-types.ts';

/** How a scene moves time: so that one can watch, or as fast as it goes. */
export type ScenePace = 'shown' | 'fast';

export interface SceneSession {
  /** What views use. */
  readonly session: Session;
  readonly lab: SceneLab;
  pace: ScenePace;
  /** The scene's cluster at its first instant, in place of what there was. */
  begin(scene: Scene): Promise<Done>;
  /** What frames move time towards is reached at once. */
  hurry(): Promise<void>;
  /** Where the cluster stands: two equal answers, and nothing has happened between. */
  standing(): Promise<string>;
  /** Ends the thread. */
  close(): void;
}

export function newSceneSession(
  session: PageSession,
  { call }: Caller<ConductorCalls>,
  close: () => void,
): SceneSession {
  const reach = async (expression: string, within: string | number) => {
    const answer = call.reach(expression, { within });
    if (scene.pace === 'fast') {
      await call.hurry();
      return answer;
    }
    // When the page hears that it is there, further frames have been asked for.
    session.onlyToGoal(true);
    session.play();
    const goesOn = goOnAfterViolations(session);
    try {
      return await answer;
    } finally {
      goesOn();
      session.stop();
      session.onlyToGoal(false);
    }
  };
  const scene: SceneSession = {
    session,
    pace: 'shown',
    close,
    async hurry() {
      // No frame may move time on once it is there.
      session.stop();
      await session.settled();
      await call.hurry();
    },
    lab: {
      run: (line) => call.run(line),
      until: (expression, { within }) => reach(expression, within),
      // A condition that never holds, for so long.
      pass: async (micros) => void (await reach('false', micros / 1000)),
      evaluate: (expression) => call.evaluate(expression),
      bind: (name, value) => call.bind(name, value),
      now: () => call.now(),
    },
    async begin(of) {
      session.stop();
      await session.settled();
      return call.import(beginningOf(of), 'beginning');
    },
    async standing() {
      const [now, hash] = [await call.now(), await call.hash()];
      return `${now} ${hash}`;
    },
  };
  return scene;
}

/** A broken promise stops time; where a scene breaks a rule on purpose, it goes on from there. The answer ends this. */
function goOnAfterViolations(session: PageSession): () => void {
  let known = session.state().violations.length;
  return session.subscribe(() => {
    const { violations, playing } = session.state();
    if (violations.length === known) return;
    known = violations.length;
    if (!playing) session.play();
  });
}

const beginningOf = (scene: Scene): Recording => ({
  format: RECORDING_FORMAT,
  seed: scene.seed,
  cluster: clusterOf(scene),
  commands: [],
  end: null,
});
