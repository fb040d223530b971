// The Raft core behind the names of the outside conformance cases. Adapts; decides nothing.

import { bytesOf } from '../base/bytes.ts';
import { newChanger } from '../tikv/raft/changer.ts';
import {
  decodeConfChange,
  type ConfChange,
  type ConfChangeSingle,
} from '../tikv/raft/conf-change.ts';
import { isConfChange, NO_LIMIT, type Entry } from '../tikv/raft/entry.ts';
import type { ConfState, Message, MessageType } from '../tikv/raft/message.ts';
import { newRawNode, type RawNode } from '../tikv/raft/raw-node.ts';
import { newMemStorage, type MemStorage } from '../tikv/raft/storage.ts';

export { committedIndex, groupCommittedIndex, voteResult } from '../tikv/raft/quorum.ts';

interface NodeOptions {
  id: number;
  electionTick: number;
  heartbeatTick: number;
  voters: number[];
  learners: number[];
  index: number;
  content: string;
  maxInflight: number;
  preVote: boolean;
  checkQuorum: boolean;
  readOnly: 'safe' | 'lease-based';
  maxCommittedSizePerReady?: number;
}

const ETCD_NAMES: Record<MessageType, string> = {
  MsgHup: 'MsgHup',
  MsgBeat: 'MsgBeat',
  MsgPropose: 'MsgProp',
  MsgAppend: 'MsgApp',
  MsgAppendResponse: 'MsgAppResp',
  MsgRequestVote: 'MsgVote',
  MsgRequestVoteResponse: 'MsgVoteResp',
  MsgSnapshot: 'MsgSnap',
  MsgHeartbeat: 'MsgHeartbeat',
  MsgHeartbeatResponse: 'MsgHeartbeatResp',
  MsgUnreachable: 'MsgUnreachable',
  MsgSnapStatus: 'MsgSnapStatus',
  MsgCheckQuorum: 'MsgCheckQuorum',
  MsgTransferLeader: 'MsgTransferLeader',
  MsgTimeoutNow: 'MsgTimeoutNow',
  MsgReadIndex: 'MsgReadIndex',
  MsgReadIndexResp: 'MsgReadIndexResp',
  MsgRequestPreVote: 'MsgPreVote',
  MsgRequestPreVoteResponse: 'MsgPreVoteResp',
};

const facts = ({ term, index, entryType }: Entry): [number, number, string] => [
  term,
  index,
  entryType,
];

export function createCluster() {
  return {
    addNode: (options: NodeOptions) => new ScriptedNode(options),
    view: (m: Message) => ({
      type: ETCD_NAMES[m.msgType],
      from: m.from,
      to: m.to,
      term: m.term,
      logTerm: m.logTerm,
      index: m.index,
      commit: m.commit,
      reject: m.reject === true,
      entries: m.entries.map(facts),
    }),
  };
}

class ScriptedNode {
  readonly id: number;
  readonly #store: MemStorage;
  readonly #node: RawNode;

  constructor(o: NodeOptions) {
    this.id = o.id;
    const confState: ConfState = {
      voters: o.voters,
      learners: o.learners,
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    const { index } = o;
    this.#store =
      index === 0
        ? newMemStorage(confState)
        : newMemStorage({ data: bytesOf(o.content), metadata: { confState, index, term: 1 } });
    this.#store.setHardState({ term: 0, vote: 0, commit: index });
    this.#node = newRawNode(
      {
        id: o.id,
        electionTick: o.electionTick,
        heartbeatTick: o.heartbeatTick,
        applied: index,
        maxSizePerMsg: NO_LIMIT,
        maxInflightMsgs: o.maxInflight,
        preVote: o.preVote,
        checkQuorum: o.checkQuorum,
        readOnlyOption: o.readOnly === 'safe' ? 'Safe' : 'LeaseBased',
        maxCommittedSizePerReady: o.maxCommittedSizePerReady ?? NO_LIMIT,
        random: () => 0,
      },
      this.#store,
    );
  }

