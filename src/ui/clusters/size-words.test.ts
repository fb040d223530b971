import { expect, test } from 'vitest';
import { bytesWords } from './size-words.ts';

test('sizes have two digits where one would say too little', () => {
  expect([0, 812, 999, 4_180, 13_400_000, 2_000_000_000].map(bytesWords)).toEqual(
    ['0 B', '812 B', '999 B', '4.2 KB', '13 MB', '2.0 GB'].map((w) => w.replace(' ', '\u00a0')),
  );
});
