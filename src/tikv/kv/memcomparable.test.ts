import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBytes, encodeBytes } from './memcomparable.ts';

const bytes = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 255)), { maxLength: 30 })
  .map((units) => String.fromCharCode(...units));

test('the examples of TiKV', () => {
  expect(encodeBytes('')).toBe(`${'\0'.repeat(8)}\xf7`);
  expect(encodeBytes('abc')).toBe('abc\0\0\0\0\0\xfa');
  expect(encodeBytes('12345678')).toBe(`12345678\xff${'\0'.repeat(8)}\xf7`);
});

test('order is kept, nothing is lost, and no encoding begins another', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const [x, y] = [encodeBytes(a), encodeBytes(b)];
      expect(decodeBytes(x)).toBe(a);
      expect(x < y).toBe(a < b);
      if (a !== b) expect(x.startsWith(y)).toBe(false);
    }),
  );
});

test.each([
  '',
  'abc',
  'abc\0\0\0\0\0\xf0',
  'abc\0\x01\0\0\0\xfa',
  '12345678\xff',
  'abc\0\0\0\0\0\xfax',
])('%j is no encoding', (text) => expect(decodeBytes(text)).toBeNull());
