// A session: a seed, a cluster and a list of timed commands. Everything else is derived from it.

import type { SettingChanges } from '../tikv/config.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import type { DiskImage } from '../tikv/node/node.ts';
import type { StoreLabel } from '../tikv/pd/message.ts';
import type { Command } from './command.ts';
import type { InputKey } from './key.ts';

export interface ClusterConfig {
  /** 1 to 7. */
  readonly stores: number;
  /** 1 to 4. */
  readonly clients: number;
  readonly settings: SettingChanges;
  /** Stores that had joined an earlier history, from whose disks this one begins; by number. */
  readonly joined?: readonly (readonly [NodeId, readonly StoreLabel[]])[];
  /** Rules broken on purpose from the start: mutations (`mut:M03`) or rules (`raft/vote-log`). */
  readonly broken?: readonly string[];
}

/** `after` is the last input that ran before the command (null: none); replay stops there and gives it. */
export interface TimedCommand {
  readonly at: Micros;
  readonly after: InputKey | null;
  readonly command: Command;
}

export const RECORDING_FORMAT = 'loom-recording/1';

export interface Recording {
  readonly format: typeof RECORDING_FORMAT;
  /** A whole number from 0 to 2^32 − 1. */
  readonly seed: number;
  readonly cluster: ClusterConfig;
  /** Disks to begin with, where history before them cannot be run again. */
  readonly base?: readonly (readonly [NodeId, DiskImage])[];
  readonly commands: readonly TimedCommand[];
  /** Where it ends: the hash is over the records up to here. Null: an empty session. */
  readonly end: { readonly at: Micros; readonly after: InputKey | null } | null;
}
