import { describe, expect, test } from 'vitest';
import { judged, objections, RaftJournal } from '../../testing/raft-journal.ts';
import { electionSafety, termMonotonic } from './elections.ts';

describe('R1 election safety', () => {
  test('two leaders at once, in different terms, are legal: the older one does not know yet', () => {
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2']);
    journal.elect('s2', 7, ['s3']);
    expect(objections(journal)).toEqual([]);
  });

  test('the same peer may be told twice as the leader of a term', () => {
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2']);
    journal.lead('s1', 6, 5);
    expect(judged(electionSafety(), journal)).toBeNull();
  });

  test('two leaders of one term', () => {
    const journal = new RaftJournal();
    const first = journal.lead('s1', 6, 5);
    const second = journal.lead('s3', 6, 5);
    expect(judged(electionSafety(), journal)).toMatchObject({
      judge: 'inv:R1',
      text: 'S1 and S3 both lead term 6 of Region 1.',
      facts: { region: 1, term: 6, leaders: ['s1', 's3'] },
      witnesses: [second, first],
    });
  });

  test('history counts: the first leader is dead by now', () => {
    const journal = new RaftJournal();
    journal.lead('s1', 6, 5);
    journal.kill('s1');
    journal.elect('s2', 7, ['s3']);
    journal.lead('s3', 6, 5);
    expect(judged(electionSafety(), journal)?.text).toContain('S1 and S3');
  });
});

describe('R9 terms and votes', () => {
  const journalOfVote = () => {
    const journal = new RaftJournal();
    journal.candidate('s1', 6);
    journal.vote('s2', 's1', 6);
    return journal;
  };

  test('a vote that is on disk survives the restart; the next term brings a new one', () => {
    const journal = journalOfVote();
    journal.kill('s2');
    journal.start('s2', { term: 6, vote: 101 });
    journal.vote('s2', 's3', 7);
    expect(objections(journal)).toEqual([]);
  });

  test('a vote that reached neither disk nor wire may be forgotten', () => {
    const journal = new RaftJournal();
    journal.follow('s2', 6);
    journal.grant('s2', 's1', 6);
    journal.kill('s2');
    journal.start('s2');
    journal.candidate('s3', 6);
    journal.vote('s2', 's3', 6);
    expect(objections(journal)).toEqual([]);
  });

  test('asking for a pre-vote, and granting one, promises no term', () => {
    const journal = new RaftJournal();
    journal.send('s1', 's2', { msgType: 'MsgRequestPreVote', term: 6 });
    journal.send('s2', 's1', { msgType: 'MsgRequestPreVoteResponse', term: 6 });
    journal.kill('s1');
    journal.start('s1');
    expect(objections(journal)).toEqual([]);
  });

  test('a term goes back while the peer runs', () => {
    const journal = new RaftJournal();
    journal.follow('s1', 7);
    journal.follow('s1', 6);
    expect(judged(termMonotonic(), journal)).toMatchObject({
      text: 'S1 goes back from term 7 to term 6.',
    });
  });

  test('two votes in one term', () => {
    const journal = journalOfVote();
    journal.grant('s2', 's3', 6);
    expect(judged(termMonotonic(), journal)?.text).toBe(
      'S2 votes for peer 103 in term 6, in which it has voted for peer 101.',
    );
  });

  test('a candidate has voted for itself', () => {
    const journal = new RaftJournal();
    journal.candidate('s2', 6);
    journal.grant('s2', 's1', 6);
    expect(judged(termMonotonic(), journal)?.facts).toMatchObject({ first: 102, second: 101 });
  });

  test('a vote that was told is gone after the restart', () => {
    const journal = journalOfVote();
    journal.kill('s2');
    journal.start('s2', { term: 6, vote: 0 });
    expect(judged(termMonotonic(), journal)?.text).toBe(
      'S2 starts in term 6 and has no vote there. It told peer 101 that it voted for it.',
    );
  });

  test('a term that was told is gone after the restart', () => {
    const journal = journalOfVote();
    journal.kill('s2');
    journal.start('s2');
    expect(judged(termMonotonic(), journal)?.text).toBe(
      'S2 starts in term 5. Before the power loss it spoke in term 6.',
    );
  });

  test('two candidates are told of one vote', () => {
    const journal = journalOfVote();
    journal.answer('s2', 's3', 6);
    expect(judged(termMonotonic(), journal)?.facts).toMatchObject({ first: 101, second: 103 });
  });
});
