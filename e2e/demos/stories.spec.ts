import { expect, test } from './scene-page.ts';

const LAST_WORDS = {
  'two-stores': 'A third store would have carried',
  lease: 'and reads 2',
  'stale-read': 'the past was sold as the present',
  disruptive: 'is what PreVote is for',
  'pre-vote': 'There was no election',
  'away-for-long': 'it gets entries again',
  'figure-8': 'a promise would be broken now',
  'first-split': 'No write was lost',
  'store-joins': 'Clients were served all the while',
};

for (const [id, words] of Object.entries(LAST_WORDS))
  test(`${id} is the same journal in the page`, async ({ scene }) => {
    await scene.open(id);
    await scene.toTheEnd();
    await expect(scene.sentence).toContainText(words);
    expect(await scene.hash()).toBe(scene.golden.hash);
  });
