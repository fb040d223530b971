// Reads that wait for a quorum to confirm the leader, in the order in which they were asked. (TiKV: raft-rs read_only.rs)
// A confirmation of one is a confirmation of all before it. So each round has a token of its own, never used twice in
// a term: an answer to an earlier round about the same context must not confirm what was asked since.

import { u64Bytes, type Bytes } from '../../base/bytes.ts';
import type { Message } from './message.ts';

export interface ReadIndexStatus {
  /** What the asker knows the read by. */
  readonly ctx: Bytes;
  /** What heartbeats and their answers know it by: the context and a number. */
  readonly token: Bytes;
  readonly request: Message;
  /** The commit index when it was asked. */
  readonly index: number;
  readonly acks: Set<number>;
}

export class ReadOnly {
  /** By token. A map keeps the order in which its keys came, so it is the queue as well. */
  readonly #pending = new Map<Bytes, ReadIndexStatus>();
  readonly #tokens = new Map<Bytes, Bytes>();
  #lastToken: Bytes = '';
  #rounds = 0;

  get size(): number {
    return this.#pending.size;
  }

  /** Of the newest request; null where none waits. */
  lastPendingToken(): Bytes | null {
    return this.#pending.size === 0 ? null : this.#lastToken;
  }

  /** Returns the token; a request that waits already keeps its own. */
  add(request: Message, index: number, self: number): Bytes {
    const ctx = readContext(request);
    const waiting = this.#tokens.get(ctx);
    if (waiting !== undefined) return waiting;
    const token = ctx + u64Bytes(++this.#rounds);
    this.#put({ ctx, token, request, index, acks: new Set([self]) });
    return token;
  }

  #put(status: ReadIndexStatus): void {
    this.#pending.set(status.token, status);
    this.#tokens.set(status.ctx, status.token);
    this.#lastToken = status.token;
  }

  /** Who has confirmed the request so far, `from` among them; null where it does not wait. */
  acknowledge(from: number, token: Bytes): ReadonlySet<number> | null {
    const status = this.#pending.get(token);
    if (status === undefined) return null;
    status.acks.add(from);
    return status.acks;
  }

  /** Takes out the request and everything before it. */
  advance(token: Bytes): ReadIndexStatus[] {
    const confirmed: ReadIndexStatus[] = [];
    if (!this.#pending.has(token)) return confirmed;
    for (const status of this.#pending.values()) {
      this.#pending.delete(status.token);
      this.#tokens.delete(status.ctx);
      confirmed.push(status);
      if (status.token === token) break;
    }
    return confirmed;
  }

  /** Forgets all; returns what waited. */
  clear(): ReadIndexStatus[] {
    const waiting = this.waiting();
    this.#pending.clear();
    this.#tokens.clear();
    return waiting;
  }

  waiting(): ReadIndexStatus[] {
    return [...this.#pending.values()];
  }

  get rounds(): number {
    return this.#rounds;
  }

  load(waiting: readonly ReadIndexStatus[], rounds: number): void {
    this.clear();
    for (const status of waiting) this.#put(status);
    this.#rounds = rounds;
  }
}

/** What a MsgReadIndex is known by. */
export const readContext = (request: Message): Bytes => request.entries[0]?.data ?? '';
