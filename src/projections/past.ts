// Looking back: the world as it was after any record that is kept. Copies of the world are laid aside as time goes on,
// keyframes; a past moment is the newest keyframe before it, with the records between folded in.

import { countWhile } from '../base/sorted.ts';
import { assert, must } from '../base/assert.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { Micros } from '../tikv/ids.ts';
import { foldRecord } from './fold.ts';
import { cloneWorld, newWorld, sharingOf, type Sharing, type World } from './world.ts';

/** Records between two keyframes: at most about 8 ms of folding, where copying a world of this size takes 2 ms. */
const SPACING = 750;
/** Larger worlds are copied more seldom: one more record between for so many values in the copy. */
const VALUES_PER_RECORD = 10;

/** Journal order without a gap: the first may have a number above 0. */
export type Kept = readonly JournalRecord[];

export class Past {
  /** By the number of records that they stand after, ascending; they share what did not change. Never handed out. */
  #keyframes: World[] = [];
  #next = SPACING;

  /** Another history begins. */
  reset(): void {
    this.#keyframes = [];
    this.#next = SPACING;
  }

  /** Call after records were folded into the newest world: now and then it is copied. */
  note(world: World): void {
    if (world.records < this.#next) return;
    const count = { values: 0 };
    const before = this.#keyframes.at(-1);
    this.#keyframes.push(sharing(before, world, 'none', count) as World);
    this.#next = world.records + Math.max(SPACING, Math.ceil(count.values / VALUES_PER_RECORD));
  }

  /** The earliest moment that can be seen: after how many records, and when. Null: not even the newest. */
  begins(records: Kept): { readonly records: number; readonly at: Micros } | null {
    const first = records[0]?.n ?? 0;
    if (first === 0) return { records: 0, at: 0 };
    this.#forgetBefore(first);
    const keyframe = this.#keyframes[0];
    return keyframe === undefined ? null : { records: keyframe.records, at: keyframe.at };
  }

  /** A keyframe goes on with the record of its own number. */
  #forgetBefore(first: number): void {
    const gone = this.#keyframes.findIndex((keyframe) => keyframe.records >= first);
    if (gone !== 0) this.#keyframes.splice(0, gone < 0 ? this.#keyframes.length : gone);
  }

  /**
   * The world after the first `count` records of the journal, the caller's own. `from`: a world of an earlier answer,
   * which may be folded on instead of a copy. Throws where that is before `begins`.
   */
  worldAfter(records: Kept, count: number, from: World | null = null): World {
    const keyframe = this.#keyframes.findLast((each) => each.records <= count);
    const near = keyframe?.records ?? 0;
    const goesOn = from !== null && from.records <= count && from.records >= near;
    const world = goesOn ? from : keyframe === undefined ? newWorld() : cloneWorld(keyframe);
    const first = records[0]?.n ?? 0;
    assert(world.records >= first, `record ${world.records} is kept: ${first} is the first`);
    for (let n = world.records; n < count; n++)
      foldRecord(world, must(records[n - first], 'a kept record'));
    return world;
  }
}

/** How many records of the journal lie at or before the instant. */
export const recordsUntil = (records: Kept, at: Micros): number =>
  (records[0]?.n ?? 0) + countWhile(records, (record) => record.at <= at);

/** A copy of plain data that has in common with `before` whatever is equal in both; nothing is made for what is. */
function sharing(
  before: unknown,
  value: object,
  within: Sharing,
  count: { values: number },
): object {
  if (within === 'whole') return value;
  const isArray = Array.isArray(value);
  const comparable =
    before !== null && typeof before === 'object' && Array.isArray(before) === isArray;
  const old = (comparable ? before : {}) as Readonly<Record<string, unknown>>;
  const names = Object.keys(value);
  count.values += names.length;
  const sameShape = comparable && Object.keys(old).length === names.length;
  let copy = sameShape ? null : emptyLike(value);
  let seen = 0;
  for (const name of names) {
    const own = (value as Readonly<Record<string, unknown>>)[name];
    const was = old[name];
    const child =
      typeof own === 'object' && own !== null
        ? sharing(was, own, sharingOf(name, within), count)
        : own;
    if (copy === null && child !== was) {
      copy = emptyLike(value);
      for (const equal of names.slice(0, seen)) copy[equal] = old[equal];
    }
    if (copy !== null) copy[name] = child;
    seen += 1;
  }
  return copy ?? old;
}

const emptyLike = (value: object): Record<string, unknown> =>
  Array.isArray(value) ? ([] as unknown as Record<string, unknown>) : {};
