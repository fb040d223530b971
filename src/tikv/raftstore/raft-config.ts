// The settings of a store as its Raft groups take them. (TiKV: raftstore/src/store/config.rs new_raft_config)

import { below, type Chance } from '../../base/chance.ts';
import type { Settings } from '../config.ts';
import type { Config } from '../raft/config.ts';

export const raftConfigOf = (
  settings: Settings,
  chance: Chance,
  broken: readonly string[],
): Omit<Config, 'id' | 'applied'> => ({
  electionTick: settings['raftstore.raft-election-timeout-ticks'],
  heartbeatTick: settings['raftstore.raft-heartbeat-ticks'],
  maxSizePerMsg: settings['raftstore.raft-max-size-per-msg'],
  maxInflightMsgs: settings['raftstore.raft-max-inflight-msgs'],
  preVote: settings['raftstore.prevote'],
  checkQuorum: settings['raftstore.check-quorum'],
  readOnlyOption: 'Safe',
  skipBcastCommit: true,
  random: (n) => below(chance, n),
  broken,
});
