// Reads that wait for a quorum to confirm the leader, in the order in which they were asked. (TiKV: raft-rs read_only.rs)
// A confirmation of one is a confirmation of all before it.

import type { Bytes } from '../../base/bytes.ts';
import type { Message } from './message.ts';

export interface ReadIndexStatus {
  readonly ctx: Bytes;
  readonly request: Message;
  /** The commit index when it was asked. */
  readonly index: number;
  readonly acks: Set<number>;
}

export class ReadOnly {
  // A map keeps the order in which its keys came, so it is the queue as well.
  readonly #pending = new Map<Bytes, ReadIndexStatus>();
  #lastCtx: Bytes | null = null;

  get size(): number {
    return this.#pending.size;
  }

  /** The context of the newest request; null where none waits. */
  lastPendingCtx(): Bytes | null {
    return this.#pending.size === 0 ? null : this.#lastCtx;
  }

  add(request: Message, index: number, self: number): void {
    const ctx = readContext(request);
    if (this.#pending.has(ctx)) return;
    this.#pending.set(ctx, { ctx, request, index, acks: new Set([self]) });
    this.#lastCtx = ctx;
  }

  /** Who has confirmed the request so far, `from` among them; null where it does not wait. */
  acknowledge(from: number, ctx: Bytes): ReadonlySet<number> | null {
    const status = this.#pending.get(ctx);
    if (status === undefined) return null;
    status.acks.add(from);
    return status.acks;
  }

  /** Takes out the request and everything before it. */
  advance(ctx: Bytes): ReadIndexStatus[] {
    const confirmed: ReadIndexStatus[] = [];
    if (!this.#pending.has(ctx)) return confirmed;
    for (const status of this.#pending.values()) {
      this.#pending.delete(status.ctx);
      confirmed.push(status);
      if (status.ctx === ctx) break;
    }
    return confirmed;
  }

  /** Forgets all; returns what waited. */
  clear(): ReadIndexStatus[] {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    return waiting;
  }

  waiting(): ReadIndexStatus[] {
    return [...this.#pending.values()];
  }

  load(waiting: readonly ReadIndexStatus[]): void {
    this.#pending.clear();
    for (const status of waiting) this.#pending.set(status.ctx, status);
    this.#lastCtx = waiting.at(-1)?.ctx ?? null;
  }
}

/** What a MsgReadIndex is known by. */
export const readContext = (request: Message): Bytes => request.entries[0]?.data ?? '';
