// A small synchronous world around the real nodes, for tests of the nodes alone: every message takes the same time, every
// fsync too, and a test may lose messages, hold disks, kill nodes and look into what was told. It knows no host and no
// journal; the simulator proper is src/sim.

import { newChance, luck, type Chance } from '../base/chance.ts';
import { clonePlain, deepFreeze } from '../base/plain.ts';
import { MemoryDisk } from '../sim/memory-disk.ts';
import { settingsFrom, type SettingChanges } from '../tikv/config.ts';
import type { ClientOutcome, ClientRequest } from '../tikv/client/request.ts';
import { PD_NODE, storeNode, type Micros, type NodeId } from '../tikv/ids.ts';
import { createNode } from '../tikv/node/create-node.ts';
import type { AdminRequest } from '../tikv/raftstore/admin-command.ts';
import type { TikvEvent } from '../tikv/node/event.ts';
import type { Message } from '../tikv/node/message.ts';
import type { DiskImage, DiskQueue, DiskWrite, Node, NodeInput } from '../tikv/node/node.ts';

const LATENCY: Micros = 10_000;
const FSYNC: Micros = 5_000;
const UNSYNCED: Micros = 500_000;

export interface TinyOptions {
  readonly stores?: number;
  readonly clients?: number;
  readonly seed?: number;
  readonly settings?: SettingChanges;
  /** How often in a million steps a node is replaced by one that was made from what it saved. */
  readonly reloads?: number;
}

export interface Told {
  readonly at: Micros;
  readonly node: NodeId;
  readonly event: TikvEvent;
}

interface Pending {
  readonly write: DiskWrite;
  dueAt: Micros;
}

interface Place {
  readonly disk: MemoryDisk;
  node: Node | null;
  incarnation: number;
  writes: Record<DiskQueue, Pending[]>;
  timers: Map<string, { at: Micros; n: number }>;
  /** Held: nothing becomes durable. */
  held: boolean;
}

type Flight = {
  at: Micros;
  n: number;
  from: NodeId;
  to: NodeId;
  message: Message;
  failed: boolean;
};

export class TinyWorld {
  now: Micros = 0;
  readonly told: Told[] = [];
  /** Messages for which this holds are lost, in silence but for a chunk of a snapshot. */
  lose: (from: NodeId, to: NodeId, message: Message) => boolean = () => false;
  /** Looks at every message that is sent. */
  watch: (from: NodeId, to: NodeId, message: Message) => void = () => undefined;
  readonly #options: Required<Omit<TinyOptions, 'settings'>>;
  readonly #settings;
  readonly #places = new Map<NodeId, Place>();
  readonly #chance: Chance;
  #flights: Flight[] = [];
  #count = 0;
  #ops = 0;

  constructor(options: TinyOptions = {}) {
    this.#options = { stores: 3, clients: 1, seed: 1, reloads: 0, ...options };
    this.#settings = settingsFrom(options.settings ?? {});
    this.#chance = newChance(this.#options.seed, 'tiny world');
    for (let n = 1; n <= this.#options.stores; n++) this.#add(storeNode(n));
    this.#add(PD_NODE);
    for (let n = 1; n <= this.#options.clients; n++) this.#add(`c${n}`);
    for (const id of this.#places.keys()) this.restart(id);
  }

  #add(id: NodeId): void {
    this.#places.set(id, {
      disk: new MemoryDisk(),
      node: null,
      incarnation: 0,
      writes: { raft: [], kv: [] },
      timers: new Map(),
      held: false,
    });
  }

