// The scenes that come with Loom, in the order in which a teacher would show them.

import type { SceneSource } from '../lab/scene-format.ts';
import { elect } from './scenes/elect.ts';
import { loseTheLeader } from './scenes/lose-the-leader.ts';
import { partition } from './scenes/partition.ts';
import { powerCut } from './scenes/power-cut.ts';
import { splitVote } from './scenes/split-vote.ts';

export const SCENES: readonly SceneSource[] = [
  elect,
  loseTheLeader,
  splitVote,
  partition,
  powerCut,
];
