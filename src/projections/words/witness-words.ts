// A record as the witness of a broken promise: a short sentence that needs no world around it, and what it is about.

import type { JournalRecord } from '../../sim/record.ts';
import { traitsOf } from '../message-kind.ts';
import { commas, entriesWord, nodeName } from './format.ts';

export interface Witness {
  readonly words: string;
  /** The log entry that it is about. */
  readonly index: number | null;
}

const of = (words: string, index: number | null = null): Witness => ({ words, index });

/** What the record says of its node. */
export function witnessOf({ id, event }: JournalRecord): Witness {
  const me = nodeName(id.node);
  switch (event.type) {
    case 'raft/became-leader':
      return of(`${me} becomes leader of term ${event.term}`);
    case 'raft/became-candidate':
      return of(`${me} asks for votes of term ${event.term}`);
    case 'raft/became-follower':
      return of(`${me} follows in term ${event.term}`);
    case 'raft/voted':
      return of(`${me} ${event.granted ? 'votes' : 'refuses its vote'} in term ${event.term}`);
    case 'raft/appended': {
      const last = event.entries.at(-1)?.index ?? event.from;
      return of(`${me} takes ${entriesWord(event.from, last)} into its log`, event.from);
    }
    case 'raft/truncated':
      return of(`${me} takes its log out from entry ${commas(event.from)} on`, event.from);
    case 'raft/committed':
      return of(`${me} commits up to entry ${commas(event.index)}`, event.index);
    case 'raft/persisted':
    case 'raftstore/persisted':
      return of(`${me} has entry ${commas(event.index)} on its disk`, event.index);
    case 'raftstore/applied':
      return of(`${me} applies entry ${commas(event.index)}`, event.index);
    case 'raftstore/proposed':
      return of(`${me} takes entry ${commas(event.index)} in for ${event.client}`, event.index);
    case 'raftstore/peer-started':
      return of(
        `${me} starts with term ${event.term} and its log to entry ${commas(event.lastIndex)}`,
        event.lastIndex,
      );
    case 'raftstore/hard-state-written':
      return of(`${me} sends term ${event.term} and its vote to its disk`);
    case 'raftstore/lease-changed':
      return of(`the lease of ${me} is ${event.state === 'none' ? 'over' : event.state}`);
    case 'raftstore/read-served':
      return of(`${me} answers ${event.client} at entry ${commas(event.readIndex)}`);
    case 'raft/conf-changed':
      return of(`${me} counts ${event.confState.voters.length} voters from now on`);
    case 'network/sent':
      return of(
        `${nodeName(event.from)} tells ${nodeName(event.to)}: ${traitsOf(event.message).label}`,
      );
    case 'node/killed':
      return of(`${nodeName(event.node)} loses its power`);
    case 'disk/durable':
      return of(`a write of ${me} is on its disk`);
    default:
      return of(`${me}: ${event.type.replace('/', ' ').replaceAll('-', ' ')}`);
  }
}
