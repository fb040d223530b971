// The knobs of a cluster, under TiKV's and PD's own names. Each has the value that Loom starts with (teach), scaled so
// that a person can watch it, and the value of a default TiKV beside it. Durations are milliseconds, sizes are bytes.

export interface NumberKnob {
  readonly teach: number;
  readonly tikv: number;
  readonly unit: 'ms' | 'bytes' | 'count';
  readonly min: number;
  readonly max: number;
  readonly what: string;
}

export interface SwitchKnob {
  readonly teach: boolean;
  readonly tikv: boolean;
  readonly unit: 'switch';
  readonly what: string;
}

export type Knob = NumberKnob | SwitchKnob;

/** [Loom's value, TiKV's value]. */
type Values = readonly [teach: number, tikv: number];
type Bounds = readonly [min: number, max: number];

const ms = ([teach, tikv]: Values, what: string, bounds: Bounds = [1, 3_600_000]): NumberKnob => ({
  teach,
  tikv,
  unit: 'ms',
  min: bounds[0],
  max: bounds[1],
  what,
});
const count = (
  [teach, tikv]: Values,
  what: string,
  bounds: Bounds = [1, 1_000_000],
): NumberKnob => ({
  teach,
  tikv,
  unit: 'count',
  min: bounds[0],
  max: bounds[1],
  what,
});
const bytes = (teach: number, tikv: number, what: string): NumberKnob => ({
  teach,
  tikv,
  unit: 'bytes',
  min: 1,
  max: 2 ** 40,
  what,
});
const flag = (teach: boolean, tikv: boolean, what: string): SwitchKnob => ({
  teach,
  tikv,
  unit: 'switch',
  what,
});

