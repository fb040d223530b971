// The state of a simulation: nodes, network, journal, recording and the clock. Who changes it: window.ts (time),
// life.ts (nodes come and go), give.ts (commands). The conductor is the door to all of them.

import { assert } from '../base/assert.ts';
import { microsOf, settingsFrom, type Settings } from '../tikv/config.ts';
import { nodeRank, PD_NODE, type Micros, type NodeId } from '../tikv/ids.ts';
import { newClock, type Clock } from './clock.ts';
import type { DiskFault } from './disk.ts';
import { Journal } from './journal.ts';
import { compareKeys, type InputKey } from './key.ts';
import type { Boot, Hosts, NodeHost } from './host.ts';
import { Network, type Flight } from './network.ts';
import type { LoomEvent } from './record.ts';
import { sameId, WORLD, type RecordId } from './record-id.ts';
import type { NodeStatus, NodeStatuses, Refusing } from './refusal.ts';
import type { StoreLabel } from '../tikv/pd/message.ts';
import type { ClusterConfig, Recording, TimedCommand } from './recording.ts';

/** A node as the conductor sees it: whether it lives, where it runs, what waits for it, and when it acts next. */
export interface WorldNode {
  readonly id: NodeId;
  /** Of a store: where it stands. */
  readonly labels: readonly StoreLabel[];
  status: NodeStatus;
  host: NodeHost | null;
  /** Lives so far, and the disk that it has. */
  incarnation: number;
  generation: number;
  nextRecord: number;
  /** Set by hand; they outlive its lives. */
  clock: Clock;
  diskFault: DiskFault;
  /** Commands that were given to it. */
  commands: number;
  next: InputKey | null;
  /** What arrived while it was paused. */
  waiting: Flight[];
}

export interface SimulationOptions {
  readonly seed: number;
  readonly cluster: ClusterConfig;
  readonly base?: Recording['base'];
  readonly hosts: Hosts;
  /** Before a command is carried out; `index` is its place in the recording. What it awaits is durable first. (rule 12) */
  readonly beforeCommand?: (timed: TimedCommand, index: number) => void | Promise<void>;
}

export class Simulation {
  readonly options: SimulationOptions;
  readonly network: Network;
  readonly nodes = new Map<NodeId, WorldNode>();
  hosts: Hosts;
  commands: TimedCommand[] = [];
  /** As commands have left them. */
  settings: Settings;
  broken: readonly string[];
  journal = new Journal();
  now: Micros = 0;
  /** The last input that ran. */
  lastKey: InputKey | null = null;
  /** Operations of clients so far. */
  ops = 0;
  worldRecords = 0;

  constructor(options: SimulationOptions) {
    this.options = options;
    this.hosts = options.hosts;
    const settings = settingsFrom(options.cluster.settings);
    this.settings = settings;
    this.broken = options.cluster.broken ?? [];
    this.network = new Network(options.seed, {
      latency: microsOf(settings['network.latency']),
      jitter: microsOf(settings['network.jitter']),
    });
    const joined = new Map(options.cluster.joined);
    for (const id of nodesOfCluster(options.cluster))
      this.nodes.set(id, newWorldNode(id, joined.get(id)));
  }

  /** A record of the world's own. */
  tell(event: LoomEvent, cause: RecordId | null, at = this.now): RecordId {
    const id = this.nextWorldRecord();
    this.worldRecords += 1;
    this.journal.append(at, id, cause, event);
    return id;
  }

  /** The id that the next record of the world's own will have. */
  nextWorldRecord(): RecordId {
    return { node: WORLD, n: this.worldRecords };
  }

  /** The key of the next input or loss anywhere; null: nothing will happen any more. */
  nextKey(): InputKey | null {
    let next = this.network.nextKey();
    for (const node of this.nodes.values()) {
      if (node.next !== null && (next === null || compareKeys(node.next, next) < 0))
        next = node.next;
    }
    return next;
  }

  ranTo(key: InputKey): void {
    if (this.lastKey === null || compareKeys(this.lastKey, key) < 0) this.lastKey = key;
  }

  node(id: NodeId): WorldNode {
    const node = this.nodes.get(id);
    assert(node !== undefined, `there is no node ${id}`);
    return node;
  }

  /** One more, or one in another's place; nodes stay in their order. */
  addNode(node: WorldNode): void {
    const nodes = [...this.nodes.values()].filter(({ id }) => id !== node.id);
    this.nodes.clear();
    for (const each of [...nodes, node].toSorted((a, b) => nodeRank(a.id) - nodeRank(b.id)))
      this.nodes.set(each.id, each);
  }

  statuses(): NodeStatuses {
    return new Map([...this.nodes.values()].map((node) => [node.id, node.status]));
  }

  /** What a check of a command may look at. */
  refusing(): Refusing {
    const { network } = this;
    return {
      statuses: this.statuses(),
      settings: this.settings,
      broken: this.broken,
      anyHeld: network.held.length + network.holds.length > 0,
      holds: network.holds,
      message(id) {
        const held = network.held.find((each) => sameId(each.flight.sent, id));
        const flight =
          held?.flight ?? network.inFlight().find((each) => !each.word && sameId(each.sent, id));
        if (flight === undefined) return null;
        return { raft: flight.message.type === 'raft', held: held !== undefined };
      },
    };
  }

  bootOf(node: WorldNode): Boot {
    const { seed, cluster } = this.options;
    return {
      node: node.id,
      seed,
      incarnation: node.incarnation,
      generation: node.generation,
      settings: this.settings,
      stores: cluster.stores,
      labels: node.labels,
      broken: this.broken,
      clock: node.clock,
      diskFault: node.diskFault,
      at: this.now,
      nextRecord: node.nextRecord,
    };
  }
}

/** A node that has not begun to live. */
export function newWorldNode(id: NodeId, labels: readonly StoreLabel[] = []): WorldNode {
  return {
    id,
    labels,
    status: 'down',
    host: null,
    incarnation: 0,
    generation: 1,
    nextRecord: 0,
    clock: newClock(),
    diskFault: { type: 'none' },
    commands: 0,
    next: null,
    waiting: [],
  };
}

/** The nodes that a cluster begins with, in their order: stores, PD, clients. */
export function nodesOfCluster(
  cluster: Pick<ClusterConfig, 'stores' | 'clients' | 'joined'>,
): NodeId[] {
  assert(cluster.stores >= 1 && cluster.stores <= 7, 'a cluster has 1 to 7 stores');
  const stores = Array.from({ length: cluster.stores }, (_, i) => `s${i + 1}`);
  const clients = Array.from({ length: cluster.clients }, (_, i) => `c${i + 1}`);
  const joined = (cluster.joined ?? []).map(([id]) => id);
  return [...stores, ...joined, PD_NODE, ...clients];
}
