// A leader dies under a client's writes: what was acknowledged stays, and the others find a leader of their own.

import { defineScene } from '../../lab/scene-format.ts';

export const loseTheLeader = defineScene({
  format: 'loom/1',
  id: 'lose-the-leader',
  title: 'The leader loses its power',
  seed: 2,
  cluster: { stores: 3 },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1600ms', s3: '2s' } }],
  script: [
    {
      id: 'written',
      until: "leader('r1') != null && region('r1').commit == region('r1').lastIndex",
      bind: { $leader: "leader('r1')", $term: "region('r1').term" },
      hi: ['store:{{$leader}}'],
      say: '{{$leader}} leads term {{$term}}. Whatever clients want goes through it.',
    },
    {
      id: 'acknowledged',
      do: ['put ann 43'],
      until: 'op(1).ended',
      bind: { $entry: "region('r1').commit" },
      expect: ['op(1).ok', "key('ann').value == '43'"],
      hi: ['client:c1', 'entry:{{$entry}}'],
      say: 'c1 writes ann. Entry {{$entry}} is on a majority of disks, so the leader says yes: from here on it may not be lost.',
    },
    {
      id: 'killed',
      do: ['kill {$leader}', 'set-timer s2 1300ms s3 1900ms', 'get ann'],
      until: '40ms',
      expect: ['!store($leader).up', "leader('r1') == null"],
      hi: ['store:{{$leader}}'],
      say: '{{$leader}} loses its power. Its memory is gone, its disk stays. Nobody is told: the others only stop hearing it.',
    },
    {
      id: 'silence',
      until: "stores().some(s => s.up && peer(s.id).role == 'pre-candidate')",
      within: '5s',
      bind: {
        $next: "stores().find(s => s.up && peer(s.id).role == 'pre-candidate').id",
      },
      expect: ['!op(2).ended'],
      hi: ['store:{{$next}}', 'client:c1'],
      say: '{{$next}} has heard nothing for the whole of its wait and asks for support. Meanwhile c1 wants to read ann, and waits.',
    },
    {
      id: 'elected',
      until: "leader('r1') == $next",
      within: '5s',
      bind: { $new: "region('r1').term" },
      expect: ['$new > $term', "leaders('r1').length == 1"],
      hi: ['store:{{$next}}'],
      say: 'Two of three are a majority, also without {{$leader}}. {{$next}} leads term {{$new}}.',
    },
    {
      id: 'read',
      until: 'op(2).ended',
      within: '10s',
      expect: ['op(2).ok', "op(2).value == '43'"],
      hi: ['client:c1', 'entry:{{$entry}}'],
      say: 'c1 reads ann from {{$next}}, and it is there. The majority that stored it and the majority that voted have a store in common.',
    },
    {
      id: 'back',
      do: ['put bob 7', 'restart {$leader}'],
      until:
        "op(3).ended && peer($leader).leader == $next && peer($leader).applied == peer($next).applied && region('r1').commit == peer($leader).commit",
      within: '15s',
      expect: ["leaders('r1').length == 1", 'peer($leader).term == $new'],
      hi: ['store:{{$leader}}', 'log:{{$leader}}'],
      say: '{{$leader}} comes back with the log that its disk has. It hears of term {{$new}}, follows {{$next}}, and is sent what it missed.',
    },
  ],
});
