// How a Region gets its first leader: waiting, asking, voting, and the first entry.

import { defineScene } from '../../lab/scene-format.ts';

export const elect = defineScene({
  format: 'loom/1',
  id: 'elect',
  title: 'Three stores elect a leader',
  seed: 1,
  cluster: { stores: 3 },
  steer: [{ electionTimeout: { s1: '1200ms', s2: '1600ms', s3: '2s' } }],
  script: [
    {
      id: 'nobody-leads',
      expect: ["leader('r1') == null"],
      hi: ['store:s1', 'store:s2', 'store:s3'],
      say: 'Three stores keep a copy of Region 1. Nobody leads it, so nothing can be read or written.',
    },
    {
      id: 'silence',
      until: "stores().some(s => peer(s.id).role == 'pre-candidate')",
      bind: { $first: "stores().find(s => peer(s.id).role == 'pre-candidate').id" },
      expect: ["leader('r1') == null"],
      hi: ['store:{{$first}}', 'timer:{{$first}}'],
      say: 'Each store waits for a leader, for a time drawn by chance. {{$first}} has the shortest wait and has heard nobody: it acts first.',
    },
    {
      id: 'pre-vote',
      until: '25ms',
      bind: { $old: 'peer($first).term' },
      expect: [
        "messages().filter(m => m.kind == 'pre-vote').length == 2",
        "messages().every(m => m.kind != 'vote')",
      ],
      hi: ['message:pre-vote'],
      say: 'Its term stays {{$old}}. First it asks whether it could win: a pre-vote. That disturbs nobody.',
    },
    {
      id: 'candidate',
      until: "peer($first).role == 'candidate'",
      bind: { $term: 'peer($first).term' },
      expect: ['$term == $old + 1', 'peer($first).vote == $first'],
      hi: ['store:{{$first}}'],
      say: 'One yes and its own make a majority. Now {{$first}} raises its term to {{$term}} and gives itself its one vote of that term.',
    },
    {
      id: 'vote',
      until: '35ms',
      expect: ["messages().filter(m => m.kind == 'vote').length == 2"],
      hi: ['message:vote'],
      say: 'Term and vote go to its disk before a word leaves: after a power cut it must not vote again in term {{$term}}. Then it asks.',
    },
    {
      id: 'leads',
      until: "leader('r1') != null",
      expect: ["leader('r1') == $first", "region('r1').term == $term", "leaders('r1').length == 1"],
      hi: ['store:{{$first}}'],
      say: 'With the first yes it has 2 of 3. {{$first}} leads term {{$term}}, whatever the third store answers.',
    },
    {
      id: 'first-entry',
      until: "region('r1').commit == region('r1').lastIndex",
      bind: { $entry: "region('r1').commit" },
      expect: ["entry($first, 'r1', $entry).term == $term"],
      hi: ['entry:{{$entry}}'],
      say: 'Its first entry is empty. Entry {{$entry}} stands on a majority of disks, so it is committed, and everything before it as well.',
    },
    {
      id: 'heartbeats',
      until:
        "stores().every(s => peer(s.id).leader == $first) && messages().some(m => m.kind == 'heartbeat')",
      hi: ['message:heartbeat', 'timer:s2', 'timer:s3'],
      say: 'From now on heartbeats go out all the time. Each one starts the wait of its receiver anew, and nobody else asks.',
    },
  ],
});
