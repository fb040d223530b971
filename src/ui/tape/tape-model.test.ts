import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld } from '../../projections/world.ts';
import { ringStory } from '../../testing/ring-story.ts';
import { faultWords, tapeModel } from './tape-model.ts';

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
    expect(model.faults).toMatchObject([{ at: 12_410_000, text: 'kill S1', mends: false }]);
  });

  test('what lies outside the window is left out', () => {
    const late = tapeModel(world, 1, { from: 13_000_000, to: 29_000_000 });
    expect(late.faults).toEqual([]);
    expect(late.bands.map((band) => band.kind)).toEqual(['nobody']);
  });

  test('mending is told from breaking', () => {
    expect(faultWords({ type: 'heal', node: null }).mends).toBe(true);
    expect(faultWords({ type: 'loss', a: 's1', b: 's2', perMillion: 0 }).mends).toBe(true);
    expect(faultWords({ type: 'isolate', node: 's1' })).toEqual({
      text: 'isolate S1',
      mends: false,
    });
  });
});
