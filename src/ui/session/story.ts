// A history as the page keeps it: the world at its end, and the lines of what happened.

import { RecordNumbers } from '../../projections/causes.ts';
import { foldRecord } from '../../projections/fold.ts';
import { listRecord, newEventList } from '../../projections/words/event-list.ts';
import { newWorld } from '../../projections/world.ts';
import type { Story } from './world-source.ts';

export function newStory(): Story {
  const world = newWorld();
  const list = newEventList();
  const numbers = new RecordNumbers();
  return {
    world,
    get lines() {
      return list.lines;
    },
    numbers,
    tell(record) {
      numbers.take(record);
      listRecord(list, world, record);
      foldRecord(world, record);
    },
  };
}
