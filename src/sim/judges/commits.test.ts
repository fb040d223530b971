import { describe, expect, test } from 'vitest';
import { judged, objections, RaftJournal, type Row } from '../../testing/raft-journal.ts';
import { commitStable, currentTermCommit, quorumDurability } from './commits.ts';

const NOOP: Row = [6, 6, ''];
const PUT: Row = [7, 6, 'a=1'];

function led(stores = 3): RaftJournal {
  const journal = new RaftJournal(stores);
  journal.elect('s1', 6, journal.stores.slice(1));
  return journal;
}

describe('R6 what is committed stays', () => {
  test('knowing less after a restart is a new run', () => {
    const journal = led();
    journal.settle(['s1', 's2', 's3'], NOOP, PUT);
    journal.kill('s2');
    journal.start('s2', { term: 6, vote: 101, commit: 6, log: [NOOP, PUT] });
    journal.commit('s2', 7, 6);
    journal.apply('s2', PUT);
    expect(objections(journal)).toEqual([]);
  });

  test('a follower may truncate above its commit index', () => {
    const journal = led();
    journal.settle(['s1', 's2', 's3'], NOOP);
    journal.store('s3', PUT);
    journal.truncate('s3', 7);
    expect(judged(commitStable(), journal)).toBeNull();
  });

  test('a commit index falls', () => {
    const journal = led();
    journal.settle(['s1', 's2', 's3'], NOOP, PUT);
    journal.commit('s2', 6, 6);
    expect(judged(commitStable(), journal)?.text).toBe(
      'S2 knew everything up to entry 7 committed, and now only up to entry 6.',
    );
  });

  test('a committed entry is cut off', () => {
    const journal = led();
    journal.settle(['s1', 's2', 's3'], NOOP, PUT);
    journal.truncate('s3', 7);
    expect(judged(commitStable(), journal)?.text).toBe(
      'S3 takes away entry 7, which it knows committed.',
    );
  });

  test('a committed entry is written over', () => {
    const journal = led();
    journal.settle(['s1', 's2', 's3'], NOOP, PUT);
    journal.append('s3', [7, 7, 'b=2']);
    expect(judged(commitStable(), journal)?.facts).toMatchObject({ from: 7, committed: 7 });
  });

  test('two peers know different entries committed', () => {
    const journal = led();
    journal.settle(['s1', 's2'], NOOP, PUT);
    journal.store('s3', NOOP, [7, 7, 'b=2']);
    journal.commit('s3', 7, 7);
    expect(judged(commitStable(), journal)?.text).toBe(
      'S3 knows entry 7 of term 7 committed. Committed first was one of term 6.',
    );
  });

  test('a peer knows committed what it does not have', () => {
    const journal = led();
    journal.store('s1', NOOP);
    journal.commit('s1', 7, 6, 'quorum');
    expect(judged(commitStable(), journal)?.text).toMatch(/and has no entry 7\.$/);
  });

  test('a disk holds another entry below its commit index', () => {
    const journal = led();
    journal.settle(['s1', 's2'], NOOP, PUT);
    journal.kill('s3');
    journal.start('s3', { term: 6, commit: 7, log: [NOOP, [7, 6, 'x=1']] });
    expect(judged(commitStable(), journal)?.facts).toMatchObject({ node: 's3', index: 7 });
  });
});

describe('R7 commit by counting', () => {
  test('an earlier entry is committed with one of the own term', () => {
    const journal = led();
    journal.store('s1', NOOP);
    journal.elect('s2', 7, ['s3']);
    journal.settle(['s2', 's3'], [6, 7, '']);
    expect(objections(journal)).toEqual([]);
  });

  test('a follower takes any term from its leader', () => {
    const journal = led();
    journal.store('s3', NOOP);
    journal.follow('s3', 7);
    journal.commit('s3', 6, 6);
    expect(judged(currentTermCommit(), journal)).toBeNull();
  });

  test('a leader counts replicas of an earlier entry', () => {
    const journal = led();
    for (const node of journal.stores) journal.store(node, NOOP);
    journal.elect('s2', 7, ['s3'], 6);
    journal.commit('s2', 6, 6, 'quorum');
    expect(judged(currentTermCommit(), journal)?.text).toBe(
      'S2 leads term 7 and commits entry 6 of term 6 by counting replicas.',
    );
  });

  test('also when its own entry is there, uncommitted', () => {
    const journal = led();
    for (const node of journal.stores) journal.store(node, NOOP);
    journal.elect('s2', 7, ['s3'], 6);
    journal.append('s2', [7, 7, '']);
    journal.commit('s2', 6, 6, 'quorum');
    expect(judged(currentTermCommit(), journal)?.facts).toMatchObject({ entryTerm: 6, term: 7 });
  });
});

