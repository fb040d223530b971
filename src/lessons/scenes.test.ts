// Every scene that comes with Loom can be read, comes about, and comes to its golden values.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenDifference, goldenOf, type Golden } from '../lab/golden.ts';
import { playScene } from '../lab/play-scene.ts';
import type { Scene, SceneSource } from '../lab/scene-format.ts';
import { problemWords, readScene } from '../lab/scene-reader.ts';
import { failureWords } from '../lab/scene-run.ts';
import { SCENES } from './catalogue.ts';

const golden = JSON.parse(
  readFileSync(new URL('./scenes/golden.json', import.meta.url), 'utf8'),
) as Golden;

function read(source: SceneSource): Scene {
  const answer = readScene(source);
  if (!answer.ok) throw new Error(problemWords(answer.problem, source));
  return answer.scene;
}

test.each(SCENES.map((source) => [source.id, source] as const))(
  '%s comes about, to its golden values',
  async (_, source) => {
    const played = await playScene(read(source));
    const failed = played.steps.flatMap((step) => (step.ok ? [] : [failureWords(step)]));
    expect(failed).toEqual([]);
    expect(played.steps).toHaveLength(source.script.length);
    expect(
      goldenDifference(golden[source.id], goldenOf(played)),
      'Where this is meant: npm run lab -- scenes --golden',
    ).toBeNull();
  },
);

test('there are golden values for the scenes that there are, and for no others', () => {
  expect(Object.keys(golden).toSorted()).toEqual(SCENES.map(({ id }) => id).toSorted());
});

test.each(SCENES.map((source) => [source.id, source] as const))(
  '%s is short, and its sentences bind what they count',
  (_, source) => {
    expect(source.script.length).toBeGreaterThanOrEqual(4);
    expect(source.script.length).toBeLessThanOrEqual(8);
    for (const { id, say } of source.script) {
      expect(say.split(/\s+/).length, id).toBeLessThanOrEqual(40);
      // Numbers of a run are bound: a literal term or index would be wrong with the next engine.
      expect(say, id).not.toMatch(/(term|entry|index|timestamp) \d/);
      expect(say, id).not.toMatch(/[!]|please|oops|successfully/i);
    }
  },
);
