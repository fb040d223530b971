// The state behind the first picture of the design (ring): S1 leads term 6 and dies under a write; S2 asks to lead
// term 7. Written by hand, instant by instant, up to 13.705 s.

import { HandJournal } from './hand-journal.ts';

export function ringStory(): HandJournal {
  const story = new HandJournal();
  elect(story);
  write(story);
  die(story);
  campaign(story);
  return story;
}

function elect(story: HandJournal): void {
  story.go(0.6);
  story.raft('s1', { type: 'raft/became-pre-candidate', term: 5 });
  story.raft('s1', { type: 'raft/vote-received', from: 102, term: 6, pre: true, granted: true });
  story.raft('s1', { type: 'raft/timeout-set', randomizedElectionTimeout: 12, electionElapsed: 0 });
  story.raft('s1', { type: 'raft/became-candidate', term: 6 });
  story.go(0.7);
  for (const node of ['s2', 's3']) {
    story.raft(node, { type: 'raft/became-follower', term: 6, leader: 0 });
    story.raft(node, {
      type: 'raft/voted',
      candidate: 101,
      term: 6,
      pre: false,
      granted: true,
      verdicts: [],
    });
  }
  story.go(0.77);
  story.raft('s1', { type: 'raft/vote-received', from: 102, term: 6, pre: false, granted: true });
  story.raft('s1', { type: 'raft/became-leader', term: 6, lastIndex: 5 });
}

const WRITES = ['no-op', 'a=1', 'b=7', 'a=2', 'c=5', 'b=8'];

function write(story: HandJournal): void {
  for (const [i, text] of WRITES.entries()) {
    const index = 6 + i;
    story.go(0.77 + i);
    for (const node of ['s1', 's2', 's3']) {
      story.append(node, 6, [[index, text]]);
      persist(story, node, index);
      story.raft(node, { type: 'raft/committed', index, term: 6, by: 'quorum', verdicts: [] });
      story.apply(node, index, 6);
    }
  }
  for (const peer of [102, 103]) progress(story, peer, 11, 12);
  story.go(12.3);
  for (const node of ['s2', 's3']) story.deliver(story.send('s1', node, { term: 6 }), node);
  for (const node of ['s2', 's3'])
    story.raft(node, {
      type: 'raft/timeout-set',
      randomizedElectionTimeout: 13,
      electionElapsed: 0,
    });
}

function persist(story: HandJournal, node: string, index: number): void {
  story.raft(node, { type: 'raft/persisted', index, term: 6 });
  story.tell(node, { type: 'raftstore/persisted', region: 1, index, term: 6 });
}

/** Term 7 and the vote for S2 go to the disk. */
function writeHardState(story: HandJournal, node: string): void {
  const written = {
    type: 'raftstore/hard-state-written',
    region: 1,
    write: 8,
    term: 7,
    vote: 102,
  } as const;
  story.tell(node, written);
}

function progress(story: HandJournal, peer: number, matched: number, nextIdx: number): void {
  const state = 'Replicate';
  story.raft('s1', {
    type: 'raft/progress-changed',
    pendingSnapshot: 0,
    recentActive: true,
    peer,
    matched,
    nextIdx,
    state,
    paused: false,
    inflight: 1,
  });
}

function die(story: HandJournal): void {
  const put = { type: 'put', key: 'a', value: '3' } as const;
  story.go(12.4);
  story.tell('world', {
    type: 'command/given',
    command: { type: 'request', client: 'c1', request: put },
    op: 1,
  });
  story.tell('c1', { type: 'client/op-started', op: 1, request: put });
  story.tell('c1', {
    type: 'client/routed',
    op: 1,
    regionId: 1,
    to: 's1',
    attempt: 1,
    cached: true,
  });
  story.go(12.405);
  story.append('s1', 6, [[12, 'a=3']]);
  story.tell('s1', {
    type: 'disk/write-started',
    queue: 'raft',
    write: 7,
    ops: 2,
    durableAt: 12_415_000,
  });
  for (const peer of [102, 103]) progress(story, peer, 11, 13);
  const appends = ['s2', 's3'].map((node) => story.send('s1', node, appendOf12, 31));
  story.go(12.41);
  story.tell('world', { type: 'command/given', command: { type: 'kill', node: 's1' }, op: null });
  story.tell('world', { type: 'node/killed', node: 's1', why: 'command' });
  story.go(12.436);
  for (const [i, node] of ['s2', 's3'].entries()) {
    story.deliver(appends[i] as (typeof appends)[0], node);
    story.raft(node, {
      type: 'raft/timeout-set',
      randomizedElectionTimeout: 13,
      electionElapsed: 0,
    });
    story.append(node, 6, [[12, 'a=3']]);
    story.tell(node, {
      type: 'disk/write-started',
      queue: 'raft',
      write: 7,
      ops: 2,
      durableAt: 12_446_000,
    });
  }
  story.go(12.446);
  for (const node of ['s2', 's3']) {
    story.tell(node, { type: 'disk/durable', queue: 'raft', write: 7 });
    persist(story, node, 12);
  }
}

const appendOf12 = {
  msgType: 'MsgAppend',
  term: 6,
  index: 11,
  logTerm: 6,
  commit: 11,
  entries: [{ entryType: 'EntryNormal', term: 6, index: 12, data: 'a=3' }],
} as const;

function campaign(story: HandJournal): void {
  story.go(13.6);
  story.raft('s2', { type: 'raft/timeout-set', randomizedElectionTimeout: 13, electionElapsed: 0 });
  story.raft('s2', { type: 'raft/became-pre-candidate', term: 6 });
  for (const node of ['s1', 's3'])
    story.send('s2', node, { msgType: 'MsgRequestPreVote', term: 7 }, 25);
  story.go(13.627);
  story.raft('s3', {
    type: 'raft/voted',
    candidate: 102,
    term: 7,
    pre: true,
    granted: true,
    verdicts: [],
  });
  story.go(13.652);
  story.raft('s2', { type: 'raft/vote-received', from: 103, term: 7, pre: true, granted: true });
  story.raft('s2', { type: 'raft/timeout-set', randomizedElectionTimeout: 14, electionElapsed: 0 });
  story.raft('s2', { type: 'raft/became-candidate', term: 7 });
  writeHardState(story, 's2');
  story.tell('s2', {
    type: 'disk/write-started',
    queue: 'raft',
    write: 8,
    ops: 1,
    durableAt: 13_662_000,
  });
  story.go(13.662);
  story.tell('s2', { type: 'disk/durable', queue: 'raft', write: 8 });
  story.send('s2', 's1', { msgType: 'MsgRequestVote', term: 7 }, 50);
  const request = story.send('s2', 's3', { msgType: 'MsgRequestVote', term: 7 }, 25);
  story.go(13.687);
  story.deliver(request, 's3');
  story.raft('s3', { type: 'raft/timeout-set', randomizedElectionTimeout: 17, electionElapsed: 0 });
  story.raft('s3', { type: 'raft/became-follower', term: 7, leader: 0 });
  story.raft('s3', {
    type: 'raft/voted',
    candidate: 102,
    term: 7,
    pre: false,
    granted: true,
    verdicts: [],
  });
  writeHardState(story, 's3');
  story.tell('s3', {
    type: 'disk/write-started',
    queue: 'raft',
    write: 8,
    ops: 1,
    durableAt: 13_697_000,
  });
  story.go(13.697);
  story.tell('s3', { type: 'disk/durable', queue: 'raft', write: 8 });
  story.send('s3', 's2', { msgType: 'MsgRequestVoteResponse', term: 7 }, 27);
}
