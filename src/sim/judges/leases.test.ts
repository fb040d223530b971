import { describe, expect, test } from 'vitest';
import { judged, objections, RaftJournal, type Row } from '../../testing/raft-journal.ts';
import type { SettingChanges } from '../../tikv/config.ts';
import { WORLD } from '../record-id.ts';
import { leaseExclusivity } from './leases.ts';

const NOOP: Row = [6, 6, ''];
const SECOND = 1_000_000;

const USED = { 'client.lease-reads': true };

/** S1 leads term 6 and has applied its first entry. */
function led(settings: SettingChanges = USED): RaftJournal {
  const journal = new RaftJournal(3, settings);
  journal.elect('s1', 6, ['s2', 's3']);
  journal.settle(['s1', 's2', 's3'], NOOP);
  return journal;
}

const lease = (journal: RaftJournal, node: string, until: number | null, state = 'valid') =>
  journal.tell(node, {
    type: 'raftstore/lease-changed',
    region: 1,
    state: state as 'valid',
    until,
  });

const serve = (journal: RaftJournal, node: string, path: 'local' | 'read-index') =>
  journal.tell(node, {
    type: 'raftstore/read-served',
    region: 1,
    path,
    readIndex: 6,
    client: 'c1',
    request: 1,
  });

const clock = (journal: RaftJournal, node: string, offset: number) =>
  journal.tell(WORLD, { type: 'node/clock-set', node, offset, ppm: 0 });

describe('R14 leases', () => {
  test('the lease has run out when the next leader comes', () => {
    const journal = led();
    lease(journal, 's1', journal.at + SECOND);
    serve(journal, 's1', 'local');
    journal.at += SECOND;
    journal.elect('s2', 7, ['s3'], 6);
    expect(objections(journal)).toEqual([]);
  });

  test('a lease that is suspect, given up or lost with the power binds nobody', () => {
    for (const end of [
      (journal: RaftJournal) => void lease(journal, 's1', journal.at + SECOND, 'suspect'),
      (journal: RaftJournal) => void lease(journal, 's1', null, 'none'),
      (journal: RaftJournal) => journal.kill('s1'),
    ]) {
      const journal = led();
      lease(journal, 's1', journal.at + SECOND);
      end(journal);
      journal.lead('s2', 7, 6);
      expect(judged(leaseExclusivity(), journal)).toBeNull();
    }
  });

  test('a new leader answers nothing from its lease before it has applied an entry of its own', () => {
    const journal = new RaftJournal(3, USED);
    journal.elect('s1', 6, ['s2', 's3']);
    lease(journal, 's1', journal.at + SECOND);
    journal.elect('s2', 7, ['s3']);
    expect(judged(leaseExclusivity(), journal)).toBeNull();
  });

  test('an old round is confirmed late: that lease has run out already', () => {
    const journal = led();
    journal.elect('s2', 7, ['s3'], 6);
    lease(journal, 's1', journal.at - 1);
    expect(judged(leaseExclusivity(), journal)).toBeNull();
  });

  test('a read by read index needs no lease', () => {
    const journal = led();
    journal.elect('s2', 7, ['s3'], 6);
    serve(journal, 's1', 'read-index');
    expect(judged(leaseExclusivity(), journal)).toBeNull();
  });

  test('a later leader that is dead again does no harm', () => {
    const journal = led();
    journal.elect('s2', 7, ['s3'], 6);
    journal.kill('s2');
    serve(journal, 's1', 'local');
    expect(judged(leaseExclusivity(), journal)).toBeNull();
  });

  test('nobody reads from leases', () => {
    const journal = led({});
    lease(journal, 's1', journal.at + SECOND);
    journal.elect('s2', 7, ['s3'], 6);
    expect(judged(leaseExclusivity(), journal)).toBeNull();
    serve(journal, 's1', 'local');
    expect(judged(leaseExclusivity(), journal)).not.toBeNull();
  });

  test('reads from leases are switched on', () => {
    const journal = led({});
    journal.tell(WORLD, {
      type: 'command/given',
      command: { type: 'config-set', name: 'client.lease-reads', value: true },
      op: null,
    });
    lease(journal, 's1', journal.at + SECOND);
    journal.elect('s2', 7, ['s3'], 6);
    expect(judged(leaseExclusivity(), journal)).not.toBeNull();
  });

  test('the next leader comes while the lease is good', () => {
    const journal = led();
    lease(journal, 's1', journal.at + SECOND);
    journal.elect('s2', 7, ['s3'], 6);
    expect(judged(leaseExclusivity(), journal)).toMatchObject({
      text: 'The lease of S1 in term 6 is good while S2 leads term 7.',
      facts: { holder: 's1', term: 6, leader: 's2', leaderTerm: 7 },
    });
  });

  test('the holder has a slow clock', () => {
    const journal = led();
    lease(journal, 's1', journal.at + SECOND);
    journal.at += SECOND / 2;
    clock(journal, 's1', -SECOND);
    journal.at += SECOND;
    journal.elect('s2', 7, ['s3'], 6);
    expect(judged(leaseExclusivity(), journal)).not.toBeNull();
  });

  test('a lease is renewed behind the back of a later leader', () => {
    const journal = led();
    journal.elect('s2', 7, ['s3'], 6);
    lease(journal, 's1', journal.at + SECOND);
    expect(judged(leaseExclusivity(), journal)?.facts).toMatchObject({
      holder: 's1',
      leader: 's2',
    });
  });

  test('a read is answered from a lease that has run out', () => {
    const journal = led();
    journal.elect('s2', 7, ['s3'], 6);
    serve(journal, 's1', 'local');
    expect(judged(leaseExclusivity(), journal)?.text).toContain('S2 leads term 7');
  });

  test('a follower has no lease', () => {
    const journal = led();
    serve(journal, 's3', 'local');
    expect(judged(leaseExclusivity(), journal)?.text).toContain('does not lead');
  });
});
