// `window.lab`: the page's end of the lab (lab/page-api.ts), and beside it what only a page has: its clock's play and stop,
// recordings that are watched, and the threads of its nodes, for teaching and for tests.

import type { PageLab } from '../lab/page-api.ts';
import type { PageSession } from './page-session.ts';
import type { ConductorCalls, NodePlace } from './protocol.ts';
import type { Caller } from './rpc.ts';
import type { Clusters, Done, SessionState, Speed } from './session-types.ts';

export interface BrowserLab extends PageLab {
  /** Where the page stands: its phase, cluster, storage, clock and notices. */
  status(): SessionState;
  /** Takes a notice away. */
  dismiss(notice: number): void;
  /** The clusters of this browser: list, create, open, rename, remove, startOver, undoStartOver, dump, freshStart. */
  readonly clusters: Clusters;
  /** Time runs on, at this speed from now on where one is given: virtual milliseconds in a second, or as fast as it goes. */
  play(speed?: number | 'max'): Promise<void>;
  /** Time stands still, once what is under way has been drawn; then calls that are awaited are exact. */
  stop(): Promise<void>;
  /**
   * Opens a new cluster at the beginning of a recording; as time is moved on, its commands are given where they stand.
   * Time stops at its end. A command from outside ends this: from there on, history is another.
   */
  follow(recording: unknown): Promise<Done>;
  /** Ends every condition that waits. */
  cancel(): Promise<void>;
  /** The nodes, and which of them run in a worker of their own. */
  hosts(): Promise<readonly NodePlace[]>;
  /**
   * Ends a node's worker as a crash of the browser would. Nobody is told; the cluster finds out. False where the node has
   * no worker of its own.
   */
  terminateNode(node: string): Promise<boolean>;
}

/** The lab over a page's session and its conductor. */
export function newPageLab(
  session: PageSession,
  caller: Caller<ConductorCalls>,
  version: PageLab['version'],
): BrowserLab {
  const { call } = caller;
  return {
    version,
    status: session.state,
    dismiss: session.dismiss,
    clusters: session.clusters,
    run: (line) => session.run(line),
    until: (expression, options) => call.until(expression, options),
    now: () => call.now(),
    step: () => call.step(),
    state: () => call.state(),
    events: (since) => call.events(since),
    hash: () => call.hash(),
    async idle() {
      const answer = await call.idle();
      if (!answer.idle) return answer;
      return session.drawn ? answer : { idle: false, why: 'The newest records are not drawn yet.' };
    },
    export: () => call.export(),
    import: (recording) => call.import(recording, 'end'),
    async play(speed) {
      if (speed !== undefined) session.setSpeed(microsOf(speed));
      session.play();
    },
    async stop() {
      session.stop();
      await session.settled();
    },
    follow: (recording) => call.import(recording, 'beginning'),
    cancel: () => call.cancel(),
    hosts: () => call.nodes(),
    terminateNode: (node) => call.terminate(node),
  };
}

const microsOf = (speed: number | 'max'): Speed =>
  speed === 'max' ? speed : Math.max(1, Math.round(speed * 1000));
