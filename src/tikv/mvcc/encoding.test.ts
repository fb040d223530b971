// Keys and records: round trip, order, exact bytes, and what happens to a disk that lies.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOfHex, hexOf } from '../../base/bytes.ts';
import type { Bytes } from '../../base/bytes.ts';
import { DamagedRecord, encodeU64, encodeVarU64, RecordReader } from './codec.ts';
import { appendTs, decodeBytes, decodeKey, encodeBytes, encodeKey } from './key.ts';
import { isVersionOf, truncateTs, tsOfKey } from './key.ts';
import { decodeLock, encodeLock, newLock } from './lock.ts';
import type { Lock } from './lock.ts';
import { composeTs, logicalOf, physicalOf, plainTs, prevTs, TS_MAX, tsOf } from './timestamp.ts';
import { decodeWrite, encodeWrite, newRollback, newWrite } from './write.ts';
import type { Write } from './write.ts';

const bytes = (max = 40): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ maxLength: max }).map((list) => String.fromCharCode(...list));
const u53 = fc.oneof(
  fc.nat({ max: 300 }),
  fc.maxSafeNat(),
  fc.constantFrom(0, 127, 128, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
);
const ts = fc.oneof({ weight: 9, arbitrary: u53 }, fc.constant(TS_MAX));
const lastChange = fc.option(fc.record({ ts: u53, versions: fc.integer({ min: 1, max: 99 }) }));

const lock: fc.Arbitrary<Lock> = fc
  .record({
    type: fc.constantFrom('Put', 'Delete', 'Lock', 'Pessimistic'),
    primary: bytes(),
    startTs: ts,
    ttl: u53,
    shortValue: fc.option(bytes(255)),
    forUpdateTs: u53,
    txnSize: u53,
    minCommitTs: u53,
    async: fc.option(fc.array(bytes(), { maxLength: 4 })),
    rollbackTs: fc.array(u53, { maxLength: 4 }),
    lastChange,
    txnSource: u53,
    isLockedWithConflict: fc.boolean(),
    generation: u53,
  })
  .map(({ async, ...fields }) =>
    newLock({
      ...(fields as Pick<Lock, 'type' | 'primary' | 'startTs' | 'ttl'>),
      useAsyncCommit: async !== null,
      secondaries: async ?? [],
    }),
  );

const write: fc.Arbitrary<Write> = fc
  .record({
    type: fc.constantFrom('Put' as const, 'Delete' as const, 'Lock' as const, 'Rollback' as const),
    startTs: ts,
    shortValue: fc.option(bytes(255)),
    hasOverlappedRollback: fc.boolean(),
    gcFence: fc.option(u53),
    lastChange,
    txnSource: u53,
  })
  .map((fields) => ({ ...newWrite(fields.type, fields.startTs), ...fields }));

describe('timestamps', () => {
  test('physical milliseconds and 18 logical bits, without bit operators', () => {
    const instant = composeTs(2 ** 34, 7);
    expect([physicalOf(instant), logicalOf(instant)]).toEqual([2 ** 34, 7]);
    expect(instant).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });

  test('the greatest timestamp is written "max" and is later than all others', () => {
    expect(plainTs(TS_MAX)).toBe('max');
    expect(tsOf('max')).toBe(TS_MAX);
    expect(TS_MAX > Number.MAX_SAFE_INTEGER).toBe(true);
    expect(Number.isSafeInteger(prevTs(TS_MAX))).toBe(true);
  });
});

describe('keys', () => {
  test.each([
    ['', '0000000000000000f7'],
    ['616263', '6162630000000000fa'],
    ['0102030405060708', '0102030405060708ff0000000000000000f7'],
  ])('the groups of %s', (key, encoded) => {
    expect(hexOf(encodeBytes(bytesOfHex(key) as Bytes))).toBe(encoded);
  });

  test('a later timestamp sorts first: bytes of the bitwise inverse', () => {
    expect(hexOf(appendTs('', 5))).toBe('fffffffffffffffa');
    expect(hexOf(appendTs('', TS_MAX))).toBe('0000000000000000');
    expect(hexOf(appendTs('', 2 ** 32))).toBe('fffffffeffffffff');
  });

  test('decoding gives back what was encoded', () => {
    fc.assert(
      fc.property(bytes(), ts, (key, at) => {
        const encoded = encodeKey(key);
        expect(decodeBytes(encodeBytes(key))).toBe(key);
        expect(decodeKey(encoded, 'lock')).toBe(key);
        const version = appendTs(encoded, at);
        expect(tsOfKey(version, 'write')).toBe(at);
        expect(truncateTs(version)).toBe(encoded);
        expect(isVersionOf(version, encoded)).toBe(true);
      }),
    );
  });

  test('engine keys sort by user key, then from the newest version to the oldest', () => {
    fc.assert(
      fc.property(bytes(20), bytes(20), ts, ts, (key, other, at, otherAt) => {
        const order = key < other ? -1 : key > other ? 1 : at > otherAt ? -1 : at < otherAt ? 1 : 0;
        const a = appendTs(encodeKey(key), at);
        const b = appendTs(encodeKey(other), otherAt);
        expect(a < b ? -1 : a > b ? 1 : 0).toBe(order);
      }),
    );
  });

  test('a key that nobody encoded is refused', () => {
    fc.assert(
      fc.property(bytes(30), (garbage) => {
        const key = decodeBytes(garbage);
        expect(key === null || encodeBytes(key) === garbage).toBe(true);
      }),
    );
    expect(() => decodeKey('r', 'lock')).toThrow(DamagedRecord);
    expect(() => tsOfKey('short', 'write')).toThrow(DamagedRecord);
  });
});

describe('numbers', () => {
  test('var u64: seven bits a byte, low first', () => {
    expect(hexOf(encodeVarU64(300))).toBe('ac02');
    expect(hexOf(encodeVarU64(TS_MAX))).toBe('ffffffffffffffffff01');
    expect(hexOf(encodeU64(258))).toBe('0000000000000102');
  });

  test('reading gives back what was written', () => {
    fc.assert(
      fc.property(ts, (value) => {
        const at = { family: 'lock' as const, key: 'k' };
        expect(new RecordReader(encodeVarU64(value), at).varU64('n')).toBe(value);
        expect(new RecordReader(encodeU64(value), at).u64('n')).toBe(value);
      }),
    );
  });
});

describe('records', () => {
  test('the bytes of a lock', () => {
    const put = newLock({ type: 'Put', primary: 'pk', startTs: 300, ttl: 3, shortValue: 'v1' });
    expect(hexOf(encodeLock(put))).toBe('5004706bac020376027631');
    const all = newLock({
      ...put,
      forUpdateTs: 1,
      txnSize: 2,
      minCommitTs: 3,
      useAsyncCommit: true,
      secondaries: ['a'],
      rollbackTs: [9],
      isLockedWithConflict: true,
    });
    const u64 = (n: number) => hexOf(encodeU64(n));
    expect(hexOf(encodeLock(all))).toBe(
      `5004706bac02037602763166${u64(1)}74${u64(2)}63${u64(3)}610102617201${u64(9)}46`,
    );
  });

  test('the bytes of writes', () => {
    expect(hexOf(encodeWrite(newWrite('Put', 5, 'v')))).toBe('5005760176');
    expect(hexOf(encodeWrite(newRollback(5, false)))).toBe('5205');
    expect(hexOf(encodeWrite(newRollback(5, true)))).toBe('5205760170');
    const overlapped = { ...newWrite('Delete', 5), hasOverlappedRollback: true, gcFence: 0 };
    expect(hexOf(encodeWrite(overlapped))).toBe(`44055246${'00'.repeat(8)}`);
  });

  test('decoding gives back what was encoded', () => {
    fc.assert(
      fc.property(lock, write, (oneLock, oneWrite) => {
        expect(decodeLock(encodeLock(oneLock), 'k')).toEqual(oneLock);
        expect(decodeWrite(encodeWrite(oneWrite), 'k')).toEqual(oneWrite);
      }),
    );
  });

  test('a damaged record is refused with family, key and offset, or is another valid record', () => {
    const judge = (family: 'lock' | 'write', record: Bytes) => {
      try {
        const decoded =
          family === 'lock'
            ? encodeLock(decodeLock(record, 'the key'))
            : encodeWrite(decodeWrite(record, 'the key'));
        expect(typeof decoded).toBe('string');
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedRecord);
        const damage = error as DamagedRecord;
        expect(damage.family).toBe(family);
        expect(damage.key).toBe('the key');
        expect(damage.offset).toBeLessThanOrEqual(record.length);
      }
    };
    fc.assert(
      fc.property(fc.oneof(lock, write), fc.nat(), fc.nat({ max: 255 }), (one, at, code) => {
        const family = 'primary' in one ? 'lock' : 'write';
        const record = 'primary' in one ? encodeLock(one) : encodeWrite(one);
        const place = at % record.length;
        judge(family, record.slice(0, place));
        judge(family, record.slice(0, place) + String.fromCharCode(code) + record.slice(place + 1));
      }),
    );
    fc.assert(fc.property(bytes(60), (garbage) => judge('lock', garbage)));
    fc.assert(fc.property(bytes(60), (garbage) => judge('write', garbage)));
  });

  test.each([
    ['', 0, 'ends before the type'],
    ['X', 0, 'no type of a lock'],
    ['P\x04p', 2, 'ends inside the primary'],
    ['P\x02p\x05\x00v\x09abc', 7, 'ends inside the short value'],
    ['P\x02p\x05\x00?', 5, 'no field of a lock'],
    [`P\x02p\x05\x00f${'\x7f'.repeat(8)}`, 6, 'for_update_ts is above 2^53'],
  ])('a damaged lock says where: %j', (record, offset, what) => {
    expect(() => decodeLock(record, 'k')).toThrow(
      expect.objectContaining({ family: 'lock', key: 'k', offset, what }),
    );
  });
});
