import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, bytesOfHex, hexOf, isBytes, textOf, u64Bytes } from './bytes.ts';
import { below, between, luck, newChance } from './chance.ts';
import { digestOf } from './hash.ts';
import { Heap } from './heap.ts';
import { clonePlain, deepFreeze, equalPlain } from './plain.ts';
import { SortedMap } from './sorted-map.ts';
import { countWhile } from './sorted.ts';

test('text becomes UTF-8 bytes and comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(isBytes(bytesOf(text))).toBe(true);
      expect(textOf(bytesOf(text))).toBe(text);
    }),
  );
});

test('bytes that are no UTF-8 are shown, not swallowed', () => {
  expect(textOf('a\xff\xc0\x80b')).toBe('a\\xff\\xc0\\x80b');
  expect(textOf('\xed\xa0\x80')).toBe('\\xed\\xa0\\x80');
});

test('hexadecimal goes both ways, and nonsense is refused', () => {
  expect(bytesOfHex(hexOf('\x00\x7f\xff'))).toBe('\x00\x7f\xff');
  expect(bytesOfHex('0')).toBeNull();
  expect(bytesOfHex('zz')).toBeNull();
});

test('numbers as eight bytes keep their order', () => {
  const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(u64Bytes(a) < u64Bytes(b)).toBe(a < b);
      expect(u64Bytes(a)).toHaveLength(8);
    }),
  );
});

test('a stream of chance depends on seed and owner alone', () => {
  const draw = (seed: number, owner: string) => {
    const chance = newChance(seed, owner);
    return Array.from({ length: 20 }, () => below(chance, 1_000_000));
  };
  expect(draw(7, 's1')).toEqual(draw(7, 's1'));
  expect(draw(7, 's1')).not.toEqual(draw(7, 's2'));
  expect(draw(7, 's1')).not.toEqual(draw(8, 's1'));
});

test('chance is even enough, and keeps its bounds', () => {
  const chance = newChance(1, 'bounds');
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 20_000; i++) {
    const value = between(chance, 3, 12);
    counts[value - 3] = (counts[value - 3] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(250);
  let hits = 0;
  for (let i = 0; i < 20_000; i++) if (luck(chance, 250_000)) hits += 1;
  expect(Math.abs(hits - 5000)).toBeLessThan(350);
});

test('the digest sees every value and place, and not the order of keys', () => {
  expect(digestOf({ a: 1, b: [2, 'x', null, true] })).toBe(
    digestOf({ b: [2, 'x', null, true], a: 1 }),
  );
  const others = [
    { a: 1 },
    { a: '1' },
    { a: -1 },
    { a: 2 ** 40 },
    { a: null },
    { a: [] },
    { a: {} },
    { a: false },
    [1],
    {},
  ];
  expect(new Set(others.map(digestOf)).size).toBe(others.length);
});

test('what is not plain data is refused with its place', () => {
  expect(() => digestOf({ a: { half: 0.5 } })).toThrow('half: 0.5 is not an integer');
  expect(() => digestOf({ a: undefined })).toThrow('a: undefined is not plain data');
});

test('a heap gives its items in order, whatever came first', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer()), (numbers) => {
      const heap = new Heap((a: number, b: number) => a - b, numbers);
      const odd = heap.remove((n) => n % 2 !== 0);
      expect(odd.every((n) => n % 2 !== 0)).toBe(true);
      const out: number[] = [];
      for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next);
      expect(out).toEqual(numbers.filter((n) => n % 2 === 0).toSorted((a, b) => a - b));
    }),
  );
});

test('a sorted map walks both ways and its snapshots stand still', () => {
  const map = SortedMap.of([
    ['b', 2],
    ['a', 1],
    ['d', 4],
    ['c', 3],
  ]);
  const before = map.snapshot();
  map.set('bb', 22);
  map.delete('a');
  expect([...before.range()].map(([key]) => key)).toEqual(['a', 'b', 'c', 'd']);
  expect([...map.range('b', 'd')].map(([key]) => key)).toEqual(['b', 'bb', 'c']);
  expect([...map.reverseRange('b', 'd')].map(([key]) => key)).toEqual(['c', 'bb', 'b']);
  expect(map.seek('bc')).toEqual(['c', 3]);
  expect(map.deleteRange('b', 'c')).toBe(2);
  expect(map.size).toBe(2);
});

test('clones share nothing, frozen things stay, equality ignores the order of keys', () => {
  const value = { list: [{ deep: 1 }] };
  const copy = clonePlain(value);
  (copy.list[0] as { deep: number }).deep = 2;
  expect(value.list[0]?.deep).toBe(1);
  expect(() => ((deepFreeze(value).list[0] as { deep: number }).deep = 3)).toThrow(TypeError);
  expect(equalPlain({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
  expect(equalPlain({ a: 1 }, { a: 1, b: null })).toBe(false);
});

test('a place in a list that is in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 })),
      fc.integer({ min: -1, max: 21 }),
      (list, n) => {
        const sorted = list.toSorted((a, b) => a - b);
        expect(countWhile(sorted, (each) => each <= n)).toBe(
          list.filter((each) => each <= n).length,
        );
      },
    ),
  );
});
