// One table for one promise: whatever a person does, by button, menu, key, console or `lab.run`, leaves the same line in the
// recording. Each row is one action. `same-line.test.ts` holds the console and `lab.run` to it; tests of the page do the
// action by hand and compare.

export interface SameLine {
  /** The action, as people call it. */
  readonly name: string;
  /** Lines that make it possible, run before it on the cluster of `STAND`. */
  readonly before?: readonly string[];
  /** What is typed. `MESSAGE` stands for a message that is under way, such as `s1#42`. */
  readonly line: string;
  /** What the recording says, where that is not what was typed. */
  readonly recorded?: string;
}

/** The cluster on which each row begins: the same everywhere, so the same store leads. */
export const STAND = {
  seed: 7,
  stores: 3,
  clients: 2,
  lines: ["wait until {leader('r1')}", 'wait 300ms'],
} as const;

const NODES: readonly SameLine[] = [
  { name: 'kill a store', line: 'kill s2' },
  { name: 'kill PD', line: 'kill pd', recorded: 'kill pd1' },
  { name: 'kill a client', line: 'kill c1' },
  { name: 'restart', before: ['kill s2'], line: 'restart s2' },
  { name: 'pause', line: 'pause s2' },
  { name: 'resume', before: ['pause s2'], line: 'resume s2' },
  { name: 'destroy', line: 'destroy s2' },
  { name: 'campaign', line: 'campaign s2 r1' },
  { name: 'slow disk', line: 'disk s2 slow 200ms' },
  { name: 'stuck disk', line: 'disk s2 stuck' },
  { name: 'lying disk', line: 'disk s2 lying' },
  { name: 'full disk', line: 'disk s2 full' },
  { name: 'mend a disk', before: ['disk s2 stuck'], line: 'disk s2 ok' },
  { name: 'clock ahead', line: 'skew s3 250ms' },
  { name: 'clock that drifts', line: 'skew s3 0ms drift 10000' },
];

const NETWORK: readonly SameLine[] = [
  { name: 'cut a link, both ways', line: 'partition s1|s2' },
  { name: 'cut a link, one way', line: 'cut s1 s2' },
  { name: 'open a link, one way', before: ['cut s1 s2'], line: 'mend s1 s2' },
  { name: 'partition', line: 'partition s1|s2,s3' },
  { name: 'partition, one way', line: 'partition s1|s2,s3 --oneway' },
  { name: 'isolate', line: 'isolate s1' },
  { name: 'heal all', before: ['isolate s1'], line: 'heal' },
  { name: 'heal one', before: ['isolate s1'], line: 'heal s1' },
  { name: 'slow link', line: 'latency s1 s2 400ms jitter 10ms' },
  {
    name: 'as quick as before',
    before: ['latency s1 s2 400ms jitter 10ms'],
    line: 'latency s1 s2 30ms jitter 10ms',
  },
  { name: 'another latency', line: 'latency s1 s2 80ms jitter 5ms' },
  { name: 'lossy link', line: 'loss s1 s2 20%' },
  { name: 'lose nothing', before: ['loss s1 s2 20%'], line: 'loss s1 s2 0%' },
  { name: 'another loss', line: 'loss s1 s2 10%' },
  {
    name: 'everything about a link',
    line: 'link s1 s2 40ms jitter 5ms loss 10% duplicate 1% reorder 2.5%',
  },
];

const MESSAGES: readonly SameLine[] = [
  { name: 'drop', line: 'drop MESSAGE' },
  { name: 'duplicate', line: 'duplicate MESSAGE' },
  { name: 'delay', line: 'delay MESSAGE 50ms' },
  { name: 'deliver now', line: 'deliver MESSAGE' },
  { name: 'hold', line: 'hold MESSAGE' },
  { name: 'release', before: ['hold MESSAGE'], line: 'release MESSAGE' },
  { name: 'hold a kind', line: 'hold MsgHeartbeat' },
  { name: 'hold a kind of one store', line: 'hold MsgHeartbeat from s3' },
  { name: 'hold a kind to one store', line: 'hold MsgHeartbeat to s1' },
  {
    name: 'release a kind',
    before: ['hold MsgHeartbeat from s3'],
    line: 'release MsgHeartbeat from s3',
  },
  { name: 'hold all', line: 'hold all' },
  { name: 'release all', before: ['hold all'], line: 'release all' },
];

