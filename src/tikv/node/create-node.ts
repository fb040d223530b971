// The one constructor of nodes. Hosts call it with plain data and get a machine that knows no clock and no chance but
// what it is given.

import { assert, assertNever, must } from '../../base/assert.ts';
import { newChance } from '../../base/chance.ts';
import type { Plain } from '../../base/plain.ts';
import type { Settings } from '../config.ts';
import { parseNodeId, type NodeId } from '../ids.ts';
import type { StoreLabel } from '../pd/message.ts';
import { ClientNode } from './client-node.ts';
import type { Node } from './node.ts';
import { PdNode } from './pd-node.ts';
import { StoreNode } from './store-node.ts';

export interface NodeOptions {
  readonly id: NodeId;
  readonly seed: number;
  /** Counts the node's lives, from 1: each draws from a stream of its own. */
  readonly incarnation: number;
  readonly settings: Settings;
  /** How many stores the cluster begins with. */
  readonly stores: number;
  /** Where a store stands: it tells PD. */
  readonly labels?: readonly StoreLabel[];
  /** Rules that are broken on purpose. */
  readonly broken?: readonly string[];
  /** Of a store: it comes to life on a full disk. */
  readonly diskFull?: boolean;
  /** What `save()` gave: the node goes on from there; else it waits for its boot. */
  readonly saved?: Plain;
}

export function createNode(options: NodeOptions): Node {
  const { id, seed, incarnation, stores, saved } = options;
  const { labels = [], broken = [], diskFull = false } = options;
  // The node's own: it is changed by command.
  const settings = { ...options.settings };
  const { kind } = must(parseNodeId(id), `a node called ${id}`);
  assert(Number.isSafeInteger(incarnation) && incarnation >= 0, 'incarnations are counted');
  const chance = newChance(seed, `${id}#${incarnation}`);
  switch (kind) {
    case 'store':
      return new StoreNode(
        { id, incarnation, settings, stores, labels, chance, broken, diskFull },
        saved,
      );
    case 'pd':
      return new PdNode({ id, settings, chance, broken }, saved);
    case 'client':
      return new ClientNode(
        {
          id,
          incarnation,
          settings,
          chance,
          loadChance: newChance(seed, `${id}#${incarnation} load`),
        },
        saved,
      );
    default:
      return assertNever(kind);
  }
}
