// A store joins: PD moves replicas to it, one order after the other, until all stores hold equally much.

import { defineScene } from '../../lab/scene-format.ts';

export const storeJoins = defineScene({
  format: 'loom/1',
  id: 'store-joins',
  title: 'A fourth store joins',
  seed: 12,
  cluster: { stores: 3, config: { 'replication.max-replicas': 3 } },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms', s3: '1900ms' } }],
  script: [
    {
      id: 'three',
      do: ['load append 20/s for 4s'],
      until: 'regions().length == 4 && ops().every(o => o.ended)',
      within: '30s',
      bind: { $count: 'regions().length' },
      expect: ['stores().every(s => s.regions.length == $count)'],
      say: '{{$count}} Regions, three copies of each, on three stores: every store holds a copy of everything.',
    },
    {
      id: 'joined',
      do: ['join s4'],
      until: "stores().some(s => s.id == 's4' && s.up && s.pd == 'Up')",
      within: '10s',
      expect: ["store('s4').regions.length == 0"],
      hi: ['store:s4', 'pd'],
      say: 'S4 joins. It is empty, and PD sees that: the others hold a copy of every Region.',
    },
    {
      id: 'ordered',
      until: "store('s4').regions.length == 1",
      within: '30s',
      bind: { $moved: "store('s4').regions.at(0)" },
      hi: ['store:s4', 'region:r{{$moved}}'],
      say: 'PD moves nothing itself. It answers the heartbeat of the leader of Region {{$moved}}: let S4 learn. S4 gets a copy that does not vote yet.',
    },
    {
      id: 'filled',
      until: "seen('raft/snapshot-restored', e => e.node == 's4')",
      within: '20s',
      hi: ['store:s4'],
      say: 'The new copy comes as a snapshot, and the log goes on from there. Nobody waits for it meanwhile: it counts in no majority.',
    },
    {
      id: 'changed',
      until: "region($moved).stores.length == 3 && region($moved).stores.includes('s4')",
      within: '30s',
      hi: ['store:s4'],
      say: 'Then S4 becomes a voter and another store leaves, in one step in which both majorities count. Region {{$moved}} has three copies again.',
    },
    {
      id: 'even',
      until: "store('s4').regions.length == 3 && regions().every(r => r.stores.length == 3)",
      within: '40s',
      expect: [
        'stores().every(s => s.regions.length >= 3)',
        'ops().every(o => o.ok)',
        'regions().every(r => r.leader != null)',
      ],
      hi: ['pd'],
      say: 'And so on, a few at a time, until no store holds much more than another. Clients were served all the while.',
    },
  ],
});
