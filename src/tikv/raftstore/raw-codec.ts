// How raw keys and values look in the engine: API V2, every raw key under the prefix `r`, the whole memcomparable; every
// value followed by a byte of flags. A delete is a tombstone that is put. (TiKV: components/api_version/src/api_v2.rs)
// Left out, and said in the README: the keyspace id after `r`, the timestamp after the key, TTL.

import type { Bytes } from '../../base/bytes.ts';
import type { KvOp } from '../kv/engine.ts';
import { decodeBytes, encodeBytes } from '../kv/memcomparable.ts';

const PREFIX = 'r';
const AFTER_PREFIX = 's';
const PLAIN = '\0';
const DELETED = '\x02';

/** The engine key, without the `z` under which TiKV keeps data. */
export const encodeRawKey = (key: Bytes): Bytes => encodeBytes(PREFIX + key);

/** Where raw keys end. */
export const RAW_END: Bytes = encodeBytes(AFTER_PREFIX);

/** The user's key; null where the engine key is not a raw one. */
export function decodeRawKey(encoded: Bytes): Bytes | null {
  const key = decodeBytes(encoded);
  return key !== null && key.startsWith(PREFIX) ? key.slice(PREFIX.length) : null;
}

/** The user's value; null for a tombstone. */
export function decodeRawValue(stored: Bytes | undefined): Bytes | null {
  if (stored === undefined || stored.endsWith(DELETED)) return null;
  return stored.slice(0, -1);
}

/** Null as value is a delete. */
export function rawWrite(key: Bytes, value: Bytes | null): KvOp {
  const stored = value === null ? DELETED : value + PLAIN;
  return { type: 'put', cf: 'default', key: encodeRawKey(key), value: stored };
}
