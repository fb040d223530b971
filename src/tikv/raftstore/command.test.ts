import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentOf, decodeCommand, encodeCommand } from './command.ts';
import type { KvOp } from '../kv/engine.ts';
import { decodeRawKey, decodeRawValue, encodeRawKey, rawWrite } from './raw-codec.ts';

const bytes = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 200 })
  .map((units) => String.fromCharCode(...units));
const cf = fc.constantFrom('default' as const, 'lock' as const, 'write' as const);
const op: fc.Arbitrary<KvOp> = fc.oneof(
  fc.record({ type: fc.constant('put' as const), cf, key: bytes, value: bytes }),
  fc.record({ type: fc.constant('delete' as const), cf, key: bytes }),
  fc.record({
    type: fc.constant('delete-range' as const),
    cf,
    from: bytes,
    to: fc.option(bytes),
  }),
);
const epoch = fc.record({ confVer: fc.nat(), version: fc.nat(2 ** 40) });

test('a command comes back from the log as it went in', () => {
  fc.assert(
    fc.property(epoch, fc.array(op, { maxLength: 5 }), (epoch, ops) => {
      expect(decodeCommand(encodeCommand({ epoch, ops }))).toEqual({ epoch, ops });
    }),
  );
});

test('a command that was cut short or goes on is found out', () => {
  const whole = encodeCommand({
    epoch: { confVer: 1, version: 1 },
    ops: [rawWrite('key', 'value')],
  });
  for (let end = 0; end < whole.length; end++)
    expect(() => decodeCommand(whole.slice(0, end))).toThrow('in the middle of');
  expect(() => decodeCommand(`${whole}x`)).toThrow('goes on');
});

test('a small write weighs little: four go into one message', () => {
  const data = encodeCommand({ epoch: { confVer: 1, version: 1 }, ops: [rawWrite('k1', 'v1')] });
  expect(data.length).toBeLessThan(50);
});

test('an entry is shown in the words of the user', () => {
  const entry = (data: string) => ({ entryType: 'EntryNormal' as const, term: 6, index: 7, data });
  const write = (key: string, value: string | null) =>
    contentOf(
      entry(encodeCommand({ epoch: { confVer: 1, version: 1 }, ops: [rawWrite(key, value)] })),
    );
  expect(write('k', 'v')).toEqual({ type: 'put', key: 'k', value: 'v' });
  expect(write('k', '')).toEqual({ type: 'put', key: 'k', value: '' });
  expect(write('k', null)).toEqual({ type: 'delete', key: 'k' });
  expect(contentOf(entry(''))).toEqual({ type: 'empty' });
});

test('raw keys keep their order and stay apart from transactional ones', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(decodeRawKey(encodeRawKey(a))).toBe(a);
      expect(encodeRawKey(a) < encodeRawKey(b)).toBe(a < b);
    }),
  );
  expect(decodeRawKey('x')).toBeNull();
  expect(decodeRawValue(undefined)).toBeNull();
});
