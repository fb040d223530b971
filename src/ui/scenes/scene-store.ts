// What the page knows of the scene that is open: which one, its steps so far, which is shown, and how it stands.

import { create } from 'zustand';
import type { Scene } from '../../lab/scene-format.ts';
import type { StepDone, StepFailed } from '../../lab/scene-run.ts';
import type { Live } from '../session/live.ts';

/** `coming`: its cluster starts, or is brought back; `running`: a step; `standing`: between two; `failed`: it did not come about. */
export type ScenePhase = 'coming' | 'running' | 'standing' | 'failed';

export interface SceneState {
  /** Null: none is open, and the visitor's cluster is drawn. */
  readonly scene: Scene | null;
  readonly live: Live | null;
  readonly phase: ScenePhase;
  /** The steps that have come about. */
  readonly steps: readonly StepDone[];
  readonly failure: StepFailed | null;
  /** Somebody else than the scene has acted here, or moved time. */
  readonly touched: boolean;
  /** It goes on from step to step by itself. */
  readonly through: boolean;
}

export const NO_SCENE: SceneState = {
  scene: null,
  live: null,
  phase: 'coming',
  steps: [],
  failure: null,
  touched: false,
  through: false,
};

export const useScene = create<SceneState>()(() => NO_SCENE);

export const setScene = useScene.setState;

/** What was done last was done by the visitor, not by a scene. */
export const useVisitorActs = (): boolean =>
  useScene((state) => state.scene === null || state.touched);

export const useInScene = (): boolean => useScene((state) => state.scene !== null);
