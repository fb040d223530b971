// Which settings may be changed while a cluster runs. (TiKV: components/online_config)

import { settingsProblem, type KnobName, type Settings } from './config.ts';

/** Settings that may be changed while a cluster runs: the parts look at them anew each time. */
export const changeableKnobs: readonly KnobName[] = [
  'raftstore.raft-entry-max-size',
  'raftstore.raft-log-gc-tick-interval',
  'raftstore.raft-log-gc-threshold',
  'raftstore.raft-log-gc-count-limit',
  'raftstore.raft-log-gc-size-limit',
  'raftstore.raft-log-reserve-max-ticks',
  'raftstore.leader-transfer-max-log-lag',
  'raftstore.raft-store-max-leader-lease',
  'raftstore.check-leader-lease-interval',
  'raftstore.peer-stale-state-check-interval',
  'raftstore.max-leader-missing-duration',
  'raftstore.abnormal-leader-missing-duration',
  'raftstore.max-peer-down-duration',
  'raftstore.split-region-check-tick-interval',
  'raftstore.hibernate-regions',
  'raftstore.right-derive-when-split',
  'coprocessor.region-split-size',
  'coprocessor.region-max-size',
  'coprocessor.region-split-keys',
  'coprocessor.region-max-keys',
  'coprocessor.batch-split-limit',
  'raftstore.pd-heartbeat-tick-interval',
  'raftstore.pd-store-heartbeat-tick-interval',
  'raftstore.raft-read-index-retry-interval-ticks',
  'server.snap-io-max-bytes-per-sec',
  'server.snap-chunk-len',
  'server.concurrent-send-snap-limit',
  'server.concurrent-recv-snap-limit',
  'replication.max-replicas',
  'schedule.leader-schedule-limit',
  'schedule.region-schedule-limit',
  'schedule.replica-schedule-limit',
  'schedule.hot-region-schedule-limit',
  'schedule.hot-region-cache-hits-threshold',
  'schedule.max-snapshot-count',
  'schedule.max-pending-peer-count',
  'schedule.patrol-region-interval',
  'schedule.enable-make-up-replica',
  'schedule.enable-remove-extra-replica',
  'schedule.enable-remove-down-replica',
  'schedule.enable-replace-offline-replica',
  'schedule.enable-location-replacement',
  'pd.max-store-down-time',
  'client.lease-reads',
  'client.rpc-timeout',
];

/** The settings with one of them changed; a text where it cannot be. */
export function changeSetting(
  settings: Settings,
  name: KnobName,
  value: number | boolean,
): Settings | string {
  if (!changeableKnobs.includes(name)) return `${name} holds for the life of a cluster.`;
  const changed: Settings = { ...settings, [name]: value };
  return settingsProblem(changed) ?? changed;
}
