// Raw commands: one value a key, no transactions. The key stands in `default` under `r`, the value behind it with its
// time of expiry and a byte of flags. Invariant: what has expired is not there, whether or not it was collected.
// (TiKV: src/storage/raw/raw_mvcc.rs, components/api_version/src/api_v2.rs)

import type { Bytes } from '../../base/bytes.ts';
import { encodeU64, DamagedRecord, u64Of } from '../mvcc/codec.ts';
import { decodeBytes, encodeBytes, RAW_PREFIX } from '../mvcc/key.ts';
import type { RawRequest } from './request.ts';
import type { RawResponse } from './response.ts';
import type { Done, Work } from './work.ts';
import type { KvOp } from '../kv/engine.ts';

/** Bit of the flags byte: eight bytes of expiry, in seconds of the node's time, stand before it. */
const HAS_EXPIRY = 1;
const MICROS = 1_000_000;

/** The engine key of a raw user key. */
export const encodeRawKey = (key: Bytes): Bytes => encodeBytes(RAW_PREFIX + key);

/** The engine keys from `startKey` to `endKey` (null: the end of all raw keys). */
export function rawRange(startKey: Bytes, endKey: Bytes | null): { from: Bytes; to: Bytes } {
  return {
    from: encodeRawKey(startKey),
    to: endKey === null ? encodeBytes('s') : encodeRawKey(endKey),
  };
}

export interface RawValue {
  readonly value: Bytes;
  /** Seconds of the node's time; 0: never. */
  readonly expiry: number;
}

export function encodeRawValue({ value, expiry }: RawValue): Bytes {
  return expiry === 0
    ? `${value}\0`
    : `${value}${encodeU64(expiry)}${String.fromCharCode(HAS_EXPIRY)}`;
}

export function decodeRawValue(record: Bytes, key: Bytes): RawValue {
  const at = { family: 'default' as const, key };
  const end = record.length - 1;
  const flags = record.charCodeAt(end);
  if (end < 0 || flags > HAS_EXPIRY) throw new DamagedRecord(at, Math.max(end, 0), 'no flags');
  if (flags === 0) return { value: record.slice(0, end), expiry: 0 };
  const expiry = end < 8 ? null : u64Of(record.slice(end - 8, end));
  if (expiry === null) throw new DamagedRecord(at, Math.max(end - 8, 0), 'no expiry');
  return { value: record.slice(0, end - 8), expiry };
}

/** The batch and the answer of one raw command. */
export function raw(work: Work, request: RawRequest): Done & { readonly batch: readonly KvOp[] } {
  const batch: KvOp[] = [];
  const response = answer(new RawWork(work, batch), request);
  return { response, events: [], batch };
}

class RawWork {
  readonly #work: Work;
  readonly #batch: KvOp[];
  readonly nowSeconds: number;

  constructor(work: Work, batch: KvOp[]) {
    this.#work = work;
    this.#batch = batch;
    this.nowSeconds = Math.floor(work.context.now / MICROS);
  }

  load(key: Bytes): RawValue | null {
    const at = encodeRawKey(key);
    const record = this.#work.reader.snapshot.get('default', at);
    return record === undefined ? null : this.alive(decodeRawValue(record, at));
  }

  alive(found: RawValue): RawValue | null {
    return found.expiry !== 0 && found.expiry <= this.nowSeconds ? null : found;
  }

  put(key: Bytes, value: Bytes, ttl: number): void {
    const expiry = ttl === 0 ? 0 : this.nowSeconds + ttl;
    const record = encodeRawValue({ value, expiry });
    this.#batch.push({ type: 'put', cf: 'default', key: encodeRawKey(key), value: record });
  }

  delete(key: Bytes): void {
    this.#batch.push({ type: 'delete', cf: 'default', key: encodeRawKey(key) });
  }

  deleteRange(startKey: Bytes, endKey: Bytes | null): void {
    const { from, to } = this.#clip(startKey, endKey);
    if (from < to) this.#batch.push({ type: 'delete-range', cf: 'default', from, to });
  }

  *scan(startKey: Bytes, endKey: Bytes | null, reverse: boolean): Generator<[Bytes, Bytes]> {
    const { from, to } = this.#clip(startKey, endKey);
    const { snapshot } = this.#work.reader;
    const entries = reverse
      ? snapshot.reverseRange('default', from, to)
      : snapshot.range('default', from, to);
    for (const [at, record] of entries) {
      const found = this.alive(decodeRawValue(record, at));
      const key = decodeBytes(at);
      if (key === null) throw new DamagedRecord({ family: 'default', key: at }, 0, 'not a raw key');
      if (found !== null) yield [key.slice(RAW_PREFIX.length), found.value];
    }
  }

  /** The range inside the Region. */
  #clip(startKey: Bytes, endKey: Bytes | null): { from: Bytes; to: Bytes } {
    const wanted = rawRange(startKey, endKey);
    const { range } = this.#work.context;
    const to = range.to !== null && range.to < wanted.to ? range.to : wanted.to;
    return { from: range.from > wanted.from ? range.from : wanted.from, to };
  }
}

function answer(work: RawWork, request: RawRequest): RawResponse {
  switch (request.type) {
    case 'raw-get':
      return { type: request.type, value: work.load(request.key)?.value ?? null };
    case 'raw-batch-get': {
      const pairs: [Bytes, Bytes][] = [];
      for (const key of request.keys) {
        const found = work.load(key);
        if (found !== null) pairs.push([key, found.value]);
      }
      return { type: request.type, pairs };
    }
    case 'raw-get-key-ttl': {
      const found = work.load(request.key);
      if (found === null) return { type: request.type, ttl: null };
      return { type: request.type, ttl: found.expiry === 0 ? 0 : found.expiry - work.nowSeconds };
    }
    case 'raw-put':
      work.put(request.key, request.value, request.ttl);
      return { type: request.type };
    case 'raw-batch-put':
      for (const [key, value] of request.pairs) work.put(key, value, request.ttl);
      return { type: request.type };
    case 'raw-delete':
      work.delete(request.key);
      return { type: request.type };
    case 'raw-batch-delete':
      for (const key of request.keys) work.delete(key);
      return { type: request.type };
    case 'raw-delete-range':
      work.deleteRange(request.startKey, request.endKey);
      return { type: request.type };
    case 'raw-scan':
      return { type: request.type, pairs: scan(work, request) };
    case 'raw-cas':
      return compareAndSwap(work, request);
  }
}

function scan(work: RawWork, request: Extract<RawRequest, { type: 'raw-scan' }>) {
  const { startKey, endKey, limit, reverse } = request;
  const pairs: [Bytes, Bytes][] = [];
  if (limit <= 0) return pairs;
  const found = reverse
    ? work.scan(endKey ?? '', startKey === '' ? null : startKey, true)
    : work.scan(startKey, endKey, false);
  for (const pair of found) {
    pairs.push(pair);
    if (pairs.length === limit) break;
  }
  return pairs;
}

function compareAndSwap(
  work: RawWork,
  request: Extract<RawRequest, { type: 'raw-cas' }>,
): RawResponse {
  const previous = work.load(request.key)?.value ?? null;
  const succeeded = previous === request.previous;
  if (succeeded) {
    if (request.value === null) work.delete(request.key);
    else work.put(request.key, request.value, request.ttl);
  }
  return { type: 'raw-cas', succeeded, previous };
}
