// An entry of the log, and what it weighs.                                      (TiKV: eraftpb.proto, raft-rs util.rs)
// Entries are never changed once made: every array may share them.

import type { Bytes } from '../../base/bytes.ts';

export type EntryType = 'EntryNormal' | 'EntryConfChange' | 'EntryConfChangeV2';

export interface Entry {
  readonly entryType: EntryType;
  readonly term: number;
  readonly index: number;
  readonly data: Bytes;
  readonly context?: Bytes;
}

/** No entries, shared. */
export const NO_ENTRIES: readonly Entry[] = Object.freeze([]);

/** A limit that is none. */
export const NO_LIMIT: number = Number.MAX_SAFE_INTEGER;

export const isConfChange = (entry: Entry): boolean => entry.entryType !== 'EntryNormal';

/** The same entry at another place. */
export function entryAt(entry: Entry, term: number, index: number): Entry {
  const { entryType, data, context } = entry;
  return context === undefined
    ? { entryType, term, index, data }
    : { entryType, term, index, data, context };
}

/** Bytes that the entry takes on the wire (protobuf, absent fields left out). */
export function entrySize(entry: Entry): number {
  let size = entry.entryType === 'EntryNormal' ? 0 : 2;
  if (entry.term > 0) size += 1 + varintSize(entry.term);
  if (entry.index > 0) size += 1 + varintSize(entry.index);
  const data = entry.data.length;
  if (data > 0) size += 1 + varintSize(data) + data;
  const context = entry.context?.length ?? 0;
  if (context > 0) size += 1 + varintSize(context) + context;
  return size;
}

/** Bytes of a protobuf varint. */
function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** How many of the first entries weigh at most `maxSize` together; never fewer than one. */
export function countWithin(entries: readonly Entry[], maxSize: number): number {
  if (maxSize >= NO_LIMIT) return entries.length;
  let size = 0;
  for (let i = 0; i < entries.length; i++) {
    size += entrySize(entries[i] as Entry);
    if (size > maxSize && i > 0) return i;
  }
  return entries.length;
}

/** The longest beginning that weighs at most `maxSize`; never less than one entry. */
export function limitSize(entries: readonly Entry[], maxSize: number): readonly Entry[] {
  const count = countWithin(entries, maxSize);
  return count === entries.length ? entries : entries.slice(0, count);
}

/** Bytes of the proposals themselves. */
export function payloadSize(entries: readonly Entry[]): number {
  let size = 0;
  for (let i = 0; i < entries.length; i++) size += (entries[i] as Entry).data.length;
  return size;
}

/** 32 bits that tell two contents apart; judges compare them in place of the data. */
export function entryDigest(entry: Entry): number {
  let hash = entry.entryType === 'EntryNormal' ? 0x811c9dc5 : 0x050c5d1f;
  const { data } = entry;
  for (let i = 0; i < data.length; i++) hash = Math.imul(hash ^ data.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
