// Byte strings written so that they keep their order and none is the beginning of another: groups of eight bytes, the
// last one padded with zeros, each followed by 255 less the padding. (TiKV: components/codec/src/byte.rs)

import type { Bytes } from '../../base/bytes.ts';

const GROUP = 8;
const FULL = 255;

export function encodeBytes(bytes: Bytes): Bytes {
  let out = '';
  for (let at = 0; at <= bytes.length; at += GROUP) {
    const group = bytes.slice(at, at + GROUP);
    const padding = GROUP - group.length;
    out += group + '\0'.repeat(padding) + String.fromCharCode(FULL - padding);
  }
  return out;
}

/** The bytes that were encoded; null where this is no encoding. */
export function decodeBytes(encoded: Bytes): Bytes | null {
  let out = '';
  for (let at = 0; at + GROUP < encoded.length; at += GROUP + 1) {
    const padding = FULL - encoded.charCodeAt(at + GROUP);
    if (padding > GROUP) return null;
    const group = encoded.slice(at, at + GROUP - padding);
    out += group;
    if (padding === 0) continue;
    const last = at + GROUP + 1 === encoded.length;
    const zeros = encoded.slice(at + GROUP - padding, at + GROUP);
    return last && zeros === '\0'.repeat(padding) ? out : null;
  }
  return null;
}