  #place(id: NodeId): Place {
    const place = this.#places.get(id);
    if (place === undefined) throw new Error(`no node ${id}`);
    return place;
  }

  // ---- what a test does ------------------------------------------------------------------------------------

  /** Power loss. */
  kill(...ids: NodeId[]): void {
    for (const id of ids) {
      const place = this.#place(id);
      place.node = null;
      place.timers.clear();
      place.writes = { raft: [], kv: [] };
      place.held = false;
    }
  }

  restart(...ids: NodeId[]): void {
    for (const id of ids) {
      const place = this.#place(id);
      place.incarnation += 1;
      place.node = this.#create(id, place.incarnation);
      this.#step(id, { type: 'boot', now: this.now, disk: place.disk.load() });
    }
  }

  #create(id: NodeId, incarnation: number, saved?: ReturnType<Node['save']>): Node {
    const { seed, stores } = this.#options;
    const options = { id, seed, incarnation, settings: this.#settings, stores };
    return createNode(saved === undefined ? options : { ...options, saved });
  }

  /** The disk takes writes and makes none of them durable, until it is let go. */
  hold(id: NodeId, held = true): void {
    this.#place(id).held = held;
  }

  /** The node's disk is gone; it has to be down. */
  wipe(id: NodeId): void {
    const place = this.#place(id);
    this.#places.set(id, { ...place, disk: new MemoryDisk() });
  }

  isUp(id: NodeId): boolean {
    return this.#place(id).node !== null;
  }

  disk(id: NodeId): DiskImage {
    return this.#place(id).disk.load();
  }

  /** Begins an operation; its outcome is told later. */
  request(request: ClientRequest, client: NodeId = 'c1'): number {
    this.#ops += 1;
    const op = this.#ops;
    this.#step(client, {
      type: 'command',
      now: this.now,
      command: { type: 'request', op, request },
    });
    return op;
  }

  campaign(id: NodeId): void {
    this.#step(id, { type: 'command', now: this.now, command: { type: 'campaign', regionId: 1 } });
  }

  /** What is asked of the peer of a Region on a store. */
  admin(id: NodeId, request: AdminRequest, regionId = 1): void {
    const command = { type: 'admin', regionId, request } as const;
    this.#step(id, { type: 'command', now: this.now, command });
  }

  /** Gives a node an input that no world made. */
  inject(id: NodeId, input: NodeInput): void {
    this.#step(id, input);
  }

  /** Runs an operation to its end. */
  do(request: ClientRequest, client: NodeId = 'c1'): ClientOutcome {
    const op = this.request(request, client);
    this.until(() => this.outcome(op) !== null, 120_000);
    return this.outcome(op) as ClientOutcome;
  }

  outcome(op: number): ClientOutcome | null {
    for (const { event } of this.told)
      if (event.type === 'client/op-ended' && event.op === op) return event.outcome;
    return null;
  }

  /** Milliseconds. */
  run(ms: number): void {
    const end = this.now + ms * 1000;
    while (this.#next() <= end) this.#one();
    this.now = end;
  }

  /** Runs input by input until the condition holds. Throws after so many milliseconds. */
  until(condition: () => boolean, withinMs = 10_000): void {
    const end = this.now + withinMs * 1000;
    while (!condition()) {
      if (this.#next() > end) throw new Error(`not within ${withinMs} ms`);
      this.#one();
    }
  }

  /** The store that leads in the newest term, of those that are up. */
  leader(): NodeId | null {
    let found: { node: NodeId; term: number } | null = null;
    const roles = new Map<NodeId, { leads: boolean; term: number }>();
    for (const { node, event } of this.told) {
      if (event.type === 'raft/became-leader') roles.set(node, { leads: true, term: event.term });
      if (event.type === 'raft/became-follower')
        roles.set(node, { leads: false, term: event.term });
    }
    for (const [node, { leads, term }] of roles)
      if (leads && this.isUp(node) && (found === null || term > found.term)) found = { node, term };
    return found?.node ?? null;
  }

  /** Waits for a leader that has applied an entry of its own term. */
  untilLeader(withinMs = 10_000): NodeId {
    this.until(() => {
      const leader = this.leader();
      const became = this.eventsOf(leader, 'raft/became-leader').at(-1);
      return this.eventsOf(leader, 'raftstore/applied').some(
        ({ term }) => became !== undefined && term === became.term,
      );
    }, withinMs);
    return this.leader() as NodeId;
  }

  eventsOf<T extends TikvEvent['type']>(
    node: NodeId | null,
    type: T,
  ): Extract<TikvEvent, { type: T }>[] {
    return this.told
      .filter((told) => (node === null || told.node === node) && told.event.type === type)
      .map((told) => told.event as Extract<TikvEvent, { type: T }>);
  }

  // ---- the world -------------------------------------------------------------------------------------------

  #due(): { at: Micros; rank: number; n: number; run: () => void }[] {
    const due = this.#flights.map((flight) => ({
      at: flight.at,
      rank: 2,
      n: flight.n,
      run: () => this.#deliver(flight),
    }));
    for (const [id, place] of this.#places) {
      for (const [name, timer] of place.timers)
        due.push({ ...timer, rank: 1, run: () => this.#fire(id, name) });
      for (const queue of place.held ? [] : (['raft', 'kv'] as const)) {
        const [first] = place.writes[queue];
        if (first === undefined) continue;
        const at = Math.max(first.dueAt, this.now);
        due.push({ at, rank: 0, n: first.write.n, run: () => this.#persist(id, queue) });
      }
    }
    return due.toSorted((a, b) => a.at - b.at || a.rank - b.rank || a.n - b.n);
  }

  #next = (): Micros => this.#due()[0]?.at ?? Number.POSITIVE_INFINITY;

  #one(): void {
    const [first] = this.#due();
    if (first === undefined) throw new Error('nothing is due');
    this.now = first.at;
    first.run();
  }

  /** A synced write carries all before it in its queue; an unsynced one waits for the next, or for a while. */
  #submit(place: Place, write: DiskWrite): void {
    const queue = place.writes[write.queue];
    const dueAt = this.now + (write.sync ? FSYNC : UNSYNCED);
    queue.push({ write, dueAt });
    if (write.sync) for (const pending of queue) pending.dueAt = Math.min(pending.dueAt, dueAt);
  }

  #persist(id: NodeId, queue: DiskQueue): void {
    const place = this.#place(id);
    const pending = place.writes[queue].shift();
    if (pending === undefined) return;
    const { n, ops } = pending.write;
    place.disk.commit(ops);
    this.#step(id, { type: 'persisted', now: this.now, queue, n });
  }

  #fire(id: NodeId, name: string): void {
    this.#place(id).timers.delete(name);
    this.#step(id, { type: 'timer', now: this.now, name });
  }

  #deliver(flight: Flight): void {
    this.#flights = this.#flights.filter((other) => other !== flight);
    const { from, to, message, failed } = flight;
    if (failed) {
      if (this.isUp(from)) this.#step(from, { type: 'send-failed', now: this.now, to, message });
    } else if (this.isUp(to)) {
      this.#step(to, { type: 'message', now: this.now, from, message });
    } else {
      this.#flights.push({ ...flight, at: this.now + LATENCY, n: this.#count++, failed: true });
    }
  }

  #step(id: NodeId, input: NodeInput): void {
    const place = this.#place(id);
    if (place.node === null) throw new Error(`${id} is down`);
    const output = deepFreeze(place.node.step(deepFreeze(input)));
    for (const event of output.events) this.told.push({ at: this.now, node: id, event });
    for (const { name, at } of output.timers)
      if (at === null) place.timers.delete(name);
      else place.timers.set(name, { at, n: this.#count++ });
    for (const write of output.writes) this.#submit(place, write);
    for (const { to, message } of output.messages) {
      this.watch(id, to, message);
      const [at, n] = [this.now + LATENCY, this.#count++];
      if (this.lose(id, to, message)) {
        // Part of a stream: its sender notices.
        if (message.type === 'snapshot-chunk')
          this.#flights.push({ at, n, from: id, to, message, failed: true });
        continue;
      }
      this.#flights.push({ at, n, from: id, to, message, failed: false });
    }
    if (luck(this.#chance, this.#options.reloads))
      place.node = this.#create(id, place.incarnation, clonePlain(place.node.save()));
  }
}
