import { describe, expect, test } from 'vitest';
import { judged, objections, RaftJournal, type Row } from '../../testing/raft-journal.ts';
import { appliedBound, replicaAgreement, stateMachineSafety } from './applies.ts';

const NOOP: Row = [6, 6, ''];
const PUT: Row = [7, 6, 'a=1'];

function settled(): RaftJournal {
  const journal = new RaftJournal();
  journal.elect('s1', 6, ['s2', 's3']);
  journal.settle(['s1', 's2', 's3'], NOOP, PUT);
  return journal;
}

describe('R5 state machine safety', () => {
  test('an entry is applied again after a power loss', () => {
    const journal = settled();
    journal.kill('s2');
    journal.start('s2', { term: 6, vote: 101, commit: 7, applied: 5, log: [NOOP, PUT] });
    journal.apply('s2', NOOP);
    journal.apply('s2', PUT);
    expect(objections(journal)).toEqual([]);
  });

  test('another entry, of another term', () => {
    const journal = settled();
    const id = journal.apply('s3', [7, 7, 'a=1']);
    const found = judged(stateMachineSafety(), journal);
    expect(found?.text).toBe(
      'S3 applies entry 7 of term 7. S1 has applied another one there, of term 6.',
    );
    expect(found?.witnesses[0]).toEqual(id);
    expect(found?.witnesses[1]?.node).toBe('s1');
  });

  test('another entry of the same term, by the same store', () => {
    const journal = settled();
    journal.kill('s1');
    journal.start('s1', { term: 6, vote: 101, commit: 7, applied: 6, log: [NOOP, PUT] });
    journal.apply('s1', [7, 6, 'a=2']);
    expect(judged(stateMachineSafety(), journal)?.facts).toMatchObject({ node: 's1', first: 's1' });
  });
});

describe('R10 applied bound', () => {
  test('a leader applies what others committed once its own disk has it', () => {
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2', 's3']);
    journal.append('s1', NOOP);
    journal.store('s2', NOOP);
    journal.store('s3', NOOP);
    journal.commit('s1', 6, 6, 'quorum');
    journal.persist('s1', 6, 6);
    journal.apply('s1', NOOP);
    expect(objections(journal)).toEqual([]);
  });

  test('beyond the commit index', () => {
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2', 's3']);
    journal.store('s1', NOOP);
    journal.apply('s1', NOOP);
    expect(judged(appliedBound(), journal)?.text).toBe(
      'S1 applies entry 6, and knows only entry 5 committed.',
    );
  });

  test('before the own disk has it', () => {
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2', 's3']);
    journal.append('s2', NOOP);
    journal.commit('s2', 6, 6);
    journal.apply('s2', NOOP);
    expect(judged(appliedBound(), journal)?.text).toBe(
      'S2 applies entry 6 of term 6, which is not on its disk.',
    );
  });

  test('a store starts with more applied than it knows committed', () => {
    const journal = new RaftJournal();
    journal.kill('s3');
    journal.start('s3', { term: 6, commit: 6, applied: 7, log: [NOOP, PUT] });
    expect(judged(appliedBound(), journal)?.facts).toMatchObject({ applied: 7, committed: 6 });
  });
});

describe('S8 replicas agree', () => {
  test('replicas that have applied differently far hold different data', () => {
    const journal = settled();
    journal.store('s1', [8, 6, 'b=1']);
    journal.store('s2', [8, 6, 'b=1']);
    journal.commit('s1', 8, 6, 'quorum');
    journal.apply('s1', [8, 6, 'b=1'], 888);
    expect(objections(journal)).toEqual([]);
  });

  test('the same entry, other data', () => {
    const journal = settled();
    journal.apply('s3', PUT, 99);
    expect(judged(replicaAgreement(), journal)?.text).toBe(
      'S3 and S1 have applied entry 7 of Region 1 and hold different data.',
    );
  });

  test('a store that is applied anew after a power loss has to come to the same data', () => {
    const journal = settled();
    journal.kill('s2');
    journal.start('s2', { term: 6, vote: 101, commit: 7, applied: 5, log: [NOOP, PUT] });
    journal.apply('s2', NOOP, 0);
    expect(judged(replicaAgreement(), journal)?.facts).toMatchObject({ index: 6, states: [0, 6] });
  });

  test('a snapshot brings the data of its last entry', () => {
    const journal = settled();
    journal.restore('s3', 7, 6);
    journal.install('s3', PUT);
    expect(judged(replicaAgreement(), journal)).toBeNull();
    journal.install('s3', PUT, 99);
    expect(judged(replicaAgreement(), journal)?.facts).toMatchObject({ index: 7, states: [99, 7] });
  });
});
