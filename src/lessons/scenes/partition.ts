// A network cut in two: an old leader without a majority, a new one with it, and what becomes of an entry that only the
// smaller side had.

import { defineScene } from '../../lab/scene-format.ts';

export const partition = defineScene({
  format: 'loom/1',
  id: 'partition',
  title: 'The network tears in two',
  seed: 4,
  cluster: { stores: 5, clients: 2 },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '2s', s3: '2s', s4: '2s', s5: '2s' } }],
  script: [
    {
      id: 'whole',
      do: ['put ann 1'],
      until: "op(1).ended && stores().every(s => peer(s.id).applied == region('r1').lastIndex)",
      within: '10s',
      bind: { $old: "leader('r1')", $term: "region('r1').term", $same: "region('r1').commit" },
      expect: ['op(1).ok'],
      hi: ['store:{{$old}}', 'entry:{{$same}}'],
      say: 'Five stores, one log: {{$old}} leads term {{$term}}, and entry {{$same}} is everywhere. Three of five are a majority.',
    },
    {
      id: 'torn',
      do: ['partition s1,s2,c1|s3,s4,s5,c2,pd1', 'set-timer s3 1300ms s4 1900ms s5 1900ms'],
      until: '60ms',
      hi: ['link:s1-s3', 'link:s1-s4', 'link:s1-s5', 'link:s2-s3', 'link:s2-s4', 'link:s2-s5'],
      say: 'The network tears: two stores and c1 on one side, three and c2 on the other. Both sides go on as if the other were dead.',
    },
    {
      id: 'alone',
      do: ['c1: put ann 2'],
      until: "peer($old).lastIndex > $same && peer('s2').persisted > $same",
      within: '3s',
      bind: { $lost: 'peer($old).lastIndex' },
      expect: ['!op(2).ended', 'peer($old).commit == $same'],
      hi: ['store:{{$old}}', 'entry:{{$lost}}'],
      say: '{{$old}} still takes what c1 writes: entry {{$lost}}. Two disks have it and three are needed. It is not committed, and c1 gets no answer.',
    },
    {
      id: 'two-leaders',
      until: "leaders('r1').length == 2",
      within: '5s',
      bind: { $new: "leaders('r1').find(l => l != $old)", $next: "region('r1').term" },
      expect: ['peer($old).term == $term', '$next > $term'],
      hi: ['store:{{$old}}', 'store:{{$new}}'],
      say: 'The other side has a majority and elects {{$new}} for term {{$next}}. Two stores believe that they lead, but in different terms.',
    },
    {
      id: 'steps-down',
      until: "peer($old).role != 'leader'",
      within: '5s',
      expect: ['peer($old).term == $term'],
      hi: ['store:{{$old}}'],
      say: 'A leader looks from time to time whether a majority still answers. {{$old}} finds none and steps down by itself. Its term stays {{$term}}.',
    },
    {
      id: 'goes-on',
      do: ['c2: put ann 3'],
      until: 'op(3).ended',
      within: '10s',
      bind: { $kept: 'peer($new).commit' },
      expect: ['op(3).ok', '!op(2).ended || !op(2).ok'],
      hi: ['client:c2', 'entry:{{$kept}}'],
      say: 'Only {{$new}} can commit. c2 writes ann there: entry {{$kept}} is on three disks, and c2 has its answer.',
    },
    {
      id: 'healed',
      do: ['heal'],
      until: 'peer($old).term == $next',
      within: '10s',
      hi: ['store:{{$old}}', 'log:{{$old}}'],
      say: 'The network heals. {{$old}} hears of term {{$next}} and follows.',
    },
    {
      id: 'one-log',
      until: "stores().every(s => peer(s.id).applied == region('r1').lastIndex)",
      within: '10s',
      expect: [
        "key('ann').value == '3'",
        "entry($old, 'r1', $lost).term == $next",
        "op(2).status == 'undetermined'",
      ],
      hi: ['entry:{{$lost}}'],
      say: 'Entry {{$lost}} of term {{$term}} was never committed, so it gives way to the one of term {{$next}}. c1 was told that nobody can know; what c2 was promised is on every store.',
    },
  ],
});
