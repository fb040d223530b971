// The story of the lease once more, with its rule broken on purpose: a read that is older than a write that had ended.

import { defineScene } from '../../lab/scene-format.ts';

export const staleRead = defineScene({
  format: 'loom/1',
  id: 'stale-read',
  title: 'What the lease prevents: a stale read',
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
      say: '{{$old}} leads term {{$term}}, x is 1, and all rules hold.',
    },
    {
      id: 'broken',
      do: ['mutate raftstore/lease-valid on'],
      until: '50ms',
      hi: ['store:{{$old}}'],
      say: 'Now one rule is broken on purpose, on every store: a leader no longer looks whether its lease is valid. It answers reads for as long as it believes that it leads.',
    },
    {
      id: 'cut',
      do: ['partition s1,c1|s2,s3,c2,pd1', 'set-timer s2 1200ms s3 1900ms'],
      until: "leaders('r1').some(l => l != $old)",
      within: '5s',
      bind: { $new: "leaders('r1').find(l => l != $old)", $next: "region('r1').term" },
      expect: ["peer($old).role == 'leader'"],
      hi: ['store:{{$old}}', 'store:{{$new}}'],
      say: '{{$old}} is cut off with c1, and {{$new}} is elected for term {{$next}}. Two stores believe that they lead; that alone is no harm.',
    },
    {
      id: 'written',
      do: ['c2: put x 2'],
      until: 'op(2).ended',
      within: '5s',
      expect: ['op(2).ok'],
      hi: ['client:c2', 'store:{{$new}}'],
      say: 'c2 writes x = 2 through {{$new}} and is told that it is done.',
    },
    {
      id: 'stale',
      do: ['c1: get x'],
      until: 'op(3).ended',
      within: '5s',
      expect: ["op(3).value == '1'"],
      hi: ['client:c1', 'store:{{$old}}'],
      say: 'c1 asks {{$old}} and is told 1. The write of 2 had ended before this read began: the past was sold as the present. That is what the lease prevents.',
    },
  ],
});
