// The conductor owns virtual time, the network, the faults, the recording and the order of the journal. A conservative
// discrete-event simulation: no message is faster than the smallest link latency L, so all nodes run a window of up to
// L in parallel, and what they answer is merged by key. How time is cut into windows changes nothing.
//
// Calls are made one at a time; each is a promise because a node may live in another thread.

import { assert } from '../base/assert.ts';
import type { Plain } from '../base/plain.ts';
import type { Settings } from '../tikv/config.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import type { Command } from './command.ts';
import { giveCommand, type Given, type GiveOptions } from './give.ts';
import { Journal } from './journal.ts';
import { compareKeys, justAfter, startOf, type InputKey } from './key.ts';
import { bootNode } from './life.ts';
import type { JournalRecord } from './record.ts';
import { refusal, type NodeStatuses } from './refusal.ts';
import { RECORDING_FORMAT, type Recording, type TimedCommand } from './recording.ts';
import { Simulation, type SimulationOptions, type WorldNode } from './simulation.ts';
import { runWindow } from './window.ts';

export interface ConductorOptions extends SimulationOptions {
  /** After every window and command, in journal order. */
  readonly onRecords?: (records: readonly JournalRecord[]) => void;
}

/** What `save` gives, as this file reads it back. */
interface SavedConductor {
  readonly nodes: readonly (Omit<WorldNode, 'host'> & { readonly saved: Plain | null })[];
  readonly network: Plain;
  readonly journal: Plain;
  readonly commands: readonly TimedCommand[];
  readonly now: Micros;
  readonly lastKey: InputKey | null;
  readonly ops: number;
  readonly worldRecords: number;
  readonly settings: Settings;
  readonly broken: readonly string[];
}

export class Conductor {
  readonly #options: ConductorOptions;
  readonly #sim: Simulation;

  private constructor(options: ConductorOptions) {
    this.#options = options;
    this.#sim = new Simulation(options);
  }

  /** A cluster at virtual time 0: every node booted from its empty (or base) disk. */
  static async start(options: ConductorOptions): Promise<Conductor> {
    const conductor = new Conductor(options);
    const sim = conductor.#sim;
    const cause = sim.tell(
      { type: 'world/started', seed: options.seed, cluster: options.cluster },
      null,
    );
    for (const node of sim.nodes.values()) await bootNode(sim, node, cause);
    conductor.#flush();
    return conductor;
  }

  get now(): Micros {
    return this.#sim.now;
  }

  /** How many records the journal has so far. */
  get records(): number {
    return this.#sim.journal.count;
  }

  /** How every node is. */
  get nodes(): NodeStatuses {
    return this.#sim.statuses();
  }

  /** The fingerprint of the journal so far: sixteen digits. */
  hash(): string {
    return this.#sim.journal.digits();
  }

  /** The instant of the next input anywhere; null: nothing will happen any more. */
  nextAt(): Micros | null {
    return this.#sim.nextKey()?.[0] ?? null;
  }

  /**
   * Runs all inputs up to and including the instant `to`; then it is `to`. With `stop`, inputs run one at a time, and
   * when `stop` answers true after one, it is that input's instant: returns whether this happened. (rules 5, 6) A
   * `stop` that is asked after each `window` only costs no haste: then it is the instant of the window's last input.
   */
  async advance(
    to: Micros,
    stop?: () => boolean,
    grain: 'input' | 'window' = 'input',
  ): Promise<boolean> {
    const sim = this.#sim;
    for (;;) {
      const next = sim.nextKey();
      if (next === null || next[0] > to) break;
      const whole = stop === undefined || grain === 'window';
      const far = startOf(Math.min(to + 1, next[0] + sim.network.lookahead));
      await this.#window(next, whole ? far : justAfter(next));
      if (stop === undefined) continue;
      sim.now = Math.max(sim.now, next[0], sim.lastKey?.[0] ?? 0);
      if (stop()) return true;
    }
    sim.now = Math.max(sim.now, to);
    return false;
  }

