// A client as a node: which of its doors takes which input.

import type { Chance } from '../../base/chance.ts';
import { clonePlain, type Plain } from '../../base/plain.ts';
import { Client } from '../client/client.ts';
import { firstLoadOp, LOAD_TIMER, LoadRunner } from '../client/load-runner.ts';
import type { Settings } from '../config.ts';
import { parseNodeId, type Micros, type NodeId } from '../ids.ts';
import { Outbox } from '../outbox.ts';
import { firstCall } from './calls.ts';
import type { TikvEvent } from './event.ts';
import type { Message } from './message.ts';
import type { Node, NodeInput, NodeOutput } from './node.ts';

interface Saved {
  readonly chance: Chance;
  readonly now: Micros;
  readonly client: Plain;
  readonly load: Plain;
}

export interface ClientNodeOptions {
  readonly id: NodeId;
  readonly incarnation: number;
  readonly settings: Settings;
  readonly chance: Chance;
  /** Of the client's loads. */
  readonly loadChance: Chance;
}

export class ClientNode implements Node {
  readonly id: NodeId;
  readonly #chance: Chance;
  readonly #settings: Settings;
  readonly #out = new Outbox<Message, TikvEvent>();
  readonly #client: Client;
  readonly #load: LoadRunner;

  constructor(options: ClientNodeOptions, saved?: Plain) {
    const { settings, chance, incarnation } = options;
    const state = saved as unknown as Saved | undefined;
    this.id = options.id;
    this.#chance = chance;
    this.#settings = settings;
    const sink = this.#out;
    const first = firstCall(incarnation);
    this.#client = new Client({ sink, settings, chance, firstCall: first }, state?.client);
    const firstOp = firstLoadOp(parseNodeId(options.id)?.number ?? 0, incarnation);
    this.#load = new LoadRunner(
      {
        sink,
        chance: options.loadChance,
        firstOp,
        begin: (op, request) => this.#client.work(op, request),
        unanswered: () => this.#client.underWay(firstOp),
      },
      state?.load,
    );
    if (state === undefined) return;
    Object.assign(chance, state.chance);
    this.#out.now = state.now;
  }

  step(input: NodeInput): NodeOutput {
    this.#out.now = input.now;
    this.#take(input);
    return this.#out.take();
  }

  #take(input: NodeInput): void {
    switch (input.type) {
      case 'command':
        if (input.command.type === 'request')
          this.#client.request(input.command.op, input.command.request);
        if (input.command.type === 'load') this.#load.start(input.command.load);
        if (input.command.type === 'load-stop') this.#load.stop('stopped');
        if (input.command.type === 'configure')
          Object.assign(this.#settings, { [input.command.name]: input.command.value });
        return;
      case 'message':
        if (input.message.type === 'kv-response' || input.message.type === 'txn-response')
          this.#client.onKvResponse(input.message);
        if (input.message.type === 'pd-response') this.#client.onPdResponse(input.message);
        return;
      case 'send-failed':
        if (
          input.message.type === 'kv-request' ||
          input.message.type === 'txn-request' ||
          input.message.type === 'pd-request'
        )
          this.#client.onSendFailed(input.message.id);
        return;
      case 'timer':
        return input.name === LOAD_TIMER ? this.#load.onTimer() : this.#client.onTimer(input.name);
      // A client keeps nothing: what it had under way when its power went is gone.
      case 'boot':
      case 'persisted':
        return;
    }
  }

  save(): Plain {
    const saved: Saved = {
      chance: { ...this.#chance },
      now: this.#out.now,
      client: this.#client.save(),
      load: this.#load.save(),
    };
    return clonePlain(saved) as unknown as Plain;
  }
}
