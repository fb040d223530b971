// Raw keys: one value a key, with compare-and-swap and time to live, apart from all transactions.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getRequest, MustStore } from '../../testing/model/must-store.ts';
import { DamagedRecord } from '../mvcc/codec.ts';
import { decodeRawValue, encodeRawKey, encodeRawValue } from './raw.ts';

const put = (key: string, value: string, ttl = 0) =>
  ({ type: 'raw-put', key, value, ttl, forCas: false }) as const;
const SECOND = 1_000_000;

test('put, get, delete, in batches too', () => {
  const store = new MustStore();
  store.must(put('a', '1'));
  store.must({
    type: 'raw-batch-put',
    pairs: [
      ['b', '2'],
      ['c', '3'],
    ],
    ttl: 0,
    forCas: false,
  });
  expect(store.must({ type: 'raw-get', key: 'b' }).value).toBe('2');
  store.must({ type: 'raw-delete', key: 'b', forCas: false });
  const pairs = [
    ['a', '1'],
    ['c', '3'],
  ];
  expect(store.must({ type: 'raw-batch-get', keys: ['a', 'b', 'c'] }).pairs).toEqual(pairs);
  store.must({ type: 'raw-batch-delete', keys: ['a'], forCas: true });
  expect(store.must({ type: 'raw-get', key: 'a' }).value).toBeNull();
});

test('raw keys and transactional keys never meet', () => {
  const store = new MustStore();
  store.must(put('k', 'raw'));
  store.mustPut('k', 'v'.repeat(300), [1, 2]);
  const scan = { type: 'raw-scan', startKey: '', endKey: null, limit: 9, reverse: false } as const;
  expect(store.must(scan).pairs).toEqual([['k', 'raw']]);
  store.must({ type: 'raw-delete-range', startKey: '', endKey: null });
  expect(store.must(scan).pairs).toEqual([]);
  expect(store.must<'get'>(getRequest('k', 3)).value?.length).toBe(300);
});

test('scans go both ways, with bounds and a limit', () => {
  const store = new MustStore();
  for (const key of ['a', 'b', 'c', 'd']) store.must(put(key, key));
  const scan = (startKey: string, endKey: string | null, reverse = false, limit = 9) =>
    store
      .must({ type: 'raw-scan', startKey, endKey, limit, reverse })
      .pairs.map(([key]) => key)
      .join('');
  expect(scan('b', 'd')).toBe('bc');
  expect(scan('d', 'b', true)).toBe('cb');
  expect(scan('', null, true)).toBe('dcba');
  expect(scan('', null, false, 2)).toBe('ab');
});

test('compare-and-swap tells the previous value, and writes only on equality', () => {
  const store = new MustStore();
  const cas = (previous: string | null, value: string | null) => {
    const { succeeded, previous: was } = store.must({
      type: 'raw-cas',
      key: 'k',
      previous,
      value,
      ttl: 0,
    });
    return [succeeded, was];
  };
  expect(cas('x', 'a')).toEqual([false, null]);
  expect(cas(null, 'a')).toEqual([true, null]);
  expect(cas(null, 'b')).toEqual([false, 'a']);
  expect(cas('a', 'b')).toEqual([true, 'a']);
  expect(cas('b', null)).toEqual([true, 'b']);
  expect(store.must({ type: 'raw-get', key: 'k' }).value).toBeNull();
});

test('a key with a time to live is gone when it is over, for every command', () => {
  const store = new MustStore();
  store.now = 100 * SECOND;
  store.must(put('k', 'v', 10));
  store.must(put('forever', 'v'));
  const ttl = (key: string) => store.must({ type: 'raw-get-key-ttl', key }).ttl;
  expect([ttl('k'), ttl('forever'), ttl('none')]).toEqual([10, 0, null]);
  store.now = 109 * SECOND + 999_999;
  expect(ttl('k')).toBe(1);
  store.now = 110 * SECOND;
  expect(ttl('k')).toBeNull();
  expect(store.must({ type: 'raw-get', key: 'k' }).value).toBeNull();
  const scan = { type: 'raw-scan', startKey: '', endKey: null, limit: 9, reverse: false } as const;
  expect(store.must(scan).pairs.map(([key]) => key)).toEqual(['forever']);
  const cas = store.must({ type: 'raw-cas', key: 'k', previous: null, value: 'w', ttl: 0 });
  expect(cas.succeeded).toBe(true);
});

test('the record: value, expiry where there is one, flags', () => {
  expect(encodeRawValue({ value: 'v', expiry: 0 })).toBe('v\0');
  expect(encodeRawValue({ value: 'v', expiry: 258 })).toBe('v\0\0\0\0\0\0\x01\x02\x01');
  fc.assert(
    fc.property(fc.uint8Array(), fc.maxSafeNat(), (list, expiry) => {
      const value = String.fromCharCode(...list);
      const record = encodeRawValue({ value, expiry });
      expect(decodeRawValue(record, 'k')).toEqual({ value, expiry });
    }),
  );
  for (const damaged of ['', '\x02', 'short\x01']) {
    expect(() => decodeRawValue(damaged, encodeRawKey('k'))).toThrow(DamagedRecord);
  }
});
