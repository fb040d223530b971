import { describe, expect, test } from 'vitest';
import { judged, objections, RaftJournal, type Row } from '../../testing/raft-journal.ts';
import { leaderAppendOnly, leaderCompleteness, logMatching } from './logs.ts';

const NOOP: Row = [6, 6, ''];

function led(): RaftJournal {
  const journal = new RaftJournal();
  journal.elect('s1', 6, ['s2', 's3']);
  return journal;
}

describe('R2 leader append-only', () => {
  test('a leader appends; a follower truncates entries that were never committed', () => {
    const journal = led();
    journal.store('s1', NOOP, [7, 6, 'a=1']);
    journal.kill('s1');
    journal.elect('s2', 7, ['s3']);
    journal.start('s1', { term: 6, vote: 101, log: [NOOP, [7, 6, 'a=1']] });
    journal.follow('s1', 7);
    journal.truncate('s1', 6);
    journal.append('s1', [6, 7, '']);
    expect(objections(journal)).toEqual([]);
  });

  test('a leader takes an entry away', () => {
    const journal = led();
    journal.append('s1', NOOP, [7, 6, 'a=1']);
    journal.truncate('s1', 7);
    expect(judged(leaderAppendOnly(), journal)?.text).toBe(
      'S1 leads term 6 and takes away entry 7 of its own log.',
    );
  });

  test('a leader writes over an entry', () => {
    const journal = led();
    journal.append('s1', NOOP, [7, 6, 'a=1']);
    journal.append('s1', [7, 6, 'a=2']);
    expect(judged(leaderAppendOnly(), journal)?.facts).toMatchObject({ from: 7, lastIndex: 7 });
  });
});

describe('R3 log matching', () => {
  test('logs may differ where the terms differ', () => {
    const journal = led();
    journal.append('s1', NOOP, [7, 6, 'a=1']);
    journal.elect('s2', 7, ['s3']);
    journal.append('s2', [6, 7, ''], [7, 7, 'b=2']);
    expect(judged(logMatching(), journal)).toBeNull();
  });

  test('an entry that a power loss took is no witness any more', () => {
    const journal = led();
    journal.append('s1', NOOP);
    journal.kill('s1');
    journal.start('s1', { term: 6, vote: 101 });
    journal.append('s2', [6, 6, 'x=1']);
    expect(judged(logMatching(), journal)).toBeNull();
  });

  test('one place, one term, two contents', () => {
    const journal = led();
    journal.append('s1', NOOP, [7, 6, 'a=1']);
    journal.append('s2', NOOP, [7, 6, 'a=2']);
    expect(judged(logMatching(), journal)?.text).toBe(
      'S2 and S1 hold different entries 7 of term 6.',
    );
  });

  test('the same entry after different ones', () => {
    const journal = led();
    journal.append('s1', NOOP);
    journal.elect('s2', 7, ['s3']);
    journal.append('s2', [6, 7, ''], [7, 7, 'b=1']);
    journal.follow('s1', 7);
    journal.append('s1', [7, 7, 'b=1']);
    expect(judged(logMatching(), journal)?.text).toBe(
      'Entry 7 of term 7 follows an entry of term 6 on S1 and one of term 7 on S2.',
    );
  });

  test('a log that is read back from a disk is compared too', () => {
    const journal = led();
    journal.store('s1', NOOP, [7, 6, 'a=1']);
    journal.kill('s2');
    journal.start('s2', { term: 6, vote: 101, log: [NOOP, [7, 6, 'z=1']] });
    expect(judged(logMatching(), journal)?.facts).toMatchObject({ index: 7, nodes: ['s2', 's1'] });
  });
});

describe('R4 leader completeness', () => {
  const all = ['s1', 's2', 's3'];

  test('the next leader has what was committed; what was not may be missing', () => {
    const journal = led();
    journal.settle(all, NOOP);
    journal.store('s1', [7, 6, 'a=1']);
    journal.elect('s2', 7, ['s3'], 6);
    expect(objections(journal)).toEqual([]);
  });

  test('an old leader that misses a later commit leads no later term', () => {
    const journal = led();
    journal.settle(all, NOOP);
    journal.elect('s2', 7, ['s3'], 6);
    journal.settle(['s2', 's3'], [7, 7, '']);
    journal.lead('s1', 6, 6);
    expect(judged(leaderCompleteness(), journal)).toBeNull();
  });

  test('a leader is short of a committed entry', () => {
    const journal = led();
    journal.settle(['s1', 's2'], NOOP, [7, 6, 'a=1']);
    journal.store('s3', NOOP);
    journal.elect('s3', 7, ['s2'], 6);
    expect(judged(leaderCompleteness(), journal)).toMatchObject({
      text: 'S3 leads term 7 without entry 7 of term 6, which was committed in term 6.',
      facts: { leader: 's3', index: 7, found: null },
    });
  });

  test('a leader holds another entry in its place', () => {
    const journal = led();
    journal.store('s3', NOOP);
    journal.store('s3', [7, 5, 'z=9']);
    journal.settle(['s1', 's2'], NOOP, [7, 6, 'a=1']);
    journal.lead('s3', 8, 7);
    expect(judged(leaderCompleteness(), journal)?.text).toMatch(/It holds one of term 5 there\.$/);
  });

  test('an entry is committed in a term that a leader without it has overtaken', () => {
    const journal = led();
    journal.settle(all, NOOP);
    journal.elect('s2', 7, ['s3'], 6);
    journal.store('s1', [7, 6, 'a=1']);
    journal.commit('s1', 7, 6, 'quorum');
    expect(judged(leaderCompleteness(), journal)?.facts).toMatchObject({
      leader: 's2',
      term: 7,
      index: 7,
      committedIn: 6,
    });
  });
});
