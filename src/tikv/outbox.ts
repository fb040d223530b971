// Where a node's parts put what they hand out during one step. The parts see a `Sink`; the node takes the output.

import type { Micros, NodeId } from './ids.ts';
import type { DiskOp, DiskQueue, DiskWrite } from './disk.ts';

/** What a part of a node may do to the world. `M` and `E` are the messages and events that it knows. */
export interface Sink<M, E> {
  /** The node's own clock in this step. */
  readonly now: Micros;
  emit(event: E): void;
  send(to: NodeId, message: M): void;
  /** Returns the write's number, which `persisted` will name. */
  write(queue: DiskQueue, sync: boolean, ops: readonly DiskOp[]): number;
  /** Replaces the timer of that name; null takes it away. */
  timer(name: string, at: Micros | null): void;
}

export interface StepOutput<M, E> {
  readonly events: readonly E[];
  readonly messages: readonly { readonly to: NodeId; readonly message: M }[];
  readonly writes: readonly DiskWrite[];
  readonly timers: readonly { readonly name: string; readonly at: Micros | null }[];
}

export class Outbox<M, E> implements Sink<M, E> {
  now: Micros = 0;
  /** Writes so far: saved with the node. */
  written = 0;
  #events: E[] = [];
  #messages: { to: NodeId; message: M }[] = [];
  #writes: DiskWrite[] = [];
  #timers: { name: string; at: Micros | null }[] = [];

  emit(event: E): void {
    this.#events.push(event);
  }

  send(to: NodeId, message: M): void {
    this.#messages.push({ to, message });
  }

  write(queue: DiskQueue, sync: boolean, ops: readonly DiskOp[]): number {
    this.written += 1;
    this.#writes.push({ n: this.written, queue, sync, ops });
    return this.written;
  }

  timer(name: string, at: Micros | null): void {
    this.#timers.push({ name, at });
  }

  /** All of this step; the next one starts empty. */
  take(): StepOutput<M, E> {
    const output = {
      events: this.#events,
      messages: this.#messages,
      writes: this.#writes,
      timers: this.#timers,
    };
    this.#events = [];
    this.#messages = [];
    this.#writes = [];
    this.#timers = [];
    return output;
  }
}
