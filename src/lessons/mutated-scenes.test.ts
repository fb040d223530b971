// Scenes that were damaged on their way: a thousand of them. None throws. Each is refused with its place and a remedy, or
// is played: to its end, or to the step that does not come about, and both times to the same journal.

import { expect, test } from 'vitest';
import { below, newChance } from '../base/chance.ts';
import { playScene } from '../lab/play-scene.ts';
import type { SceneSource } from '../lab/scene-format.ts';
import { failureWords } from '../lab/scene-run.ts';
import { readSceneText } from '../lab/scene-text.ts';
import { SCENES } from './catalogue.ts';

const COUNT = 1000;
/** Virtual time that one play may cost, by all its conditions: what waits for ever waits shorter here. */
const WITHIN = '3s';

type Pick = (count: number) => number;

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  ' ',
  's9',
  '$x',
  '{{$nothing}}',
  '5s',
  'kill s1',
  'partition s1|s2,s3',
  "leader('r1')",
  'now > 0',
  'x'.repeat(5000),
  [],
  {},
  [[]],
  { ask: 1 },
];

/** One field somewhere in the data is taken out, doubled, renamed, or becomes something else. */
function damageData(scene: SceneSource, pick: Pick): string {
  const data = JSON.parse(JSON.stringify(scene)) as Record<string, unknown>;
  const places: { of: Record<string, unknown>; key: string }[] = [];
  const visit = (of: Record<string, unknown>): void => {
    for (const key of Object.keys(of)) {
      places.push({ of, key });
      const value = of[key];
      if (typeof value === 'object' && value !== null) visit(value as Record<string, unknown>);
    }
  };
  visit(data);
  const other = places[pick(places.length)];
  for (let i = pick(2); i >= 0; i--) {
    const place = places[pick(places.length)];
    if (place === undefined || other === undefined) continue;
    const { of, key } = place;
    const kind = pick(4);
    if (kind === 0) of[key] = ODD[pick(ODD.length)];
    else if (kind === 1 && !Array.isArray(of)) delete of[key];
    else if (kind === 2) of[key] = structuredClone(other.of[other.key]);
    else of[`${key}x`] = of[key];
  }
  return JSON.stringify(data, null, 1);
}

/** Some characters of the text are lost, doubled, or become others. */
function damageText(scene: SceneSource, pick: Pick): string {
  let text = JSON.stringify(scene, null, 1);
  for (let i = pick(3); i >= 0; i--) {
    const at = pick(text.length);
    const length = 1 + pick(pick(4) === 0 ? 200 : 3);
    const piece = text.slice(at, at + length);
    const kind = pick(4);
    const instead =
      kind === 0
        ? ''
        : kind === 1
          ? piece + piece
          : kind === 2
            ? '{}[]:,"\'&*!\\\n\u0000$9é'[pick(17)]
            : piece.toUpperCase();
    text = text.slice(0, at) + (instead ?? '') + text.slice(at + length);
  }
  return text;
}

test(`${COUNT} damaged scenes: never a throw, never a wrong state`, async () => {
  const chance = newChance(20_261, 'damage');
  const pick: Pick = (count) => below(chance, count);
  const seen = { refused: 0, failed: 0, ended: 0 };
  for (let i = 0; i < COUNT; i++) {
    const scene = SCENES[pick(SCENES.length)] as SceneSource;
    const text = (i % 2 === 0 ? damageData : damageText)(scene, pick);
    const read = readSceneText(text);
    if (!read.ok) {
      seen.refused += 1;
      expect(read.reason, text).toMatch(/^(Line \d+, column \d+: |This is no scene|The scene has)/);
      expect(read.reason.split(/\s+/).length, read.reason).toBeGreaterThan(6);
      expect(read.reason).not.toMatch(/Invalid (type|key)/);
      expect(read.reason.length, read.reason).toBeLessThan(700);
      continue;
    }
    const hurried = read.scene.script.map((step) => ({ ...step, within: WITHIN }));
    const { steps, hash } = await playScene({ ...read.scene, script: hurried });
    const last = steps.at(-1);
    if (last !== undefined && !last.ok) {
      seen.failed += 1;
      expect(failureWords(last)).toMatch(/^(Step [a-z0-9-]+, |Before the first step, )\S+: /);
    } else {
      seen.ended += 1;
      expect(steps).toHaveLength(read.scene.script.length);
    }
    if (i % 25 > 0) continue;
    const again = await playScene({ ...read.scene, script: hurried });
    expect(again.hash).toBe(hash);
  }
  expect(seen.refused).toBeGreaterThan(COUNT / 4);
  expect(seen.failed).toBeGreaterThan(10);
  expect(seen.ended).toBeGreaterThan(10);
}, 300_000);
