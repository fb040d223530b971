// GC: forgets the versions that no read at or above the safe point can see.
// Invariant: for every such read the answer is the same before and after. A Delete goes only when everything older is
// gone, else the older would come back. (TiKV: src/storage/txn/actions/gc.rs)

import { assertNever } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { encodeKey } from '../mvcc/key.ts';
import type { WriteAt } from '../mvcc/reader.ts';
import { scanKeys } from '../mvcc/scanner.ts';
import { plainTs } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { clip } from './locks-in-range.ts';
import type { GcRequest } from './request.ts';
import type { Done, Work } from './work.ts';

/** Bytes that one command may change; TiKV's MAX_TXN_WRITE_SIZE. */
const SIZE_MAX = 32 * 1024;
/** Keys that one command looks at. */
const KEYS_MAX = 512;

export function gc(work: Work, request: GcRequest): Done {
  const { safePoint } = request;
  const total = { found: 0, deleted: 0 };
  let looked = 0;
  let stoppedAt: Bytes | null = null;
  for (const key of keysToLookAt(work, request)) {
    if (looked++ === KEYS_MAX || work.txn.size >= SIZE_MAX) {
      stoppedAt = key;
      break;
    }
    const one = collectKey(work, key, safePoint);
    total.found += one.found;
    total.deleted += one.deleted;
    if (!one.completed) {
      stoppedAt = key;
      break;
    }
  }
  return {
    response: { type: 'gc', ...total },
    events: [{ type: 'txn/versions-collected', safePoint: plainTs(safePoint), ...total }],
    ...(stoppedAt !== null && { next: rest(request, stoppedAt) }),
  };
}

function* keysToLookAt(work: Work, request: GcRequest): Generator<Bytes> {
  if (request.keys !== null) {
    yield* request.keys;
    return;
  }
  const range = clip(work.context.range, '', null);
  const from = request.scanKey === null ? range.from : encodeKey(request.scanKey);
  yield* scanKeys(work.reader.snapshot, { from, to: range.to });
}

function rest(request: GcRequest, stoppedAt: Bytes): GcRequest {
  if (request.keys === null) return { ...request, scanKey: stoppedAt };
  return { ...request, keys: request.keys.slice(request.keys.indexOf(stoppedAt)) };
}

/** `rewind`: newer than the safe point; `remove-idempotent`: locks and rollbacks go; `remove-all`: everything goes. */
type State = 'rewind' | 'remove-idempotent' | 'remove-all';

function collectKey(work: Work, key: Bytes, safePoint: Ts) {
  let state: State = 'rewind';
  let found = 0;
  let deleted = 0;
  let latestDelete: WriteAt | null = null;
  const remove = (at: WriteAt) => {
    work.txn.deleteWrite(key, at.commitTs);
    const { write } = at;
    if (write.type === 'Put' && write.shortValue === null) work.txn.deleteValue(key, write.startTs);
    deleted++;
  };
  for (const at of work.reader.writes(key)) {
    if (work.txn.size >= SIZE_MAX && deleted > 0) return { found, deleted, completed: false };
    found++;
    if (state === 'rewind' && at.commitTs <= safePoint) state = 'remove-idempotent';
    if (state === 'rewind') continue;
    if (state === 'remove-all') {
      remove(at);
      continue;
    }
    const { type } = at.write;
    switch (type) {
      case 'Put':
        state = 'remove-all';
        break;
      case 'Delete':
        state = 'remove-all';
        latestDelete = at;
        break;
      case 'Lock':
      case 'Rollback':
        remove(at);
        break;
      default:
        assertNever(type);
    }
  }
  if (latestDelete !== null) remove(latestDelete);
  return { found, deleted, completed: true };
}
