// What the tape shows: who led when, which writes ended how, which faults were made, when Regions split.

import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import type { ClientOutcome } from '../tikv/client/request.ts';
import type { Command } from '../sim/command.ts';
import type { Region } from '../tikv/raftstore/region.ts';

export interface Timeline {
  /** Per Region. */
  terms: Record<RegionId, TermSpan[]>;
  campaigns: CampaignMark[];
  writes: WriteMark[];
  faults: FaultMark[];
  splits: SplitMark[];
}

/** A term, from the first moment that anybody was in it. It ends where the next one begins. */
export interface TermSpan {
  term: number;
  from: Micros;
  /** Null before its leader was elected, or where nobody was. */
  leader: NodeId | null;
  leaderFrom: Micros | null;
  /** When the leader died or stepped down; null while it leads. */
  leaderTo: Micros | null;
}

export interface CampaignMark {
  at: Micros;
  region: RegionId;
  store: NodeId;
  kind: 'pre-vote' | 'vote';
  term: number;
  /** Null while it is open. */
  won: boolean | null;
}

export interface WriteMark {
  op: number;
  client: NodeId;
  startedAt: Micros;
  endedAt: Micros | null;
  outcome: ClientOutcome['status'] | 'abandoned' | null;
}

/** A Region was cut in two, on the first store that applied it. */
export interface SplitMark {
  at: Micros;
  /** The right part, which keeps the number, and the left one, which is new. */
  region: RegionId;
  made: RegionId;
  /** The border, as users know it. */
  key: string;
  /** The entry that cuts it. */
  index: number;
  /** The Region before, and its left and right parts. */
  before: Region;
  parts: readonly [left: Region, right: Region];
}

/** A command that broke, healed or changed something. */
export interface FaultMark {
  at: Micros;
  command: Command;
}

/** A command that can be taken back, or says why it cannot (undo.ts). */
export interface UndoStep {
  /** The number of the command's record. */
  readonly n: number;
  readonly at: Micros;
  readonly command: Command;
  /** What leads back, in order; of these the first `done` were given. Empty: nothing does. */
  readonly back: readonly Command[];
  readonly done: number;
  /** Why nothing leads back; null where something does. */
  readonly why: string | null;
}

/** Marks kept of each list. */
const MARKS_KEPT = 2000;

/** Adds a mark; of too many, the oldest goes. */
export function addMark<T>(marks: T[], mark: T): void {
  marks.push(mark);
  if (marks.length > MARKS_KEPT) marks.shift();
}
