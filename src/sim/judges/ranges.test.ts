import { expect, test } from 'vitest';
import { judged, objections, RaftJournal } from '../../testing/raft-journal.ts';
import { boundOf } from '../../tikv/raftstore/key-space.ts';
import type { Region } from '../../tikv/raftstore/region.ts';
import {
  epochRange,
  keyInRegion,
  leadersDisjoint,
  noOverlap,
  splitConservation,
} from './ranges.ts';

const M = boundOf('raw', 'm');

/** Region 1 and what a split at `m` makes of it. */
function parts(journal: RaftJournal): [Region, Region, Region] {
  const from = journal.region;
  const epoch = { ...from.epoch, version: from.epoch.version + 1 };
  const peers = from.peers.map((peer) => ({ ...peer, id: peer.id + 100 }));
  return [from, { ...from, id: 2, endKey: M, epoch, peers }, { ...from, startKey: M, epoch }];
}

function split(journal: RaftJournal, node: string, regions?: readonly Region[]): void {
  const [from, left, right] = parts(journal);
  journal.tell(node, {
    type: 'raftstore/region-split',
    region: 1,
    index: 7,
    from,
    regions: regions ?? [left, right],
    skipped: [],
  });
}

const bringUp = (journal: RaftJournal, node: string, region: Region) =>
  journal.start(node, { region, peer: region.peers[0]?.id ?? 0 });

test('a split that every store makes alike draws no objection', () => {
  const journal = new RaftJournal();
  const [, left] = parts(journal);
  for (const node of journal.stores) split(journal, node);
  bringUp(journal, 's1', left);
  expect(objections(journal)).toEqual([]);
});

test('a new Region beside one that has not shrunk', () => {
  const journal = new RaftJournal();
  const [, left] = parts(journal);
  bringUp(journal, 's1', left);
  expect(judged(noOverlap(), journal)?.facts).toMatchObject({ node: 's1', regions: [2, 1] });
});

test('two leaders of one version for one key', () => {
  const journal = new RaftJournal();
  const [, , right] = parts(journal);
  const whole = { ...right, id: 2, startKey: '' };
  split(journal, 's1');
  bringUp(journal, 's2', whole);
  const became = { type: 'raft/became-leader', term: 6, lastIndex: 5 } as const;
  journal.tell('s1', { ...became, region: 1 });
  journal.tell('s2', { ...became, region: 2 });
  expect(judged(leadersDisjoint(), journal)?.facts).toMatchObject({ regions: [2, 1] });
});

test('one version of a Region, two ranges', () => {
  const journal = new RaftJournal();
  const [, left, right] = parts(journal);
  split(journal, 's1');
  const other = { ...right, startKey: boundOf('raw', 'k') };
  split(journal, 's2', [{ ...left, endKey: other.startKey }, other]);
  expect(judged(epochRange(), journal)?.facts).toMatchObject({ region: 2, version: 2 });
  expect(judged(splitConservation(), journal)?.text).toContain('other parts');
});

test('parts that leave a gap', () => {
  const journal = new RaftJournal();
  const [, left, right] = parts(journal);
  split(journal, 's1', [left, { ...right, startKey: boundOf('raw', 'n') }]);
  expect(judged(splitConservation(), journal)?.text).toContain('begins at another key');
});

test('a write beyond the range', () => {
  const journal = new RaftJournal();
  split(journal, 's1');
  journal.append('s1', [6, 6, 'a=1']);
  journal.apply('s1', [6, 6, 'a=1']);
  expect(judged(keyInRegion(), journal)?.facts).toMatchObject({ key: 'a', region: 1 });
});
