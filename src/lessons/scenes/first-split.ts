// A Region that has grown too large becomes two: an entry in the log, applied by every store for itself, and no key travels.

import { defineScene } from '../../lab/scene-format.ts';

export const firstSplit = defineScene({
  format: 'loom/1',
  id: 'first-split',
  title: 'One Region becomes two',
  seed: 11,
  cluster: {
    stores: 3,
    config: { 'schedule.leader-schedule-limit': 0, 'schedule.region-schedule-limit': 0 },
  },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms', s3: '1900ms' } }],
  script: [
    {
      id: 'one',
      until: "leader('r1') != null && region('r1').commit == region('r1').lastIndex",
      within: '10s',
      bind: { $leader: "leader('r1')" },
      hi: ['store:{{$leader}}'],
      say: 'One Region holds all keys: one log, one leader, three copies. {{$leader}} leads it.',
    },
    {
      id: 'fills',
      do: ['load append 20/s for 2s'],
      until: "region('r1').keys >= 20",
      within: '10s',
      bind: { $keys: "region('r1').keys" },
      hi: ['client:c1', 'store:{{$leader}}'],
      say: 'A client writes key after key. {{$keys}} are there by now, and each of them went through {{$leader}}.',
    },
    {
      id: 'too-large',
      until: "seen('pd/split-ids-given')",
      within: '10s',
      expect: ['regions().length == 1'],
      hi: ['pd', 'store:{{$leader}}'],
      say: '{{$leader}} finds its Region too large and asks PD for ids of a new one. PD gives numbers, and that is its whole part in this.',
    },
    {
      id: 'first-cut',
      until: "seen('raftstore/region-split')",
      within: '5s',
      bind: {
        $first: "first('raftstore/region-split').node",
        $new: 'regions().map(r => r.id).find(id => id != 1)',
      },
      expect: ["count('raftstore/region-split') == 1"],
      hi: ['store:{{$first}}'],
      say: 'The split is an entry in the log, like any write. {{$first}} has applied it and has two Regions now. The other stores still have one.',
    },
    {
      id: 'all-cut',
      until: "count('raftstore/region-split') == 3",
      within: '5s',
      expect: ['regions().length == 2'],
      hi: ['store:s1', 'store:s2', 'store:s3'],
      say: 'Each store cuts for itself when it comes to that entry. No key has travelled. The left part is new and has the id {{$new}}; the right part keeps its own.',
    },
    {
      id: 'both-led',
      until: "leader($new) != null && leader('r1') != null",
      within: '10s',
      bind: { $led: 'leader($new)' },
      expect: ['$led == $leader'],
      hi: ['store:{{$led}}'],
      say: 'The new Region votes for a leader of its own. {{$led}} has asked at once, because it led what was there before.',
    },
    {
      id: 'learned',
      until: "ops().every(o => o.ended) && client('c1').cached.length == 2",
      within: '20s',
      expect: ['ops().every(o => o.ok)'],
      hi: ['client:c1'],
      say: 'The client knew of one Region only. A store refused its request and sent the new borders along; it has learned them and goes on. No write was lost.',
    },
  ],
});
