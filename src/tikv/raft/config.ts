// What a peer is told when it starts.                                                    (TiKV: raft-rs config.rs)

import { RaftError } from './error.ts';
import { NO_LIMIT } from './entry.ts';

export type ReadOnlyOption = 'Safe' | 'LeaseBased';

export interface Config {
  readonly id: number;
  readonly electionTick: number;
  readonly heartbeatTick: number;
  /** Entries up to here are applied; they are not handed out again. */
  readonly applied?: number;
  /** Bytes of entries in one append; 0 is one entry. */
  readonly maxSizePerMsg?: number;
  /** Bytes of proposals that a leader holds uncommitted before it drops more. */
  readonly maxUncommittedSize?: number;
  readonly maxCommittedSizePerReady?: number;
  readonly maxInflightMsgs?: number;
  /** The randomised time-out is in [min, max) ticks; 0 is electionTick, and twice that. */
  readonly minElectionTick?: number;
  readonly maxElectionTick?: number;
  readonly checkQuorum?: boolean;
  readonly preVote?: boolean;
  readonly readOnlyOption?: ReadOnlyOption;
  readonly skipBcastCommit?: boolean;
  readonly batchAppend?: boolean;
  readonly priority?: number;
  readonly disableProposalForwarding?: boolean;
  /** How far the applied index may run ahead of the peer's own disk. */
  readonly maxApplyUnpersistedLogLimit?: number;
  /** An integer in [0, n): the only source of chance. */
  readonly random: (n: number) => number;
  /** Rules to break, by rule (`raft/vote-log`) or by mutation (`mut:M01`). */
  readonly broken?: readonly string[];
  /** False: no events are collected. */
  readonly trace?: boolean;
}

/** A configuration with nothing left open, and found to be sound. */
export type Settings = Required<Config>;

export function settingsOf(config: Config): Settings {
  const settings: Settings = {
    applied: 0,
    maxSizePerMsg: 0,
    maxUncommittedSize: NO_LIMIT,
    maxCommittedSizePerReady: NO_LIMIT,
    maxInflightMsgs: 256,
    checkQuorum: false,
    preVote: false,
    readOnlyOption: 'Safe',
    skipBcastCommit: false,
    batchAppend: false,
    priority: 0,
    disableProposalForwarding: false,
    maxApplyUnpersistedLogLimit: 0,
    broken: [],
    trace: true,
    ...config,
    minElectionTick: config.minElectionTick || config.electionTick,
    maxElectionTick: config.maxElectionTick || 2 * config.electionTick,
  };
  validate(settings);
  return settings;
}

function validate(s: Settings): void {
  refuseUnless(s.id > 0, 'id must not be 0');
  refuseUnless(s.heartbeatTick > 0, 'heartbeatTick must be above 0');
  refuseUnless(s.electionTick > s.heartbeatTick, 'electionTick must be above heartbeatTick');
  refuseUnless(
    s.minElectionTick >= s.electionTick,
    'minElectionTick must not be below electionTick',
  );
  refuseUnless(
    s.minElectionTick < s.maxElectionTick,
    'minElectionTick must be below maxElectionTick',
  );
  refuseUnless(s.maxInflightMsgs > 0, 'maxInflightMsgs must be above 0');
  refuseUnless(
    s.readOnlyOption === 'Safe' || s.checkQuorum,
    'reads by lease need checkQuorum, which ends the lease',
  );
  refuseUnless(
    s.maxUncommittedSize >= s.maxSizePerMsg || s.maxUncommittedSize >= NO_LIMIT,
    'maxUncommittedSize must not be below maxSizePerMsg',
  );
}

function refuseUnless(condition: boolean, message: string): void {
  if (!condition) throw new RaftError('ConfigInvalid', message);
}
