// The entry of a node's own worker: one node over its disk, asked from the conductor's thread.

import type { Plain } from '../base/plain.ts';
import type { Boot, RunRequest } from '../sim/host.ts';
import { IdbNode, type NodeAnswer } from './idb-node.ts';
import { browserLocks } from './locks.ts';
import { serve } from './rpc.ts';

let node: IdbNode | null = null;

const table = {
  /** Resolves once the node holds its disk. */
  async start(boot: Boot, name: string, saved?: Plain): Promise<void> {
    node = await IdbNode.start(boot, { name, locks: browserLocks() }, saved);
  },
  async run(request: RunRequest): Promise<NodeAnswer> {
    return node === null
      ? { ok: false, reason: 'It never started.', storageFull: false }
      : node.run(request);
  },
};

export type NodeWorker = typeof table;

serve(self, table);
