import { describe, expect, test } from 'vitest';
import { judged, objections, RaftJournal, type Row } from '../../testing/raft-journal.ts';
import type { TxnAnswer } from '../../tikv/txn/message.ts';
import { durableAck, persistBeforeReply } from './promises.ts';

const NOOP: Row = [6, 6, ''];
const PUT: Row = [7, 6, 'a=1'];

function led(stores = 3): RaftJournal {
  const journal = new RaftJournal(stores);
  journal.elect('s1', 6, journal.stores.slice(1));
  return journal;
}

describe('R11 persist before reply', () => {
  test('votes and acknowledgements leave after the disk has them', () => {
    const journal = led();
    journal.append('s1', NOOP);
    journal.send('s1', 's2', { msgType: 'MsgAppend', term: 6 });
    journal.store('s2', NOOP);
    journal.acknowledge('s2', 's1', 6, 6);
    expect(objections(journal)).toEqual([]);
  });

  test('a refusal promises nothing but its term', () => {
    const journal = led();
    journal.send('s3', 's2', { msgType: 'MsgRequestVoteResponse', term: 6, reject: true });
    journal.send('s3', 's1', { msgType: 'MsgAppendResponse', term: 6, index: 9, reject: true });
    expect(judged(persistBeforeReply(), journal)).toBeNull();
  });

  test('a later vote on disk covers an earlier one on the wire', () => {
    const journal = led();
    journal.vote('s3', 's2', 7);
    journal.send('s3', 's1', { msgType: 'MsgRequestVoteResponse', term: 6 });
    expect(judged(persistBeforeReply(), journal)).toBeNull();
  });

  test('an old leader is told of the log as it was in its term', () => {
    const journal = led();
    journal.append('s1', NOOP);
    journal.store('s2', NOOP);
    journal.elect('s3', 7, ['s1']);
    journal.append('s3', [6, 7, '']);
    journal.acknowledge('s2', 's1', 6, 6);
    expect(judged(persistBeforeReply(), journal)).toBeNull();
  });

  test('a term is told that is on no disk', () => {
    const journal = new RaftJournal();
    journal.follow('s2', 6);
    journal.send('s2', 's1', { msgType: 'MsgHeartbeatResponse', term: 6 });
    expect(judged(persistBeforeReply(), journal)?.text).toBe(
      'S2 sends MsgHeartbeatResponse in term 6. Its disk holds term 5.',
    );
  });

  test('a vote is told that is on no disk', () => {
    const journal = new RaftJournal();
    journal.follow('s2', 6);
    journal.grant('s2', 's1', 6);
    journal.keep('s2', 6, 0);
    journal.answer('s2', 's1', 6);
    expect(judged(persistBeforeReply(), journal)?.text).toBe(
      'S2 tells of its vote for peer 101 in term 6. Its disk holds no vote.',
    );
  });

  test('a write that is not durable yet is no disk', () => {
    const journal = new RaftJournal();
    journal.tell('s2', { type: 'raft/became-candidate', region: 1, term: 6 });
    journal.tell('s2', {
      type: 'raftstore/hard-state-written',
      region: 1,
      write: 9,
      term: 6,
      vote: 102,
    });
    journal.send('s2', 's1', { msgType: 'MsgRequestVote', term: 6 });
    expect(judged(persistBeforeReply(), journal)?.facts).toMatchObject({ term: 6, onDisk: 5 });
  });

  test('an entry is acknowledged that is only in memory', () => {
    const journal = led();
    journal.append('s1', NOOP);
    journal.append('s2', NOOP);
    journal.acknowledge('s2', 's1', 6, 6);
    expect(judged(persistBeforeReply(), journal)?.text).toBe(
      'S2 acknowledges entry 6. Its disk ends at entry 5.',
    );
  });

  test('an entry is acknowledged in whose place the disk has another', () => {
    const journal = led();
    journal.append('s1', NOOP);
    journal.store('s2', [6, 5, 'x=1']);
    journal.acknowledge('s2', 's1', 6, 6);
    expect(judged(persistBeforeReply(), journal)?.text).toBe(
      'S2 acknowledges entry 6 of term 6. Its disk holds one of term 5.',
    );
  });

  test('a snapshot is acknowledged when its data are there', () => {
    const journal = led();
    journal.settle(['s1', 's2'], NOOP, PUT);
    journal.restore('s3', 7, 6);
    const early = journal.records.length;
    journal.install('s3', PUT);
    journal.acknowledge('s3', 's1', 7, 6);
    expect(objections(journal)).toEqual([]);
    journal.records.splice(early, 1);
    expect(judged(persistBeforeReply(), journal)?.text).toBe(
      'S3 acknowledges entry 7. Its disk ends at entry 5.',
    );
  });

  test('entries that come along with a snapshot are on the disk with it', () => {
    const journal = led();
    journal.settle(['s1', 's2'], NOOP, PUT);
    journal.append('s1', [8, 6, 'b=1']);
    journal.restore('s3', 7, 6);
    journal.append('s3', [8, 6, 'b=1']);
    journal.install('s3', PUT);
    journal.acknowledge('s3', 's1', 8, 6);
    expect(objections(journal)).toEqual([]);
  });

  test('a peer that a message has made promises nothing before its first snapshot', () => {
    const journal = led();
    journal.region = {
      ...journal.region,
      peers: [...journal.region.peers, { id: 1001, storeId: 4, role: 'Learner' }],
    };
    journal.create('s4', 1001);
    journal.follow('s4', 6);
    journal.send('s4', 's1', { msgType: 'MsgHeartbeatResponse', term: 6 });
    expect(objections(journal)).toEqual([]);
  });

  test('a disk lied: a committed entry is gone after the restart', () => {
    const journal = led();
    journal.settle(['s1', 's2', 's3'], NOOP, PUT);
    journal.kill('s2');
    journal.start('s2', { term: 6, vote: 101, commit: 6, log: [NOOP] });
    expect(judged(persistBeforeReply(), journal)?.text).toBe(
      'S2 had entry 7 on its disk, and it was committed. After the restart it is not there.',
    );
  });

  test('an entry that nobody had committed may be gone: another one took its place unseen', () => {
    const journal = led();
    journal.settle(['s1', 's2', 's3'], NOOP);
    journal.store('s2', PUT);
    journal.kill('s2');
    journal.start('s2', { term: 7, commit: 6, log: [NOOP] });
    expect(judged(persistBeforeReply(), journal)).toBeNull();
  });
});

