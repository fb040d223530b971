// Keys of the engine: memcomparable(prefix + user key), and for versions eight bytes of the inverted timestamp.
// Invariant: engine keys sort by user key, then from the newest version to the oldest; two users' keys never share one.
// (TiKV: components/codec/src/byte.rs, components/txn_types/src/types.rs)

import { u32Bytes } from '../../base/bytes.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Cf } from '../kv/engine.ts';
import { DamagedRecord, u64Of } from './codec.ts';
import { TS_MAX } from './timestamp.ts';
import type { Ts } from './timestamp.ts';

/** Transactional keys live under `x`, raw keys under `r` (API V2); people see them without. */
export const TXN_PREFIX = 'x';
export const RAW_PREFIX = 'r';

const GROUP = 8;
const MARKER = 0xff;
const PADS = Array.from({ length: GROUP + 1 }, (_, n) => '\0'.repeat(n));
const MARKERS = Array.from({ length: GROUP + 1 }, (_, pads) => String.fromCharCode(MARKER - pads));
const OLDEST = '\xff'.repeat(8);

/** Groups of eight bytes, the last one padded; each is followed by 255 − padding. Order is kept, prefixes are safe. */
export function encodeBytes(bytes: Bytes): Bytes {
  let out = '';
  for (let at = 0; ; at += GROUP) {
    const group = bytes.slice(at, at + GROUP);
    const pads = GROUP - group.length;
    out += group + PADS[pads] + MARKERS[pads];
    if (pads > 0) return out;
  }
}

/** What `encodeBytes` was given; null where `encoded` is not exactly its result. */
export function decodeBytes(encoded: Bytes): Bytes | null {
  let out = '';
  for (let at = 0; ; at += GROUP + 1) {
    if (at + GROUP >= encoded.length) return null;
    const pads = MARKER - encoded.charCodeAt(at + GROUP);
    if (pads > GROUP) return null;
    out += encoded.slice(at, at + GROUP - pads);
    if (pads === 0) continue;
    const padding = encoded.slice(at + GROUP - pads, at + GROUP);
    return padding === PADS[pads] && encoded.length === at + GROUP + 1 ? out : null;
  }
}

/** The engine key of a transactional user key: the whole key in `lock`, the front of one in `write` and `default`. */
export function encodeKey(key: Bytes): Bytes {
  return encodeBytes(TXN_PREFIX + key);
}

/** First engine key of all transactional keys, and the one after the last. */
export const TXN_RANGE: { readonly from: Bytes; readonly to: Bytes } = {
  from: encodeBytes(TXN_PREFIX),
  to: encodeBytes('y'),
};

/** The user key in an engine key without timestamp. */
export function decodeKey(encoded: Bytes, family: Cf): Bytes {
  const key = decodeBytes(encoded);
  if (key === null || !key.startsWith(TXN_PREFIX)) {
    throw new DamagedRecord({ family, key: encoded }, 0, 'not a transactional key');
  }
  return key.slice(TXN_PREFIX.length);
}

/** Eight bytes, big-endian, of the bitwise inverse: a later timestamp sorts first. */
export function tsSuffix(ts: Ts): Bytes {
  if (ts === TS_MAX) return PADS[GROUP] as Bytes;
  return u32Bytes(~Math.floor(ts / 4_294_967_296)) + u32Bytes(~(ts >>> 0));
}

export function appendTs(encoded: Bytes, ts: Ts): Bytes {
  return encoded + tsSuffix(ts);
}

/** The engine key without its timestamp. */
export function truncateTs(engineKey: Bytes): Bytes {
  return engineKey.slice(0, -GROUP);
}

/** True where `engineKey` is a version of exactly this encoded key. */
export function isVersionOf(engineKey: Bytes, encoded: Bytes): boolean {
  return engineKey.length === encoded.length + GROUP && engineKey.startsWith(encoded);
}

/** The timestamp at the end of an engine key. */
export function tsOfKey(engineKey: Bytes, family: Cf): Ts {
  let inverse = '';
  for (let i = engineKey.length - GROUP; i < engineKey.length; i++) {
    inverse += String.fromCharCode(~engineKey.charCodeAt(i) & 0xff);
  }
  const ts = inverse.length === GROUP ? u64Of(inverse) : null;
  if (ts === null) {
    throw new DamagedRecord({ family, key: engineKey }, engineKey.length - GROUP, 'no timestamp');
  }
  return ts;
}

/** The engine key after every version of this encoded key. */
export function afterVersions(encoded: Bytes): Bytes {
  return `${encoded}${OLDEST}\0`;
}
