// The fingerprint of a journal or of a disk image: two 32-bit lanes over a canonical writing of plain data.
// Canonical means: keys in code-unit order, integers and strings tagged and length-prefixed, `undefined`, fractions
// and anything that is not plain data refused. Not cryptographic; it tells two journals apart, not two enemies.

/** The running state: plain data, so that a conductor can be saved. */
export interface Hash {
  a: number;
  b: number;
}

export function newHash(): Hash {
  return { a: 0x811c9dc5 | 0, b: 0x2f0b4a27 | 0 };
}

/** Feeds one 32-bit word to both lanes. */
function word(hash: Hash, value: number): void {
  let a = Math.imul(hash.a ^ value, 0x85ebca6b);
  a = Math.imul((a << 13) | (a >>> 19), 5) + 0x52dce729;
  hash.a = a | 0;
  let b = Math.imul(hash.b + value, 0xc2b2ae35);
  b ^= b >>> 15;
  hash.b = (Math.imul(b, 0x27d4eb2f) + 0x165667b1) | 0;
}

function text(hash: Hash, value: string): void {
  word(hash, value.length);
  let packed = 0;
  for (let i = 0; i < value.length; i++) {
    packed = (packed << 16) | value.charCodeAt(i);
    if (i % 2 === 1) {
      word(hash, packed);
      packed = 0;
    }
  }
  if (value.length % 2 === 1) word(hash, packed);
}

const TAG = { null: 1, false: 2, true: 3, integer: 4, text: 5, list: 6, record: 7 } as const;

/** Adds `value` to the fingerprint. Throws a TypeError that names the place of anything that is not canonical. */
export function hashPlain(hash: Hash, value: unknown, place = 'value'): void {
  switch (typeof value) {
    case 'string':
      word(hash, TAG.text);
      return text(hash, value);
    case 'number':
      if (!Number.isSafeInteger(value)) throw new TypeError(`${place}: ${value} is not an integer`);
      word(hash, TAG.integer);
      word(hash, value | 0);
      return word(hash, Math.floor(value / 4294967296) | 0);
    case 'boolean':
      return word(hash, value ? TAG.true : TAG.false);
    case 'object':
      break;
    default:
      throw new TypeError(`${place}: ${typeof value} is not plain data`);
  }
  if (value === null) return word(hash, TAG.null);
  if (Array.isArray(value)) {
    word(hash, TAG.list);
    word(hash, value.length);
    for (let i = 0; i < value.length; i++) hashPlain(hash, value[i], place);
    return;
  }
  const fields = value as Record<string, unknown>;
  const keys = sortedKeys(fields);
  word(hash, TAG.record);
  word(hash, keys.length);
  for (const key of keys) {
    text(hash, key);
    hashPlain(hash, fields[key], key);
  }
}

/** Keys in code-unit order. Records are small, so insertion beats a general sort. */
function sortedKeys(fields: Record<string, unknown>): string[] {
  const keys = Object.keys(fields);
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    let j = i - 1;
    while (j >= 0 && (keys[j] as string) > key) {
      keys[j + 1] = keys[j] as string;
      j--;
    }
    keys[j + 1] = key;
  }
  return keys;
}

/** Sixteen hexadecimal digits. */
export function hashDigits(hash: Hash): string {
  const hex = (lane: number) => (lane >>> 0).toString(16).padStart(8, '0');
  return hex(hash.a) + hex(hash.b);
}

/** The fingerprint of one value. */
export function digestOf(value: unknown): string {
  const hash = newHash();
  hashPlain(hash, value);
  return hashDigits(hash);
}
