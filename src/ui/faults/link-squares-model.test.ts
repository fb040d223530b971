import { expect, test } from 'vitest';
import { must } from '../../base/assert.ts';
import { labOf, runAll } from '../../testing/lab-of.ts';
import { linkSquares } from './link-squares-model.ts';

test('how busy a link is, in words: one message is one', async () => {
  const lab = await labOf(7);
  await runAll(lab, ["wait until {leader('r1')}"]);
  const { world } = lab;
  const link = must(world.links['s3>s1'], 'a link');
  link.rateSecond = Math.floor(world.at / 1_000_000);
  const wordsAt = (rate: number) => {
    link.rateBefore = rate;
    const square = linkSquares(world).rows[2]?.[0];
    return [square?.name, square?.words];
  };
  expect(wordsAt(1)).toEqual([
    'S3 to S1, 1 message a second',
    expect.stringMatching(/^S3 to S1: 30.*, 1 message a second$/),
  ]);
  expect(wordsAt(1200)[0]).toBe('S3 to S1, 1,200 messages a second');
});
