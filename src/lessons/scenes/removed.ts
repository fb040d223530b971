// A store is cut off while PD takes its replica away. It comes back, is told that it is gone, and disturbs nobody.

import { defineScene } from '../../lab/scene-format.ts';

export const removed = defineScene({
  format: 'loom/1',
  id: 'removed',
  title: 'Removed while it was away',
  seed: 15,
  cluster: {
    stores: 4,
    config: {
      'replication.max-replicas': 3,
      'schedule.leader-schedule-limit': 0,
      'schedule.region-schedule-limit': 0,
    },
  },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms', s3: '1900ms' } }],
  script: [
    {
      id: 'members',
      do: ['put ann 1'],
      until: "op(1).ended && peer('s3').persisted == region('r1').lastIndex",
      within: '10s',
      bind: { $epoch: "region('r1').confVer" },
      expect: ["leader('r1') == 's1'", "store('s4').regions.length == 0"],
      hi: ['store:s1', 'store:s2', 'store:s3'],
      say: 'Region 1 lives on S1, S2 and S3, and S1 leads it. S4 is empty.',
    },
    {
      id: 'away',
      do: ['isolate s3', 'operator add transfer-peer r1 s3 s4'],
      until: "peer('s4') != null",
      within: '10s',
      hi: ['store:s3', 'store:s4', 'pd'],
      say: 'S3 is cut off. PD is asked to give its replica to S4, and S4 begins as a learner.',
    },
    {
      id: 'joint',
      until:
        "seen('raftstore/region-changed', e => e.node == 's1' && e.to.peers.some(p => p.role == 'IncomingVoter'))",
      within: '20s',
      expect: ["seen('raft/snapshot-restored', e => e.node == 's4')"],
      hi: ['store:s1', 'store:s2', 'store:s4'],
      say: 'S4 has caught up. It comes in and S3 goes out in one entry. Until that is settled both majorities count, of the old three and of the new three: S1 and S2 are in each.',
    },
    {
      id: 'out',
      until: "operators().length == 0 && seen('raft/became-pre-candidate', e => e.node == 's3')",
      within: '20s',
      bind: { $now: "region('r1').confVer", $term: "region('r1').term" },
      expect: [
        "last('pd/operator-ended').status == 'SUCCESS'",
        "!seen('raftstore/peer-destroyed')",
        "store('s3').regions.includes(1)",
        '$now > $epoch',
      ],
      hi: ['store:s3'],
      say: 'S3 is a member no more; the count of such changes has gone from {{$epoch}} to {{$now}}. It cannot know. It hears no leader and asks for votes that nobody hears.',
    },
    {
      id: 'asks',
      do: ['heal'],
      until: "seen('raftstore/peer-destroyed', e => e.node == 's3')",
      within: '10s',
      bind: { $why: "first('raftstore/peer-destroyed').reason" },
      expect: ["$why == 'told'"],
      hi: ['store:s3'],
      say: 'The network is whole. S3 asks for votes again, and its request carries the old epoch. The answer is no vote but a tombstone message: you are gone. S3 gives up its copy.',
    },
    {
      id: 'undisturbed',
      do: ['put ann 2'],
      until: 'op(2).ended',
      within: '5s',
      expect: [
        'op(2).ok',
        "leader('r1') == 's1'",
        "region('r1').term == $term",
        "store('s3').regions.length == 0",
      ],
      hi: ['store:s1'],
      say: 'S1 leads on in term {{$term}}. S3 keeps a tombstone, so that no late message brings its replica back to life.',
    },
  ],
});