const DATA: readonly SameLine[] = [
  { name: 'put', line: 'put ann 43' },
  { name: 'put through another client', line: 'c2: put ann 43' },
  { name: 'get', line: 'get ann' },
  { name: 'get by read index', line: 'get ann --path read-index' },
  { name: 'get at a replica', line: 'get ann --path replica --store s2' },
  { name: 'delete', line: 'delete ann' },
  { name: 'scan', line: 'scan a z limit 10' },
  { name: 'cas', line: 'cas ann 43 44' },
  { name: 'begin', line: 'begin as t1' },
  { name: 'write in a transaction', before: ['begin as t1'], line: 'txn-put ann 43' },
  { name: 'commit', before: ['begin as t1', 'wait 1s'], line: 'commit t1' },
  { name: 'roll back', before: ['begin as t1', 'wait 1s'], line: 'rollback t1' },
];

const RAFT: readonly SameLine[] = [
  { name: 'transfer the leader', line: 'transfer-leader r1 s2 at s1' },
  { name: 'split at the leader', line: 'split-at-leader r1 m at s1' },
  { name: 'add a learner', line: 'add-learner r1 s3 at s1' },
  { name: 'remove a peer', line: 'remove-peer r1 s3 at s1' },
  { name: 'joint change', line: 'joint r1 +s3,-s2 at s1' },
  { name: 'compact', line: 'compact r1 8 at s1' },
  { name: 'snapshot', line: 'snapshot s2 r1' },
  { name: 'set timers', line: 'set-timer r1 s1 1.5s s2 1.8s' },
  {
    name: 'align timers',
    line: 'align-timers',
    recorded: 'set-timer r1 s1 1.5s s2 1.5s s3 1.5s',
  },
  {
    name: 'spread timers',
    line: 'spread-timers',
    recorded: 'set-timer r1 s1 1s s2 1.3s s3 1.6s',
  },
  { name: 'break a rule', line: 'mutate M03 on' },
  { name: 'change a setting', line: 'config set client.lease-reads true' },
];

const SHORTLY = "wait until {leader('r1')}";

const CLUSTER: readonly SameLine[] = [
  { name: 'work on its own', line: 'load uniform 10/s for 5s' },
  { name: 'work on its own, another client', line: 'c2: load append 20/s' },
  { name: 'stop working', before: ['load hot 10/s'], line: 'load stop' },
  { name: 'a store joins', line: 'join s4 zone=z1 host=h2' },
  { name: 'PD hands leadership over', line: 'operator add transfer-leader r1 s2' },
  {
    name: 'PD adds a replica',
    before: ['join s4', 'wait 1s'],
    line: 'operator add add-peer r1 s4',
  },
  {
    name: 'PD moves a replica',
    before: ['join s4', 'wait 1s'],
    line: 'operator add transfer-peer r1 s2 s4',
  },
  { name: 'PD removes a replica', line: 'operator add remove-peer r1 s3' },
  { name: 'PD splits a Region at a key', line: 'operator add split-region r1 --keys m' },
  {
    name: 'PD splits a Region',
    line: 'split r1',
    recorded: 'operator add split-region r1 --policy approximate',
  },
  { name: 'PD splits at a key', line: 'split m' },
  { name: 'PD splits at a key of transactions', line: 'split m --txn' },
  {
    name: 'take an operator back',
    before: [SHORTLY, 'operator add split-region r1 --keys m'],
    line: 'operator remove r1',
  },
  {
    name: 'a store leads nothing',
    line: 'scheduler add evict-leader s2',
    recorded: 'scheduler add evict-leader-scheduler s2',
  },
  {
    name: 'a scheduler rests',
    line: 'scheduler pause balance-region 10',
    recorded: 'scheduler pause balance-region-scheduler 10s',
  },
  {
    name: 'a scheduler goes on',
    line: 'scheduler resume balance-leader',
    recorded: 'scheduler resume balance-leader-scheduler',
  },
  { name: 'a store is emptied', before: ['join s4', 'wait 1s'], line: 'store delete s4' },
  {
    name: 'a store stays after all',
    before: ['join s4', 'wait 1s', 'store delete s1'],
    line: 'store cancel-delete s1',
  },
  { name: 'where a store stands', line: 'store label s1 zone=z1' },
  { name: 'which labels count', line: 'config set location-labels zone,host' },
];

export const SAME_LINES: readonly SameLine[] = [
  ...NODES,
  ...NETWORK,
  ...MESSAGES,
  ...DATA,
  ...RAFT,
  ...CLUSTER,
];
