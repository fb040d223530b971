// The states behind the pictures of the Weave: eight Regions on five stores of which one is dead; a network torn in two;
// a split that two of three stores have applied; three hundred Regions of which three ask for attention.

import { below, newChance, type Chance } from '../base/chance.ts';
import { WORLD } from '../sim/record.ts';
import { nth } from './mvcc-story.ts';
import { peerId, regionOf, WeaveJournal, type RegionSpec } from './weave-journal.ts';

type Rest = Omit<RegionSpec, 'id' | 'from' | 'to'>;

const spec = (
  id: number,
  keys: readonly [string | null, string | null],
  rest: Rest,
): RegionSpec => ({
  id,
  from: keys[0],
  to: keys[1],
  ...rest,
});

/** S4 is dead, Region 6 elects, the link from S3 to S5 is cut, A holds the lock of ann. At 13.518. */
export function weaveStory(): WeaveJournal {
  const late = { commits: { 1: 24, 2: 23, 3: 23 } };
  const story = new WeaveJournal(5, [
    spec(8, [null, 'b'], { stores: [1, 2, 3], leader: 1, term: 7, last: 24, ...late }),
    spec(3, ['b', 'd'], { stores: [2, 3, 5], leader: 2, term: 6, last: 19 }),
    spec(5, ['d', 'h'], { stores: [3, 1, 5], leader: 3, term: 8, last: 38, lasts: { 5: 31 } }),
    spec(2, ['h', 'm'], { stores: [5, 1, 2], leader: 5, term: 9, last: 40 }),
    spec(6, ['m', 'p'], { stores: [4, 1, 5], leader: 4, term: 7, last: 29 }),
    spec(4, ['p', 's'], { stores: [3, 2, 4], leader: 3, term: 6, last: 12 }),
    spec(7, ['s', 'v'], { stores: [2, 4, 5], leader: 2, term: 7, last: 22 }),
    spec(1, ['v', null], { stores: [1, 3, 4], leader: 1, term: 9, last: 57 }),
  ]);
  kill(story, 11.9, 4);
  story.chatter(12.95, [
    [0, 14, 21, 0, 12],
    [16, 0, 18, 0, 19],
    [20, 17, 0, 0, 9],
    [0, 0, 0, 0, 0],
    [13, 21, 8, 0, 0],
  ]);
  cut(story, 13.106, [[3, 5]]);
  lockAnn(story);
  story.go(13.47);
  story.raft('s1', 6, { type: 'raft/became-pre-candidate', term: 7 });
  story.raft('s1', 6, {
    type: 'raft/vote-received',
    from: peerId(6, 5),
    term: 8,
    pre: true,
    granted: true,
  });
  story.raft('s1', 6, { type: 'raft/became-candidate', term: 8 });
  story.send(6, [1, 4], { msgType: 'MsgRequestVote', term: 8 }, 60);
  story.go(13.498);
  story.raft('s5', 6, { type: 'raft/became-follower', term: 8, leader: 0 });
  story.raft('s5', 6, {
    type: 'raft/voted',
    candidate: peerId(6, 1),
    term: 8,
    pre: false,
    granted: true,
    verdicts: [],
  });
  story.send(6, [5, 1], { msgType: 'MsgRequestVoteResponse', term: 8 }, 40);
  story.go(13.5);
  story.send(8, [3, 1], { msgType: 'MsgAppendResponse', term: 7, index: 24 }, 36);
  story.send(5, [3, 5], append(38, 8, 0), null);
  story.go(13.504);
  story.raft('s5', 2, entry(41, 9));
  for (const [store, ms] of [
    [1, 34],
    [2, 20],
  ] as const)
    story.send(2, [5, store], append(40, 9, 1), ms);
  return story.go(13.518);
}

function lockAnn(story: WeaveJournal): void {
  story.go(13.3);
  story.tell('pd1', { type: 'pd/tso-given', to: 'c1', timestamp: nth(412), count: 412 });
  story.tell('c1', { type: 'client/txn-begun', op: 9, name: 'A', startTs: nth(412) });
  for (const key of ['ann', 'joe'])
    story.tell('c1', { type: 'client/txn-buffered', op: 9, startTs: nth(412), key, value: '43' });
  const locks = { startTs: nth(412), primary: 'ann', keys: ['ann', 'joe'] } as const;
  story.tell('c1', { type: 'client/txn-prewriting', op: 10, ...locks });
  story.tell('s1', { type: 'mvcc/lock-written', region: 8, ...lockOf('ann', nth(412), 6300) });
}

const lockOf = (key: string, startTs: number, ttl: number) => ({
  key,
  lockType: 'Put',
  primary: key,
  startTs,
  ttl,
  forUpdateTs: 0,
  minCommitTs: startTs,
  txnSize: 2,
  useAsyncCommit: false,
  secondaries: [],
  rollbackTs: [],
  shortValue: '43',
});

