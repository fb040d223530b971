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
  'split-under-a-write': 'has noticed nothing',
  'store-joins': 'Clients were served all the while',
  'hot-region': 'the heat is not less',
  'store-dies': 'and ann and zoe are written',
  'three-zones': 'and not the way to the farthest',
  removed: 'no late message brings its replica back',
  'two-of-three-lost': 'Nothing was lost',
};

for (const [id, words] of Object.entries(LAST_WORDS))
  test(`${id} is the same journal in the page`, async ({ scene }) => {
    await scene.open(id);
    await scene.toTheEnd();
    await expect(scene.sentence).toContainText(words);
    expect(await scene.hash()).toBe(scene.golden.hash);
  });
