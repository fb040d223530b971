// A store that was cut off comes back with a higher term, without PreVote: it cannot win, and yet everybody must vote again.

import { defineScene } from '../../lab/scene-format.ts';

export const disruptive = defineScene({
  format: 'loom/1',
  id: 'disruptive',
  title: 'A store that comes back and disturbs',
  seed: 8,
  cluster: { stores: 3, config: { 'raftstore.prevote': false } },
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
      say: '{{$leader}} leads term {{$term}}. PreVote is off in this scene: who waits long enough raises its term at once.',
    },
    {
      id: 'isolated',
      do: ['isolate s3', 'set-timer s3 1200ms'],
      until: "peer('s3').term == $term + 1",
      within: '5s',
      expect: ["leader('r1') == $leader"],
      hi: ['store:s3', 'timer:s3'],
      say: 'S3 is cut off. It hears nobody, takes its leader for dead, and asks for votes that nobody receives.',
    },
    {
      id: 'racing',
      do: ['put ann 1'],
      until: "peer('s3').term >= $term + 3",
      within: '15s',
      bind: { $high: "peer('s3').term" },
      expect: ["leader('r1') == $leader", 'op(1).ok'],
      hi: ['store:s3'],
      say: 'It tries again and again: term {{$high}} by now. The others have noticed nothing, and ann is written without it.',
    },
    {
      id: 'healed',
      do: ['heal', 'set-timer s1 1500ms s2 1800ms'],
      until: "peer($leader).role != 'leader'",
      within: '10s',
      bind: { $now: 'peer($leader).term' },
      expect: ['$now >= $high'],
      hi: ['store:{{$leader}}', 'store:s3'],
      say: 'The network heals. {{$leader}} learns of a term that is higher than its own, and a leader of an old term must step down. Nothing was wrong with it.',
    },
    {
      id: 'voting',
      do: ['put bob 2'],
      until: "leader('r1') != null",
      within: '15s',
      bind: { $next: "leader('r1')", $new: "region('r1').term" },
      expect: ["$next != 's3'", '$new > $term'],
      hi: ['store:{{$next}}'],
      say: 'S3 itself cannot win: its log lacks what was written meanwhile. The others vote until {{$next}} leads term {{$new}}.',
    },
    {
      id: 'after',
      until: 'op(2).ended',
      within: '15s',
      expect: ['op(2).ok'],
      hi: ['client:c1'],
      say: 'No data was in danger, but clients have waited for nothing. To ask first, and to raise the term only with good prospects, is what PreVote is for.',
    },
  ],
});
