import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { justAfter, startOf, type InputKey } from '../sim/key.ts';
import type { TimedCommand } from '../sim/recording.ts';
import { compareDisks, cutPoint, findDisks, type FoundDisk } from './disks.ts';
import { diskName, IdbDisk } from './idb-disk.ts';
import type { Locks } from './locks.ts';

const key = (at: number, n = 0): InputKey => [at, 3, 1, n];
const to = (at: number): InputKey => startOf(at);

function disk(node: string, window: [InputKey, InputKey] | null): FoundDisk {
  const stored = window === null ? null : { from: window[0], to: window[1], era: 0 };
  return { node, name: node, image: {}, window: stored };
}

test('history is cut at the latest beginning of a window; who committed that window keeps it', () => {
  const clock = { at: 10_000, after: key(9000) };
  const disks = [
    disk('s1', [key(30_000), to(60_000)]),
    disk('s2', [key(20_000), to(30_000)]),
    disk('s3', [key(30_000), to(60_000)]),
    disk('pd1', null),
  ];
  expect(cutPoint(clock, disks)).toEqual({
    until: key(30_000),
    at: 30_000,
    kept: [
      ['s1', to(60_000)],
      ['s3', to(60_000)],
    ],
  });
});

test('a clock that stands later than every window keeps nothing back', () => {
  const clock = { at: 45_000, after: key(40_000) };
  expect(cutPoint(clock, [disk('s1', [key(30_000), to(60_000)])])).toEqual({
    until: justAfter(key(40_000)),
    at: 45_000,
    kept: [],
  });
});

test('idle time after the last input counts, whatever the windows say', () => {
  const clock = { at: 45_000, after: key(30_000) };
  const { at, kept } = cutPoint(clock, [disk('s1', [key(30_000, 1), to(60_000)])]);
  expect([at, kept]).toEqual([45_000, [['s1', to(60_000)]]]);
});

test('a cluster that never ran is cut at its beginning', () => {
  expect(cutPoint({ at: 0, after: null }, [disk('s1', null)])).toEqual({
    until: startOf(0),
    at: 0,
    kept: [],
  });
});

const locks: Locks = {
  exclusive: false,
  hold: () => Promise.resolve(() => undefined),
  held: () => Promise.resolve(new Set()),
};
let clusters = 0;

test('a window of an earlier life is left out, and so is what a destroyed life left behind', async () => {
  const cluster = `disks${clusters++}`;
  const write = async (name: string, era: number) => {
    const idb = await IdbDisk.open(name, era);
    const ops = [{ type: 'put', store: 'meta', key: 'a', value: 1 } as const];
    await idb.commit(ops, { from: key(5), to: to(9) });
    idb.close();
  };
  await write(diskName(cluster, 1, 's1'), 0);
  await write(diskName(cluster, 1, 's2'), 1);
  await write(diskName(cluster, 1, 's3'), 0);
  const timed = (command: TimedCommand['command']): TimedCommand => ({
    at: 7,
    after: null,
    command,
  });
  const found = await findDisks(
    { cluster, generation: 1, locks },
    ['s1', 's2', 's3', 'c1'],
    [
      timed({ type: 'kill', node: 's2' }),
      timed({ type: 'restart', node: 's2' }),
      timed({ type: 'destroy', node: 's3' }),
    ],
  );
  expect(
    found.map(({ node, image, window }) => [node, image !== null, window?.era ?? null]),
  ).toEqual([
    ['s1', true, 0],
    ['s2', true, 1],
    ['s3', false, null],
    ['c1', false, null],
  ]);
  const left = (await indexedDB.databases()).map(({ name }) => name);
  expect(left).not.toContain(diskName(cluster, 1, 's3'));
  const later = await findDisks(
    { cluster, generation: 1, locks },
    ['s1'],
    [timed({ type: 'power-cut', kept: [] })],
  );
  expect(later[0]?.window).toBeNull();
});

test('disks are what their history says, or the first difference is told', () => {
  const rows = { meta: [['a', 1]] } as const;
  const found: FoundDisk[] = [
    { node: 's1', name: 'd1', image: rows, window: null },
    { node: 'c1', name: 'd2', image: null, window: null },
  ];
  expect(() => compareDisks(found, [['s1', rows]])).not.toThrow();
  expect(() => compareDisks(found, [['s1', { meta: [['a', 2]] }]])).toThrow(/disk of s1/);
  expect(() => compareDisks(found, [])).toThrow(/disk of s1/);
  expect(() => compareDisks(found.slice(1), [['c1', rows]])).toThrow(/gone/);
});
