// All stores lose their power at once, in the middle of a write: what is on disk, and what was only in memory.

import { defineScene } from '../../lab/scene-format.ts';

export const powerCut = defineScene({
  format: 'loom/1',
  id: 'power-cut',
  title: 'The power fails everywhere',
  seed: 5,
  cluster: { stores: 3 },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1600ms', s3: '2s' } }],
  script: [
    {
      id: 'acknowledged',
      do: ['put ann 43'],
      until: "op(1).ended && stores().every(s => peer(s.id).persisted == region('r1').lastIndex)",
      within: '10s',
      bind: { $leader: "leader('r1')", $term: "region('r1').term", $safe: "region('r1').commit" },
      expect: ['op(1).ok'],
      hi: ['entry:{{$safe}}', 'client:c1'],
      say: 'ann is written: entry {{$safe}} is on the disks, and c1 has its yes.',
    },
    {
      id: 'in-memory',
      do: ['put bob 7'],
      until: 'peer($leader).lastIndex > $safe && peer($leader).persisted == $safe',
      within: '3s',
      bind: { $new: 'peer($leader).lastIndex' },
      hi: ['entry:{{$leader}}/{{$new}}', 'store:{{$leader}}'],
      say: 'Now bob. {{$leader}} has entry {{$new}} in memory and sends it, while its own disk is still writing.',
    },
    {
      id: 'dark',
      do: ['kill s1', 'kill s2', 'kill s3'],
      until: '100ms',
      expect: ['stores().every(s => !s.up)', '!op(2).ok'],
      hi: ['store:s1', 'store:s2', 'store:s3'],
      say: 'The power fails everywhere. Memory is gone: who led, what was in flight, entry {{$new}}. Disks keep what was synced, and nothing else.',
    },
    {
      id: 'read-back',
      do: ['restart s1', 'restart s2', 'restart s3'],
      until:
        "stores().every(s => s.incarnation == 2 && peer(s.id).role == 'follower') && count('raftstore/store-started') == 6",
      within: '5s',
      expect: [
        'stores().every(s => s.up && s.incarnation == 2)',
        "stores().every(s => peer(s.id).role == 'follower' && peer(s.id).lastIndex == $safe)",
        'stores().every(s => peer(s.id).term == $term)',
      ],
      hi: ['log:s1', 'log:s2', 'log:s3'],
      say: 'The stores start from their disks. Each knows its term {{$term}}, its vote and its log up to entry {{$safe}}. Nobody leads: that was never written down.',
    },
    {
      id: 'elected',
      do: ['set-timer s1 1500ms s2 1200ms s3 1900ms'],
      until: "leader('r1') != null && region('r1').commit == region('r1').lastIndex",
      within: '10s',
      bind: { $now: "leader('r1')", $next: "region('r1').term" },
      expect: ['$next > $term'],
      hi: ['store:{{$now}}'],
      say: 'They elect a leader as on the first day: {{$now}}, for term {{$next}}.',
    },
    {
      id: 'kept',
      do: ['get ann', 'get bob'],
      until: 'op(3).ended && op(4).ended',
      within: '10s',
      expect: ["op(3).value == '43'", 'op(4).ok && op(4).value == null', '!op(2).ok'],
      hi: ['client:c1', 'entry:{{$safe}}'],
      say: 'ann is there: it was acknowledged. bob is not, and c1 was never told that it was written.',
    },
  ],
});