export const KNOBS = {
  'raftstore.raft-base-tick-interval': ms([100, 1000], 'One Raft tick.', [10, 10_000]),
  'raftstore.raft-heartbeat-ticks': count(
    [2, 2],
    'Ticks between heartbeats of a leader.',
    [1, 100],
  ),
  'raftstore.raft-election-timeout-ticks': count(
    [10, 10],
    'Ticks without a leader before an election; each wait is drawn from one to two times this.',
    [2, 1000],
  ),
  'raftstore.raft-max-size-per-msg': bytes(256, 1048576, 'Bytes of entries in one append message.'),
  'raftstore.raft-max-inflight-msgs': count(
    [4, 256],
    'Append messages to one follower that may be unanswered.',
    [1, 16384],
  ),
  'raftstore.raft-entry-max-size': bytes(65536, 8388608, 'The largest command that a log takes.'),
  'raftstore.prevote': flag(
    true,
    true,
    'Ask whether an election could be won before starting one.',
  ),
  'raftstore.check-quorum': flag(true, true, 'A leader that hears no majority steps down.'),
  'raftstore.pd-heartbeat-tick-interval': ms(
    [2000, 60000],
    'A leader reports its Region to PD.',
    [100, 3_600_000],
  ),
  'raftstore.pd-store-heartbeat-tick-interval': ms(
    [1000, 10000],
    'A store reports to PD.',
    [100, 3_600_000],
  ),
  'raftstore.raft-read-index-retry-interval-ticks': count(
    [4, 4],
    'Ticks before a lost read-index round is asked again.',
    [1, 1000],
  ),
  'raftstore.raft-log-gc-tick-interval': ms(
    [500, 3000],
    'A leader looks whether the beginning of its log can be given up.',
    [10, 3_600_000],
  ),
  'raftstore.raft-log-gc-threshold': count(
    [8, 50],
    'So many entries that everybody has are given up at once; fewer wait.',
  ),
  'raftstore.raft-log-gc-count-limit': count(
    [24, 196608],
    'From so many applied entries on, the older half is given up although a peer needs it.',
  ),
  'raftstore.raft-log-gc-size-limit': bytes(
    65536,
    201326592,
    'From so many bytes on, the older half of the log is given up although a peer needs it.',
  ),
  'raftstore.raft-log-reserve-max-ticks': count(
    [6, 6],
    'After so many looks, fewer entries are given up as well.',
  ),
  'raftstore.leader-transfer-max-log-lag': count(
    [16, 128],
    'Leadership goes only to a peer that is less than this many entries behind.',
  ),
  'raftstore.raft-store-max-leader-lease': ms(
    [900, 9000],
    'A leader may answer reads alone for so long after a majority has confirmed it.',
    [1, 3_600_000],
  ),
  'raftstore.check-leader-lease-interval': ms(
    [225, 2250],
    'An idle leader looks whether its lease ends soon, and renews it.',
    [1, 3_600_000],
  ),
  'raftstore.peer-stale-state-check-interval': ms(
    [2000, 300_000],
    'A peer looks how long it has not heard of a leader.',
    [10, 3_600_000],
  ),
  'raftstore.max-leader-missing-duration': ms(
    [12000, 7_200_000],
    'A peer without a leader for so long asks PD whether it is still a member.',
    [10, 36_000_000],
  ),
  'raftstore.abnormal-leader-missing-duration': ms(
    [4000, 600_000],
    'A peer without a leader for so long asks the others whether it is still a member.',
    [10, 36_000_000],
  ),
  'raftstore.max-peer-down-duration': ms(
    [6000, 600_000],
    'A leader tells PD that a peer is down when it has not heard of it for so long.',
    [10, 36_000_000],
  ),
  'raftstore.split-region-check-tick-interval': ms(
    [500, 10_000],
    'A leader looks whether its Region has become too large.',
    [10, 3_600_000],
  ),
  'raftstore.hibernate-regions': flag(false, true, 'Idle Regions sleep: their peers do not tick.'),
  'raftstore.right-derive-when-split': flag(
    true,
    true,
    'The right part of a split keeps the id of the Region; else the left part.',
  ),
  'raftstore.capacity': bytes(
    1048576,
    0,
    'Bytes that a store may hold, as it tells PD. (TiKV: 0 is the size of its disk.)',
  ),
  'coprocessor.region-split-size': bytes(
    2048,
    268435456,
    'Bytes of each part when a Region is split by size.',
  ),
  'coprocessor.region-max-size': bytes(
    3072,
    402653184,
    'A Region is split when its data weigh so much.',
  ),
  'coprocessor.region-split-keys': count(
    [16, 2_560_000],
    'Keys of each part when a Region is split by keys.',
    [1, 100_000_000],
  ),
  'coprocessor.region-max-keys': count(
    [24, 3_840_000],
    'A Region is split when it has so many keys.',
    [1, 100_000_000],
  ),
  'coprocessor.batch-split-limit': count([3, 10], 'New Regions that one check makes at most.'),
  'server.snap-io-max-bytes-per-sec': bytes(
    16384,
    104857600,
    'Bytes of snapshots that a store makes, and that a link carries, in a second.',
  ),
  'server.snap-chunk-len': bytes(
    128,
    1048576,
    'Bytes of data in one chunk of a snapshot. (TiKV: SNAP_CHUNK_LEN, which is fixed)',
  ),
  'server.concurrent-send-snap-limit': count(
    [4, 32],
    'Snapshots that a store sends at a time; more fail, and are tried again.',
    [1, 1000],
  ),
  'server.concurrent-recv-snap-limit': count(
    [4, 32],
    'Snapshots that a store takes in at a time; more fail, and are tried again.',
    [1, 1000],
  ),
  'replication.max-replicas': count(
    [7, 3],
    'PD keeps so many replicas of each Region. The first Region begins on so many stores, on all where there are fewer, and then PD keeps as many as it has.',
    [1, 7],
  ),
  'schedule.leader-schedule-limit': count(
    [2, 4],
    'Operators that balance leaders at a time; 0: none.',
    [0, 1000],
  ),
  'schedule.region-schedule-limit': count(
    [2, 2048],
    'Operators that balance replicas at a time; 0: none.',
    [0, 4096],
  ),
  'schedule.replica-schedule-limit': count(
    [2, 64],
    'Operators that mend replicas at a time; 0: none.',
    [0, 4096],
  ),
  'schedule.hot-region-schedule-limit': count(
    [1, 4],
    'Operators that move hot Regions at a time; 0: none.',
    [0, 1000],
  ),
  'schedule.hot-region-cache-hits-threshold': count(
    [2, 3],
    'A Region is hot after so many hot heartbeats one after the other.',
    [1, 100],
  ),
  'schedule.max-snapshot-count': count(
    [2, 64],
    'A store that sends or takes more snapshots gets no further replica.',
    [1, 1000],
  ),
  'schedule.max-pending-peer-count': count(
    [4, 64],
    'A store with more replicas that lack a part of the log gets no further one.',
    [1, 1000],
  ),
  'schedule.patrol-region-interval': ms(
    [200, 10],
    'PD looks at some Regions: are their replicas as they should be?',
    [10, 60_000],
  ),
  'schedule.enable-make-up-replica': flag(true, true, 'PD adds replicas that are missing.'),
  'schedule.enable-remove-extra-replica': flag(
    true,
    true,
    'PD takes away replicas that are too many.',
  ),
  'schedule.enable-remove-down-replica': flag(true, true, 'PD replaces replicas on dead stores.'),
  'schedule.enable-replace-offline-replica': flag(
    true,
    true,
    'PD moves replicas off a store that is being emptied.',
  ),
  'schedule.enable-location-replacement': flag(
    true,
    true,
    'PD moves replicas farther apart where labels say how.',
  ),
  'client.lease-reads': flag(
    false,
    true,
    'A leader with a valid lease answers gets and scans at once; else each read asks a majority.',
  ),
  'pd.lease': ms(
    [1000, 5000],
    'How far ahead PD saves the bound of its timestamps.',
    [100, 3_600_000],
  ),
  'pd.tso-update-physical-interval': ms(
    [50, 50],
    'How often PD moves the physical part of its timestamps.',
    [1, 10_000],
  ),
  'pd.max-store-disconnect': ms(
    [3000, 20000],
    'PD calls a silent store disconnected.',
    [100, 3_600_000],
  ),
  'pd.max-store-down-time': ms([15000, 1800000], 'PD gives a silent store up.', [1000, 3_600_000]),
  'client.rpc-timeout': ms(
    [2000, 60000],
    'A client waits this long for the answer to one call.',
    [100, 3_600_000],
  ),
  'client.max-backoff': ms(
    [20000, 40000],
    'A client gives an operation up after waiting this long in all.',
    [100, 3_600_000],
  ),
  'network.latency': ms([30, 1], 'One way through a link, on average.', [1, 10_000]),
  'network.jitter': ms(
    [10, 0],
    'A link draws its latency from this much below to this much above.',
    [0, 10_000],
  ),
  'disk.fsync': ms([10, 1], 'A synced write reaches the disk after this long.', [0.001, 60_000]),
  'disk.fsync-jitter': ms([2, 0], 'Drawn from this much below to this much above.', [0, 60_000]),
} as const satisfies Record<string, Knob>;

