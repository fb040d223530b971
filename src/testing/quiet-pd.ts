// Settings under which PD moves nothing by itself, for tests in which a hand does.

import type { SettingChanges } from '../tikv/config.ts';

export const QUIET_PD = {
  'schedule.patrol-region-interval': 60_000,
  'schedule.leader-schedule-limit': 0,
  'schedule.region-schedule-limit': 0,
  'schedule.replica-schedule-limit': 0,
  'schedule.hot-region-schedule-limit': 0,
} as const satisfies SettingChanges;

/** And no Region is split but by hand. */
export const NO_SPLITS = {
  'coprocessor.region-max-keys': 100_000,
  'coprocessor.region-max-size': 1_000_000_000,
} as const satisfies SettingChanges;
