// One command at a time per key, first come, first served. A latch is memory only: it orders the commands of one
// leader, and Raft orders leaders. (TiKV: src/storage/txn/latch.rs; there keys share slots by their hash)

import { must } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';

export class Latches {
  /** Command ids per key; the first of each has the latch. */
  readonly #queues: Map<Bytes, number[]>;

  constructor(queues: readonly (readonly [Bytes, readonly number[]])[] = []) {
    this.#queues = new Map(queues.map(([key, ids]) => [key, [...ids]]));
  }

  /** Queues up for the key; true where the command has the latch at once. */
  acquire(key: Bytes, command: number): boolean {
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, [command]);
    else queue.push(command);
    return queue === undefined;
  }

  /** Gives the latch back; returns the command that has it now, null where nobody waits. */
  release(key: Bytes): number | null {
    const queue = must(this.#queues.get(key), 'the latch that is given back');
    queue.shift();
    const [next] = queue;
    if (next === undefined) this.#queues.delete(key);
    return next ?? null;
  }

  save(): [Bytes, number[]][] {
    return [...this.#queues].map(([key, ids]) => [key, [...ids]]);
  }
}
