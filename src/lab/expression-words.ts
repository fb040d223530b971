// The words of conditions, for completion: what can be asked of the state and of the history, and the events by name.

import type { World } from '../projections/world.ts';
import { JournalTail } from './journal-tail.ts';
import { vocabularyOf } from './vocabulary.ts';

/** What each function says, where its name is not enough. */
const SAYS: Readonly<Record<string, string>> = {
  leader: 'the store that leads, or null',
  leaders: 'everybody who believes to lead',
  quiet: 'nothing but heartbeats is going on',
  seen: 'it has happened',
  count: 'how often it has happened',
  first: 'the first such event',
  last: 'the newest such event',
  ev: 'all such events that are kept',
  key: 'what is applied under a key',
  op: 'an operation by its number',
  messages: 'what is under way',
  operators: 'what PD is doing to Regions',
};

/** Events that one waits for, by name. */
const EVENTS: Readonly<Record<string, string>> = {
  'raft/became-leader': 'a store leads a new term',
  'raft/became-candidate': 'a store asks for votes',
  'raft/became-pre-candidate': 'a store asks whether it could win',
  'raft/became-follower': 'a store follows',
  'raft/voted': 'a store answers a vote request',
  'raft/vote-ignored': 'a store does not look at a vote request',
  'raft/appended': 'entries reach a log',
  'raft/append-rejected': 'a follower refuses entries',
  'raft/truncated': 'a conflict takes entries out',
  'raft/committed': 'the commit index moves',
  'raft/commit-held': 'a quorum has it, and it may not be committed',
  'raft/conf-changed': 'members change',
  'raft/snapshot-sent': 'a leader sends a snapshot',
  'raft/transfer-started': 'a leader hands its office over',
  'raftstore/applied': 'an entry is applied',
  'raftstore/read-served': 'a read is answered',
  'raftstore/request-refused': 'a store refuses a request',
  'pd/operator-created': 'PD wants a change of a Region',
  'pd/operator-ended': 'PD is done with a change, or gives it up',
  'pd/store-changed': 'PD thinks otherwise of a store',
  'client/op-started': 'a client asks',
  'client/op-ended': 'a client is told',
  'client/backed-off': 'a client waits and asks again',
  'client/lock-met': 'a lock stands in the way',
  'mvcc/lock-written': 'a key is locked',
  'mvcc/write-written': 'a version is committed',
  'mvcc/read-blocked': 'a read meets a lock',
  'txn/prewrite-rejected': 'a prewrite is refused',
  'node/killed': 'a node lost its power',
  'node/booted': 'a node has started',
  'network/lost': 'a message is lost',
  'network/delivered': 'a message arrives',
  'disk/durable': 'a write is on disk',
};

/** Functions; or, inside quotes, the names of events. */
export function expressionWords(
  quoted: boolean,
  world: World,
): { readonly text: string; readonly means: string }[] {
  if (quoted) return Object.entries(EVENTS).map(([text, means]) => ({ text, means }));
  const { functions } = vocabularyOf({ world, journal: new JournalTail(), now: () => world.at });
  const calls = Object.entries(functions).map(([name, { usage, max }]) => ({
    text: max === 0 ? `${name}()` : `${name}(`,
    means: SAYS[name] === undefined ? usage : `${usage}: ${SAYS[name]}`,
  }));
  return [{ text: 'now', means: 'milliseconds of virtual time' }, ...calls];
}
