// `window.lab`: the page's end of the lab, always there. The same words as in scenes and on the command line. The page
// keeps this promise (browser); the lab behind it is lab.ts.
//
//   await lab.run('put ann 43');                     // { ok: true, kind: 'command', op: 1, … }
//   await lab.until('op(1).ended', { within: '5s' });  // { met: true, at: 1284.311, … }
//   (await lab.state()).clients.c1.ended.at(-1).outcome;
//
// Times are milliseconds of virtual time with up to three decimals, as on the screen; records and the state hold whole
// microseconds. Nothing here throws for bad input: an answer says what is wrong and what to do. A live session goes on
// while you look; in a stopped one, time stands still between awaited calls.

import type { Command } from '../sim/command.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { World } from '../projections/world.ts';
import type { Look, Pace } from './verbs/verb.ts';

export interface PageLab {
  readonly version: LabVersion;
  /**
   * One console line. A command that acts is recorded, and the answer comes at once, with the operation's number where it
   * began one; it does not wait for the operation's end. `wait` moves time and answers when it is over.
   */
  run(line: string): Promise<RunAnswer>;
  /**
   * Moves time, one input after another, until the expression holds; it stands directly after the input that made it
   * true. `within` is virtual time from now: milliseconds, or a duration such as '5s'. 30 s where nothing is said.
   */
  until(expression: string, options?: { readonly within?: number | string }): Promise<UntilAnswer>;
  /** Milliseconds of virtual time. */
  now(): Promise<number>;
  /** Exactly one input. `moved` is false where nothing will ever come. */
  step(): Promise<{ readonly moved: boolean; readonly at: number }>;
  /** What is true now: the world that the screen is drawn from, as plain data. */
  state(): Promise<World>;
  /** The records from number `since` on (0: all that are kept). `first` is the number of the oldest one kept. */
  events(since?: number): Promise<EventsAnswer>;
  /** The journal's fingerprint: sixteen hexadecimal digits. */
  hash(): Promise<string>;
  /** Whether nothing is left to wait for: no operation open, no command pending, the newest record drawn. */
  idle(): Promise<IdleAnswer>;
  /** The recording as canonical JSON text. */
  export(): Promise<string>;
  /** Opens a recording, as JSON text or as data. Refused as a whole, with place and remedy, where anything in it is wrong. */
  import(recording: unknown): Promise<ImportAnswer>;
}

export interface LabVersion {
  readonly loom: string;
  /** The fingerprint of the sources that this build was made from. */
  readonly build: string;
  /** The format of the recordings that it writes and reads. */
  readonly recording: string;
}

export type RunAnswer =
  /** It was taken and recorded as `line`. */
  | {
      readonly ok: true;
      readonly kind: 'command';
      readonly line: string;
      readonly command: Command;
      /** The number of the journal's record that tells of it: what it causes follows from that. */
      readonly record: number;
      readonly op: number | null;
      /** The line ended in `&`: who typed it does not want to wait for the operation's end. */
      readonly background?: boolean;
      readonly at: number;
    }
  /** Time runs, stands, or has another speed from now on. */
  | { readonly ok: true; readonly kind: 'pace'; readonly pace: Pace; readonly at: number }
  /** `fragment` is `#m=…`: behind the address of the page it leads to the moment, milliseconds. */
  | {
      readonly ok: true;
      readonly kind: 'link';
      readonly fragment: string;
      readonly moment: number;
      readonly at: number;
    }
  /** Time went on. */
  | { readonly ok: true; readonly kind: 'time'; readonly at: number }
  /** Something was looked up; nothing was recorded. */
  /** `look`: what was looked at, for whoever can show it better than as text. */
  | {
      readonly ok: true;
      readonly kind: 'text';
      readonly text: string;
      readonly look?: Look;
      readonly at: number;
    }
  /** An empty line or a remark. */
  | { readonly ok: true; readonly kind: 'nothing'; readonly at: number }
  /** Nothing was done. `from` and `to` mark the characters of the line that are meant; null: the line as a whole. */
  | {
      readonly ok: false;
      readonly reason: string;
      readonly from: number | null;
      readonly to: number | null;
      readonly at: number;
    };

export type UntilAnswer =
  | { readonly met: true; readonly at: number }
  | { readonly met: false; readonly at: number; readonly why: string };

export interface EventsAnswer {
  readonly first: number;
  readonly next: number;
  readonly records: readonly JournalRecord[];
}

export type IdleAnswer = { readonly idle: true } | { readonly idle: false; readonly why: string };

export type ImportAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string };
