// A key with ten versions, a lock and a rollback, as a journal: the fixture of the inspector's pictures. Timestamps are
// given out one by one, so that the n-th is easy to name.

import type { PlainTs } from '../tikv/mvcc/timestamp.ts';
import { HandJournal } from './hand-journal.ts';

/** The how manieth timestamp of this story, as PD's number. */
export const nth = (n: number): number => 10_000 * 2 ** 18 + n;

const SHORT = { gcFence: null, protected: false, overlappedRollback: false } as const;

/** Versions of `ann` on every store: [commit, start, value]; null is a delete. */
const VERSIONS: readonly (readonly [number, number, string | null])[] = [
  [342, 340, '10'],
  [348, 345, '20'],
  [353, 350, null],
  [359, 356, '30'],
  [364, 361, '40'],
  [370, 367, '45'],
  [376, 373, '52'],
  [383, 380, '55'],
  [390, 388, '57'],
  [407, 401, '50'],
];

/** The transaction of 412 has locked ann; its primary is `primary`. At 13.5 s. */
export function mvccStory(primary = 'ann'): HandJournal {
  const story = new HandJournal();
  story.go(10);
  story.tell('pd1', { type: 'pd/tso-given', to: 'c1', timestamp: nth(420), count: 420 });
  story.raft('s1', { type: 'raft/became-leader', term: 6, lastIndex: 5 });
  for (const store of ['s1', 's2', 's3']) tellVersions(story, store, primary);
  const begun = { type: 'client/txn-begun', op: 9, name: 'A', startTs: nth(412) } as const;
  story.go(13.4).tell('c1', begun);
  const locks = { startTs: nth(412), primary, keys: ['ann', 'joe'] } as const;
  story.tell('c1', { type: 'client/txn-prewriting', op: 10, ...locks });
  return story.go(13.5);
}

function tellVersions(story: HandJournal, store: string, primary: string): void {
  const at = { key: 'ann', region: 1 } as const;
  const write = (commitTs: PlainTs, startTs: PlainTs, writeType: string, value: string | null) =>
    story.tell(store, {
      type: 'mvcc/write-written',
      ...at,
      ...SHORT,
      commitTs,
      startTs,
      writeType,
      shortValue: value,
    });
  for (const [commit, start, value] of VERSIONS)
    write(nth(commit), nth(start), value === null ? 'Delete' : 'Put', value);
  write(nth(395), nth(395), 'Rollback', null);
  story.tell(store, {
    type: 'mvcc/lock-written',
    ...at,
    lockType: 'Put',
    primary,
    startTs: nth(412),
    ttl: 6300,
    forUpdateTs: 0,
    minCommitTs: nth(412) + 0,
    txnSize: 2,
    useAsyncCommit: false,
    secondaries: [],
    rollbackTs: [],
    shortValue: '43',
  });
}
