import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld } from '../../projections/world.ts';
import { ringStory } from '../../testing/ring-story.ts';
import { splitStory } from '../../testing/weave-stories.ts';
import { markAt, tapeModel } from './tape-model.ts';
import { commandMark } from './tape-words.ts';

describe('the tape of the first picture', () => {
  const world = newWorld();
  for (const record of ringStory().records) foldRecord(world, record);
  const model = tapeModel(world, 1, { from: 0, to: 16_000_000 });

  test('nobody, then S1, then nobody', () => {
    expect(model.bands.map((band) => [band.kind, band.text, band.to])).toEqual([
      ['before', 'no leader yet', 770_000],
      ['led', 'term 6, S1 leads', 12_410_000],
      ['nobody', 'no leader', null],
    ]);
  });

  test('one campaign was won, one is open; a write waits; a store was killed', () => {
    expect(model.campaigns.map((mark) => mark.won)).toEqual([true, false]);
    expect(model.writes).toMatchObject([{ outcome: null }]);
    expect(model.commands).toMatchObject([{ at: 12_410_000, text: 'kill S1', kind: 'fault' }]);
  });

  test('what lies outside the window is left out', () => {
    const late = tapeModel(world, 1, { from: 13_000_000, to: 29_000_000 });
    expect(late.commands).toEqual([]);
    expect(late.bands.map((band) => band.kind)).toEqual(['nobody']);
  });

  test('breaking, mending and asking are told apart', () => {
    expect(commandMark({ type: 'heal', node: null }).kind).toBe('mend');
    expect(commandMark({ type: 'loss', a: 's1', b: 's2', perMillion: 0 }).kind).toBe('mend');
    expect(commandMark({ type: 'isolate', node: 's1' })).toEqual({
      text: 'isolate S1',
      kind: 'fault',
    });
    expect(
      commandMark({
        type: 'load',
        client: 'c1',
        load: { kind: 'hot', rate: 20, duration: null },
      }),
    ).toEqual({ text: 'load hot', kind: 'asked' });
    expect(
      commandMark({ type: 'pd', request: { type: 'transfer-leader', region: 5, store: 2 } }),
    ).toEqual({ text: 'R5 lead to S2', kind: 'asked' });
  });
});

describe('the tape of many Regions', () => {
  const world = newWorld();
  for (const record of splitStory().records) foldRecord(world, record);
  const window = { from: 0, to: 16_000_000 };

  test('of all: elections by bucket, and no terms', () => {
    const model = tapeModel(world, 3, window, true);
    expect(model.bands).toEqual([]);
    expect(model.campaigns).toEqual([]);
    const { bars } = model;
    if (bars === null) throw new Error('no bars');
    const filled = bars.elections.flatMap((count, i) => (count > 0 ? [[i, count]] : []));
    // Four Regions elect at 1 s, Region 8 at 9.812 s.
    expect(bars.bucket).toBe(160_000);
    expect(filled).toEqual([
      [6, 4],
      [61, 1],
    ]);
    expect(markAt(model, 9_812_000)).toBe(': R3 splits at b; 1 candidacy');
  });

  test('of one: its own splits', () => {
    expect(tapeModel(world, 8, window).splits.map(({ text }) => text)).toEqual(['R3 splits at b']);
    expect(tapeModel(world, 5, window).splits).toEqual([]);
    expect(tapeModel(world, 5, window).bars).toBeNull();
  });
});
