// The entry of a node's own worker: one node over its disk, asked from the conductor's thread.

import type { Plain } from '../base/plain.ts';
import type { Boot, RunRequest } from '../sim/host.ts';
import type { NodeCalls } from './hosts.ts';
import { IdbNode, type NodeAnswer, type NodePlace } from './idb-node.ts';
import { browserLocks } from './locks.ts';
import { serve, type Answering } from './rpc.ts';

let node: IdbNode | null = null;

const table: Answering<NodeCalls> = {
  /** Resolves once the node holds its disk. */
  async start(boot: Boot, place: NodePlace, saved?: Plain): Promise<void> {
    node = await IdbNode.start(boot, { ...place, locks: browserLocks() }, saved);
  },
  async run(request: RunRequest): Promise<NodeAnswer> {
    return node === null
      ? { ok: false, reason: 'It never started.', storageFull: false }
      : node.run(request);
  },
};

serve<NodeCalls>(self, table);
