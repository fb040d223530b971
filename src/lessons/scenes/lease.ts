// A leader that is cut off: as long as its lease is valid it may answer reads alone; afterwards it says nothing, rather than
// something old.

import { defineScene } from '../../lab/scene-format.ts';

export const lease = defineScene({
  format: 'loom/1',
  id: 'lease',
  title: 'A leader that is cut off, and its lease',
  seed: 9,
  cluster: { stores: 3, clients: 2, config: { 'client.lease-reads': true } },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms', s3: '1900ms' } }],
  script: [
    {
      id: 'one',
      do: ['c1: put x 1'],
      until: "op(1).ended && stores().every(s => peer(s.id).applied == region('r1').lastIndex)",
      within: '10s',
      bind: { $old: "leader('r1')", $term: "region('r1').term" },
      expect: ["$old == 's1'"],
      hi: ['store:{{$old}}', 'client:c1'],
      say: '{{$old}} leads term {{$term}}, and x is 1. A majority has just confirmed it: that gives it a lease, shorter than the shortest wait for an election.',
    },
    {
      id: 'cut',
      do: ['partition s1,c1|s2,s3,c2,pd1', 'set-timer s2 1200ms s3 1900ms', 'c1: get x'],
      until: 'op(2).ended',
      within: '2s',
      expect: ["op(2).value == '1'", "leaders('r1').length == 1"],
      hi: ['store:{{$old}}', 'client:c1'],
      say: '{{$old}} and c1 are cut off. c1 reads x and gets 1 at once, without a word to the others. That is right: nobody else can lead yet.',
    },
    {
      id: 'expired',
      until: '1000ms',
      expect: ["leaders('r1').length == 1", "leader('r1') == $old"],
      hi: ['store:{{$old}}'],
      say: 'Time passes. The lease has run out before the others could elect: {{$old}} still believes that it leads, but it may not answer alone any more.',
    },
    {
      id: 'silent',
      do: ['c1: get x'],
      until: '150ms',
      expect: ['!op(3).ended', "peer($old).role == 'leader'"],
      hi: ['client:c1', 'store:{{$old}}'],
      say: 'c1 reads again. Now {{$old}} must first hear from a majority that it still leads. It hears nothing, so c1 waits: silence, not an old value.',
    },
    {
      id: 'elsewhere',
      until: "leaders('r1').some(l => l != $old)",
      within: '5s',
      bind: { $new: "leaders('r1').find(l => l != $old)", $next: "region('r1').term" },
      expect: ['$next > $term'],
      hi: ['store:{{$new}}'],
      say: 'On the other side {{$new}} is elected for term {{$next}}.',
    },
    {
      id: 'two',
      do: ['c2: put x 2'],
      until: 'op(4).ended',
      within: '5s',
      expect: ['op(4).ok', '!op(3).ok'],
      hi: ['client:c2', 'store:{{$new}}'],
      say: 'c2 writes x there: 2. From here on an answer of 1 would be wrong, and nobody has given it.',
    },
    {
      id: 'healed',
      do: ['heal', 'c1: get x'],
      until: 'op(5).ended',
      within: '20s',
      expect: ["op(5).value == '2'", "!op(3).ok || op(3).value == '2'"],
      hi: ['client:c1'],
      say: 'The network heals. c1 finds {{$new}} and reads 2.',
    },
  ],
});
