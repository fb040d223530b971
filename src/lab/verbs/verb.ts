// What a console word is: how it is written, what it does, and how its arguments become an action.

import type { Bytes } from '../../base/bytes.ts';
import type { KnobName } from '../../tikv/config.ts';
import type { Micros, NodeId, RegionId, StoreId } from '../../tikv/ids.ts';
import type { Command } from '../../sim/command.ts';
import type { WhySubject } from '../../projections/words/why.ts';
import type { Args } from '../line-args.ts';

/** What somebody wants to see, as text. */
export type Look =
  | { readonly type: 'versions'; readonly key: Bytes }
  /** `from` ≤ key < `to` (empty: no end). */
  | { readonly type: 'locks'; readonly from: Bytes; readonly to: Bytes }
  /** Null: all that are kept. */
  | { readonly type: 'transactions'; readonly name: string | null }
  | { readonly type: 'why'; readonly subject: WhySubject }
  /** Null: all words. */
  | { readonly type: 'help'; readonly word: string | null }
  /** What PD knows; null: of all of them. */
  | { readonly type: 'stores'; readonly store: StoreId | null }
  | { readonly type: 'regions'; readonly region: RegionId | null }
  | { readonly type: 'region-of'; readonly key: Bytes; readonly space: 'raw' | 'txn' }
  | { readonly type: 'operators'; readonly region: RegionId | null }
  | { readonly type: 'schedulers' }
  | { readonly type: 'raft-region'; readonly region: RegionId }
  /** Null: the newest entries. */
  | { readonly type: 'raft-log'; readonly region: RegionId; readonly index: number | null }
  /** Null: of all keys. */
  | { readonly type: 'history'; readonly key: Bytes | null }
  /** Null: all rules. */
  | { readonly type: 'rules'; readonly rule: string | null }
  /** Null: the newest that PD gave. */
  | { readonly type: 'timestamp'; readonly timestamp: number | null }
  | { readonly type: 'location-labels' }
  /** Null: all settings. */
  | { readonly type: 'settings'; readonly name: KnobName | null };

/** Time runs, stands, or runs at another speed: virtual microseconds in a second of the wall. */
export type Pace =
  | { readonly type: 'run' }
  | { readonly type: 'stop' }
  | { readonly type: 'speed'; readonly speed: Micros | 'max' };

/** What a line asks for. */
export type Action =
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'wait'; readonly for: Micros }
  /** `from` is where the expression begins in the line. */
  | {
      readonly type: 'until';
      readonly expression: string;
      readonly from: number;
      readonly within: Micros | null;
    }
  | { readonly type: 'step' }
  /** The commands that take the newest fault back. */
  | { readonly type: 'undo' }
  | { readonly type: 'help'; readonly word: string | null }
  | { readonly type: 'look'; readonly look: Look }
  /** For whoever moves time on its own: the page. */
  | { readonly type: 'pace'; readonly pace: Pace }
  /** The recording up to here, as a link. */
  /** `at`: a past moment; null: this one. */
  | { readonly type: 'link'; readonly at: Micros | null }
  | { readonly type: 'nothing' };

export type Group =
  | 'data'
  | 'transactions'
  | 'nodes'
  | 'pd'
  | 'raft'
  | 'network'
  | 'messages'
  | 'time'
  | 'help';

export interface Verb {
  readonly word: string;
  readonly aliases: readonly string[];
  readonly group: Group;
  readonly usage: string;
  /** What it does, in one sentence. */
  readonly what: string;
  /** A line that runs on a cluster of three stores; help puts names of this moment into it. */
  readonly example: string;
  /** Lines that have to come before the example. */
  readonly before?: readonly string[];
  /** @throws LineProblem where the arguments make no sense. */
  read(args: Args, client: NodeId): Action;
}

/** An action that is a command. */
export const does = (command: Command): Action => ({ type: 'command', command });

const ANY_NODE = ['store', 'pd', 'client'] as const;

export const anyNode = (args: Args): NodeId => args.node(ANY_NODE, 'a node');
