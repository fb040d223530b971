// What the page may know of its cluster and ask of it: the whole door between `ui` and the threads below. Everything here
// is plain data or a function; session.ts implements it.

import type { SettingChanges } from '../tikv/config.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import type { UntilAnswer } from '../lab/page-api.ts';
import type { Linking } from '../lab/lab.ts';
import type { LinkMade } from '../lab/moment-link.ts';
import type { Command } from '../sim/command.ts';
import type { Violation } from '../sim/judges/judge.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { Cut } from '../sim/replay.ts';

/** Where the page stands. All but `running` are drawn in place of the cluster, or over it. */
export type Phase =
  | { readonly name: 'starting' }
  /** After a reload: the recording is run again in memory, `done` of `of` virtual microseconds. Records come meanwhile. */
  | { readonly name: 'rerunning'; readonly done: Micros; readonly of: Micros }
  | { readonly name: 'running' }
  /** Another tab has this cluster open. `clusters` works: another one can be opened or made. */
  | { readonly name: 'elsewhere' }
  /** The stored data cannot be read. `clusters.dump` and `clusters.freshStart` work. */
  | { readonly name: 'damaged'; readonly damage: Damage }
  /** A bug of ours, or a browser without what Loom needs. */
  | { readonly name: 'failed'; readonly reason: string };

export interface Damage {
  /** The database, and the object store and key where known. */
  readonly where: string;
  /** What is wrong, as a sentence. */
  readonly what: string;
  /** True where a newer Loom wrote it: nothing is broken, this build is too old. */
  readonly later: boolean;
}

/** Things that the person should learn once. They stay until `dismiss`. */
export type Notice = { readonly id: number } & (
  | { readonly kind: 'node-died'; readonly node: NodeId; readonly reason: string }
  | { readonly kind: 'storage-full'; readonly node: NodeId; readonly reason: string }
  /** The disks were kept, but their history could not be run again: the journal begins anew from them. */
  | { readonly kind: 'history-begins-anew'; readonly why: 'other-build' | 'disks-differ' }
  | { readonly kind: 'tab-was-hidden' }
  /** A link to a moment leads nowhere, with the reason and what can be done. Nothing else is touched. */
  | { readonly kind: 'link-refused'; readonly reason: string }
  /** The link's commands were run again, and led to another journal than where it was made. */
  | { readonly kind: 'link-differs'; readonly otherBuild: boolean }
  /** The session database refuses to store the recording; a reload may lose what came since. */
  | { readonly kind: 'recording-not-stored'; readonly reason: string }
);

export interface ClusterInfo {
  readonly id: string;
  readonly name: string;
  /** Wall-clock time, milliseconds since 1970. */
  readonly created: number;
  readonly seed: number;
  readonly stores: number;
  readonly clients: number;
  readonly settings: SettingChanges;
  /** The last start over can be taken back. */
  readonly canUndo: boolean;
}

/** Virtual microseconds in one second of the wall, or as fast as the machine goes. */
export type Speed = Micros | 'max';

export interface SessionState {
  readonly phase: Phase;
  readonly cluster: ClusterInfo | null;
  /** The cluster that was deleted last: `undoRemove` brings it back. `bytes` as in ClusterRow. */
  readonly deleted: { readonly name: string; readonly bytes: number | null } | null;
  readonly storage:
    | { readonly kind: 'indexeddb' }
    | { readonly kind: 'memory'; readonly reason: string };
  /** A worker for each node, or all nodes in the conductor's. */
  readonly host: 'workers' | 'one';
  readonly playing: boolean;
  readonly speed: Speed;
  readonly autoPace: boolean;
  /** How many times slower than asked for time passes, over about the last second; 1: it keeps up. */
  readonly behind: number;
  readonly notices: readonly Notice[];
  /** The recording is run again in memory for a link to a past moment. */
  readonly linking: Linking | null;
  /** Promises of the database that are broken in this history, oldest first; time has stopped at each. */
  readonly violations: readonly Objection[];
}

/** A judge's objection, with the records that prove it, the breaking one first, as far as they are kept. */
export interface Objection {
  readonly violation: Violation;
  readonly witnesses: readonly JournalRecord[];
}

