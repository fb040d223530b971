// All nodes in this thread, over disks in memory: tests, storms, the command line, fast forward and rewind.
// Two variants exist for the law alone: one clones everything that enters or leaves a node, one freezes it. (rule 18)

import { clonePlain, deepFreeze, type Plain } from '../base/plain.ts';
import type { NodeId } from '../tikv/ids.ts';
import type { DiskImage, Node, NodeInput } from '../tikv/node/node.ts';
import type { Boot, Hosts, NodeHost } from './host.ts';
import { MemoryDisk } from './memory-disk.ts';
import { NodeLoop, type LoopOptions } from './node-loop.ts';

export type Handling = 'plain' | 'clone' | 'freeze';

export interface MemoryHosts extends Hosts {
  /** What each node's disk holds now; nodes that never had a disk are left out. */
  images(): [NodeId, DiskImage][];
}

export interface MemoryHostsOptions {
  readonly handling?: Handling;
  readonly create?: NonNullable<LoopOptions['create']>;
  /** Disks to begin with: a recording's base, or what `save` gave. */
  readonly images?: readonly (readonly [NodeId, DiskImage])[];
}

export function memoryHosts(options: MemoryHostsOptions = {}): MemoryHosts {
  const disks = new Map<NodeId, MemoryDisk>();
  for (const [node, image] of options.images ?? []) disks.set(node, new MemoryDisk(image));
  const loopOptions: LoopOptions = {
    ...(options.create === undefined ? {} : { create: options.create }),
    ...(options.handling === undefined ? {} : { wrap: wrapper(options.handling) }),
  };
  return {
    start(boot: Boot, saved?: Plain): NodeHost {
      const disk = disks.get(boot.node) ?? new MemoryDisk();
      disks.set(boot.node, disk);
      const loop =
        saved === undefined
          ? new NodeLoop(boot, disk, loopOptions)
          : NodeLoop.resumeFrom(boot, disk, saved, loopOptions);
      return { run: (request) => loop.run(request), stop: () => undefined };
    },
    wipe(node: NodeId): void {
      disks.delete(node);
    },
    images: () => [...disks].map(([node, disk]) => [node, disk.load()]),
  };
}

function wrapper(handling: Handling): (node: Node) => Node {
  const pass =
    handling === 'clone' ? clonePlain : handling === 'freeze' ? deepFreeze : <T>(value: T) => value;
  return (node) => ({
    id: node.id,
    step: (input: NodeInput) => pass(node.step(pass(input))),
    save: () => pass(node.save()),
  });
}
