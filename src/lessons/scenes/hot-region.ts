// One Region takes most of the writes: PD sees it in the heartbeats, and moves it to a store that has less to do.

import { defineScene } from '../../lab/scene-format.ts';

export const hotRegion = defineScene({
  format: 'loom/1',
  id: 'hot-region',
  title: 'A hot Region',
  seed: 18,
  cluster: {
    stores: 4,
    config: {
      'replication.max-replicas': 3,
      'schedule.leader-schedule-limit': 0,
      'schedule.region-schedule-limit': 0,
      'coprocessor.region-max-keys': 1000,
      'coprocessor.region-split-keys': 1000,
      'coprocessor.region-max-size': 100000,
      'coprocessor.region-split-size': 100000,
    },
  },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms', s3: '1900ms' } }],
  script: [
    {
      id: 'one',
      do: ['put key0001 a'],
      until: "op(1).ended && leader('r1') == 's1'",
      within: '10s',
      expect: ['op(1).ok', "store('s4').regions.length == 0"],
      hi: ['store:s1', 'region:r1'],
      say: 'One Region, three copies, and a fourth store that holds nothing. PD balances neither leaders nor sizes here, so that only heat can move anything.',
    },
    {
      id: 'three',
      do: ['operator add split-region r1 --keys key0300 --keys key0600'],
      until:
        "regions().length == 3 && regions().every(r => r.leader == 's1') && operators().length == 0",
      within: '10s',
      hi: ['store:s1'],
      say: 'PD has it cut at two keys. There are three Regions now, and S1 leads all of them.',
    },
    {
      id: 'loaded',
      do: ['load hot 40/s'],
      until: "seen('pd/region-measured', e => e.flow.hot)",
      within: '30s',
      bind: {
        $hot: "last('pd/region-measured', e => e.flow.hot).regionId",
        $rate: "last('pd/region-measured', e => e.flow.hot).flow.writtenBytesRate",
      },
      expect: [
        "regions().every(r => r.id == $hot || last('pd/region-measured', e => e.regionId == r.id).flow.writtenBytesRate * 4 < $rate)",
      ],
      hi: ['client:c1', 'region:r{{$hot}}', 'pd'],
      say: 'A client writes 40 times a second, mostly to ten keys. All ten lie in Region {{$hot}}. S1 reports what it takes, {{$rate}} bytes a second by now, and after two such reports PD calls it hot.',
    },
    {
      id: 'ordered',
      until: "seen('pd/operator-created', e => e.operator.kinds.includes('hot-region'))",
      within: '30s',
      bind: {
        $order: "last('pd/operator-created').operator.id",
        $why: "last('pd/operator-created').operator.reason",
        $from: "'s' + $why.from",
        $to: "'s' + $why.to",
        $before: '$why.fromRate',
      },
      expect: [
        "last('pd/operator-created').operator.regionId == $hot",
        "$from == 's1'",
        "$to == 's4'",
      ],
      hi: ['pd', 'store:{{$from}}', 'store:{{$to}}'],
      say: '{{$from}} takes {{$before}} bytes a second and {{$to}} none. Even with Region {{$hot}}, {{$to}} would take less. So PD orders the move.',
    },
    {
      id: 'moved',
      until: "seen('pd/operator-ended', e => e.operator == $order)",
      within: '30s',
      bind: { $led: 'leader($hot)' },
      expect: [
        "last('pd/operator-ended', e => e.operator == $order).status == 'SUCCESS'",
        'store($to).regions.includes($hot)',
        '!store($from).regions.includes($hot)',
      ],
      hi: ['store:{{$to}}', 'store:{{$led}}', 'region:r{{$hot}}'],
      say: '{{$to}} has a copy, {{$from}} has none any more, and {{$led}} leads Region {{$hot}}. The client was never told to stop.',
    },
    {
      id: 'cooler',
      until: '6s',
      bind: {
        $after:
          "regions().filter(r => r.id != $hot).map(r => last('pd/region-measured', e => e.regionId == r.id).flow.writtenBytesRate)",
        $still: "last('pd/region-measured', e => e.regionId == $hot).flow.writtenBytesRate",
        $rest: '$after.at(0) + $after.at(1)',
      },
      expect: ['$rest * 4 < $before', '$still > $rate', 'ops().every(o => !o.ended || o.ok)'],
      hi: ['store:{{$from}}', 'store:{{$led}}'],
      say: '{{$from}} takes {{$rest}} bytes a second. Region {{$hot}} takes {{$still}}: the heat is not less, it is elsewhere. One Region has one log and one leader still.',
    },
  ],
});