const entry = (index: number, term: number) => ({
  type: 'raft/appended' as const,
  from: index,
  entries: [{ index, term, digest: index * 1000 + term }],
});

const append = (index: number, term: number, entries: number) => ({
  msgType: 'MsgAppend' as const,
  term,
  index,
  logTerm: term,
  commit: index,
  entries: Array.from({ length: entries }, (_, i) => ({
    entryType: 'EntryNormal' as const,
    term,
    index: index + 1 + i,
    data: '',
  })),
});

function kill(story: WeaveJournal, at: number, store: number): void {
  const node = `s${store}`;
  story.go(at);
  story.tell(WORLD, { type: 'command/given', command: { type: 'kill', node }, op: null });
  story.tell(WORLD, { type: 'node/killed', node, why: 'command' });
}

function cut(story: WeaveJournal, at: number, links: readonly (readonly [number, number])[]): void {
  story.go(at);
  for (const [from, to] of links) {
    const ends = { from: `s${from}`, to: `s${to}` };
    story.tell(WORLD, { type: 'command/given', command: { type: 'cut', ...ends }, op: null });
    story.tell(WORLD, { type: 'network/cut', ...ends });
  }
}

/** {S1, S4} and {S2, S3, S5} since 10.120; Region 8 has two leaders. At 11.830. */
export function partitionStory(): WeaveJournal {
  const story = new WeaveJournal(5, [
    spec(8, [null, 'b'], { stores: [1, 2, 3], leader: 1, term: 7, last: 24 }),
    spec(3, ['b', 'd'], { stores: [2, 3, 5], leader: 2, term: 6, last: 19 }),
    spec(5, ['d', 'h'], { stores: [3, 1, 5], leader: 3, term: 8, last: 39, lasts: { 1: 38 } }),
    spec(2, ['h', 'm'], { stores: [5, 1, 2], leader: 5, term: 9, last: 42, lasts: { 1: 41 } }),
    spec(6, ['m', 'p'], { stores: [4, 1, 5], leader: 4, term: 7, last: 29, lasts: { 5: 28 } }),
    spec(4, ['p', 's'], { stores: [3, 2, 4], leader: 3, term: 6, last: 12 }),
    spec(7, ['s', 'v'], { stores: [2, 4, 5], leader: 2, term: 7, last: 22 }),
    spec(1, ['v', null], { stores: [1, 3, 4], leader: 1, term: 9, last: 58, lasts: { 3: 57 } }),
  ]);
  story.go(10.12);
  const groups = [
    ['s1', 's4'],
    ['s2', 's3', 's5'],
  ];
  const command = { type: 'partition', groups, oneWay: false } as const;
  story.tell(WORLD, { type: 'command/given', command, op: null });
  for (const a of groups[0] ?? [])
    for (const b of groups[1] ?? [])
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const)
        story.tell(WORLD, { type: 'network/cut', from, to });
  story.go(10.131);
  story.raft('s1', 8, entry(25, 7));
  story.tell('s1', { type: 'raftstore/persisted', region: 8, index: 25, term: 7 });
  story.chatter(10.9, [
    [0, 0, 0, 16, 0],
    [0, 0, 22, 0, 19],
    [0, 21, 0, 0, 20],
    [15, 0, 0, 0, 0],
    [0, 18, 19, 0, 0],
  ]);
  for (const [region, store, term] of [
    [1, 3, 9],
    [5, 1, 8],
    [6, 5, 7],
    [7, 4, 7],
  ] as const) {
    story.go(11.2 + region / 100);
    story.raft(`s${store}`, region, { type: 'raft/became-pre-candidate', term });
  }
  story.go(11.688);
  secondLeader(story);
  story.go(11.8);
  story.send(8, [1, 2], append(25, 7, 0), null);
  return story.go(11.83);
}

/** S2 leads Region 8 in term 8: its no-op 25 and 26 are committed. */
function secondLeader(story: WeaveJournal): void {
  story.raft('s2', 8, { type: 'raft/became-candidate', term: 8 });
  story.raft('s2', 8, { type: 'raft/became-leader', term: 8, lastIndex: 24 });
  const led = { type: 'raft/became-follower', term: 8, leader: peerId(8, 2) } as const;
  story.raft('s3', 8, led);
  for (const store of ['s2', 's3'])
    for (const index of [25, 26]) {
      story.raft(store, 8, entry(index, 8));
      story.tell(store, { type: 'raftstore/persisted', region: 8, index, term: 8 });
      story.raft(store, 8, { type: 'raft/committed', index, term: 8, by: 'quorum', verdicts: [] });
      story.tell(store, {
        type: 'raftstore/applied',
        region: 8,
        index,
        term: 8,
        digest: 0,
        state: 0,
      });
    }
}

