import { describe, expect, test } from 'vitest';
import { judged, objections, RaftJournal, type Row } from '../../testing/raft-journal.ts';
import { readIndex } from './reads.ts';

const NOOP: Row = [6, 6, ''];
const PUT: Row = [7, 6, 'a=1'];

function settled(): RaftJournal {
  const journal = new RaftJournal();
  journal.elect('s1', 6, ['s2', 's3']);
  journal.settle(['s1', 's2', 's3'], NOOP);
  return journal;
}

const ask = (journal: RaftJournal, node: string, index: number, ctx = 'r1') =>
  journal.tell(node, {
    type: 'raft/read-index-requested',
    region: 1,
    from: journal.peer(node).id,
    ctx,
    index,
  });

const confirm = (journal: RaftJournal, node: string, index: number, ctx = 'r1') =>
  journal.tell(node, {
    type: 'raft/read-index-confirmed',
    region: 1,
    from: journal.peer(node).id,
    ctx,
    index,
    verdict: { rule: 'raft/read-index-quorum', holds: true, facts: {} },
  });

const get = (journal: RaftJournal, node: string, call: number) =>
  journal.call('c1', node, call, { type: 'raw-get', key: 'a' });

const serve = (
  journal: RaftJournal,
  node: string,
  of: { index: number; call: number; path?: 'read-index' | 'replica' | 'local' },
) =>
  journal.tell(node, {
    type: 'raftstore/read-served',
    region: 1,
    path: of.path ?? 'read-index',
    readIndex: of.index,
    client: 'c1',
    request: of.call,
  });

describe('R15 read index', () => {
  test('what is committed while the read is under way may be missing', () => {
    const journal = settled();
    get(journal, 's1', 1);
    ask(journal, 's1', 6);
    journal.settle(['s1', 's2'], PUT);
    confirm(journal, 's1', 6);
    serve(journal, 's1', { index: 6, call: 1 });
    expect(objections(journal)).toEqual([]);
  });

  test('an old leader may be asked, as long as nobody confirms it', () => {
    const journal = settled();
    journal.elect('s2', 7, ['s3'], 6);
    journal.settle(['s2', 's3'], [7, 7, '']);
    ask(journal, 's1', 6);
    journal.tell('s1', {
      type: 'raft/read-index-dropped',
      region: 1,
      from: 101,
      ctx: 'r1',
      reason: 'role-changed',
    });
    expect(judged(readIndex(), journal)).toBeNull();
  });

  test('two stores may use the same context', () => {
    const journal = settled();
    ask(journal, 's1', 6);
    journal.settle(['s1', 's2'], PUT);
    ask(journal, 's2', 7);
    confirm(journal, 's1', 6);
    expect(judged(readIndex(), journal)).toBeNull();
  });

  test('a deposed leader confirms itself', () => {
    const journal = settled();
    journal.elect('s2', 7, ['s3'], 6);
    journal.settle(['s2', 's3'], [7, 7, '']);
    const asked = ask(journal, 's1', 6);
    const confirmed = confirm(journal, 's1', 6);
    const found = judged(readIndex(), journal);
    expect(found?.text).toBe(
      'S1 answers a read as of entry 6. When it was asked, entry 7 was committed.',
    );
    expect(found?.witnesses.slice(0, 2)).toEqual([confirmed, asked]);
  });

  test('a new leader that has committed nothing yet does not know what is committed', () => {
    const journal = settled();
    journal.settle(['s1', 's2'], PUT);
    journal.store('s3', PUT);
    journal.elect('s3', 7, ['s2'], 7);
    ask(journal, 's3', 6);
    confirm(journal, 's3', 6);
    expect(judged(readIndex(), journal)?.facts).toMatchObject({
      node: 's3',
      index: 6,
      committed: 7,
    });
  });

  test('the store serves an earlier index than the call needs', () => {
    const journal = settled();
    journal.settle(['s1', 's2', 's3'], PUT);
    get(journal, 's1', 1);
    serve(journal, 's1', { index: 6, call: 1 });
    expect(judged(readIndex(), journal)?.facts).toMatchObject({ index: 6, committed: 7 });
  });

  test('the store serves before it has applied', () => {
    const journal = settled();
    journal.store('s1', PUT);
    journal.store('s2', PUT);
    journal.commit('s1', 7, 6, 'quorum');
    get(journal, 's1', 1);
    serve(journal, 's1', { index: 7, call: 1 });
    expect(judged(readIndex(), journal)?.text).toBe(
      'S1 answers a read as of entry 7, and has applied only entry 6.',
    );
  });

  test('a replica asks its leader, and answers as of what it was told', () => {
    const journal = settled();
    journal.settle(['s1', 's2', 's3'], PUT);
    get(journal, 's3', 1);
    serve(journal, 's3', { index: 7, call: 1, path: 'replica' });
    expect(judged(readIndex(), journal)).toBeNull();
    get(journal, 's3', 2);
    serve(journal, 's3', { index: 6, call: 2, path: 'replica' });
    expect(judged(readIndex(), journal)?.facts).toMatchObject({ index: 6, committed: 7 });
  });

  test('a leader with a lease answers from what it has applied', () => {
    const journal = settled();
    for (const node of ['s1', 's2']) journal.store(node, PUT);
    journal.commit('s1', 7, 6, 'quorum');
    get(journal, 's1', 1);
    serve(journal, 's1', { index: 6, call: 1, path: 'local' });
    expect(judged(readIndex(), journal)).toBeNull();
  });
});
