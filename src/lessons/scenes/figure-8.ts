// Why an entry that most disks hold may still not be committed: figure 8 of the Raft paper, with TiKV's rules and stores.

import { defineScene } from '../../lab/scene-format.ts';

const TIMERS = 'set-timer s2 60s s3 60s s4 60s';
/** Its append messages are held; each of these loses one. */
const DROP_FROM_S5 = "drop {messages().find(m => m.kind == 'append' && m.from == 's5').id}";

export const figure8 = defineScene({
  format: 'loom/1',
  id: 'figure-8',
  title: 'On most disks, and not committed',
  seed: 10,
  cluster: {
    stores: 5,
    config: {
      'raftstore.prevote': false,
      'raftstore.check-quorum': false,
      'raftstore.raft-max-size-per-msg': 1,
    },
  },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '60s', s3: '60s', s4: '60s', s5: '60s' } }],
  script: [
    {
      id: 'equal',
      until:
        "leader('r1') == 's1' && stores().every(s => peer(s.id).applied == region('r1').lastIndex)",
      within: '10s',
      bind: { $first: "region('r1').term", $same: "region('r1').commit" },
      hi: ['store:s1'],
      say: 'Five stores with equal logs up to entry {{$same}}. S1 leads term {{$first}}.',
    },
    {
      id: 'only-two',
      do: ['partition s1,s2,c1|s3,s4,s5', 'put ann 1'],
      until: "peer('s2').persisted > $same && peer('s1').persisted > $same",
      within: '2s',
      bind: { $x: "peer('s1').persisted" },
      expect: ["region('r1').commit == $same"],
      hi: ['entry:{{$x}}'],
      say: 'The network is torn. c1 writes ann: entry {{$x}} of term {{$first}} reaches S2 and nobody else. Next, S1 will lose its power.',
    },
    {
      id: 'another',
      do: ['kill s1', 'hold MsgAppend from s5', TIMERS, 'campaign s5'],
      until: "leader('r1') == 's5' && peer('s5').persisted == $x",
      within: '5s',
      bind: { $second: "peer('s5').term" },
      expect: ["entry('s5', 'r1', $x).term == $second", "peer('s3').lastIndex == $same"],
      hi: ['store:s5', 'entry:s5/{{$x}}'],
      say: 'S5 wins term {{$second}} with S3 and S4. Its first entry takes place {{$x}} as well, in its own log: nobody else gets it, for its messages are held.',
    },
    {
      id: 'back',
      do: ['kill s5', DROP_FROM_S5, DROP_FROM_S5, 'heal', 'restart s1'],
      until: "count('raftstore/store-started', e => e.node == 's1') == 2",
      within: '5s',
      hi: ['store:s1', 'log:s1'],
      say: 'S5 loses its power with that entry on its disk. S1 comes back, and the network is whole again.',
    },
    {
      id: 'leads-again',
      do: ['set-timer s1 60s', 'hold MsgAppend from s1 to s2', 'campaign s1', 'campaign s1'],
      until: "leader('r1') == 's1' && peer('s3').lastIndex == $x && peer('s4').lastIndex == $x",
      within: '5s',
      bind: { $third: "peer('s1').term" },
      expect: ["entry('s3', 'r1', $x).term == $first", '$third > $second'],
      hi: ['store:s1', 'entry:{{$x}}'],
      say: 'S1 leads again, in term {{$third}}, and sends the old entry {{$x}} on to S3 and S4.',
    },
    {
      id: 'on-most',
      do: ['hold MsgAppend from s1'],
      until: "seen('raft/commit-held', e => e.node == 's1')",
      within: '2s',
      expect: [
        "region('r1').commit == $same",
        "['s1', 's2', 's3', 's4'].every(s => peer(s).persisted >= $x && entry(s, 'r1', $x).term == $first)",
      ],
      hi: ['entry:{{$x}}'],
      say: 'Entry {{$x}} is on four of five disks, and S1 knows of three. It does not commit it: it counts disks only for entries of its own term {{$third}}.',
    },
    {
      id: 'why',
      do: ['kill s1', 'restart s5', 'release MsgAppend from s5'],
      until: "count('raftstore/store-started', e => e.node == 's5') == 2",
      within: '5s',
      hi: ['entry:s5/{{$x}}'],
      say: 'Was that too careful? S1 dies, S5 comes back. Its last entry is of term {{$second}}, newer than the {{$first}} of the others: they may not refuse it their votes.',
    },
    {
      id: 'erased',
      do: ['campaign s5', 'campaign s5'],
      until: "['s2', 's3', 's4'].every(s => entry(s, 'r1', $x).term == $second)",
      within: '5s',
      bind: { $last: "peer('s5').term" },
      expect: ["leader('r1') == 's5'", '!op(1).ok'],
      hi: ['entry:{{$x}}'],
      say: 'S5 leads term {{$last}} and puts its own entry in that place, everywhere. Had S1 called its entry committed, a promise would be broken now.',
    },
  ],
});
