// The profiles of storms: at which chapter each aims its faults, and how often it draws them.

export const PROFILES = [
  'mixed',
  'power',
  'network',
  'disks',
  'messages',
  'raft',
  'regions',
  'leases',
  'routes',
  'calm',
] as const;
/**
 * `liars`: disks that call durable what is not. It breaks promises, and the judges must notice.
 * `splits`: faults while PD splits, moves and levels; who writes and what then holds is said in `splits-storm.ts`.
 */
export type Profile = (typeof PROFILES)[number] | 'liars' | 'splits';

/** How often each kind of fault is drawn; 0: never. */
type Weights = Readonly<Record<FaultKind, number>>;
export type FaultKind =
  | 'power'
  | 'pause'
  | 'cut'
  | 'link'
  | 'heal'
  | 'disk'
  | 'message'
  | 'campaign'
  | 'destroy'
  | 'clock'
  | 'drift'
  | 'admin'
  | 'timer';

const NONE: Weights = {
  power: 0,
  pause: 0,
  cut: 0,
  link: 0,
  heal: 0,
  disk: 0,
  message: 0,
  campaign: 0,
  destroy: 0,
  clock: 0,
  drift: 0,
  admin: 0,
  timer: 0,
};
export const WEATHER: Readonly<Record<Profile, Weights>> = {
  mixed: {
    ...NONE,
    power: 8,
    pause: 4,
    cut: 4,
    link: 4,
    heal: 5,
    disk: 2,
    message: 4,
    campaign: 1,
    destroy: 0,
    clock: 1,
  },
  power: { ...NONE, power: 10, pause: 3, destroy: 1 },
  network: { ...NONE, cut: 6, link: 6, heal: 6, campaign: 1 },
  disks: { ...NONE, disk: 6, power: 4, heal: 1 },
  messages: { ...NONE, message: 10, link: 2, heal: 1, power: 1 },
  // Members, leadership, logs and leases under faults. Clocks drift within what leases allow for.
  raft: {
    ...NONE,
    power: 6,
    pause: 2,
    cut: 3,
    link: 2,
    heal: 5,
    disk: 2,
    message: 2,
    campaign: 1,
    drift: 1,
    admin: 14,
    timer: 1,
  },
  // The same over Regions that split, and PD moves their replicas too.
  regions: {
    ...NONE,
    power: 6,
    pause: 2,
    cut: 3,
    link: 2,
    heal: 6,
    disk: 2,
    message: 2,
    campaign: 1,
    drift: 1,
    admin: 14,
    timer: 1,
  },
  // Leaders that are cut off and voters that have just started, quicker than a lease ends. Nobody is made to time out by
  // hand: who does that takes back the promise that leases rest on.
  leases: { ...NONE, power: 8, cut: 3, heal: 1, timer: 3 },
  // Leaders that lose the other stores and not PD, Regions that split meanwhile, and words of stores that reach PD late.
  routes: { ...NONE, power: 1, cut: 4, link: 5, heal: 5, admin: 12 },
  calm: NONE,
  liars: { ...NONE, disk: 5, power: 10 },
  splits: {
    ...NONE,
    power: 6,
    pause: 2,
    cut: 3,
    link: 2,
    heal: 6,
    disk: 3,
    message: 3,
    campaign: 1,
    drift: 1,
    timer: 1,
  },
};

/** Of 100 actions, how many are faults. */
export const FAULTS: Readonly<Record<Profile, number>> = {
  mixed: 30,
  power: 25,
  network: 30,
  disks: 30,
  messages: 60,
  raft: 35,
  regions: 30,
  leases: 30,
  routes: 35,
  calm: 0,
  liars: 40,
  splits: 15,
};
