import { describe, expect, test } from 'vitest';
import { stepFrom, type Place } from './twin-model.ts';

const HELD = new Set(['s1 8', 's2 8', 's2 3', 's3 3', 's1 5']);
const holds = ({ store, region }: Place) => HELD.has(`${store} ${region}`);
const step = (at: Place, arrow: Parameters<typeof stepFrom>[1]) =>
  stepFrom(at, arrow, { stores: ['s1', 's2', 's3'], regions: [8, 3, 5], holds });

describe('arrows over the cells', () => {
  test('lead sideways along a row, over what the store does not hold', () => {
    expect(step({ store: 's1', region: 8 }, 'ArrowRight')).toEqual({ store: 's1', region: 5 });
    expect(step({ store: 's2', region: 3 }, 'ArrowLeft')).toEqual({ store: 's2', region: 8 });
  });

  test('lead up and down within the Region', () => {
    expect(step({ store: 's1', region: 8 }, 'ArrowDown')).toEqual({ store: 's2', region: 8 });
    expect(step({ store: 's3', region: 3 }, 'ArrowUp')).toEqual({ store: 's2', region: 3 });
    expect(step({ store: 's1', region: 8 }, 'ArrowUp')).toBeNull();
  });

  test('Home and End lead to the ends of the row', () => {
    expect(step({ store: 's1', region: 5 }, 'Home')).toEqual({ store: 's1', region: 8 });
    expect(step({ store: 's2', region: 8 }, 'End')).toEqual({ store: 's2', region: 3 });
  });
});
