// The scenes that come with Loom, in the order in which a teacher would show them.

import type { SceneSource } from '../lab/scene-format.ts';
import { elect } from './scenes/elect.ts';

export const SCENES: readonly SceneSource[] = [elect];
