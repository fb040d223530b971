// Three zones with real distances: PD puts one copy into each, a write waits for the nearest other zone, and a zone is lost.

import { defineScene } from '../../lab/scene-format.ts';

/** Milliseconds between stores, one way. */
const DISTANCES: readonly (readonly [string, string, number])[] = [
  ['s1', 's2', 1],
  ['s3', 's4', 1],
  ['s1', 's3', 20],
  ['s1', 's4', 20],
  ['s2', 's3', 20],
  ['s2', 's4', 20],
  ['s1', 's5', 80],
  ['s2', 's5', 80],
  ['s3', 's5', 80],
  ['s4', 's5', 80],
];
const LINKS = DISTANCES.flatMap(([a, b, ms]) => [
  { latency: { from: a, to: b, ms } },
  { latency: { from: b, to: a, ms } },
]);
/** Milliseconds between the newest proposal and its commit, where the leader is; whole. */
const TOOK =
  "(last('raft/committed', e => e.node == 's1').t - last('raftstore/proposed', e => e.node == 's1').t)";
const COMMITTED_AFTER = `${TOOK} - ${TOOK} % 1`;

export const threeZones = defineScene({
  format: 'loom/1',
  id: 'three-zones',
  title: 'Three zones, and how far they are',
  seed: 17,
  cluster: {
    stores: 5,
    config: {
      'replication.max-replicas': 3,
      'schedule.leader-schedule-limit': 0,
      'schedule.region-schedule-limit': 0,
    },
  },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms', s3: '1900ms' } }, ...LINKS],
  script: [
    {
      id: 'distances',
      do: ['put ann 1'],
      until: "op(1).ended && stores().every(s => s.pd == 'Up')",
      within: '10s',
      expect: [
        "leader('r1') == 's1'",
        "region('r1').stores.every(s => ['s1', 's2', 's3'].includes(s))",
        "link('s1', 's3').latency == 20",
        "link('s1', 's5').latency == 80",
      ],
      hi: ['store:s1', 'store:s2', 'store:s3'],
      say: 'Five stores in three places. S1 and S2 stand together, S3 and S4 are 20 ms away, S5 is 80 ms from all. Two of three copies are in one place.',
    },
    {
      id: 'labels',
      do: [
        'store label s1 zone=z1',
        'store label s2 zone=z1',
        'store label s3 zone=z2',
        'store label s4 zone=z2',
        'store label s5 zone=z3',
      ],
      until: "seen('pd/operator-created')",
      within: '20s',
      bind: {
        $from: "'s' + last('pd/operator-created').operator.reason.from",
        $to: "'s' + last('pd/operator-created').operator.reason.to",
      },
      expect: ["operators().every(o => o.desc == 'move-to-better-location')", "$to == 's5'"],
      hi: ['pd', 'store:{{$from}}', 'store:{{$to}}'],
      say: 'PD did not know. Now labels say which store stands in which zone, and PD orders a move at once: from {{$from}} to {{$to}}, where no copy is.',
    },
    {
      id: 'spread',
      until: 'operators().length == 0',
      within: '40s',
      expect: [
        "last('pd/operator-ended').status == 'SUCCESS'",
        "leader('r1') == 's1'",
        "region('r1').stores.every(s => ['s1', 's3', 's5'].includes(s))",
      ],
      hi: ['store:s1', 'store:s3', 'store:s5'],
      say: 'One copy in each zone, on S1, S3 and S5. No zone holds a majority, so none can take one with it.',
    },
    {
      id: 'nearest',
      do: ['put ann 2'],
      until: 'op(2).ended',
      within: '10s',
      bind: { $near: COMMITTED_AFTER },
      expect: ['op(2).ok', '$near >= 40 && $near < 80'],
      hi: ['link:s1-s3', 'store:s1'],
      say: 'A write is committed {{$near}} ms after S1 took it: 20 to zone z2, a disk, 20 back. S1 and S3 are a majority, so nobody waits for S5.',
    },
    {
      id: 'zone-lost',
      do: ['kill s3', 'kill s4', 'put ann 3'],
      until: 'op(3).ended',
      within: '10s',
      bind: { $far: COMMITTED_AFTER },
      expect: ['op(3).ok', "leader('r1') == 's1'", '$far >= 160'],
      hi: ['link:s1-s5', 'store:s3', 'store:s4'],
      say: 'Zone z2 loses its power. The cluster goes on without an election, and slower: the nearest other copy is 80 ms away now, and a write takes {{$far}} ms.',
    },
    {
      id: 'zone-back',
      do: ['restart s3', 'restart s4'],
      until: "store('s3').up && peer('s3').persisted == region('r1').lastIndex",
      within: '20s',
      hi: ['store:s3', 'log:s3'],
      say: 'z2 has power again, and S3 gets what it missed.',
    },
    {
      id: 'near-again',
      do: ['put ann 4'],
      until: 'op(4).ended',
      within: '10s',
      bind: { $again: COMMITTED_AFTER },
      expect: ['op(4).ok', '$again >= 40 && $again < 80'],
      hi: ['link:s1-s3', 'store:s1'],
      say: 'A write takes {{$again}} ms. Replication costs the way to the nearest other zone, there and back, and not the way to the farthest.',
    },
  ],
});