/** Entry 47 of Region 3 cuts it at b; S1 and S2 have applied it, S3 has not. At 9.884. */
export function splitStory(): WeaveJournal {
  const before = spec(3, [null, 'd'], {
    stores: [1, 2, 3],
    leader: 1,
    term: 7,
    last: 46,
    version: 3,
  });
  const story = new WeaveJournal(5, [
    before,
    spec(5, ['d', 'h'], { stores: [3, 4, 5], leader: 3, term: 8, last: 38 }),
    spec(2, ['h', 'm'], { stores: [5, 2, 4], leader: 5, term: 9, last: 40 }),
    spec(1, ['m', null], { stores: [2, 4, 5], leader: 2, term: 9, last: 57, version: 2 }),
  ]);
  holdKeys(story);
  story.chatter(8.9, [
    [0, 24, 21, 4, 6],
    [26, 0, 18, 9, 19],
    [20, 17, 0, 12, 14],
    [4, 11, 13, 0, 8],
    [6, 21, 15, 8, 0],
  ]);
  story.go(9.744);
  for (const store of ['s1', 's2', 's3']) {
    story.raft(store, 3, entry(47, 7));
    story.tell(store, { type: 'raftstore/persisted', region: 3, index: 47, term: 7 });
  }
  const right = regionOf({ ...before, from: 'b', version: 4 });
  const left = spec(8, [null, 'b'], { stores: [1, 2, 3], leader: null, term: 5, last: 5 });
  for (const [i, node] of ['s1', 's2'].entries()) {
    story.go(9.812 + i * 0.051);
    story.raft(node, 3, { type: 'raft/committed', index: 47, term: 7, by: 'quorum', verdicts: [] });
    story.tell(node, {
      type: 'raftstore/region-split',
      region: 3,
      index: 47,
      from: regionOf(before),
      regions: [regionOf(left), right],
      skipped: [],
    });
    story.begin(left, [i + 1]);
    story.tell(node, {
      type: 'raftstore/applied',
      region: 3,
      index: 47,
      term: 7,
      digest: 0,
      state: 0,
    });
    if (i > 0) continue;
    story.raft(node, 8, { type: 'raft/became-candidate', term: 6 });
    story.go(9.822);
    story.send(8, [1, 3], { msgType: 'MsgRequestVote', term: 6 }, 100);
  }
  story.raft('s2', 8, { type: 'raft/became-follower', term: 6, leader: 0 });
  const vote = { candidate: peerId(8, 1), term: 6, pre: false, granted: true, verdicts: [] };
  story.raft('s2', 8, { type: 'raft/voted', ...vote });
  story.go(9.873);
  story.send(8, [2, 1], { msgType: 'MsgRequestVoteResponse', term: 6 }, 30);
  story.send(3, [1, 3], append(47, 7, 0), 24);
  return story.go(9.884);
}

/** Sixteen keys have been written, eight on each side of the cut. */
function holdKeys(story: WeaveJournal): void {
  story.go(8);
  for (const [i, letter] of 'aaaaaaaabbbbcccc'.split('').entries())
    for (const store of ['s1', 's2', 's3'])
      story.tell(store, {
        type: 'mvcc/write-written',
        region: 3,
        key: `${letter}${i % 10}`,
        commitTs: nth(2 * i + 2),
        startTs: nth(2 * i + 1),
        writeType: 'Put',
        protected: false,
        overlappedRollback: false,
        gcFence: null,
        shortValue: '9',
      });
}

/** Regions in the keyspace of a shop. */
const TABLES = ['acct', 'item', 'order', 'user'] as const;

const keyAt = (i: number, of: number): string | null =>
  i <= 0 || i >= of
    ? null
    : `${TABLES[Math.floor((i * 4) / of)] ?? 'user'}/${String(((i * 400) / of) | 0).padStart(4, '0')}`;

/** Many Regions of three replicas each, spread evenly over the stores. Region i is the i-th of the keyspace. */
export function manyRegions(count: number, stores: number, chance: Chance): RegionSpec[] {
  return Array.from({ length: count }, (_, i) => {
    const leader = (i % stores) + 1;
    const second = ((leader - 1 + 1 + below(chance, stores - 1)) % stores) + 1;
    const rest = Array.from({ length: stores }, (_, n) => n + 1).filter(
      (store) => store !== leader && store !== second,
    );
    const third = rest[below(chance, rest.length)] ?? second;
    const last = 10 + below(chance, 40);
    return spec(i + 1, [keyAt(i, count), keyAt(i + 1, count)], {
      stores: [leader, second, third],
      leader,
      term: 8,
      last,
    });
  });
}

