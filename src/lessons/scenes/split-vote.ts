// Three stores ask at the same moment: nobody wins, nothing breaks, and chance ends it.

import { defineScene } from '../../lab/scene-format.ts';

export const splitVote = defineScene({
  format: 'loom/1',
  id: 'split-vote',
  title: 'A vote that nobody wins',
  seed: 3,
  cluster: { stores: 3, config: { 'raftstore.prevote': false } },
  steer: [{ electionTimeout: { s1: '1500ms', s2: '1500ms', s3: '1500ms' } }],
  script: [
    {
      id: 'aligned',
      until: '300ms',
      expect: ["leader('r1') == null"],
      hi: ['timer:s1', 'timer:s2', 'timer:s3'],
      say: 'Nobody leads, and this time all three stores wait equally long. In life that is rare; here it is set so.',
    },
    {
      id: 'all-ask',
      until: "region('r1').candidates.length == 3",
      within: '5s',
      bind: { $term: "region('r1').term" },
      expect: ['stores().every(s => peer(s.id).vote == s.id)'],
      hi: ['store:s1', 'store:s2', 'store:s3'],
      say: 'They all ask at once. Each raises its term to {{$term}} and gives itself its one vote of that term.',
    },
    {
      id: 'requests',
      until: '22ms',
      expect: ["messages().filter(m => m.kind == 'vote').length == 6"],
      hi: ['message:vote'],
      say: 'Six requests cross. Each meets a store that has voted already, in the same term, for itself.',
    },
    {
      id: 'refused',
      until: "messages().filter(m => m.kind == 'vote-answer').length >= 5",
      within: '1s',
      expect: ["count('raft/voted', e => e.granted && e.term == $term) == 0"],
      hi: ['message:vote-answer'],
      say: 'So every answer is no.',
    },
    {
      id: 'no-winner',
      until: '150ms',
      expect: [
        "leader('r1') == null",
        "count('raft/vote-received', e => e.granted && e.term == $term) == 3",
      ],
      say: 'One vote of three, three times. Nobody leads term {{$term}}, and nobody ever will: that costs time, and nothing else.',
    },
    {
      id: 'chance',
      do: ['set-timer s2 1000ms s1 1500ms s3 1900ms'],
      until: "peer('s2').term > $term",
      within: '5s',
      bind: { $next: "peer('s2').term" },
      hi: ['timer:s2', 'store:s2'],
      say: 'Each store has drawn a new wait, and these differ. S2 is first and asks in term {{$next}}, while the others still wait.',
    },
    {
      id: 'elected',
      until: "leader('r1') != null",
      within: '5s',
      bind: { $leader: "leader('r1')" },
      expect: ["region('r1').term == $next", "leaders('r1').length == 1"],
      hi: ['store:{{$leader}}'],
      say: 'A new term, a new vote for everybody. {{$leader}} leads term {{$next}}.',
    },
  ],
});
