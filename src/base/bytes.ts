// Bytes are strings of one code unit a byte (0 to 255): they compare bytewise with `<`, hash, clone and serve as map
// keys. Text that people type becomes UTF-8 here; TextEncoder is a host's, so the conversion is ours.

/** A string whose code units are all below 256. */
export type Bytes = string;

/** UTF-8 of a text. A lone surrogate becomes U+FFFD. */
export function bytesOf(text: string): Bytes {
  let out = '';
  for (const char of text) {
    let point = char.codePointAt(0) as number;
    if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
    if (point < 0x80) out += char;
    else if (point < 0x800) out += byte(0xc0 | (point >> 6)) + tail(point);
    else if (point < 0x10000) out += byte(0xe0 | (point >> 12)) + tail(point >> 6) + tail(point);
    else out += byte(0xf0 | (point >> 18)) + tail(point >> 12) + tail(point >> 6) + tail(point);
  }
  return out;
}

const byte = (value: number) => String.fromCharCode(value);
const tail = (value: number) => byte(0x80 | (value & 0x3f));

/** The text that these bytes spell; bytes that are no UTF-8 are shown as `\xNN`. */
export function textOf(bytes: Bytes): string {
  let out = '';
  let i = 0;
  while (i < bytes.length) {
    const first = bytes.charCodeAt(i);
    const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : -1;
    const point = more < 0 ? -1 : decode(bytes, i, first, more);
    if (point < 0) {
      out += `\\x${first.toString(16).padStart(2, '0')}`;
      i += 1;
    } else {
      out += String.fromCodePoint(point);
      i += 1 + more;
    }
  }
  return out;
}

const SMALLEST = [0, 0x80, 0x800, 0x10000];

function decode(bytes: Bytes, at: number, first: number, more: number): number {
  let point = more === 0 ? first : first & (0x3f >> more);
  for (let k = 1; k <= more; k++) {
    const unit = bytes.charCodeAt(at + k);
    if (Number.isNaN(unit) || (unit & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (unit & 0x3f);
  }
  const surrogate = point >= 0xd800 && point < 0xe000;
  return point < (SMALLEST[more] as number) || point > 0x10ffff || surrogate ? -1 : point;
}

/** True where every code unit is a byte. */
export function isBytes(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 255) return false;
  return true;
}

/** Two hexadecimal digits a byte. */
export function hexOf(bytes: Bytes): string {
  let out = '';
  for (let i = 0; i < bytes.length; i++) out += bytes.charCodeAt(i).toString(16).padStart(2, '0');
  return out;
}

/** The bytes of a hexadecimal text; null where it is none. */
export function bytesOfHex(hex: string): Bytes | null {
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex)) return null;
  let out = '';
  for (let i = 0; i < hex.length; i += 2) out += byte(Number.parseInt(hex.slice(i, i + 2), 16));
  return out;
}

/** Eight bytes, big-endian. `value` is a whole number from 0 to 2^53 − 1. */
export function u64Bytes(value: number): Bytes {
  const high = Math.floor(value / 4294967296);
  return u32Bytes(high) + u32Bytes(value >>> 0);
}

/** Four bytes, big-endian. */
export function u32Bytes(value: number): Bytes {
  return (
    byte((value >>> 24) & 255) +
    byte((value >>> 16) & 255) +
    byte((value >>> 8) & 255) +
    byte(value & 255)
  );
}
