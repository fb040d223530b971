// A Region splits while a write is on its way to it: the write is refused with the new Regions, and goes to the right one.

import { defineScene } from '../../lab/scene-format.ts';

export const splitUnderAWrite = defineScene({
  format: 'loom/1',
  id: 'split-under-a-write',
  title: 'A split under a write',
  seed: 14,
  cluster: {
    stores: 3,
    config: { 'schedule.leader-schedule-limit': 0, 'schedule.region-schedule-limit': 0 },
  },
  steer: [{ electionTimeout: { s1: '1100ms', s2: '1900ms', s3: '1900ms' } }],
  script: [
    {
      id: 'learned',
      do: ['put ann 1', 'put zoe 1'],
      until: 'op(1).ended && op(2).ended',
      within: '10s',
      bind: { $version: "region('r1').version" },
      expect: ["leader('r1') == 's1'", "client('c1').cached.length == 1"],
      hi: ['client:c1', 'region:r1'],
      say: 'One Region holds ann and zoe. c1 knows it: S1 leads it, and its epoch has version {{$version}}.',
    },
    {
      id: 'on-its-way',
      do: ['hold all from c1 to s1', 'put ann 2'],
      until: "messages().some(m => m.from == 'c1' && m.to == 's1')",
      within: '2s',
      expect: ['!op(3).ended'],
      hi: ['link:c1-s1', 'client:c1'],
      say: 'c1 writes ann again. The request says: Region 1, version {{$version}}. We hold it on the wire.',
    },
    {
      id: 'cut',
      do: ['split m'],
      until:
        "count('raftstore/region-split') == 3 && regions().length == 2 && regions().every(r => r.leader == 's1')",
      within: '1500ms',
      bind: {
        $new: 'regions().map(r => r.id).find(id => id != 1)',
        $now: "region('r1').version",
        $cut: 'now',
      },
      expect: ["key('ann').region == $new", "key('zoe').region == 1", '$now == $version + 1'],
      hi: ['region:r1', 'region:r{{$new}}'],
      say: 'Meanwhile the Region is cut at m, on all three stores. ann belongs to Region {{$new}} now, and both parts have version {{$now}}.',
    },
    {
      id: 'refused',
      do: ['release all'],
      until: "seen('raftstore/request-refused', e => e.error.type == 'EpochNotMatch')",
      within: '2s',
      bind: { $error: "last('raftstore/request-refused').error.type" },
      expect: [
        "$error == 'EpochNotMatch'",
        "key('ann').value == '1'",
        "last('raftstore/request-refused').node == 's1'",
        "last('raftstore/request-refused').error.currentRegions.length == 2",
      ],
      hi: ['store:s1', 'client:c1'],
      say: 'The request arrives. S1 leads both parts and still refuses it: {{$error}}. Nothing enters a log that was meant for other borders.',
    },
    {
      id: 'told',
      until: "client('c1').cached.length == 2",
      within: '2s',
      expect: [
        "client('c1').cached.some(r => r.region == $new)",
        "!seen('pd/region-answered', e => e.t > $cut)",
      ],
      hi: ['client:c1'],
      say: 'The refusal brings both Regions along. c1 puts them in the place of the one that it knew; it has not asked PD.',
    },
    {
      id: 'written',
      until: 'op(3).ended',
      within: '5s',
      bind: { $attempts: 'op(3).attempts', $value: "key('ann').value" },
      expect: ['op(3).ok', "$value == '2'", "key('ann').region == $new"],
      hi: ['client:c1', 'region:r{{$new}}'],
      say: 'The same write goes to Region {{$new}}, and ann is {{$value}}. It took {{$attempts}} attempts, and whoever wrote it has noticed nothing.',
    },
  ],
});
