// The bounds of Regions are encoded keys of two spaces, raw keys under `r` and transactional ones under `x`; people see
// and type them without. (TiKV: components/api_version/src/api_v2.rs; client-go: pd_codec.go)

import type { Bytes } from '../../base/bytes.ts';
import { decodeBytes, encodeBytes } from '../kv/memcomparable.ts';

export type KeySpace = 'raw' | 'txn';

const PREFIXES = { raw: 'r', txn: 'x' } as const;

/** The bound before all versions of a key. */
export const boundOf = (space: KeySpace, key: Bytes): Bytes => encodeBytes(PREFIXES[space] + key);

/** The key of a bound; null where it is the edge of the key space, or lies between the two. */
export function keyOfBound(bound: Bytes): { readonly space: KeySpace; readonly key: Bytes } | null {
  const decoded = decodeBytes(bound);
  if (decoded === null) return null;
  const space = (['raw', 'txn'] as const).find((each) => decoded.startsWith(PREFIXES[each]));
  return space === undefined ? null : { space, key: decoded.slice(1) };
}