describe('durable acknowledgement', () => {
  const proposed = () => {
    const journal = led();
    journal.settle(['s1', 's2', 's3'], NOOP);
    journal.propose('s1', 'c1', 1, PUT);
    journal.append('s1', PUT);
    journal.store('s2', PUT);
    return journal;
  };

  test('committed and on a quorum of disks', () => {
    const journal = proposed();
    journal.persist('s1', 7, 6);
    journal.commit('s1', 7, 6, 'quorum');
    journal.apply('s1', PUT);
    journal.reply('s1', 'c1', 1, { type: 'raw-put' });
    expect(objections(journal)).toEqual([]);
  });

  test('an answer that never comes, and a write that is committed all the same: nobody has lied', () => {
    const journal = proposed();
    journal.kill('s1');
    journal.elect('s2', 7, ['s3'], 7);
    journal.settle(['s2', 's3'], [8, 7, '']);
    expect(judged(durableAck(), journal)).toBeNull();
  });

  test('a comparison that failed, and a read, acknowledge no write', () => {
    const journal = proposed();
    journal.reply('s1', 'c1', 2, { type: 'raw-cas', succeeded: false, previous: 'x' });
    journal.reply('s1', 'c1', 3, { type: 'raw-get', value: null });
    expect(judged(durableAck(), journal)).toBeNull();
  });

  test('not committed', () => {
    const journal = proposed();
    journal.reply('s1', 'c1', 1, { type: 'raw-put' });
    expect(judged(durableAck(), journal)?.text).toBe(
      'S1 tells C1 that its write is done. Its entry 7 of term 6 is not committed.',
    );
  });

  test('committed is another entry of that index', () => {
    const journal = proposed();
    journal.elect('s2', 7, ['s3'], 6);
    journal.settle(['s2', 's3'], [7, 7, '']);
    journal.reply('s1', 'c1', 1, { type: 'raw-put' });
    expect(judged(durableAck(), journal)?.facts).toMatchObject({ index: 7, term: 6 });
  });

  test('on too few disks', () => {
    const journal = proposed();
    journal.commit('s1', 7, 6, 'quorum');
    journal.reply('s1', 'c1', 1, { type: 'raw-put' });
    expect(judged(durableAck(), journal)?.text).toBe(
      'S1 tells C1 that its write is done. Only 1 of 3 voters has its entry 7 on disk.',
    );
  });

  test('who votes since does not count', () => {
    const journal = proposed();
    journal.persist('s1', 7, 6);
    journal.commit('s1', 7, 6, 'quorum');
    const voters = [101, 103, 104];
    journal.tell('s1', {
      type: 'raft/conf-changed',
      region: 1,
      confState: { voters, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
    });
    journal.reply('s1', 'c1', 1, { type: 'raw-put' });
    expect(judged(durableAck(), journal)).toBeNull();
  });

  test('a transaction is told too early', () => {
    const journal = proposed();
    journal.tell('s1', {
      type: 'network/sent',
      from: 's1',
      to: 'c1',
      message: {
        type: 'txn-response',
        id: 1,
        regionId: 1,
        result: { ok: true, response: {} as TxnAnswer },
      },
      arrivesAt: 0,
      lostAt: null,
    });
    expect(judged(durableAck(), journal)?.text).toContain('is not committed');
  });

  test('never proposed', () => {
    const journal = proposed();
    journal.reply('s1', 'c2', 8, { type: 'raw-delete' });
    expect(judged(durableAck(), journal)?.text).toContain('has not proposed it');
  });
});
