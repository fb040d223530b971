import fc from 'fast-check';
import { expect, test } from 'vitest';
import { committedIndex, groupCommittedIndex, voteResult } from './quorum.ts';

const voters = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 7 });
const indexes = fc.dictionary(
  fc.integer({ min: 1, max: 9 }).map(String),
  fc.integer({ min: 0, max: 12 }),
);
const asMap = (record: Record<string, number>) =>
  new Map(Object.entries(record).map(([id, value]) => [Number(id), value]));

/** Sort, and take the one that a majority has reached. */
function bySorting(ids: readonly number[], acked: ReadonlyMap<number, number>): number {
  if (ids.length === 0) return Infinity;
  const sorted = ids.map((id) => acked.get(id) ?? 0).toSorted((a, b) => b - a);
  return sorted[Math.floor(ids.length / 2)] as number;
}

test('counting finds what sorting finds', () => {
  fc.assert(
    fc.property(voters, voters, indexes, (incoming, outgoing, record) => {
      const acked = asMap(record);
      const expected = Math.min(bySorting(incoming, acked), bySorting(outgoing, acked));
      expect(committedIndex(incoming, outgoing, acked)).toBe(expected);
    }),
  );
});

test('groups only hold back', () => {
  fc.assert(
    fc.property(voters, indexes, indexes, (ids, record, groups) => {
      const acked = asMap(record);
      const held = groupCommittedIndex(ids, [], acked, asMap(groups));
      expect(held).toBeLessThanOrEqual(committedIndex(ids, [], acked));
    }),
  );
});

/** The best index that a majority has and two groups have; with ids of no group, as far as all have it. */
test.each([
  ['two groups far ahead: the majority decides', [7, 9, 4], [1, 2, 1], 7],
  ['the second group lags: it decides', [7, 9, 4], [1, 1, 2], 4],
  ['the second group leads: the majority decides', [4, 7, 9], [1, 1, 2], 7],
  ['one group only: the majority decides', [7, 9, 4], [3, 3, 3], 7],
  ['one has no group, the rest one: all have to', [7, 9, 4], [3, 3, 0], 4],
  ['none has a group: all have to', [7, 9, 4], [0, 0, 0], 4],
  ['one has no group, two groups lead: the majority decides', [2, 9, 8, 7, 1], [0, 1, 2, 1, 1], 7],
  ['one has no group, the second lags: it decides', [9, 8, 7, 6, 1], [0, 1, 1, 1, 2], 1],
])('%s', (_, indexes, groups, expected) => {
  const ids = indexes.map((__, i) => i + 1);
  const acked = new Map(indexes.map((index, i) => [i + 1, index]));
  const groupOf = new Map(groups.map((group, i) => [i + 1, group]));
  expect(groupCommittedIndex(ids, [], acked, groupOf)).toBe(expected);
  // The halves of a joint configuration each decide, and the smaller holds.
  expect(groupCommittedIndex([1], ids, acked, groupOf)).toBe(
    Math.min(expected, indexes[0] as number),
  );
});

test('a vote is won by a majority of both halves, and lost as soon as one cannot be had', () => {
  const votes = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.boolean());
  fc.assert(
    fc.property(voters, voters, votes, (incoming, outgoing, record) => {
      const cast = new Map(Object.entries(record).map(([id, vote]) => [Number(id), vote]));
      const half = (ids: readonly number[]) => {
        const yes = ids.filter((id) => cast.get(id) === true).length;
        const no = ids.filter((id) => cast.get(id) === false).length;
        if (ids.length === 0 || yes * 2 > ids.length) return 'Won';
        return no * 2 >= ids.length ? 'Lost' : 'Pending';
      };
      const both = [half(incoming), half(outgoing)];
      const expected = both.includes('Lost')
        ? 'Lost'
        : both.includes('Pending')
          ? 'Pending'
          : 'Won';
      expect(voteResult(incoming, outgoing, cast)).toBe(expected);
    }),
  );
});
