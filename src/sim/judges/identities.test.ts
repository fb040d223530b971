import { describe, expect, test } from 'vitest';
import { judged, objections, RaftJournal } from '../../testing/raft-journal.ts';
import { WORLD } from '../record-id.ts';
import { epochMonotonic, noZombie, peerIdentity } from './identities.ts';

describe('S4 epochs', () => {
  const changed = (journal: RaftJournal, node: string, version: number, confVer = 1) =>
    journal.tell(node, {
      type: 'raftstore/region-changed',
      region: 1,
      index: 9,
      to: { ...journal.region, epoch: { confVer, version } },
    });

  const tell = (journal: RaftJournal, version: number, confVer = 1) => {
    journal.region = { ...journal.region, epoch: { confVer, version } };
    return journal.send('s1', 's2', { term: 5 });
  };

  test('a store learns of a change later than another', () => {
    const journal = new RaftJournal();
    changed(journal, 's1', 2);
    changed(journal, 's1', 3);
    changed(journal, 's2', 2);
    expect(judged(epochMonotonic(), journal)).toBeNull();
  });

  test('a change that was told to nobody may be lost with the power', () => {
    const journal = new RaftJournal();
    changed(journal, 's1', 2);
    journal.kill('s1');
    journal.start('s1');
    expect(judged(epochMonotonic(), journal)).toBeNull();
  });

  test('a store goes back while it runs', () => {
    const journal = new RaftJournal();
    changed(journal, 's1', 2);
    changed(journal, 's1', 1, 2);
    expect(judged(epochMonotonic(), journal)?.text).toBe(
      'S1 knew Region 1 in version 2 with conf_ver 1, and now in version 1 with conf_ver 2.',
    );
  });

  test('a store starts with less than it has told', () => {
    const journal = new RaftJournal();
    const before = journal.region;
    tell(journal, 1, 3);
    tell(journal, 2, 2);
    journal.kill('s1');
    journal.start('s1', { region: { ...before, epoch: { confVer: 2, version: 9 } } });
    expect(judged(epochMonotonic(), journal)?.facts).toMatchObject({ before: [2, 3], now: [9, 2] });
  });
});

describe('S6 no zombie', () => {
  test('a killed store comes back; a destroyed one under a new peer', () => {
    const journal = new RaftJournal();
    journal.kill('s1');
    journal.start('s1');
    journal.tell(WORLD, { type: 'node/destroyed', node: 's3' });
    journal.start('s3', { peer: 1001 });
    expect(judged(noZombie(), journal)).toBeNull();
  });

  test('a destroyed peer starts again', () => {
    const journal = new RaftJournal();
    journal.tell(WORLD, { type: 'node/destroyed', node: 's3' });
    journal.start('s3');
    expect(judged(noZombie(), journal)?.text).toBe('S3 starts peer 103, which was gone for good.');
  });

  test('on another store as well', () => {
    const journal = new RaftJournal();
    journal.tell(WORLD, { type: 'node/destroyed', node: 's3' });
    journal.start('s2', { peer: 103 });
    expect(judged(noZombie(), journal)?.facts).toMatchObject({ node: 's2', peer: 103 });
  });

  const leave = (journal: RaftJournal) => {
    journal.tell('s3', {
      type: 'raftstore/peer-destroyed',
      region: 1,
      peer: 103,
      reason: 'removed',
    });
    const write = { queue: 'kv', write: 7 } as const;
    journal.tell('s3', { type: 'disk/write-started', ...write, ops: 1, durableAt: 0 });
    return () => journal.tell('s3', { type: 'disk/durable', ...write });
  };

  test('a removal that had not reached the disk is undone by a power loss', () => {
    const journal = new RaftJournal();
    leave(journal);
    journal.kill('s3');
    journal.start('s3');
    expect(objections(journal)).toEqual([]);
  });

  test('a removed peer starts again', () => {
    const journal = new RaftJournal();
    leave(journal)();
    journal.kill('s3');
    journal.start('s3');
    expect(judged(noZombie(), journal)?.facts).toMatchObject({ node: 's3', peer: 103 });
  });

  test('a removed peer is made anew by a message', () => {
    const journal = new RaftJournal();
    leave(journal)();
    journal.create('s3', 103);
    expect(judged(noZombie(), journal)?.text).toBe('S3 starts peer 103, which was gone for good.');
  });
});

describe('S7 who is who', () => {
  test('a peer may be replaced by another one after its end', () => {
    const journal = new RaftJournal();
    journal.kill('s3');
    journal.start('s3', { peer: 1001 });
    expect(judged(peerIdentity(), journal)).toBeNull();
  });

  test('one id on two stores', () => {
    const journal = new RaftJournal();
    journal.kill('s3');
    journal.start('s3', { peer: 102 });
    expect(judged(peerIdentity(), journal)?.text).toBe(
      'Peer 102 belongs to Region 1 on S2, and starts in Region 1 on S3.',
    );
  });

  test('one id in two Regions', () => {
    const journal = new RaftJournal();
    journal.kill('s3');
    journal.start('s3', { region: { ...journal.region, id: 9 } });
    expect(judged(peerIdentity(), journal)?.facts).toMatchObject({ peer: 103, regions: [1, 9] });
  });

  test('a peer starts a second time in one life', () => {
    const journal = new RaftJournal();
    journal.start('s3');
    expect(judged(peerIdentity(), journal)?.text).toBe('S3 starts peer 103 of Region 1 twice.');
  });

  test('two peers of a Region live on one store', () => {
    const journal = new RaftJournal();
    journal.start('s3', { peer: 1001 });
    expect(judged(peerIdentity(), journal)?.text).toBe(
      'S3 starts peer 1001 of Region 1 beside peer 103.',
    );
  });

  test('a Region names two peers on one store', () => {
    const journal = new RaftJournal();
    journal.kill('s3');
    const peers = [...journal.region.peers, { id: 104, storeId: 3, role: 'Learner' as const }];
    journal.start('s3', { region: { ...journal.region, peers } });
    expect(judged(peerIdentity(), journal)?.text).toBe('Region 1 names two peers on S3.');
  });
});
