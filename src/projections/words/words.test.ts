import { describe, expect, test } from 'vitest';
import { HandJournal } from '../../testing/hand-journal.ts';
import { ringStory } from '../../testing/ring-story.ts';
import type { Command } from '../../sim/command.ts';
import { WORLD } from '../../sim/record.ts';
import { foldRecord } from '../fold.ts';
import { cloneWorld, newWorld, type World } from '../world.ts';
import { listRecord, newEventList, type EventList } from './event-list.ts';
import { doomWords } from './explain.ts';
import { clock, commas, duration, listed, percent, shown } from './format.ts';
import { lineKey, lineText } from './line.ts';
import { momentOf } from './moment.ts';
import { narrate } from './narrate.ts';
import { ruleWords } from './rule-words.ts';
import { RULE_IDS } from '../../tikv/raft/rules.ts';

function read(story: HandJournal): { world: World; list: EventList } {
  const world = newWorld();
  const list = newEventList();
  for (const record of story.records) {
    listRecord(list, world, record);
    foldRecord(world, record);
  }
  return { world, list };
}

const linesOf = (list: EventList) =>
  list.lines.map((line) => `${clock(line.at)} ${line.glyph}: ${lineText(line)}`);

/** Numbers and their units are one word: a line never breaks between them. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the picture "ring", in words', () => {
  const { world, list } = read(ringStory());

  test('every line has a name of its own', () => {
    expect(new Set(list.lines.map(lineKey)).size).toBe(list.lines.length);
    const [line] = list.lines;
    if (line === undefined) throw new Error('the story has lines');
    expect(lineKey({ ...line, glyph: 'overdue' })).not.toBe(lineKey(line));
  });

  test('the list of events', () => {
    expect(linesOf(list).map(plain).slice(-12)).toEqual([
      '12.300 heartbeats: 2 heartbeats, all on time',
      '12.400 client: c1 puts a = 3',
      '12.405 append: S1 sends 12 to S2 and S3',
      '12.410 fault: You killed S1, leader of term 6',
      '12.436 append: S2 receives entry 12',
      '12.436 append: S3 receives entry 12',
      '12.656 overdue: heartbeat overdue at S2 and S3',
      '13.600 timer: S2 waited 1.2 s, starts a pre-vote',
      '13.627 vote-yes: S3 would vote for S2 (pre-vote)',
      '13.652 candidate: S2 is a candidate, term 7',
      '13.662 vote-asked: S2 asks S1 and S3 for votes',
      '13.687 vote-yes: S3 votes for S2 in term 7',
    ]);
  });

  test('what a line is about can be found on the picture', () => {
    const line = list.lines.findLast(({ glyph }) => glyph === 'vote-asked');
    expect(line).toMatchObject({ family: 'elections', region: 1, nodes: ['s2', 's1', 's3'] });
    expect(list.lines.find(({ glyph }) => glyph === 'fault')?.parts).toEqual([
      { text: 'You killed S1', tone: 'strong' },
      { text: ', leader of term 6', tone: 'plain' },
    ]);
  });

  test('the centre and the chip', () => {
    const moment = momentOf(world, 1, 13_705_000);
    expect({ ...moment, chip: plain(moment.chip) }).toEqual({
      title: 'Term 7',
      lines: ['S2 needs 2 of 3 votes:', 'has its own, one is on its way.'],
      chip: 'no leader for 1.3 s, electing',
      tone: 'election',
    });
  });

  test('what happened, in two sentences, and what is easily misunderstood', () => {
    const { what, then, aside } = narrate(world, 1, 13_705_000);
    expect(what).toBe('You killed Store 1 while it was the leader.');
    expect(plain(then ?? '')).toBe(
      'Store 2 heard nothing for 1.2 s, so it asks to lead in term 7. Two of three votes are enough.',
    );
    expect(aside).toBe(
      'Entry 12 is on two disks, yet nobody may call it committed: S1 was gone before it heard so.',
    );
  });

  test('what somebody asked of PD, of a client or of a message is said as it was', () => {
    const says = (command: Command) => {
      const after = cloneWorld(world);
      const event = { type: 'command/given', command, op: null } as const;
      const id = { node: WORLD, n: 0 };
      foldRecord(after, { n: after.records, at: after.at, id, cause: null, event });
      return narrate(after, 1, after.at).what;
    };
    const split = { type: 'split-region', policy: 'approximate', keys: [], space: 'raw' } as const;
    expect(says({ type: 'pd', request: { ...split, region: 1 } })).toMatch(/^PD is asked: /);
    expect(says({ type: 'load-stop', client: 'c1' })).toBe(
      'You told Client c1 to stop working on its own.',
    );
    expect(says({ type: 'drop', message: { node: 's1', n: 9999 } })).toBe(
      'You dropped a message of S1.',
    );
  });

  test('the reason of a doom', () => {
    const doomed = Object.values(world.flights).find(
      ({ kind, to }) => kind === 'vote' && to === 's1',
    );
    expect(doomed && doomWords(doomed)).toBe('will be lost: S1 is down');
  });
});

describe('moments', () => {
  test('a leader with nothing to do, a lagging follower, an uncommitted entry', () => {
    const story = new HandJournal();
    story.go(1).raft('s2', { type: 'raft/became-candidate', term: 6 });
    story.raft('s2', { type: 'raft/became-leader', term: 6, lastIndex: 5 });
    expect(momentOf(read(story).world, 1, 7_400_000)).toMatchObject({
      title: 'Term 6',
      lines: ['S2 leads.', 'All is committed up to entry 5.'],
      chip: 'S2 leads term 6 for 6.4\u00a0s',
      tone: 'calm',
    });
    story.append('s2', 6, [[6, 'no-op']]);
    expect(momentOf(read(story).world, 1, 7_400_000)).toMatchObject({
      lines: ['S2 leads.', 'Entry 6 is on no disk yet; 2 are needed.'],
      tone: 'replication',
    });
    story.raft('s2', { type: 'raft/committed', index: 6, term: 6, by: 'quorum', verdicts: [] });
    expect(momentOf(read(story).world, 1, 7_400_000).lines[1]).toBe('S1 lags 1, S3 lags 1.');
  });

  test('two who believe they lead', () => {
    const story = new HandJournal();
    for (const [node, term] of [
      ['s1', 6],
      ['s2', 7],
    ] as const) {
      story.go(term).raft(node, { type: 'raft/became-candidate', term });
      story.raft(node, { type: 'raft/became-leader', term, lastIndex: 5 });
    }
    expect(momentOf(read(story).world, 1, 8_000_000).lines).toEqual([
      'S2 leads.',
      'S1 still believes it leads, in an older term.',
    ]);
  });

  test('no majority is up', () => {
    const story = new HandJournal();
    for (const node of ['s1', 's3'])
      story.go(1).tell('world', { type: 'node/killed', node, why: 'command' });
    expect(momentOf(read(story).world, 1, 2_000_000)).toMatchObject({
      title: 'No majority',
      lines: ['1 of 3 stores is up, 2 are needed.', 'Nothing can be written or read.'],
      tone: 'fault',
    });
  });

  test('nobody asks yet: who will be first', () => {
    const story = new HandJournal();
    story.go(1);
    for (const [node, ticks] of [
      ['s1', 15],
      ['s2', 12],
      ['s3', 19],
    ] as const)
      story.raft(node, {
        type: 'raft/timeout-set',
        randomizedElectionTimeout: ticks,
        electionElapsed: 0,
      });
    const { lines } = momentOf(read(story).world, 1, 1_100_000);
    expect(lines.map(plain)).toEqual(['Nobody leads.', 'S2 asks next, in 1.1 s.']);
  });
});

describe('the list', () => {
  test('a run of heartbeats is one line with a count; a lost one is said', () => {
    const story = new HandJournal();
    for (let i = 0; i < 116; i++)
      story.go(1 + i / 10).send('s1', 's2', { term: 6 }, i === 50 ? null : 30);
    const { lines } = read(story).list;
    expect(lines.map(lineText)).toEqual(['116 heartbeats, 1 lost']);
  });

  test('a refused vote says why', () => {
    const story = new HandJournal();
    const verdicts = [
      { rule: 'raft/vote-once', holds: true, facts: {} },
      { rule: 'raft/vote-log', holds: false, facts: { term: 6, index: 9, myTerm: 6, myIndex: 12 } },
    ];
    story.go(2).raft('s3', {
      type: 'raft/voted',
      candidate: 102,
      term: 7,
      pre: false,
      granted: false,
      verdicts,
    });
    expect(read(story).list.lines.map(lineText)).toEqual([
      "S3 refuses S2 its vote in term 7: the candidate's log ends at entry 9 of term 6, its own at entry 12 of term 6, which is newer",
    ]);
  });

  test('a Region falls asleep, and wakes for a reason', () => {
    const story = new HandJournal();
    story.go(3).tell('s2', { type: 'raftstore/hibernated', region: 1 });
    for (const why of ['message', 'request', 'doubt'] as const)
      story.go(4).tell('s2', { type: 'raftstore/woken', region: 1, why });
    expect(read(story).list.lines.map(lineText)).toEqual([
      'S2 sleeps: Region 1 is idle',
      'S2 wakes: it hears of its Region',
      'S2 wakes: somebody asks for its Region',
      'S2 wakes: it has not heard from its leader',
    ]);
  });

  test('keys that look like markup stay what they are', () => {
    const story = new HandJournal();
    const request = { type: 'put', key: '*a*', value: '(b)' } as const;
    story.go(1).tell('c1', { type: 'client/op-started', op: 1, request });
    expect(read(story).list.lines.map(lineText)).toEqual(['c1 puts *a* = (b)']);
  });

  test('it keeps the newest lines', () => {
    const story = new HandJournal();
    for (let op = 1; op <= 26_000; op++)
      story.tell('c1', { type: 'client/op-started', op, request: { type: 'get', key: `${op}` } });
    const { list } = read(story);
    expect(list.lines).toHaveLength(20_999);
    expect(list.dropped).toBe(5001);
    expect(lineText(list.lines.at(-1) as (typeof list.lines)[0])).toBe('c1 gets 26000');
  });
});

test('every rule of Raft has words', () => {
  expect(RULE_IDS.filter((id) => ruleWords(id) === id)).toEqual([]);
});

test('numbers, times and lists', () => {
  expect(clock(13_705_999)).toBe('13.705');
  expect(clock(1_234_005_000)).toBe('1,234.005');
  expect(
    [120, 430_000, 999_499, 1_230_000, 6_400_000, 125_000_000].map(duration).map(plain),
  ).toEqual(['120 µs', '430 ms', '999 ms', '1.2 s', '6.4 s', '2 min 5 s']);
  expect(commas(1234567)).toBe('1,234,567');
  expect(listed(['S1', 'S2', 'S3'])).toBe('S1, S2 and S3');
  expect([1_000_000, 100_000, 125, 0].map(percent)).toEqual(['100%', '10%', '0.0125%', '0%']);
  expect(shown('x'.repeat(40))).toHaveLength(24);
});
