// Why a cluster of two stores tolerates no failure: its majority is both of them.

import { defineScene } from '../../lab/scene-format.ts';

export const twoStores = defineScene({
  format: 'loom/1',
  id: 'two-stores',
  title: 'Why two stores tolerate no failure',
  seed: 6,
  cluster: { stores: 2 },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms' } }],
  script: [
    {
      id: 'both',
      do: ['put ann 1'],
      until: 'op(1).ended',
      within: '10s',
      bind: { $leader: "leader('r1')", $entry: "region('r1').commit" },
      expect: ['op(1).ok', "$leader == 's1'"],
      hi: ['store:{{$leader}}', 'entry:{{$entry}}'],
      say: 'Two stores, and everything is there twice. {{$leader}} leads, and ann is written.',
    },
    {
      id: 'one-dies',
      do: ['kill {stores().find(s => s.id != $leader).id}', 'put ann 2'],
      until: 'peer($leader).persisted > $entry',
      within: '2s',
      bind: { $new: 'peer($leader).persisted' },
      expect: ['peer($leader).commit == $entry', '!op(2).ended'],
      hi: ['entry:{{$new}}'],
      say: 'The other one dies. {{$leader}} still takes a write, but a majority of two is two: entry {{$new}} stays uncommitted on its one disk.',
    },
    {
      id: 'gives-up',
      until: "leader('r1') == null",
      within: '5s',
      expect: ['store($leader).up', '!op(2).ok'],
      hi: ['store:{{$leader}}'],
      say: 'No majority answers, so {{$leader}} steps down. It is well and has all data, and can serve none of it.',
    },
    {
      id: 'nobody',
      do: ['get ann'],
      until: '2500ms',
      expect: ["leader('r1') == null", '!op(3).ok'],
      hi: ['store:{{$leader}}', 'client:c1'],
      say: 'It asks for support again and again, and has one vote of two. c1 cannot read either: one dead store has stopped everything.',
    },
    {
      id: 'back',
      do: ['restart s2'],
      until: "leader('r1') != null && op(3).ended",
      within: '20s',
      bind: { $value: 'op(3).value' },
      expect: ["$value == '2'", "op(2).status == 'undetermined'", 'peer($leader).commit >= $new'],
      hi: ['entry:{{$new}}', 'client:c1'],
      say: 'The second store makes a majority again. Entry {{$new}}, which nobody had promised, is committed after all, and c1 reads {{$value}}. A third store would have carried the first failure.',
    },
  ],
});
