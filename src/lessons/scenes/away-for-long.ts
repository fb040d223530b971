// A follower that was away for so long that the leader has given up the log it needs: it gets a snapshot.

import { defineScene } from '../../lab/scene-format.ts';

export const awayForLong = defineScene({
  format: 'loom/1',
  id: 'away-for-long',
  title: 'Away for too long: a snapshot',
  seed: 7,
  cluster: {
    stores: 3,
    config: { 'raftstore.raft-log-gc-threshold': 3, 'raftstore.raft-log-gc-count-limit': 8 },
  },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms', s3: '1900ms' } }],
  script: [
    {
      id: 'together',
      do: ['put a 1'],
      until: "op(1).ended && stores().every(s => peer(s.id).persisted == region('r1').lastIndex)",
      within: '10s',
      bind: { $leader: "leader('r1')", $last: "peer('s3').lastIndex" },
      expect: ["$leader != 's3'"],
      hi: ['log:s3'],
      say: 'Three logs, all equal up to entry {{$last}}.',
    },
    {
      id: 'gone',
      do: ['kill s3', 'put b 2', 'put c 3', 'put d 4', 'put e 5'],
      until: 'ops().every(o => o.ended)',
      within: '10s',
      bind: { $first: 'peer($leader).firstIndex' },
      expect: ['ops().every(o => o.ok)'],
      hi: ['store:s3'],
      say: 'S3 loses its power. Two stores are a majority, so writing goes on; its log ends at entry {{$last}}.',
    },
    {
      id: 'more',
      do: ['put f 6', 'put g 7', 'put h 8', 'put i 9'],
      until: 'ops().every(o => o.ended) && peer($leader).firstIndex > $last + 1',
      within: '20s',
      bind: { $begins: 'peer($leader).firstIndex' },
      hi: ['log:{{$leader}}'],
      say: 'A log must not grow for ever. {{$leader}} has waited for S3 for a while; now it gives the beginning up, and its log begins at entry {{$begins}}.',
    },
    {
      id: 'returns',
      do: ['restart s3'],
      until: "messages().some(m => m.kind == 'snapshot')",
      within: '20s',
      expect: ["peer('s3').lastIndex < $begins - 1"],
      hi: ['message:snapshot', 'store:s3'],
      say: 'S3 is back and needs the entry after {{$last}}. Nobody has it any more, so {{$leader}} sends what the log came to: a snapshot of the data.',
    },
    {
      id: 'installed',
      until: "peer('s3').applied >= $begins",
      within: '20s',
      bind: { $to: "peer('s3').applied" },
      expect: ["seen('raft/snapshot-restored', e => e.node == 's3')"],
      hi: ['store:s3', 'log:s3'],
      say: 'S3 has let its own log and data go: the snapshot stands for everything up to entry {{$to}}.',
    },
    {
      id: 'equal',
      do: ['put j 10'],
      until: "ops().every(o => o.ended) && peer('s3').applied == peer($leader).applied",
      within: '20s',
      bind: { $new: "peer('s3').applied" },
      expect: ['$new > $to', "leader('r1') == $leader"],
      hi: ['entry:{{$new}}'],
      say: 'From there on it gets entries again, like everybody. Entry {{$new}} is on all three.',
    },
  ],
});