/** Hears of records in journal order, from the first of the recording. */
export interface RecordListener {
  /** Forget everything: another cluster, or another history, begins. Called before its first batch too. */
  reset(): void;
  /** The next records, and the instant that the engine has now reached; `batch` may be empty. */
  records(batch: readonly JournalRecord[], reached: Micros): void;
}

/** A command was taken (and an operation's number, where it began one), or refused with a reason that teaches. */
export type Given =
  | { readonly ok: true; readonly op: number | null }
  | { readonly ok: false; readonly reason: string };

export type Done = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface ClusterPlan {
  readonly name?: string;
  readonly stores: number;
  readonly clients: number;
  readonly seed: number;
  readonly settings: SettingChanges;
}

export interface ClusterRow extends ClusterInfo {
  /** What its databases hold, by our own count; null where it could not be counted. */
  readonly bytes: number | null;
  readonly open: 'here' | 'elsewhere' | 'no';
}

export interface Clusters {
  list(): Promise<{
    readonly clusters: readonly ClusterRow[];
    /** The browser's estimate for the whole origin, in bytes; null where it gives none. */
    readonly usage: number | null;
    readonly quota: number | null;
  }>;
  /** Makes a cluster and opens it. */
  create(plan: ClusterPlan): Promise<Done>;
  open(id: string): Promise<Done>;
  rename(id: string, name: string): Promise<Done>;
  /**
   * Kept aside until the next one is deleted. The open cluster may be deleted too; a new one of the same shape is opened
   * then, under a name of its own.
   */
  remove(id: string): Promise<Done>;
  /** Back to the cluster that was deleted last, and opens it. */
  undoRemove(): Promise<Done>;
  /** The cluster that was deleted last goes for good. */
  forgetDeleted(): Promise<Done>;
  /** The open cluster from its first instant, same seed, empty disks. What was is kept until the next start over. */
  startOver(): Promise<Done>;
  /** Back to what the last start over put aside. */
  undoStartOver(): Promise<Done>;
  /** Everything that the open cluster's databases hold, as JSON text, readable or not to Loom. */
  dump(): Promise<string>;
  /** For a damaged cluster: new empty databases; the damaged ones stay until the cluster is deleted. */
  freshStart(): Promise<Done>;
}

export interface Session {
  state(): SessionState;
  /** Called after each change of `state()`; the answer unsubscribes. */
  subscribe(listener: () => void): () => void;
  /** All records since the start of the recording (as far as they are kept: the newest 200,000), then each new batch. */
  onRecords(listener: RecordListener): () => void;
  /** The newest records, in order and without a gap: what one can look back at. At least 200,000, where there were so many. */
  kept(): readonly JournalRecord[];

  /**
   * Once an animation frame. `wallMs` is the frame's time stamp. Moves time on while playing; a longer gap than 100 ms
   * counts as 100 ms.
   */
  frame(wallMs: number): void;
  /** The instant to draw: what the engine has reached, and what the records go up to. */
  shownAt(): Micros;
  /** Call with false when the page is hidden or left, with true when it is back: time stands still between. */
  setVisible(visible: boolean): void;

  play(): void;
  stop(): void;
  /** Stops, then runs exactly one input. Resolves when it is drawn up to. False where nothing will ever come. */
  step(): Promise<boolean>;
  /** Stops, then runs input after input until the expression of the lab holds; within 60 s of virtual time. */
  until(expression: string): Promise<UntilAnswer>;
  /** Ends every condition that waits. */
  cancel(): void;
  setSpeed(speed: Speed): void;
  setAutoPace(on: boolean): void;
  dismiss(notice: number): void;

  give(command: Command): Promise<Given>;
  /** Why the command would be refused now; null: it would be taken. */
  check(command: Command): Promise<string | null>;
  /** A console line, as `window.lab.run` takes it. */
  run(line: string): Promise<unknown>;

  readonly clusters: Clusters;
  /** A link to this moment, or to a past one, as the fragment of an address; or why there can be none. */
  link(past?: Cut | null): Promise<LinkMade>;
  /** Opens a cluster of its own at the moment that a link leads to, and stops there. A refusal is a notice as well. */
  openLink(link: string): Promise<Done>;
  /** The recording as JSON text. */
  exportRecording(): Promise<string>;
  /** Opens a new cluster that runs the recording. Refused with what is wrong and where. */
  importRecording(json: string): Promise<Done>;
}
