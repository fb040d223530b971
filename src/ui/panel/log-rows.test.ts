import { describe, expect, test } from 'vitest';
import type { Line } from '../../projections/words/line.ts';
import { columnsOf, EVERYTHING, filtered, marksOf, regionBefore, rowsInView } from './log-rows.ts';

const line = (n: number, rest: Partial<Line> = {}): Line => ({
  n,
  lastN: n,
  at: n * 1000,
  glyph: 'append',
  family: 'replication',
  parts: [{ text: `S1 sends ${n} to S2`, tone: 'plain' }],
  nodes: ['s1', 's2'],
  region: 1,
  index: n,
  op: null,
  ...rest,
});

describe('the event log', () => {
  const lines = [
    line(1),
    line(2, { family: 'clients', nodes: ['c1'], region: null }),
    line(3, { nodes: ['s3'], region: 2 }),
  ];

  test('nothing chosen lets everything through, the very same list', () => {
    expect(filtered(lines, EVERYTHING)).toBe(lines);
    expect(filtered(lines, { ...EVERYTHING, text: '  ' })).toBe(lines);
  });

  test('a Region is named once: before the words, or in them', () => {
    const says = (text: string) => line(4, { region: 12, parts: [{ text, tone: 'plain' }] });
    expect(regionBefore(says('S1 commits 7'))).toBe(12);
    expect(regionBefore(says('PD wants of Region 12: a replica on S4'))).toBeNull();
    expect(regionBefore(says('PD gives the ids to split off Region 1: 12'))).toBe(12);
    expect(regionBefore(says('PD learns that S1 leads Region 120'))).toBe(12);
    expect(regionBefore(line(5, { region: null }))).toBeNull();
  });

  test('by kind, by node, by Region, by words', () => {
    const numbers = (filter: Partial<typeof EVERYTHING>) =>
      filtered(lines, { ...EVERYTHING, ...filter }).map(({ n }) => n);
    expect(numbers({ families: ['clients'] })).toEqual([2]);
    expect(numbers({ families: [] })).toEqual([]);
    expect(numbers({ node: 's2' })).toEqual([1]);
    expect(numbers({ region: 2 })).toEqual([3]);
    expect(numbers({ text: 'SENDS 3' })).toEqual([3]);
    expect(numbers({ node: 's1', text: 'sends 3' })).toEqual([]);
  });

  test('stores, then PD, then clients', () => {
    expect(columnsOf(['c1', 'pd1', 's10', 's2'])).toEqual(['s2', 's10', 'pd1', 'c1']);
  });

  test('who acts, and whom it is about', () => {
    const columns = ['s1', 's2', 's3', 'pd1', 'c1'];
    expect(marksOf(line(1, { nodes: ['s2', 's1', 's3', 's1'] }), columns)).toEqual({
      acts: 1,
      others: [0, 2],
    });
    expect(marksOf(line(1, { nodes: [] }), columns)).toEqual({ acts: null, others: [] });
  });

  test('few rows are drawn of many', () => {
    expect(rowsInView({ top: 0, height: 260 }, 26, 20_000)).toEqual({ from: 0, to: 16 });
    const middle = rowsInView({ top: 260_000, height: 260 }, 26, 20_000);
    expect(middle.to - middle.from).toBeLessThan(30);
    expect(middle.from).toBeLessThanOrEqual(10_000);
    expect(rowsInView({ top: 1e9, height: 260 }, 26, 5)).toEqual({ from: 5, to: 5 });
  });
});
