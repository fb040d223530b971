// A membership change that waits for PD: new peers need ids that nobody ever had.

import type { RegionId } from '../ids.ts';
import type { AdminRequest } from '../raftstore/admin-command.ts';

/** A membership change that needs ids of new peers; PD gives them. */
export interface Wanting {
  readonly regionId: RegionId;
  readonly request: AdminRequest;
  readonly needed: number;
  readonly ids: readonly number[];
}

/** Changes that wait for PD at a time; the oldest is forgotten first. */
export const WANTING_MAX = 16;
