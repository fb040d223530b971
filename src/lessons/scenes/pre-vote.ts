// The same store, cut off and back again, with PreVote: nobody notices.

import { defineScene } from '../../lab/scene-format.ts';

export const preVote = defineScene({
  format: 'loom/1',
  id: 'pre-vote',
  title: 'The same store, with PreVote',
  seed: 8,
  cluster: { stores: 3 },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms', s3: '1900ms' } }],
  script: [
    {
      id: 'calm',
      until:
        "leader('r1') != null && stores().every(s => peer(s.id).applied == region('r1').lastIndex)",
      within: '10s',
      bind: { $leader: "leader('r1')", $term: "region('r1').term" },
      expect: ["$leader != 's3'"],
      hi: ['store:{{$leader}}'],
      say: '{{$leader}} leads term {{$term}}. This time PreVote is on, as in every TiKV.',
    },
    {
      id: 'isolated',
      do: ['isolate s3', 'set-timer s3 1200ms'],
      until: "peer('s3').role == 'pre-candidate'",
      within: '5s',
      expect: ["peer('s3').term == $term"],
      hi: ['store:s3'],
      say: 'S3 is cut off and hears nobody. It asks whether it could win, and stays in term {{$term}} while it asks.',
    },
    {
      id: 'asking',
      do: ['put ann 1'],
      until: "count('raft/became-pre-candidate', e => e.node == 's3') >= 3",
      within: '15s',
      expect: ["peer('s3').term == $term", 'op(1).ok', "leader('r1') == $leader"],
      hi: ['store:s3'],
      say: 'It asks again and again. Nobody answers, so its term does not move, and ann is written without it.',
    },
    {
      id: 'healed',
      do: ['heal'],
      until: "peer('s3').leader == $leader && peer('s3').applied == region('r1').lastIndex",
      within: '10s',
      expect: ["leader('r1') == $leader", "region('r1').term == $term"],
      hi: ['store:s3', 'log:s3'],
      say: 'The network heals. The next word of {{$leader}} is of the same term: S3 follows and gets what it missed.',
    },
    {
      id: 'nothing',
      do: ['put bob 2'],
      until: 'op(2).ended',
      within: '5s',
      expect: ['op(2).ok', "count('raft/became-leader') == 1"],
      hi: ['client:c1'],
      say: 'There was no election, and c1 has not waited. A store that has just heard its leader also refuses pre-votes: that is the other half.',
    },
  ],
});