  campaign() {
    this.#node.campaign();
  }

  tick() {
    this.#node.tick();
  }

  propose(text: string) {
    this.#node.propose('', bytesOf(text));
  }

  proposeConfChange(change: {
    v1: boolean;
    transition: 'auto' | 'implicit' | 'explicit';
    changes: ConfChangeSingle[];
  }) {
    const transition = ({ auto: 'Auto', implicit: 'Implicit', explicit: 'Explicit' } as const)[
      change.transition
    ];
    const [first] = change.changes;
    const wanted: ConfChange =
      change.v1 && first !== undefined ? { v1: first } : { transition, changes: change.changes };
    this.#node.proposeConfChange('', wanted);
  }

  transferLeader(id: number) {
    this.#node.transferLeader(id);
  }

  reportUnreachable(id: number) {
    this.#node.reportUnreachable(id);
  }

  setRandomizedElectionTimeout(ticks: number) {
    this.#node.setRandomizedElectionTimeout(ticks);
  }

  step(message: Message) {
    this.#node.step(message);
  }

  hasReady() {
    return this.#node.hasReady();
  }

  processReady(): Message[] {
    const node = this.#node;
    const ready = node.ready();
    if (ready.snapshot !== undefined) this.#store.applySnapshot(ready.snapshot);
    this.#store.append(ready.entries);
    if (ready.hs !== undefined) this.#store.setHardState(ready.hs);
    this.#apply(ready.committedEntries);
    const light = node.advance(ready);
    if (light.commitIndex !== undefined) {
      const { hardState } = this.#store.initialState();
      this.#store.setHardState({ ...hardState, commit: light.commitIndex });
    }
    this.#apply(light.committedEntries);
    node.advanceApply();
    return [...ready.messages, ...ready.persistedMessages, ...light.messages];
  }

  #apply(entries: readonly Entry[]) {
    for (const entry of entries) {
      if (isConfChange(entry))
        this.#store.setConfState(this.#node.applyConfChange(decodeConfChange(entry)));
      this.#store.setApplied(entry.index);
    }
  }

  snapshotMessage(to: number): Message {
    const snapshot = this.#store.snapshot(0, to);
    const { term } = this.#node.status().hs;
    const message = { from: this.id, to, term, logTerm: 0, index: 0, entries: [], commit: 0 };
    return { msgType: 'MsgSnapshot', ...message, snapshot };
  }

  compact(index: number) {
    this.#store.compact(index + 1);
  }

  state() {
    const { id, hs, ss, applied, confState } = this.#node.status();
    const first = this.#store.firstIndex();
    const last = this.#store.lastIndex();
    return {
      id,
      state: `State${ss.raftState}`,
      term: hs.term,
      vote: hs.vote,
      lead: ss.leaderId,
      commit: hs.commit,
      applied,
      config: configText(confState),
      log: last < first ? [] : this.#store.entries(first, last + 1).map(facts),
    };
  }
}

function configText(c: ConfState): string {
  const list = (ids: readonly number[]) => `(${ids.join(' ')})`;
  let text = `voters=${list(c.voters)}`;
  if (c.votersOutgoing.length > 0) text += `&&${list(c.votersOutgoing)}`;
  if (c.learners.length > 0) text += ` learners=${list(c.learners)}`;
  if (c.learnersNext.length > 0) text += ` learners_next=${list(c.learnersNext)}`;
  return c.autoLeave ? `${text} autoleave` : text;
}

export function createChanger() {
  const changer = newChanger();
  return {
    simple: changer.simple.bind(changer),
    enterJoint: changer.enterJoint.bind(changer),
    leaveJoint: changer.leaveJoint.bind(changer),
    state() {
      const { progress, ...confState } = changer.state();
      const peers = [...progress].map(([id, { state, matched, nextIdx, learner }]) => [
        id,
        { state, match: matched, next: nextIdx, learner },
      ]);
      return { ...confState, progress: Object.fromEntries(peers) };
    },
  };
}
