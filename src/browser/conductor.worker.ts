// The entry of the conductor's worker. Nodes get workers of their own where a worker may start others.

import { serveConductor } from './conductor-service.ts';
import type { NodeThread } from './hosts.ts';
import { LOOM_VERSION } from './version.ts';

const spawnNode = (): NodeThread =>
  new Worker(new URL('./node.worker.ts', import.meta.url), { type: 'module' });

serveConductor(self, {
  loom: LOOM_VERSION,
  build: __BUILD_ID__,
  spawn: typeof Worker === 'function' ? spawnNode : null,
});
