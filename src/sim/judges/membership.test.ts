import { describe, expect, test } from 'vitest';
import { judged, objections, RaftJournal, type Row } from '../../testing/raft-journal.ts';
import type { ConfState } from '../../tikv/raft/message.ts';
import type { PeerRole, Region } from '../../tikv/raftstore/region.ts';
import { confConsistency, peerRoles, singleConfChange } from './membership.ts';

const NOOP: Row = [6, 6, ''];
const CHANGE: Row = [7, 6, '!'];

function settled(): RaftJournal {
  const journal = new RaftJournal();
  journal.elect('s1', 6, ['s2', 's3']);
  journal.settle(['s1', 's2', 's3'], NOOP);
  return journal;
}

const change = (journal: RaftJournal, node: string, conf: Partial<ConfState>) =>
  journal.tell(node, {
    type: 'raft/conf-changed',
    region: 1,
    confState: {
      voters: [101, 102, 103],
      learners: [],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
      ...conf,
    },
  });

describe('R12 one membership change at a time', () => {
  test('the next one follows the applied one', () => {
    const journal = settled();
    journal.settle(['s1', 's2', 's3'], CHANGE);
    journal.append('s1', [8, 6, '!']);
    expect(objections(journal)).toEqual([]);
  });

  test('a new leader may find two in its log', () => {
    const journal = settled();
    journal.store('s2', CHANGE, [8, 6, '!']);
    journal.elect('s2', 7, ['s3'], 8);
    journal.append('s2', [9, 7, '']);
    expect(judged(singleConfChange(), journal)).toBeNull();
  });

  test('one that was cut off does not count', () => {
    const journal = settled();
    journal.store('s2', CHANGE);
    journal.elect('s2', 7, ['s3'], 7);
    journal.truncate('s2', 7);
    journal.append('s2', [7, 7, ''], [8, 7, '!']);
    expect(judged(singleConfChange(), journal)).toBeNull();
  });

  test('one that a power loss took away does not count', () => {
    const journal = settled();
    journal.store('s2', CHANGE);
    journal.start('s2', { term: 6, commit: 6, log: [NOOP] });
    journal.elect('s2', 7, ['s3'], 6);
    journal.append('s2', [7, 7, ''], [8, 7, '!']);
    expect(judged(singleConfChange(), journal)).toBeNull();
  });

  test('a second one before the first is applied', () => {
    const journal = settled();
    journal.append('s1', CHANGE);
    journal.append('s1', [8, 6, '!']);
    expect(judged(singleConfChange(), journal)?.text).toBe(
      'S1 proposes a membership change in entry 8, and the one in entry 7 is not applied.',
    );
  });

  test('two in one batch', () => {
    const journal = settled();
    journal.append('s1', CHANGE, [8, 6, '!']);
    expect(judged(singleConfChange(), journal)?.facts).toMatchObject({ index: 8, pending: 7 });
  });

  test('joint inside joint', () => {
    const journal = settled();
    change(journal, 's1', { votersOutgoing: [101, 102, 103] });
    change(journal, 's1', {});
    change(journal, 's1', { votersOutgoing: [101, 102] });
    change(journal, 's1', { votersOutgoing: [101, 103] });
    expect(judged(singleConfChange(), journal)?.facts).toMatchObject({
      before: [
        [101, 102, 103],
        [101, 102],
      ],
    });
  });
});

test('R12: a snapshot may bring the joint configuration that is in force already, or the next one', () => {
  const journal = settled();
  change(journal, 's3', { votersOutgoing: [101, 102, 103] });
  journal.restore('s3', 9, 6);
  change(journal, 's3', { votersOutgoing: [101, 102] });
  expect(judged(singleConfChange(), journal)).toBeNull();
  change(journal, 's3', { votersOutgoing: [101, 103] });
  expect(judged(singleConfChange(), journal)).not.toBeNull();
});

describe('R13 configurations', () => {
  test('a demoted voter waits on its way out', () => {
    const journal = settled();
    change(journal, 's1', {
      voters: [101, 102],
      votersOutgoing: [101, 102, 103],
      learnersNext: [103],
      learners: [104],
    });
    expect(objections(journal)).toEqual([]);
  });

  test.each([
    [{ voters: [] }, 'nobody votes'],
    [{ learners: [102] }, 'peer 102 votes and learns'],
    [{ votersOutgoing: [101, 104], learners: [104] }, 'peer 104 votes and learns'],
    [{ votersOutgoing: [101], learnersNext: [104] }, 'peer 104 waits to learn'],
  ])('%j', (conf, words) => {
    const journal = settled();
    change(journal, 's1', conf);
    expect(judged(confConsistency(), journal)?.text).toContain(words);
  });

  test('a Region in which nobody votes', () => {
    const journal = settled();
    const peers = journal.region.peers.map((peer) => ({ ...peer, role: 'Learner' as const }));
    journal.kill('s1');
    journal.start('s1', { region: { ...journal.region, peers } });
    expect(judged(confConsistency(), journal)?.text).toBe('S1: nobody votes in the Region.');
  });
});

