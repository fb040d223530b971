// What a store finds on its disk after a power loss, and what it makes of it.
import { expect, test } from 'vitest';
import { putOp, type DiskImage } from '../disk.ts';
import { Outbox } from '../outbox.ts';
import type { Entry } from '../raft/entry.ts';
import { firstRegion, INITIAL_APPLY_STATE } from './bootstrap.ts';
import { Engines } from './engines.ts';
import { PeerStorage } from './peer-storage.ts';

const entry = (index: number, term = 6, data = ''): Entry => ({
  entryType: 'EntryNormal',
  term,
  index,
  data,
});
const region = firstRegion(3);

function disk(of: {
  commit: number;
  applied: number;
  appliedTerm?: number;
  entries: readonly Entry[];
  term?: number;
}): DiskImage {
  const { commit, applied, entries } = of;
  const lastIndex = entries.at(-1)?.index ?? 5;
  return {
    region_state: [[1, { state: 'Normal', region }]],
    apply_state: [
      [
        1,
        {
          ...INITIAL_APPLY_STATE,
          appliedIndex: applied,
          commitIndex: applied,
          commitTerm: of.appliedTerm ?? (applied > 5 ? 6 : 5),
        },
      ],
    ],
    raft_state: [[1, { hardState: { term: of.term ?? 6, vote: 0, commit }, lastIndex }]],
    raft_log: entries.map((e) => [[1, e.index], { ...e }]),
  } as unknown as DiskImage;
}

const open = (image: DiskImage) => {
  const out = new Outbox<never, never>();
  const engines = new Engines(out, image);
  return { out, engines, storage: new PeerStorage(engines, 1) };
};

test('a Region without a raft state begins at index 5, term 5', () => {
  const image = disk({ commit: 5, applied: 5, entries: [] });
  const { raft_state: _gone, ...rest } = image;
  const { storage } = open(rest);
  expect(storage.initialState().hardState).toEqual({ term: 5, vote: 0, commit: 5 });
  expect([storage.firstIndex(), storage.lastIndex(), storage.term(5)]).toEqual([6, 5, 5]);
});

test('what was applied is committed, whatever the raft engine says', () => {
  const { storage } = open(disk({ commit: 6, applied: 7, entries: [entry(6), entry(7)] }));
  expect(storage.hardState.commit).toBe(7);
});

test('a log that cannot be is found out', () => {
  const cases: [string, DiskImage][] = [
    ['was applied', disk({ commit: 6, applied: 7, entries: [entry(6)] })],
    [
      'another entry',
      disk({ commit: 6, applied: 7, appliedTerm: 7, entries: [entry(6), entry(7)] }),
    ],
    ['more is committed', disk({ commit: 8, applied: 6, entries: [entry(6), entry(7)] })],
    ['went backwards', disk({ commit: 6, applied: 6, term: 5, entries: [entry(6)] })],
    ['hole', disk({ commit: 6, applied: 6, entries: [entry(6), entry(8)] })],
  ];
  for (const [reason, image] of cases) expect(() => open(image)).toThrow(reason);
});

test('an append replaces what follows it, in memory and in the write', () => {
  const image = disk({ commit: 6, applied: 6, entries: [6, 7, 8, 9].map((n) => entry(n)) });
  const { out, storage } = open(image);
  const newer = entry(7, 7, 'x');
  storage.write([newer], { term: 7, vote: 0, commit: 6 }, true);
  expect([storage.lastIndex(), storage.term(7)]).toEqual([7, 7]);
  expect(storage.entries(6, 8)).toEqual([entry(6), newer]);
  expect(() => storage.entries(6, 9)).toThrow('Unavailable');
  expect(() => storage.entries(5, 8)).toThrow('Compacted');
  const state = { hardState: { term: 7, vote: 0, commit: 6 }, lastIndex: 7 };
  expect(out.take().writes).toEqual([
    {
      n: 1,
      queue: 'raft',
      sync: true,
      ops: [
        { type: 'delete-range', store: 'raft_log', from: [1, 8], to: [1, 10] },
        putOp('raft_log', [1, 7], newer),
        putOp('raft_state', 1, state),
      ],
    },
  ]);
});

test('the image of the engines is what a disk would hold', () => {
  const image = disk({ commit: 6, applied: 6, entries: [entry(6), entry(7)] });
  const { engines, out } = open(image);
  engines.stage({ type: 'put', cf: 'default', key: 'b', value: '2' });
  engines.stage({ type: 'put', cf: 'default', key: 'a', value: '1' });
  engines.writeKv({}, false);
  expect(out.take().writes[0]?.ops.length).toBe(2);
  const again = new Engines(out, engines.image());
  expect(again.image()).toEqual(engines.image());
  expect(again.kv.entries('default')).toEqual([
    ['a', '1'],
    ['b', '2'],
  ]);
});

test('a peer that a split brings keeps the vote that it gave before', () => {
  const image = { ...disk({ commit: 5, applied: 5, entries: [] }) };
  const hardState = { term: 7, vote: 102, commit: 0 };
  const { storage } = open({ ...image, raft_state: [[1, { hardState, lastIndex: 0 }]] });
  expect(storage.hardState).toEqual({ term: 7, vote: 102, commit: 5 });
  expect(storage.lastIndex()).toBe(5);
});
