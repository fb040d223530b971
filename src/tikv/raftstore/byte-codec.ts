// Numbers and byte strings, one after the other: what log entries and snapshots are written in. (protobuf's varints)

import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';

const byte = (value: number) => String.fromCharCode(value);

/** A whole number from 0 to 2^53 − 1. */
export function varint(value: number): Bytes {
  let out = '';
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out += byte(128 + (rest % 128));
  return out + byte(rest);
}

export const sized = (bytes: Bytes): Bytes => varint(bytes.length) + bytes;

/** Reads from the front. What is read was written here: anything else is a bug. */
export class ByteReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    assert(this.#at < this.#bytes.length, 'the bytes end in the middle of a record');
    return this.#bytes.charCodeAt(this.#at++);
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const unit = this.byte();
      value += (unit % 128) * scale;
      if (unit < 128) return value;
    }
  }

  sized(): Bytes {
    const length = this.varint();
    assert(this.#at + length <= this.#bytes.length, 'the bytes end in the middle of a field');
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }
}