/** Of 300 Regions one changes its leader, one holds an old lock, one has a follower far behind. At 44.128. */
export function bigStory(count = 300): WeaveJournal {
  const chance = newChance(7, 'weave');
  const specs = manyRegions(count, 5, chance).map((each): RegionSpec => {
    if (each.id === 117) return { ...each, stores: [4, 1, 3], leader: 4, term: 8, last: 18 };
    if (each.id === 271)
      return { ...each, stores: [3, 2, 5], leader: 3, last: 90, lasts: { 2: 50 } };
    return each;
  });
  const story = new WeaveJournal(5, specs);
  story.chatter(
    43.5,
    Array.from({ length: 5 }, (_, i) =>
      Array.from({ length: 5 }, (_, j) => (i === j ? 0 : 21 + below(chance, 22))),
    ),
  );
  for (let id = 1; id <= count; id++) warm(story, id, flowAt(id, count));
  story.go(43.6);
  story.tell(WORLD, {
    type: 'network/link-set',
    from: 's3',
    to: 's2',
    latency: 400_000,
    jitter: 0,
    lossPerMillion: 0,
    duplicatePerMillion: 0,
    reorderPerMillion: 0,
  });
  const old = Math.round((44.128 - 3.1 - 3) * 1000) * 2 ** 18;
  const locked = specs[202];
  const holder = `s${locked?.leader ?? 1}`;
  story.tell(holder, {
    type: 'mvcc/lock-written',
    region: 203,
    ...lockOf(locked?.from ?? 'item', old, 3000),
  });
  story.go(44.086);
  story.raft('s1', 117, { type: 'raft/became-candidate', term: 9 });
  story.send(117, [1, 4], { msgType: 'MsgRequestVote', term: 9 }, 60);
  story.go(44.11);
  story.raft('s3', 117, { type: 'raft/became-follower', term: 9, leader: 0 });
  story.send(117, [3, 1], { msgType: 'MsgRequestVoteResponse', term: 9 }, 40);
  return story.go(44.128);
}

/** Bytes a second that are written to a Region: two warm places in the keyspace, the second one hot. */
function flowAt(id: number, of: number): number {
  const near = (part: number, width: number) =>
    Math.max(0, 100 - Math.floor((100 * Math.abs((id * 1000) / of - part)) / width));
  return near(130, 120) + 9 * near(785, 25) + (id % 7) * 4;
}

function warm(story: WeaveJournal, regionId: number, rate: number): void {
  const flow = {
    approximateSize: 960,
    approximateKeys: 12,
    writtenBytesRate: rate,
    writtenKeysRate: Math.floor(rate / 20),
    readBytesRate: 0,
    readKeysRate: 0,
    pending: [],
    down: [],
    hot: false,
  };
  story.tell('pd1', { type: 'pd/region-measured', regionId, flow });
}

/** How long a message of the busy story travels, microseconds. */
const TRAVELS = 30_000;

/**
 * The same 300 Regions with `flying` messages always under way, from 44.2 s on for `seconds` of virtual time: appends
 * with an entry, and their answers.
 */
export function busyStory(flying: number, seconds: number): WeaveJournal {
  const story = bigStory();
  const chance = newChance(11, 'busy');
  const regions = [...story.regions.values()].filter(({ id }) => id !== 117);
  const begin = 44_200_000 - TRAVELS;
  const step = TRAVELS / flying;
  const due: { readonly at: number; readonly tell: () => void }[] = [];
  const lasts = new Map<number, number>();
  for (let i = 0; i * step < seconds * 1_000_000 + TRAVELS; i++) {
    const at = begin + Math.floor(i * step);
    while ((due[0]?.at ?? Number.POSITIVE_INFINITY) <= at) {
      const next = due.shift();
      story.at = next?.at ?? at;
      next?.tell();
    }
    story.at = at;
    const region = regions[below(chance, regions.length)];
    const [first, ...others] = region?.peers ?? [];
    const to = others[below(chance, others.length)];
    if (region === undefined || first === undefined || to === undefined) continue;
    const last = lasts.get(region.id) ?? 100;
    lasts.set(region.id, last + 1);
    const answers = i % 2 === 0;
    const ends: [number, number] = answers
      ? [to.storeId, first.storeId]
      : [first.storeId, to.storeId];
    const core = answers
      ? ({ msgType: 'MsgAppendResponse', term: 8, index: last } as const)
      : append(last, 8, 1);
    const sent = story.send(region.id, ends, core, TRAVELS / 1000);
    due.push({ at: at + TRAVELS, tell: () => story.deliver(sent, ends[1]) });
  }
  return story;
}
