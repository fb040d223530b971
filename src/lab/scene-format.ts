// A scene: a short story that a cluster plays, as data. Version loom/1, first part: what is done, what is waited for, what
// must be true, and one sentence for each step. Chance is steered, not searched: time-outs, latencies and holds are
// commands, recorded like any other. There is no code in a scene, so it may come from a stranger.
//
//   format: loom/1
//   id: elect
//   title: Three stores elect a leader
//   seed: 7
//   cluster: { stores: 3 }
//   steer: [{ electionTimeout: { s1: 1200ms, s2: 1600ms, s3: 2s } }]
//   script:
//     - id: leads
//       do: [put ann 43]                       # console lines
//       until: leader('r1') == 's1'            # time moves until this holds, or for a duration such as 500ms
//       within: 5s                             # else the scene fails here; 30s where nothing is said
//       bind: { $term: "region('r1').term" }   # values to remember
//       expect: [leaders('r1').length == 1]    # must be true now
//       hi: [store:s1, timer:s2]               # what the picture points at
//       say: S1 leads term {{$term}}.

export const SCENE_FORMAT = 'loom/1';

/** What chance would decide, pinned before the first step. */
export type Steer =
  /** How long each store waits for a leader, until its timer is drawn anew: `{ s1: '1200ms' }`. */
  | { readonly electionTimeout: Readonly<Record<string, string>> }
  /** One way through a link, exactly, without jitter. */
  | { readonly latency: { readonly from: string; readonly to: string; readonly ms: number } }
  /** Messages of a kind (raft-rs's name, or `all`) stand still as soon as they are sent. */
  | { readonly hold: { readonly kind: string; readonly from?: string; readonly to?: string } }
  /** Messages that go this way are lost. */
  | { readonly drop: { readonly from: string; readonly to: string } };

/** A scene as its author writes it. */
export interface SceneSource {
  readonly format: typeof SCENE_FORMAT;
  readonly id: string;
  readonly title: string;
  readonly seed: number;
  readonly cluster: {
    readonly stores: number;
    readonly clients?: number;
    /** Settings under TiKV's names. */
    readonly config?: Readonly<Record<string, number | boolean>>;
    /** Rules broken on purpose. */
    readonly mutations?: readonly string[];
  };
  readonly steer?: readonly Steer[];
  readonly script: readonly StepSource[];
}

/** In this order: do, until, bind, expect, then the picture points at `hi` and `say` is said. */
export interface StepSource {
  readonly id: string;
  readonly do?: readonly string[];
  readonly until?: string;
  readonly within?: string;
  readonly bind?: Readonly<Record<string, string>>;
  readonly expect?: readonly string[];
  readonly hi?: readonly string[];
  readonly say: string;
}

/** A scene that was read and can be played: everything is there. */
export interface Scene {
  readonly format: typeof SCENE_FORMAT;
  readonly id: string;
  readonly title: string;
  readonly seed: number;
  readonly cluster: {
    readonly stores: number;
    readonly clients: number;
    readonly config: Readonly<Record<string, number | boolean>>;
    readonly mutations: readonly string[];
  };
  readonly steer: readonly Steer[];
  readonly script: readonly Step[];
}

export interface Step {
  readonly id: string;
  readonly do: readonly string[];
  readonly until: string | null;
  readonly within: string;
  readonly bind: Readonly<Record<string, string>>;
  readonly expect: readonly string[];
  readonly hi: readonly string[];
  readonly say: string;
}

/** Checks nothing by itself: gives a scene in the sources its type. */
export const defineScene = (scene: SceneSource): SceneSource => scene;

export type ScenePath = readonly (string | number)[];

/** What is wrong with a scene, where, and what to do. */
export interface SceneProblem {
  readonly path: ScenePath;
  readonly message: string;
}
