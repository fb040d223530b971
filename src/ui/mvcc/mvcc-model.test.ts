import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { cloneWorld, newWorld, type World } from '../../projections/world.ts';
import { equalPlain } from '../../base/plain.ts';
import { mvccStory, nth } from '../../testing/mvcc-story.ts';
import { mvccModel, txnKeys, type MvccModel } from './mvcc-model.ts';

function worldOf(story = mvccStory()): World {
  const world = newWorld();
  for (const record of story.records) foldRecord(world, record);
  return world;
}

const at = (world: World, n: number | null, key = 'ann'): MvccModel =>
  mvccModel(world, { key, store: null, n });

const sentence = ({ read }: MvccModel) =>
  read === null
    ? null
    : `${read.before}${read.value === null ? '' : ` ${read.value}.`}${read.after}`;

describe('the key of the picture', () => {
  const world = worldOf();

  test('its rows, newest on top', () => {
    const { rows, under, more } = at(world, 410);
    expect(under).toBe('in Region 1, on its leader S1, applied to 5');
    expect(more).toBe(0);
    const words = rows.map(({ lock, write, value }) =>
      [lock, write, value].map((box) => (box === null ? '' : `${box.head}, ${box.under}`)),
    );
    expect(words.slice(0, 5)).toEqual([
      ['412 Put, 2.9\u00a0s to live', '', '412 = 43, not visible'],
      ['', '407 to 401, Put', '401 = 50, picked'],
      ['', '395, Rollback', ''],
      ['', '390 to 388, Put', '388 = 57, inline'],
      ['', '383 to 380, Put', '380 = 55, inline'],
    ]);
    expect(words.at(-3)).toEqual(['', '353 to 350, Delete', '']);
    expect(rows.map(({ write }) => write?.state === 'picked').indexOf(true)).toBe(1);
  });

  test('its marks and the slider', () => {
    const { marks, from, to, n } = at(world, null);
    expect(marks.map(({ word, kind }) => `${word} ${kind}`).slice(-4)).toEqual([
      '390 commit',
      '395 rollback',
      '407 commit',
      '412 lock',
    ]);
    expect([from, to, n]).toEqual([340, 414, 411]);
  });

  test.each([
    [410, 'A read at 410 finds 50. The newest commit not after 410 is 407; it points to 401.'],
    [407, 'A read at 407 finds 50. The newest commit not after 407 is 407; it points to 401.'],
    [406, 'A read at 406 finds 57. The newest commit not after 406 is 390; it points to 388.'],
    [395, 'A read at 395 finds 57. The newest commit not after 395 is 390; it points to 388.'],
    [355, 'A read at 355 finds nothing: ann was deleted at 353.'],
    [341, 'At 341 the key did not exist. Its first version is 342.'],
    [412, 'A read at 412 must first settle lock 412. It asks the primary, ann.'],
    [414, 'A read at 414 must first settle lock 412. It asks the primary, ann.'],
  ])('a read at %i', (n, words) => {
    const model = at(world, n);
    expect(sentence(model)).toBe(words);
    expect(model.read?.blocked).toBe(n >= 412);
    if (n < 412) expect(model.read?.lock).toBe(`Lock 412 is newer than ${n}: it does not block.`);
  });

  test('a lock that a reader has pushed does not block what reads before its commit', () => {
    const story = mvccStory();
    const pushed = story.records.findLast(({ event }) => event.type === 'mvcc/lock-written');
    if (pushed?.event.type !== 'mvcc/lock-written') throw new Error('no lock');
    story.tell('s1', { ...pushed.event, minCommitTs: nth(416) });
    const { read } = at(worldOf(story), 414);
    expect(read?.blocked).toBe(false);
    expect(read?.value).toBe('50');
    expect(read?.lock).toContain('will commit after 414');
  });

  test('the primary is named where it is another key', () => {
    expect(at(world, null).primary).toBeNull();
    expect(at(worldOf(mvccStory('joe')), null).primary).toBe('joe');
  });

  test('a key that was never written says so', () => {
    expect(at(world, null, 'zoe')).toMatchObject({
      under: 'zoe has no version at any timestamp.',
      rows: [],
      read: null,
    });
  });

  test('another store shows what it has applied itself', () => {
    const story = mvccStory();
    story.tell('s1', { type: 'mvcc/lock-removed', region: 1, key: 'ann' });
    const after = worldOf(story);
    expect(at(after, null).rows[0]?.lock).toBeNull();
    expect(mvccModel(after, { key: 'ann', store: 's2', n: null }).rows[0]?.lock).not.toBeNull();
    const keys = [{ key: 'ann', locked: false, value: '50' }];
    expect(txnKeys(after)).toEqual(keys);
    expect([txnKeys(after, 1), txnKeys(after, 2)]).toEqual([keys, []]);
  });
});

test('versions of a store go with its disk, a keyframe goes on', () => {
  const story = mvccStory();
  const world = worldOf(story);
  const copy = cloneWorld(world);
  story.tell('world', { type: 'node/destroyed', node: 's2' });
  const last = story.records.at(-1);
  if (last === undefined) throw new Error('no record');
  foldRecord(world, last);
  foldRecord(copy, last);
  expect(equalPlain(copy, world)).toBe(true);
  expect(Object.keys(world.transactions.versions)).toEqual(['s1', 's3']);
});

test('a snapshot brings a store what the others have', () => {
  const story = mvccStory();
  story.tell('world', { type: 'node/destroyed', node: 's2' });
  const to = story.region;
  const installed = { region: 1, to, index: 5, term: 5, state: 0 } as const;
  story.tell('s2', { type: 'raftstore/snapshot-installed', ...installed });
  const { versions } = worldOf(story).transactions;
  expect(versions['s2']).toEqual(versions['s1']);
  expect(versions['s2']).not.toBe(versions['s1']);
});

test('what is kept is bounded, and says what it has dropped', () => {
  const story = mvccStory();
  for (let n = 0; n < 60; n++) {
    const key = `k${n}`;
    for (let version = 0; version < (n === 59 ? 60 : 1); version++)
      story.tell('s1', {
        type: 'mvcc/write-written',
        region: 1,
        key,
        commitTs: nth(300) + 2 * version + 1,
        startTs: nth(300) + 2 * version,
        writeType: 'Put',
        protected: false,
        overlappedRollback: false,
        gcFence: null,
        shortValue: 'v',
      });
  }
  const model = at(worldOf(story), null, 'k59');
  expect(model.rows).toHaveLength(12);
  expect(model.more).toBe(48);
});
