// Clients: what each believes of the Regions, what it waits for, and what it was told.

import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import type { Load } from '../tikv/client/load.ts';
import type { ClientOutcome, ClientRequest } from '../tikv/client/request.ts';
import type { Region } from '../tikv/raftstore/region.ts';

export interface ClientState {
  node: NodeId;
  /** Its Region cache: a guess that a store may refuse. */
  cache: Record<RegionId, CachedRegion>;
  /** Operations that have not ended, oldest first. */
  open: Operation[];
  /** The newest that have, oldest first. */
  ended: Operation[];
  /** What it works at on its own; null: nothing. */
  load: { load: Load; since: Micros } | null;
}

export interface CachedRegion {
  region: Region;
  leader: NodeId | null;
  since: Micros;
}

export interface Operation {
  /** Its number in the recording. */
  op: number;
  client: NodeId;
  request: ClientRequest;
  startedAt: Micros;
  /** Where it was last sent to. */
  region: RegionId | null;
  to: NodeId | null;
  cached: boolean;
  attempts: number;
  /** The numbers of its newest calls to stores: what answers name it by. */
  calls: number[];
  /** Of a read that a store has answered: which store, and how it knew that it may. Of several calls, the last. */
  served: { store: NodeId; path: 'local' | 'read-index' | 'replica' } | null;
  /** It waits before it asks again: why, since when, and until when. */
  waiting: { kind: string; error: string; since: Micros; until: Micros } | null;
  endedAt: Micros | null;
  outcome: ClientOutcome | null;
  /** The client lost its power before it ended: nobody waits for it any more. */
  abandoned: boolean;
}

/** The newest calls kept per operation. */
export const CALLS_KEPT = 8;

/** The newest ended operations kept per client. */
export const ENDED_KEPT = 200;
