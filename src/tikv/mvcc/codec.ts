// Numbers and byte strings as TiKV's records spell them: var u64 (7 bits a byte, low first), u64 (big-endian), compact
// bytes (zigzag var length, then the bytes). Invariant: what a writer wrote, a reader gives back; anything else is
// refused with column family, key and offset. (TiKV: components/tikv_util/src/codec/{number,bytes}.rs)

import { hexOf, u64Bytes } from '../../base/bytes.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Cf } from '../kv/engine.ts';
import { TS_MAX } from './timestamp.ts';

/**
 * A record that nobody wrote: the disk lies. Thrown by whoever meets it, caught at one door (`executeCommand`), where
 * it becomes the error `BadFormat`.
 */
export class DamagedRecord extends Error {
  override readonly name = 'DamagedRecord';
  readonly family: Cf;
  readonly key: Bytes;
  readonly offset: number;
  readonly what: string;

  constructor(at: { family: Cf; key: Bytes }, offset: number, what: string) {
    super(`damaged record in ${at.family} at ${hexOf(at.key)}, offset ${offset}: ${what}`);
    this.family = at.family;
    this.key = at.key;
    this.offset = offset;
    this.what = what;
  }
}

const U64_MAX = '\xff'.repeat(8);
const VAR_U64_MAX = `${'\xff'.repeat(9)}\x01`;
const char = (code: number) => String.fromCharCode(code);

/** Eight bytes, big-endian; `TS_MAX` is 2^64 − 1. */
export function encodeU64(value: number): Bytes {
  return value === TS_MAX ? U64_MAX : u64Bytes(value);
}

/** Seven bits a byte, low first; `TS_MAX` is 2^64 − 1. */
export function encodeVarU64(value: number): Bytes {
  if (value === TS_MAX) return VAR_U64_MAX;
  let out = '';
  let rest = value;
  while (rest >= 0x80) {
    out += char((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return out + char(rest);
}

/** The length is a signed number in TiKV, hence twice the value. */
export function encodeCompactBytes(bytes: Bytes): Bytes {
  return encodeVarU64(bytes.length * 2) + bytes;
}

/** Reads one record from its start; every method refuses what it cannot read. */
export class RecordReader {
  readonly #record: Bytes;
  readonly #at: { family: Cf; key: Bytes };
  #offset = 0;

  constructor(record: Bytes, at: { family: Cf; key: Bytes }) {
    this.#record = record;
    this.#at = at;
  }

  get ended(): boolean {
    return this.#offset >= this.#record.length;
  }

  /** The refusal of the byte that was read last. */
  refuse(what: string): DamagedRecord {
    return new DamagedRecord(this.#at, Math.max(0, this.#offset - 1), what);
  }

  byte(what: string): string {
    if (this.ended) throw new DamagedRecord(this.#at, this.#offset, `ends before ${what}`);
    return this.#record[this.#offset++] as string;
  }

  bytes(length: number, what: string): Bytes {
    const end = this.#offset + length;
    if (end > this.#record.length) {
      throw new DamagedRecord(this.#at, this.#offset, `ends inside ${what}`);
    }
    const read = this.#record.slice(this.#offset, end);
    this.#offset = end;
    return read;
  }

  u64(what: string): number {
    const start = this.#offset;
    const bytes = this.bytes(8, what);
    const value = u64Of(bytes);
    if (value === null) throw new DamagedRecord(this.#at, start, `${what} is above 2^53`);
    return value;
  }

  varU64(what: string): number {
    const start = this.#offset;
    if (this.#record.startsWith(VAR_U64_MAX, start)) {
      this.#offset += VAR_U64_MAX.length;
      return TS_MAX;
    }
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const code = this.byte(what).charCodeAt(0);
      value += (code & 0x7f) * scale;
      if (!Number.isSafeInteger(value)) {
        throw new DamagedRecord(this.#at, start, `${what} is above 2^53`);
      }
      if (code < 0x80) return value;
    }
  }

  compactBytes(what: string): Bytes {
    const start = this.#offset;
    const length = this.varU64(what);
    if (length % 2 !== 0) throw new DamagedRecord(this.#at, start, `${what} has a negative length`);
    return this.bytes(length / 2, what);
  }
}

/** The number in eight big-endian bytes: a number below 2^53, `TS_MAX` for 2^64 − 1, null for what lies between. */
export function u64Of(bytes: Bytes): number | null {
  if (bytes === U64_MAX) return TS_MAX;
  let value = 0;
  for (let i = 0; i < 8; i++) value = value * 256 + bytes.charCodeAt(i);
  return Number.isSafeInteger(value) ? value : null;
}