  /** Runs all inputs before `until`; the clock stands at the last of them. */
  async advanceBefore(until: InputKey): Promise<void> {
    const sim = this.#sim;
    for (;;) {
      const next = sim.nextKey();
      if (next === null || compareKeys(next, until) >= 0) return;
      const far = startOf(next[0] + sim.network.lookahead);
      await this.#window(next, compareKeys(far, until) < 0 ? far : until);
      sim.now = Math.max(sim.now, sim.lastKey?.[0] ?? 0);
    }
  }

  /** The clock moves to `at`, with nothing to run until then. */
  moveTo(at: Micros): void {
    const next = this.nextAt();
    assert(next === null || next >= at, 'the clock passes no input that has not run');
    this.#sim.now = Math.max(this.#sim.now, at);
  }

  /** Exactly one input; false where there is none. */
  async step(): Promise<boolean> {
    const next = this.#sim.nextKey();
    if (next === null) return false;
    await this.#window(next, justAfter(next));
    this.#sim.now = Math.max(this.#sim.now, next[0]);
    return true;
  }

  /** Carries a command out now, and records it; refuses with the reason, and records nothing, where it cannot be done. */
  async give(command: Command, options: GiveOptions = {}): Promise<Given> {
    const given = await giveCommand(this.#sim, command, options);
    this.#flush();
    return given;
  }

  /** Why a command would be refused now; null where it would be carried out. */
  check(command: Command): string | null {
    return refusal(command, this.#sim.refusing());
  }

  /** What has been done so far, to be done again. */
  recording(): Recording {
    const { seed, cluster, base } = this.#options;
    return {
      format: RECORDING_FORMAT,
      seed,
      cluster,
      ...(base === undefined ? {} : { base }),
      commands: [...this.#sim.commands],
      end: { at: this.#sim.now, after: this.#sim.lastKey },
    };
  }

  /** The disk generation of every node: hosts name their databases by it. */
  generations(): [NodeId, number][] {
    return [...this.#sim.nodes.values()].map((node) => [node.id, node.generation]);
  }

  async #window(from: InputKey, until: InputKey): Promise<void> {
    await runWindow(this.#sim, from, until);
    this.#flush();
  }

  #flush(): void {
    const records = this.#sim.journal.take();
    if (records.length > 0) this.#options.onRecords?.(records);
  }

  /** The whole simulation as plain data. What its hosts' disks hold is theirs to save. */
  async save(): Promise<Plain> {
    const sim = this.#sim;
    const nodes: unknown[] = [];
    for (const { host, ...node } of sim.nodes.values()) {
      const result = host === null ? null : await host.run({ type: 'save' });
      nodes.push({ ...node, waiting: [...node.waiting], saved: result?.saved ?? null });
    }
    const { commands, now, lastKey, ops, worldRecords, settings, broken } = sim;
    const parts = { network: sim.network.save(), journal: sim.journal.save() };
    return {
      nodes,
      ...parts,
      commands: [...commands],
      now,
      lastKey,
      ops,
      worldRecords,
      settings,
      broken,
    } as unknown as Plain;
  }

  /** Goes on from what `save` gave, over hosts whose disks hold what they held then. */
  static async load(options: ConductorOptions, saved: Plain): Promise<Conductor> {
    const conductor = new Conductor(options);
    const sim = conductor.#sim;
    const state = saved as unknown as SavedConductor;
    sim.network.load(state.network);
    sim.journal = Journal.load(state.journal);
    sim.commands = [...state.commands];
    sim.now = state.now;
    sim.lastKey = state.lastKey;
    sim.ops = state.ops;
    sim.worldRecords = state.worldRecords;
    sim.settings = state.settings;
    sim.broken = state.broken;
    for (const { saved: loop, ...rest } of state.nodes) {
      const node: WorldNode = { ...rest, waiting: [...rest.waiting], host: null };
      sim.addNode(node);
      if (loop !== null) node.host = await options.hosts.start(sim.bootOf(node), loop);
    }
    return conductor;
  }
}
