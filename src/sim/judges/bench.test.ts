import { describe, expect, test } from 'vitest';
import { RaftJournal, type Row } from '../../testing/raft-journal.ts';
import { WORLD } from '../record-id.ts';
import { allJudges, Bench } from './bench.ts';
import { Chronicle } from './chronicle.ts';
import { Indexed } from './indexed.ts';

const NOOP: Row = [6, 6, ''];

function twoLeaders(): RaftJournal {
  const journal = new RaftJournal();
  journal.lead('s1', 6, 5);
  journal.lead('s2', 6, 5);
  journal.lead('s3', 6, 5);
  return journal;
}

describe('the bench', () => {
  test('judges have ids, names and sentences of their own', () => {
    const judges = allJudges();
    for (const field of ['id', 'name', 'says'] as const)
      expect(new Set(judges.map((judge) => judge[field])).size).toBe(judges.length);
    expect(judges.map(({ id }) => id).slice(0, 15)).toEqual(
      Array.from({ length: 15 }, (_, i) => `inv:R${i + 1}`),
    );
    for (const { says } of judges) expect(says).toMatch(/^[A-Z].*[^.]\.$/);
  });

  test('a violation names judge, moment, record and witnesses, and is plain data', () => {
    const journal = twoLeaders();
    const [found] = new Bench().observe(journal.records);
    const breaking = journal.records.find((record) => record.id.node === 's2' && record.id.n === 1);
    expect(found).toMatchObject({
      judge: 'inv:R1',
      name: 'election-safety',
      at: breaking?.at,
      record: breaking?.n,
    });
    expect(found?.witnesses[0]).toEqual(breaking?.id);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  test('a judge that has found something rests, the others go on', () => {
    const journal = twoLeaders();
    const bench = new Bench();
    expect(bench.observe(journal.records).map(({ judge }) => judge)).toEqual(['inv:R1']);
    journal.follow('s1', 5);
    const later = journal.records.slice(-1);
    expect(bench.observe(later).map(({ judge }) => judge)).toEqual(['inv:R9']);
    const broken = bench.verdicts().filter(({ holds }) => !holds);
    expect(broken.map(({ id }) => id)).toEqual(['inv:R1', 'inv:R9']);
    expect(broken[0]?.violation?.facts).toEqual({ region: 1, term: 6, leaders: ['s1', 's2'] });
  });

  test('records may come in any pieces', () => {
    const journal = twoLeaders();
    const whole = new Bench();
    whole.observe(journal.records);
    const pieces = new Bench();
    for (const record of journal.records) pieces.observe([record]);
    expect(pieces.verdicts()).toEqual(whole.verdicts());
  });

  test('a judge alone sees what it sees among the others', () => {
    const journal = twoLeaders();
    const all = new Bench();
    all.observe(journal.records);
    for (const judge of allJudges()) {
      const alone = new Bench([judge]);
      alone.observe(journal.records);
      expect(alone.verdicts()[0]).toEqual(all.verdicts().find(({ id }) => id === judge.id));
    }
  });

  test('a peer of which nothing is known yet is not judged', () => {
    const journal = new RaftJournal();
    const late = new RaftJournal().records.length;
    journal.elect('s1', 6, ['s2']);
    journal.settle(['s1', 's2'], NOOP);
    const bench = new Bench();
    expect(bench.observe(journal.records.slice(late))).toEqual([]);
  });

  test('nothing at all', () => {
    expect(new Bench().verdicts().every(({ holds }) => holds)).toBe(true);
  });
});

describe('what judges remember', () => {
  const remember = (journal: RaftJournal) => {
    const past = new Chronicle();
    for (const record of journal.records) past.take(record);
    return past;
  };

  test('what every log has given up is forgotten', () => {
    const rows = Array.from({ length: 20 }, (_, i) => [6 + i, 6, `k=${i}`] as const);
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2', 's3']);
    journal.settle(journal.stores, ...rows);
    expect(remember(journal).region(1)?.committed).toMatchObject({ base: 5, last: 25 });
    for (const [i, node] of journal.stores.entries()) {
      journal.kill(node);
      const firstIndex = 16 + i;
      journal.start(node, { term: 6, vote: 101, commit: 25, firstIndex, log: rows.slice(10 + i) });
    }
    const region = remember(journal).region(1);
    expect(region?.committed).toMatchObject({ base: 15, last: 25 });
    expect(region?.applied).toMatchObject({ base: 15, last: 25 });
    expect(new Bench().observe(journal.records)).toEqual([]);
  });

  test('a long history is bounded, and what is recent is still judged', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => [6 + i, 6, `k=${i}`] as const);
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2', 's3']);
    for (let i = 0; i < rows.length; i += 10)
      journal.settle(journal.stores, ...rows.slice(i, i + 10));
    const past = remember(journal);
    const held: (Indexed<unknown> | undefined)[] = [
      past.region(1)?.committed,
      past.region(1)?.applied,
    ];
    for (const node of journal.stores) held.push(past.peer(1, node)?.log, past.peer(1, node)?.disk);
    for (const list of held) {
      expect(list?.last).toBe(10_005);
      expect(10_005 - (list?.base ?? 0)).toBeLessThan(6000);
    }
    journal.kill('s2');
    journal.start('s2', { term: 6, vote: 101, commit: 10_000, applied: 9000, log: rows });
    journal.apply('s2', rows[8995] as Row);
    expect(new Bench().observe(journal.records)).toEqual([]);
    journal.apply('s3', [9001, 7, 'other=1']);
    expect(new Bench().observe(journal.records).map(({ judge }) => judge)).toContain('inv:R5');
  });

  test('a peer that lies behind keeps what it may still be compared with; a destroyed one keeps nothing', () => {
    const rows = Array.from({ length: 8000 }, (_, i) => [6 + i, 6, `k=${i}`] as const);
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2', 's3']);
    for (let i = 0; i < rows.length; i += 10)
      journal.settle(['s1', 's2'], ...rows.slice(i, i + 10));
    expect(remember(journal).region(1)?.committed.base).toBe(5);
    journal.tell(WORLD, { type: 'node/destroyed', node: 's3' });
    for (let i = 8006; i < 9100; i++) journal.settle(['s1', 's2'], [i, 6, 'k=1']);
    expect(remember(journal).region(1)?.committed.base).toBeGreaterThan(3000);
  });

  test('a power loss takes memory and leaves the disk', () => {
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2', 's3']);
    journal.store('s1', NOOP);
    journal.append('s1', [7, 6, 'a=1']);
    journal.kill('s1');
    const dead = remember(journal).peer(1, 's1');
    expect([dead?.alive, dead?.role, dead?.disk.last]).toEqual([false, 'Follower', 6]);
    journal.start('s1', { term: 6, vote: 101, log: [NOOP] });
    const back = remember(journal).peer(1, 's1');
    expect([back?.alive, back?.log.last, back?.disk.last]).toEqual([true, 6, 6]);
  });

  test('a write brings to disk everything that was handed over before it', () => {
    const journal = new RaftJournal();
    journal.append('s2', [6, 5, 'x=1'], [7, 5, 'x=2']);
    journal.truncate('s2', 7);
    journal.append('s2', [7, 6, 'y=1']);
    const term = () => remember(journal).peer(1, 's2')?.disk.at(7)?.term;
    expect(term()).toBeUndefined();
    journal.persist('s2', 7, 5);
    expect(term()).toBe(5);
    journal.persist('s2', 7, 6);
    expect(term()).toBe(6);
  });

  test('what reaches a new replica while its first snapshot is written is not forgotten', () => {
    const rows: Row[] = [NOOP, [7, 6, 'a=1'], [8, 6, 'b=1'], [9, 6, 'c=1']];
    const journal = new RaftJournal();
    journal.elect('s1', 6, ['s2', 's3']);
    journal.settle(journal.stores, ...rows);
    const peers = [...journal.region.peers, { id: 1001, storeId: 4, role: 'Learner' } as const];
    journal.region = { ...journal.region, epoch: { confVer: 2, version: 1 }, peers };
    journal.create('s4', 1001);
    journal.follow('s4', 6);
    journal.restore('s4', 7, 6);
    const late = rows.slice(2).map(([index, term, text]) => [index, term, text] as const);
    journal.append('s4', ...late);
    journal.start('s4', { term: 6, vote: 0, commit: 7, firstIndex: 8, peer: 1001 });
    journal.install('s4', [7, 6, 'a=1']);
    journal.store('s4', ...late);
    journal.acknowledge('s4', 's1', 9, 6);
    journal.commit('s4', 9, 6);
    for (const row of late) journal.apply('s4', row);
    expect(new Bench().observe(journal.records)).toEqual([]);
    expect(remember(journal).peer(1, 's4')?.disk).toMatchObject({ base: 7, last: 9 });
  });

  test('a peer that never had a snapshot does not survive a power loss', () => {
    const journal = new RaftJournal();
    journal.create('s4', 1001);
    expect(remember(journal).peersOn('s4')).toHaveLength(1);
    journal.kill('s4');
    expect(remember(journal).peersOn('s4')).toHaveLength(0);
  });

  test('a peer that is taken out makes room for the next one', () => {
    const journal = new RaftJournal();
    journal.tell('s3', {
      type: 'raftstore/peer-destroyed',
      region: 1,
      peer: 103,
      reason: 'removed',
    });
    expect(remember(journal).peer(1, 's3')).toBeUndefined();
    journal.create('s3', 1001);
    journal.follow('s3', 4);
    expect(remember(journal).peer(1, 's3')?.id).toBe(1001);
    expect(new Bench().observe(journal.records)).toEqual([]);
  });

  test('peers on other nodes than the one that died live on', () => {
    const journal = new RaftJournal();
    journal.tell(WORLD, { type: 'node/panicked', node: 's1', message: 'a bug' });
    const past = remember(journal);
    expect(past.peersOn('s1').map(({ alive }) => alive)).toEqual([false]);
    expect(past.peersOn('s2').map(({ alive }) => alive)).toEqual([true]);
  });
});

describe('a numbered stretch', () => {
  test('is cut, overwritten, forgotten from the front', () => {
    const list = new Indexed(5, ['a', 'b', 'c']);
    expect([list.base, list.last, list.at(5), list.at(6), list.at(9)]).toEqual([
      5,
      8,
      undefined,
      'a',
      undefined,
    ]);
    list.put(7, 'x');
    expect([list.at(7), list.last]).toEqual(['x', 7]);
    list.cut(7);
    expect(list.last).toBe(6);
    list.dropTo(6);
    expect([list.base, list.last, list.at(6)]).toEqual([6, 6, undefined]);
    list.put(7, 'y');
    expect([list.at(7), list.last]).toEqual(['y', 7]);
  });

  test('beyond a hole only what comes after it is known', () => {
    const list = new Indexed(5, ['a']);
    list.put(9, 'z');
    expect([list.base, list.at(9), list.at(6)]).toEqual([8, 'z', undefined]);
    list.dropTo(20);
    expect([list.base, list.last]).toEqual([20, 20]);
  });
});
