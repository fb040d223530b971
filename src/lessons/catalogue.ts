// The scenes that come with Loom, in the order in which a teacher would show them.

import type { SceneSource } from '../lab/scene-format.ts';
import { awayForLong } from './scenes/away-for-long.ts';
import { disruptive } from './scenes/disruptive.ts';
import { elect } from './scenes/elect.ts';
import { figure8 } from './scenes/figure-8.ts';
import { firstSplit } from './scenes/first-split.ts';
import { lease } from './scenes/lease.ts';
import { loseTheLeader } from './scenes/lose-the-leader.ts';
import { partition } from './scenes/partition.ts';
import { powerCut } from './scenes/power-cut.ts';
import { preVote } from './scenes/pre-vote.ts';
import { splitVote } from './scenes/split-vote.ts';
import { staleRead } from './scenes/stale-read.ts';
import { storeJoins } from './scenes/store-joins.ts';
import { twoStores } from './scenes/two-stores.ts';
import { removed } from './scenes/removed.ts';
import { splitUnderAWrite } from './scenes/split-under-a-write.ts';
import { storeDies } from './scenes/store-dies.ts';
import { twoOfThreeLost } from './scenes/two-of-three-lost.ts';
import { threeZones } from './scenes/three-zones.ts';
import { hotRegion } from './scenes/hot-region.ts';

export const SCENES: readonly SceneSource[] = [
  elect,
  loseTheLeader,
  splitVote,
  partition,
  powerCut,
  twoStores,
  lease,
  staleRead,
  disruptive,
  preVote,
  awayForLong,
  figure8,
  firstSplit,
  splitUnderAWrite,
  storeJoins,
  hotRegion,
  storeDies,
  threeZones,
  removed,
  twoOfThreeLost,
];
