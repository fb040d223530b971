// What the page and the conductor's thread say to each other: calls with answers, and news that come unasked. News and
// answers keep their order, so what an answer tells of has been drawn up to when it arrives.

import type { Value } from '../base/expression.ts';
import type { Evaluation } from '../lab/evaluation.ts';
import type { World } from '../projections/world.ts';
import type {
  EventsAnswer,
  IdleAnswer,
  ImportAnswer,
  LabVersion,
  RunAnswer,
  UntilAnswer,
} from '../lab/page-api.ts';
import type { LinkMade } from '../lab/moment-link.ts';
import type { Command } from '../sim/command.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { Cut } from '../sim/replay.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import type { Stretch } from './pace.ts';
import type { ClusterPlan, Clusters, Done, Given, SessionState } from './session-types.ts';

/** What the conductor's side knows of `SessionState`; the page adds what is its own. */
export type EngineState = Pick<
  SessionState,
  'phase' | 'cluster' | 'deleted' | 'storage' | 'host' | 'notices' | 'linking' | 'violations'
>;

export interface OpenRequest {
  /** Nothing is stored, with the reason that is shown; null: IndexedDB. */
  readonly memory: string | null;
  /** The link to a moment that the page's address ends in; null: it has none. */
  readonly link: string | null;
  /** All nodes in the conductor's thread. */
  readonly oneThread: boolean;
  /** The cluster to make where there is none yet. */
  readonly first: ClusterPlan;
}

export interface PumpAnswer {
  /** The recording that was followed has come to its end: time stands still there. */
  readonly ended: boolean;
}

export interface NodePlace {
  readonly node: NodeId;
  readonly status: string;
  /** True: in a worker of its own. */
  readonly worker: boolean;
}

/** The calls that the conductor's thread answers. */
export interface ConductorCalls {
  /** Once, before everything else: opens the cluster of last time, or makes the first one. */
  /** `linked`: the address's link was opened, and time stands at its moment. */
  open(request: OpenRequest): { readonly linked: boolean };
  /** A link to this moment, or to a past one. */
  link(past: Cut | null): LinkMade;
  /** Opens a cluster of its own at the moment that a link leads to. */
  openLink(link: string): Done;
  /**
   * Moves time on for one frame: by a stretch, or for about as long as a frame lasts. `onlyToGoal`: not at all where no
   * condition is waited for.
   */
  pump(stretch: Stretch | 'max', onlyToGoal: boolean): PumpAnswer;
  /** The page is hidden or left: how far time has come is stored at once. */
  leave(): void;
  dismiss(notice: number): void;

  give(command: Command): Given;
  check(command: Command): string | null;
  run(line: string): RunAnswer;
  until(expression: string, options?: { readonly within?: number | string }): UntilAnswer;
  /** As `until`, but frames move time: what happens on the way is seen. One at a time. */
  reach(expression: string, options?: { readonly within?: number | string }): UntilAnswer;
  /** What `reach` waits for is reached at once. */
  hurry(): void;
  evaluate(expression: string): Evaluation;
  /** Expressions know this value by this name from now on. */
  bind(name: string, value: Value): void;
  /** Ends every waiting condition. */
  cancel(): void;
  step(): { readonly moved: boolean; readonly at: number };
  now(): number;
  state(): World;
  events(since?: number): EventsAnswer;
  hash(): string;
  idle(): IdleAnswer;
  version(): LabVersion;
  export(): string;
  /** Opens a new cluster: at the recording's end, or at its beginning, to be watched. */
  import(recording: unknown, from: 'end' | 'beginning'): ImportAnswer;

  list(): Awaited<ReturnType<Clusters['list']>>;
  create(plan: ClusterPlan): Done;
  openCluster(id: string): Done;
  rename(id: string, name: string): Done;
  remove(id: string): Done;
  undoRemove(): Done;
  forgetDeleted(): Done;
  startOver(): Done;
  undoStartOver(): Done;
  dump(): string;
  freshStart(): Done;

  nodes(): readonly NodePlace[];
  /** Ends a node's worker without a word to anybody; false where it has none. */
  terminate(node: NodeId): boolean;
}

export type News =
  | { readonly news: 'state'; readonly state: EngineState }
  /** Another history begins. */
  | { readonly news: 'reset' }
  | {
      readonly news: 'records';
      readonly batch: readonly JournalRecord[];
      readonly reached: Micros;
    };