export type KnobName = keyof typeof KNOBS;
export type Settings = {
  readonly [Name in KnobName]: (typeof KNOBS)[Name]['teach'] extends boolean ? boolean : number;
};
/** What a recording stores: only what differs from the values that Loom starts with. */
export type SettingChanges = { readonly [Name in KnobName]?: Settings[Name] };

/** A whole set of values from changes; the changes were checked by `settingsProblem`. */
export function settingsFrom(changes: SettingChanges): Settings {
  const settings: Record<string, number | boolean> = {};
  for (const [name, knob] of Object.entries(KNOBS)) settings[name] = knob.teach;
  for (const [name, value] of Object.entries(changes)) settings[name] = value;
  return settings as unknown as Settings;
}

/** Why these changes cannot be: a sentence with the name, the place and the remedy; null where all is well. */
export function settingsProblem(changes: Readonly<Record<string, unknown>>): string | null {
  for (const [name, value] of Object.entries(changes)) {
    const knob = (KNOBS as Record<string, Knob>)[name];
    if (knob === undefined) return `There is no setting ${name}.`;
    const problem = valueProblem(knob, value);
    if (problem !== null) return `${name}: ${problem}`;
  }
  return relationProblem(settingsFrom(changes));
}

function valueProblem(knob: Knob, value: unknown): string | null {
  if (knob.unit === 'switch') return typeof value === 'boolean' ? null : 'must be true or false.';
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number.';
  const whole = knob.unit === 'ms' ? Number.isInteger(value * 1000) : Number.isInteger(value);
  if (!whole)
    return knob.unit === 'ms' ? 'is finer than a microsecond.' : 'must be a whole number.';
  if (value < knob.min) return `must be at least ${knob.min}.`;
  return value > knob.max ? `must be at most ${knob.max}.` : null;
}

/** The relations that keep a cluster able to elect and to answer. (TiKV: raftstore/src/store/config.rs validate) */
function relationProblem(s: Settings): string | null {
  const tick = s['raftstore.raft-base-tick-interval'];
  const heartbeat = s['raftstore.raft-heartbeat-ticks'];
  const election = s['raftstore.raft-election-timeout-ticks'];
  const slowest = s['network.latency'] + s['network.jitter'];
  if (heartbeat >= election)
    return 'raftstore.raft-heartbeat-ticks must be below raftstore.raft-election-timeout-ticks, or followers time out between heartbeats.';
  if (s['raftstore.raft-store-max-leader-lease'] >= election * tick)
    return 'raftstore.raft-store-max-leader-lease must be below the election timeout, or two leaders could answer reads.';
  if (s['network.latency'] - s['network.jitter'] < 1)
    return 'network.latency less network.jitter must be at least 1 ms: nothing in the simulation is faster.';
  if (3 * slowest >= election * tick)
    return 'network.latency is too large for the election timeout: elections would never end. Raise raftstore.raft-election-timeout-ticks or lower network.latency.';
  if (s['disk.fsync'] - s['disk.fsync-jitter'] < 0.001)
    return 'disk.fsync less disk.fsync-jitter must be at least 0.001 ms.';
  if (s['coprocessor.region-max-size'] < s['coprocessor.region-split-size'])
    return 'coprocessor.region-max-size must be at least coprocessor.region-split-size.';
  if (s['coprocessor.region-max-keys'] < s['coprocessor.region-split-keys'])
    return 'coprocessor.region-max-keys must be at least coprocessor.region-split-keys.';
  if (s['pd.max-store-disconnect'] <= 2 * s['raftstore.pd-store-heartbeat-tick-interval'])
    return 'pd.max-store-disconnect must be above two store heartbeats.';
  return s['pd.max-store-down-time'] <= s['pd.max-store-disconnect']
    ? 'pd.max-store-down-time must be above pd.max-store-disconnect.'
    : null;
}

/** Whole microseconds. */
export const microsOf = (milliseconds: number): number => Math.round(milliseconds * 1000);
