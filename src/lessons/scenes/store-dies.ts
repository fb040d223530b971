// A store dies for good: PD waits, gives it up, and has its replicas made anew elsewhere.

import { defineScene } from '../../lab/scene-format.ts';

export const storeDies = defineScene({
  format: 'loom/1',
  id: 'store-dies',
  title: 'A store dies for good',
  seed: 16,
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
      id: 'written',
      do: ['put ann 1', 'put zoe 1'],
      until: "ops().every(o => o.ended) && leader('r1') == 's1'",
      within: '10s',
      hi: ['store:s1', 'client:c1'],
      say: 'ann and zoe are written. PD is to keep three copies of everything, and there are four stores.',
    },
    {
      id: 'three-copies',
      do: ['split m'],
      until:
        "regions().length == 2 && regions().every(r => r.leader == 's1' && r.stores.length == 3)",
      within: '10s',
      expect: [
        'ops().every(o => o.ok)',
        "store('s3').regions.length == 2",
        "store('s4').regions.length == 0",
      ],
      hi: ['store:s3', 'store:s4'],
      say: 'Two Regions, three copies of each: on S1, S2 and S3. S4 is empty.',
    },
    {
      id: 'silent',
      do: ['kill s3', 'put ann 2'],
      until: "store('s3').pd == 'Disconnected'",
      within: '10s',
      expect: ['op(3).ok', 'operators().length == 0'],
      hi: ['store:s3', 'pd'],
      say: 'S3 dies and stays dead. Two of three go on. PD hears nothing of S3 and calls it Disconnected. It moves nothing yet: most stores come back.',
    },
    {
      id: 'given-up',
      until: "seen('pd/operator-created', e => e.operator.desc == 'replace-down-replica')",
      within: '30s',
      bind: {
        $silent: "last('pd/operator-created').operator.reason.silentMs",
        $seconds: '($silent + 50 - ($silent + 50) % 100) / 1000',
      },
      expect: [
        "operators().every(o => o.reason == 'store-down')",
        "store('s4').regions.length == 0",
      ],
      hi: ['pd', 'store:s3'],
      say: 'PD has not heard of S3 for {{$seconds}} seconds, longer than max-store-down-time. It gives S3 up, and orders a copy of its Regions for S4.',
    },
    {
      id: 'copied',
      until: "seen('raft/snapshot-restored', e => e.node == 's4')",
      within: '20s',
      hi: ['store:s4', 'message:snapshot'],
      say: 'The leader of a Region sends the new copy a snapshot. S3 is not asked for anything: what it had, the other two have.',
    },
    {
      id: 'whole',
      until: "count('pd/operator-ended', e => e.desc == 'replace-down-replica') == 2",
      within: '40s',
      expect: [
        "count('pd/operator-ended', e => e.desc == 'replace-down-replica' && e.status == 'SUCCESS') == 2",
        "store('s4').regions.length == 2",
        "last('raftstore/region-changed', e => e.region == 1).to.peers.every(p => p.storeId != 3 && p.role == 'Voter')",
      ],
      hi: ['store:s1', 'store:s2', 'store:s4'],
      say: 'Both Regions have three copies again, on S1, S2 and S4. The dead store is a member of nothing.',
    },
    {
      id: 'next',
      do: ['kill s2', 'put ann 3', 'put zoe 3'],
      until: 'ops().every(o => o.ended)',
      within: '10s',
      expect: ['ops().every(o => o.ok)', "regions().every(r => r.leader == 's1')"],
      hi: ['store:s2', 'client:c1'],
      say: 'Now S2 dies as well. Without S4 only one copy of three would be up; so there are two, and ann and zoe are written.',
    },
  ],
});
