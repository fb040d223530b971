import { expect, test } from 'vitest';
import { playScene } from './play-scene.ts';
import { writeScene } from './scene-reader.ts';
import { failureWords } from './scene-run.ts';
import { isSceneText, readSceneText } from './scene-text.ts';

const SCENE = `format: loom/1
id: first-write
title: A write
seed: 7
cluster:
  stores: 3
  config: { raftstore.prevote: true }
steer:
  - electionTimeout: { s1: 1200ms, s2: 1600ms, s3: 2s }
script:
  - id: leads
    until: leader('r1') == 's1'
    within: 5s
    bind: { $term: "region('r1').term" }
    hi: store:s1
    say: S1 leads term {{$term}}.
  - id: writes
    do: put ann 43
    until: op(1).ended
    expect:
      - op(1).ok
    say: The write is there.
`;

async function outcome(text: string): Promise<string> {
  const read = readSceneText(text);
  if (!read.ok) return read.reason;
  const failed = (await playScene(read.scene)).steps.find((step) => !step.ok);
  return failed !== undefined && !failed.ok ? failureWords(failed) : 'it came about';
}

test('YAML and its canonical JSON are the same scene', () => {
  const yaml = readSceneText(SCENE);
  if (!yaml.ok) throw new Error(yaml.reason);
  const json = readSceneText(writeScene(yaml.scene));
  expect(json).toEqual(yaml);
  expect(yaml.scene.script[1]?.do).toEqual(['put ann 43']);
});

test('a scene is played step by step, with what it bound in its words', async () => {
  const read = readSceneText(SCENE);
  if (!read.ok) throw new Error(read.reason);
  const { steps, lab } = await playScene(read.scene);
  const term = lab.world.replicas['s1']?.[1]?.term;
  expect(steps).toMatchObject([
    { ok: true, id: 'leads', lines: [], hi: ['store:s1'] },
    { ok: true, id: 'writes', lines: ['put ann 43'], say: 'The write is there.' },
  ]);
  expect(steps[0]).toMatchObject({ say: `S1 leads term ${term}.` });
});

test.each([
  [
    "until: leader('r1') == 's1'",
    "until: leeder('r1') == 's1'",
    'Line 12, column 12: script[0] (leads).until',
    'leader',
  ],
  ['expect:', 'expekt:', 'Line ', 'take it out'],
  ['op(1).ok', 'op(1).ok ==', 'script[1] (writes).expect[0]', 'ends too early'],
  ['do: put ann 43', 'do: pot ann 43', 'script[1] (writes).do[0]', 'Did you mean `put`?'],
  ['do: put ann 43', 'do: kill s9', 'script[1] (writes).do[0]', 'There is no store s9'],
  ['do: put ann 43', 'do: wait 5s', 'script[1] (writes).do[0]', 'only until moves time'],
  ['do: put ann 43', 'do: help', 'script[1] (writes).do[0]', 'Take it out'],
  ['do: put ann 43', 'ask: { q: Who? }', 'script[1] (writes).ask', 'comes later'],
  ['stores: 3', 'stores: 30', 'cluster.stores', 'from 1 to 7'],
  ['stores: 3', 'stores: three', 'cluster.stores', 'must be a whole number'],
  ['raftstore.prevote: true', 'raftstore.prevot: true', 'cluster', 'There is no setting'],
  ['raftstore.prevote: true', 'raftstore.prevote: 12', 'cluster', 'raftstore.prevote'],
  ['s1: 1200ms', 's9: 1200ms', 'steer[0]', 'There is no store s9'],
  ['s1: 1200ms', 's1: soon', 'steer[0]', 'electionTimeout'],
  ['hi: store:s1', 'hi: stor:s1', 'script[0] (leads).hi[0]', 'Did you mean `store`?'],
  ['hi: store:s1', 'hi: store:s4', 'script[0] (leads).hi[0]', 'There is no node s4'],
  ['term {{$term}}', 'term {{$trm}}', 'script[0] (leads).say', '$trm is not bound here'],
  ['term {{$term}}', 'term {{term}}', 'script[0] (leads).say', 'Between {{ and }}'],
  ['id: writes', 'id: leads', 'script[1] (leads).id', 'a name of its own'],
  ['within: 5s', 'within: a while', 'script[0] (leads).within', 'must be a duration'],
  ['seed: 7', 'seed: -7', 'seed', 'from 0 to 4294967295'],
  ['loom/1', 'loom/2', 'format', 'Open it with a newer Loom'],
  ['format: loom/1', 'form: loom/1', 'format', 'is missing'],
  ['title: A write', 'title: [', 'Line ', 'Mend it'],
  ['title: A write', 'title: *other', 'Line 3, column 8', 'Write it out'],
  ['seed: 7', 'seed: 7\nseed: 8', 'Line 5', 'unique'],
  ['say: The write is there.', '', 'script[1] (writes).say', 'is missing'],
  ["until: leader('r1') == 's1'", "until: leader('r1') == 's9'", 'Step leads, until', "is 's1'"],
  ['op(1).ok', 'op(1).attempts == 9', 'Step writes, expect[0]', 'op(1).attempts is 1.'],
  ['do: put ann 43', 'do: restart s1', 'Step writes, do[0]', 'Kill it first'],
])('%s as %s', async (was, becomes, place, remedy) => {
  const text = SCENE.replace(was, becomes);
  expect(text).not.toBe(SCENE);
  const words = await outcome(text);
  expect(words).toContain(place);
  expect(words.toLowerCase()).toContain(remedy.toLowerCase());
});

test('what is no scene at all is refused', () => {
  for (const text of ['', '7', '[]', 'null', '- a', '{{{', '\u0000', '['.repeat(50_000)])
    expect(readSceneText(text)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/.{20}/),
    });
  expect(readSceneText('x'.repeat(200_001))).toMatchObject({ ok: false });
});

test('a scene is told from a recording by its format', () => {
  expect(isSceneText(SCENE)).toBe(true);
  expect(isSceneText('{"format":"loom/1"}')).toBe(true);
  expect(isSceneText('{"format":"loom-recording/1"}')).toBe(false);
});
