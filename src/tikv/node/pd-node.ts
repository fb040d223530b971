// PD as a node: which of its doors takes which input. (PD: server/server.go)

import { clonePlain, type Plain } from '../../base/plain.ts';
import type { Settings } from '../config.ts';
import type { Micros, NodeId } from '../ids.ts';
import type { Chance } from '../../base/chance.ts';
import { Outbox } from '../outbox.ts';
import { PlacementDriver } from '../pd/pd.ts';
import type { NodeCommand } from './command.ts';
import type { TikvEvent } from './event.ts';
import type { Message } from './message.ts';
import type { Node, NodeInput, NodeOutput } from './node.ts';

interface Saved {
  readonly written: number;
  readonly now: Micros;
  readonly pd: Plain;
}

export interface PdNodeOptions {
  readonly id: NodeId;
  readonly settings: Settings;
  readonly chance: Chance;
  /** Rules that are broken on purpose. */
  readonly broken: readonly string[];
}

export class PdNode implements Node {
  readonly id: NodeId;
  readonly #settings: Settings;
  readonly #broken: { rules: readonly string[] };
  readonly #out = new Outbox<Message, TikvEvent>();
  readonly #pd: PlacementDriver;

  constructor(options: PdNodeOptions, saved?: Plain) {
    const { id, settings, chance } = options;
    const state = saved as unknown as Saved | undefined;
    this.id = id;
    this.#settings = settings;
    this.#broken = { rules: options.broken };
    this.#out.now = state?.now ?? 0;
    const broken = this.#broken;
    this.#pd = new PlacementDriver(this.#out, { settings, chance, broken }, state?.pd);
    this.#out.written = state?.written ?? 0;
  }

  step(input: NodeInput): NodeOutput {
    this.#out.now = input.now;
    switch (input.type) {
      case 'boot':
        this.#pd.boot(input.disk);
        break;
      case 'message':
        if (input.message.type === 'pd-request') this.#pd.onRequest(input.from, input.message);
        break;
      case 'timer':
        this.#pd.onTimer(input.name);
        break;
      case 'persisted':
        this.#pd.onPersisted(input.n);
        break;
      case 'command':
        this.#onCommand(input.command);
        break;
      // An answer that cannot be delivered is asked for again, and so is an order.
      case 'send-failed':
        break;
    }
    return this.#out.take();
  }

  #onCommand(command: NodeCommand): void {
    if (command.type === 'pd') this.#pd.command(command.request);
    if (command.type === 'break-rules') this.#broken.rules = command.rules;
    if (command.type !== 'configure') return;
    Object.assign(this.#settings, { [command.name]: command.value });
    this.#pd.configured(command.name);
  }

  save(): Plain {
    const saved: Saved = { written: this.#out.written, now: this.#out.now, pd: this.#pd.save() };
    return clonePlain(saved) as unknown as Plain;
  }
}