describe('R8 quorum durability', () => {
  test('the leader need not be among those who have it on disk', () => {
    const journal = led();
    journal.append('s1', NOOP);
    journal.store('s2', NOOP);
    journal.store('s3', NOOP);
    journal.commit('s1', 6, 6, 'quorum');
    expect(objections(journal)).toEqual([]);
  });

  test('the disk of a dead store counts', () => {
    const journal = led();
    journal.store('s3', NOOP);
    journal.kill('s3');
    journal.store('s1', NOOP);
    journal.commit('s1', 6, 6, 'quorum');
    expect(objections(journal)).toEqual([]);
  });

  test('two of four meet every majority of three', () => {
    const journal = led(4);
    journal.store('s1', NOOP);
    journal.store('s2', NOOP);
    journal.commit('s1', 6, 6, 'quorum');
    expect(objections(journal)).toEqual([]);
  });

  const replaced = () => {
    const journal = led();
    journal.append('s3', [6, 5, 'x=1']);
    journal.truncate('s3', 6);
    journal.append('s3', NOOP);
    journal.store('s1', NOOP);
    journal.persist('s3', 6, 5);
    return journal;
  };

  test('what has come to the disk may be an entry that memory has replaced', () => {
    const journal = replaced();
    journal.commit('s1', 6, 6, 'quorum');
    expect(judged(quorumDurability(), journal)?.facts).toMatchObject({ holders: ['s1'] });
  });

  test('the next write brings the one that replaced it', () => {
    const journal = replaced();
    journal.persist('s3', 6, 6);
    journal.commit('s1', 6, 6, 'quorum');
    expect(judged(quorumDurability(), journal)).toBeNull();
  });

  test('memory is no disk', () => {
    const journal = led();
    journal.store('s1', NOOP);
    journal.append('s2', NOOP);
    journal.commit('s1', 6, 6, 'quorum');
    expect(judged(quorumDurability(), journal)).toMatchObject({
      text: 'S1 commits entry 6 of term 6. Only 1 of 3 voters has it on disk.',
      facts: { holders: ['s1'], voters: [101, 102, 103] },
    });
  });

  test('two of five leave a majority without it', () => {
    const journal = led(5);
    journal.store('s1', NOOP);
    journal.store('s2', NOOP);
    journal.commit('s1', 6, 6, 'quorum');
    expect(judged(quorumDurability(), journal)?.text).toContain(
      'Only 2 of 5 voters have it on disk',
    );
  });

  test('another entry of the same index is not it', () => {
    const journal = led();
    journal.store('s1', NOOP);
    journal.store('s2', [6, 5, 'old=1']);
    journal.commit('s1', 6, 6, 'quorum');
    expect(judged(quorumDurability(), journal)?.facts).toMatchObject({ holders: ['s1'] });
  });

  test('in a joint configuration both halves count', () => {
    const journal = led(5);
    const confState = {
      voters: [101, 102, 103],
      votersOutgoing: [101, 104, 105],
      learners: [],
      learnersNext: [],
      autoLeave: false,
    };
    journal.tell('s1', { type: 'raft/conf-changed', region: 1, confState });
    journal.store('s1', NOOP);
    journal.store('s2', NOOP);
    journal.commit('s1', 6, 6, 'quorum');
    expect(judged(quorumDurability(), journal)?.facts).toMatchObject({ voters: [101, 104, 105] });
  });
});
