// What writers were told, and what may therefore be read. Each key has one writer, which waits for an answer before it
// writes the key again; a write of unknown fate may take effect at any later moment, or never.

import type { JournalRecord } from '../sim/record.ts';
import type { NodeId } from '../tikv/ids.ts';

type Value = string | null;

interface Key {
  /** The newest value that was acknowledged; null: none, or its deletion was. */
  certain: Value;
  /** Values that may be there instead. */
  readonly possible: Set<Value>;
}

export class Acknowledged {
  readonly #writers: readonly NodeId[];
  readonly #keys = new Map<string, Key>();

  constructor(writers: readonly NodeId[]) {
    this.#writers = writers;
  }

  note({ event, id }: JournalRecord): void {
    if (event.type !== 'client/op-ended' || !this.#writers.includes(id.node)) return;
    const { request, outcome } = event;
    if (request.type !== 'put' && request.type !== 'delete') return;
    if (outcome.status === 'failed') return;
    const key = this.#keys.get(request.key) ?? { certain: null, possible: new Set() };
    this.#keys.set(request.key, key);
    const value = request.type === 'put' ? request.value : null;
    if (outcome.status === 'ok') key.certain = value;
    else key.possible.add(value);
  }

  /** Keys that are certainly there. */
  get size(): number {
    return [...this.#keys.values()].filter(({ certain }) => certain !== null).length;
  }

  /** What is wrong with a scan of everything, once no write is under way. */
  problems(pairs: readonly (readonly [string, string])[]): string[] {
    const found = new Map(pairs);
    const unknown = [...found.keys()].filter((key) => !this.#keys.has(key));
    const wrong = [...this.#keys].filter(([key, { certain, possible }]) => {
      const value = found.get(key) ?? null;
      return value !== certain && !possible.has(value);
    });
    return [
      ...(found.size === pairs.length ? [] : ['a key is read twice']),
      ...unknown.map((key) => `${key} is read and was never written`),
      ...wrong.map(([key, { certain }]) => {
        const [is, was] = [found.get(key) ?? 'nothing', certain ?? 'nothing'];
        return `${key} reads ${is} and was acknowledged as ${was}`;
      }),
    ];
  }
}
