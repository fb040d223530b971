import { describe, expect, test } from 'vitest';
import { judged, RaftJournal } from '../../testing/raft-journal.ts';
import type { Region } from '../../tikv/raftstore/region.ts';
import { WORLD } from '../record-id.ts';
import { routeMonotonic } from './routes.ts';

interface Word {
  readonly id?: number;
  readonly version?: number;
  readonly confVer?: number;
  readonly term?: number;
  readonly range?: readonly [string, string];
}

class Heard extends RaftJournal {
  #writes = 0;

  heard({ id = 1, version = 1, confVer = 1, term = 6, range = ['', ''] }: Word): void {
    const [startKey, endKey] = range;
    const region: Region = { ...this.region, id, startKey, endKey, epoch: { confVer, version } };
    this.tell('pd1', { type: 'pd/region-learned', region, leader: this.peer('s1'), term });
    const write = { queue: 'kv', write: ++this.#writes } as const;
    this.tell('pd1', { type: 'disk/write-started', ...write, ops: 1, durableAt: 0 });
  }

  durable(): void {
    this.tell('pd1', { type: 'disk/durable', queue: 'kv', write: this.#writes });
  }

  restartPd(): void {
    this.tell(WORLD, { type: 'node/killed', node: 'pd1', why: 'command' });
  }
}

const objection = (journal: RaftJournal) => judged(routeMonotonic(), journal);

describe('PD’s routes', () => {
  test('go on by splits, members and elections', () => {
    const journal = new Heard();
    journal.heard({});
    journal.heard({ term: 7 });
    journal.heard({ term: 7, confVer: 2 });
    journal.heard({ id: 2, version: 2, range: ['m', ''] });
    journal.heard({ version: 2, term: 8, range: ['', 'm'] });
    expect(objection(journal)).toBeNull();
  });

  test.each<Word>([
    { version: 1, confVer: 4, term: 9 },
    { version: 4, confVer: 1, term: 9 },
    { version: 4, confVer: 4, term: 7 },
  ])('go back to an older word of the same Region: %o', (older) => {
    const journal = new Heard();
    journal.heard({ version: 3, confVer: 3, term: 8 });
    journal.heard(older);
    expect(objection(journal)).toMatchObject({
      judge: 'inv:route-monotonic',
      facts: { regions: [1, 1], before: [3, 3, 8] },
    });
    expect(objection(journal)?.witnesses).toHaveLength(2);
  });

  test('go back to the Region that was split, over the keys of the new one', () => {
    const journal = new Heard();
    journal.heard({});
    journal.heard({ id: 2, version: 2, range: ['m', ''] });
    journal.heard({ term: 9 });
    expect(objection(journal)?.text).toBe(
      'PD knew Region 2 in version 2 with conf_ver 1 and term 6, and now takes Region 1 in version 1 with conf_ver 1 and term 9 for newer.',
    );
  });

  test('a Region whose keys others have taken is no longer known: nothing compares with it', () => {
    const journal = new Heard();
    journal.heard({ term: 9 });
    journal.heard({ id: 2, version: 2, range: ['m', ''] });
    journal.heard({ version: 2, term: 6, range: ['', 'm'] });
    expect(objection(journal)).toBeNull();
  });

  test('a power loss takes terms, and what no disk had', () => {
    const journal = new Heard();
    journal.heard({ term: 8 });
    journal.durable();
    journal.heard({ version: 2, term: 8 });
    journal.restartPd();
    journal.heard({ term: 6 });
    expect(objection(journal)).toBeNull();
  });

  test('a power loss takes nothing that the disk had', () => {
    const journal = new Heard();
    journal.heard({ version: 2 });
    journal.durable();
    journal.restartPd();
    journal.heard({});
    expect(objection(journal)?.facts).toMatchObject({ before: [2, 1, 0], now: [1, 1, 6] });
  });
});
