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