describe('R13 Raft and the Region', () => {
  const changed = (journal: RaftJournal, node: string, ...roles: PeerRole[]): Region => {
    const peers = journal.region.peers.map((peer, i) => ({ ...peer, role: roles[i] ?? peer.role }));
    const to = { ...journal.region, peers: peers.slice(0, roles.length) };
    journal.tell(node, { type: 'raftstore/region-changed', region: 1, index: 7, to });
    return to;
  };

  test('two changes in one round are told Region by Region, then configuration by configuration', () => {
    const journal = settled();
    changed(journal, 's1', 'Voter', 'Voter', 'Learner');
    changed(journal, 's1', 'Voter', 'Voter');
    change(journal, 's1', { voters: [101, 102], learners: [103] });
    change(journal, 's1', { voters: [101, 102] });
    expect(judged(confConsistency(), journal)).toBeNull();
  });

  test('in between, who comes and who goes have roles of their own', () => {
    const journal = settled();
    changed(journal, 's1', 'Voter', 'IncomingVoter', 'DemotingVoter');
    change(journal, 's1', {
      voters: [101, 102],
      votersOutgoing: [101, 103],
      learnersNext: [103],
    });
    expect(judged(confConsistency(), journal)).toBeNull();
  });

  test('Raft counts a voter that the Region calls a learner', () => {
    const journal = settled();
    changed(journal, 's1', 'Voter', 'Voter', 'Learner');
    change(journal, 's1', {});
    expect(judged(confConsistency(), journal)?.text).toBe(
      'S1: Raft counts other voters than the roles in the Region say.',
    );
  });

  test('Raft switches at once where the Region goes through a joint configuration', () => {
    const journal = settled();
    changed(journal, 's1', 'Voter', 'IncomingVoter', 'DemotingVoter');
    change(journal, 's1', { voters: [101, 102], learners: [103] });
    expect(judged(confConsistency(), journal)).not.toBeNull();
  });

  test('a snapshot brings both books', () => {
    const journal = settled();
    const bring = (voters: number[]) => {
      journal.restore('s3', 9, 6);
      change(journal, 's3', { voters });
      journal.install('s3', [9, 6, '']);
    };
    bring([101, 102, 103]);
    expect(judged(confConsistency(), journal)).toBeNull();
    bring([101, 102]);
    expect(judged(confConsistency(), journal)?.facts).toMatchObject({ voters: [101, 102] });
  });
});

describe('S9 peers and roles', () => {
  const learning = (region: Region, confVer: number): Region => ({
    ...region,
    epoch: { ...region.epoch, confVer },
    peers: region.peers.map((peer, i) => (i === 2 ? { ...peer, role: 'Learner' } : peer)),
  });

  test('a change of roles has a conf_ver of its own, and an old copy may come later', () => {
    const journal = settled();
    const before = journal.region;
    journal.kill('s1');
    journal.start('s1', { region: learning(before, 2) });
    journal.tell('pd1', {
      type: 'pd/region-learned',
      region: before,
      leader: journal.peer('s1'),
      term: 6,
    });
    expect(judged(peerRoles(), journal)).toBeNull();
  });

  test('the order of peers does not matter', () => {
    const journal = settled();
    const region = { ...journal.region, peers: journal.region.peers.toReversed() };
    journal.tell('pd1', { type: 'pd/bootstrapped', region, by: 1 });
    expect(judged(peerRoles(), journal)).toBeNull();
  });

  test('one conf_ver, two roles', () => {
    const journal = settled();
    journal.kill('s2');
    journal.start('s2', { region: learning(journal.region, 1) });
    expect(judged(peerRoles(), journal)?.text).toBe(
      'S2 and S1 know other peers of Region 1 under conf_ver 1.',
    );
  });

  test('PD knows other peers', () => {
    const journal = settled();
    const region = { ...journal.region, peers: journal.region.peers.slice(1) };
    journal.tell('pd1', {
      type: 'pd/region-learned',
      region,
      leader: journal.peer('s2'),
      term: 6,
    });
    expect(judged(peerRoles(), journal)?.text).toContain('PD1 and S1');
  });
});
