// Where a cluster's nodes run in a browser: each in a worker of its own (the show), or all in this thread (small
// machines, browsers without nested workers). Each node has its own database either way. A worker that ends unasked is
// noticed by its lock, which then comes free. (determinism: rules 9, 13, 14, 16)

import type { Plain } from '../base/plain.ts';
import {
  HostDied,
  type Boot,
  type Hosts,
  type NodeHost,
  type RunRequest,
  type RunResult,
} from '../sim/host.ts';
import type { InputKey } from '../sim/key.ts';
import type { NodeId } from '../tikv/ids.ts';
import { deleteDisk, diskName } from './idb-disk.ts';
import { IdbNode, keptOf, type NodeAnswer, type NodePlace } from './idb-node.ts';
import type { Locks, Release } from './locks.ts';
import { connect, type Caller, type Port } from './rpc.ts';
import { DamagedData, reasonOf } from './stored.ts';

/** The calls that a node's worker answers (node.worker.ts). */
export interface NodeCalls {
  start(boot: Boot, place: NodePlace, saved?: Plain): void;
  run(request: RunRequest): NodeAnswer;
}

/** A worker with one node in it. */
export interface NodeThread extends Port {
  terminate(): void;
  addEventListener(type: 'message' | 'error', listener: (event: MessageEvent) => void): void;
}

export interface HostsOptions {
  readonly cluster: string;
  readonly generation: number;
  readonly locks: Locks;
  /** Makes a worker for a node; null: nodes run in this thread. */
  readonly spawn: (() => NodeThread) | null;
  /** The era of the life that a node begins now (idb-disk.ts). */
  readonly era: (node: NodeId) => number;
  /** True while the cluster is being opened: a node that cannot start then is a failure of the whole, not a crash. */
  readonly opening: () => boolean;
  /** A node ended unasked. The conductor hears of it too, as a HostDied, when it asks next. */
  readonly onDeath: (node: NodeId, reason: string, storageFull: boolean) => void;
}

export interface BrowserHosts extends Hosts {
  /** The nodes that run in a worker of their own now. */
  workers(): NodeId[];
  /** Ends a node's worker as a crash of the browser would, without a word to anybody; false where it has none. */
  terminate(node: NodeId): boolean;
  /** Ends all nodes. */
  stop(): Promise<void>;
}

/** A node could not be started while its cluster was being opened. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

interface RunningNode extends NodeHost {
  readonly terminate?: () => void;
}

export function browserHosts(options: HostsOptions): BrowserHosts {
  const running = new Map<NodeId, RunningNode>();
  const seen = new Set<string>();
  const nameOf = (node: NodeId, life: number) =>
    diskName(options.cluster, options.generation, node, life);
  return {
    async start(boot, saved) {
      const name = nameOf(boot.node, boot.generation);
      const era = options.era(boot.node);
      const make = options.spawn === null ? startHere : startWorker;
      try {
        const host = await make(boot, { name, era, exists: seen.has(name), options }, saved);
        seen.add(name);
        running.set(boot.node, host);
        return {
          run: (request) => host.run(request),
          stop: () => {
            if (running.get(boot.node) === host) running.delete(boot.node);
            return host.stop();
          },
        };
      } catch (error) {
        if (error instanceof DamagedData && options.opening()) throw error;
        const reason = reasonOf(error);
        if (options.opening()) throw new CannotStart(`${boot.node}: ${reason}`);
        options.onDeath(boot.node, reason, false);
        throw new HostDied(boot.node, reason, null);
      }
    },
    async wipe(node, life) {
      seen.delete(nameOf(node, life));
      await deleteDisk(nameOf(node, life));
    },
    workers: () =>
      [...running].filter(([, host]) => host.terminate !== undefined).map(([node]) => node),
    terminate(node) {
      const terminate = running.get(node)?.terminate;
      terminate?.();
      return terminate !== undefined;
    },
    async stop() {
      await Promise.all([...running.values()].map(async (host) => host.stop()));
      running.clear();
    },
  };
}

interface Place extends NodePlace {
  readonly options: HostsOptions;
}

/** In this thread. */
async function startHere(boot: Boot, place: Place, saved?: Plain): Promise<RunningNode> {
  const { options, ...where } = place;
  const node = await IdbNode.start(boot, { ...where, locks: options.locks }, saved);
  let ended = false;
  return {
    async run(request) {
      if (ended) throw new HostDied(boot.node, 'It has ended.', null);
      const answer = await node.run(request);
      if (answer.ok) return answer.result;
      ended = true;
      node.stop();
      options.onDeath(boot.node, answer.reason, answer.storageFull);
      throw new HostDied(boot.node, answer.reason, await keptOf(place, fromOf(request)));
    },
    stop() {
      if (!ended) node.stop();
      ended = true;
    },
  };
}

const fromOf = (request: RunRequest): InputKey | null =>
  request.type === 'window' ? request.from : null;

/** In a worker of its own. */
class WorkerHost implements RunningNode {
  readonly #node: NodeId;
  readonly #place: Place;
  readonly #thread: NodeThread;
  readonly #caller: Caller<NodeCalls>;
  /** Resolves with the node's lock once its worker has ended. */
  #ended: Promise<Release> | null = null;
  #stopping = false;
  #death: string | null = null;

  constructor(node: NodeId, place: Place, thread: NodeThread) {
    this.#node = node;
    this.#place = place;
    this.#thread = thread;
    this.#caller = connect<NodeCalls>(thread);
    thread.addEventListener('error', (event) => {
      this.#die((event as unknown as ErrorEvent).message || 'Its thread could not be started.');
    });
  }

  async start(boot: Boot, saved?: Plain): Promise<void> {
    try {
      const { name, era, exists } = this.#place;
      await this.#caller.call.start(boot, { name, era, exists }, saved);
    } catch (error) {
      this.#stopping = true;
      this.#thread.terminate();
      throw error;
    }
    // The worker has its lock now, and we stand behind it.
    if (!this.#place.options.locks.exclusive) return;
    this.#ended = this.#place.options.locks.hold(this.#place.name);
    void this.#ended.then(() => this.#die('Its thread ended without a word.'));
  }

  async run(request: RunRequest): Promise<RunResult> {
    let answer: NodeAnswer;
    try {
      answer = await this.#caller.call.run(request);
    } catch {
      answer = { ok: false, reason: this.#death ?? 'It has ended.', storageFull: false };
    }
    if (answer.ok) return answer.result;
    this.#die(answer.reason, answer.storageFull);
    await this.#end();
    throw new HostDied(this.#node, answer.reason, await keptOf(this.#place, fromOf(request)));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#end();
  }

  readonly terminate = (): void => {
    this.#thread.terminate();
  };

  #die(reason: string, storageFull = false): void {
    if (this.#stopping || this.#death !== null) return;
    this.#death = reason;
    this.#caller.fail(new Error(reason));
    this.#place.options.onDeath(this.#node, reason, storageFull);
  }

  /** The worker is gone, and its disk is free. */
  async #end(): Promise<void> {
    this.#thread.terminate();
    const release = await this.#ended;
    release?.();
  }
}

async function startWorker(boot: Boot, place: Place, saved?: Plain): Promise<RunningNode> {
  const { spawn } = place.options;
  if (spawn === null) return startHere(boot, place, saved);
  const host = new WorkerHost(boot.node, place, spawn());
  await host.start(boot, saved);
  return host;
}
