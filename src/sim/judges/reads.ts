// R15: what a read may miss.

import type { Micros, RegionId } from '../../tikv/ids.ts';
import type { Message } from '../../tikv/node/message.ts';
import type { RecordId } from '../record-id.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';

/** What was committed somewhere when a read was asked. */
interface Asked {
  readonly committed: number;
  readonly committedBy: RecordId | null;
  readonly at: Micros;
  readonly by: RecordId;
}

/** Reads whose answer may be lost on its way; the oldest is forgotten first. */
const ASKED_MAX = 10_000;

/**
 * Looked at twice: at the Raft round (`raft/read-index-…`), and from the client's call to the moment at which the store
 * reads its data, which has to have applied that far.
 */
export function readIndex(): Judge {
  const rounds = new Map<string, Asked>();
  const calls = new Map<string, Asked>();
  return judgeOf({
    id: 'inv:R15',
    name: 'read-index',
    says: 'A read sees everything that was committed anywhere when it was asked.',
    reads: [
      'raft/read-index-requested',
      'raft/read-index-confirmed',
      'raft/read-index-dropped',
      'network/sent',
      'raftstore/read-served',
    ],
    find({ event, id, at }, past) {
      const { node } = id;
      const note = (map: Map<string, Asked>, key: string, region: RegionId) => {
        const committed = past.region(region)?.committed;
        if (committed === undefined) return;
        const committedBy = committed.at(committed.last)?.by ?? null;
        remember(map, key, { committed: committed.last, committedBy, at, by: id });
      };
      switch (event.type) {
        case 'raft/read-index-requested':
          note(rounds, `${node} ${event.from} ${event.ctx}`, event.region);
          return null;
        case 'network/sent':
          if (isCall(event.message))
            note(calls, `${node} ${event.message.id}`, event.message.context.regionId);
          else if (isAnswer(event.message)) calls.delete(`${event.to} ${event.message.id}`);
          return null;
        case 'raft/read-index-dropped':
          rounds.delete(`${node} ${event.from} ${event.ctx}`);
          return null;
        case 'raft/read-index-confirmed': {
          const asked = taken(rounds, `${node} ${event.from} ${event.ctx}`);
          return behind(asked, { node, region: event.region, index: event.index });
        }
        case 'raftstore/read-served': {
          const { region, readIndex: index } = event;
          const asked = taken(calls, `${event.client} ${event.request}`);
          const applied = past.peer(region, node)?.applied ?? index;
          if (applied < index)
            return {
              text: `${called(node)} answers a read as of entry ${index}, and has applied only entry ${applied}.`,
              facts: { node, region, index, applied },
              witnesses: [asked?.by],
            };
          // A lease asks nobody, and what is committed and not applied yet nobody has been told of.
          return event.path === 'local' ? null : behind(asked, { node, region, index });
        }
      }
    },
  });
}

type Call = Extract<Message, { type: 'kv-request' | 'txn-request' }>;
type Answer = Extract<Message, { type: 'kv-response' | 'txn-response' }>;

const isCall = (message: Message): message is Call =>
  message.type === 'kv-request' || message.type === 'txn-request';

const isAnswer = (message: Message): message is Answer =>
  message.type === 'kv-response' || message.type === 'txn-response';

function remember(map: Map<string, Asked>, key: string, asked: Asked): void {
  map.set(key, asked);
  if (map.size <= ASKED_MAX) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

function taken(map: Map<string, Asked>, key: string): Asked | undefined {
  const asked = map.get(key);
  map.delete(key);
  return asked;
}

function behind(
  asked: Asked | undefined,
  { node, region, index }: { node: string; region: number; index: number },
): Finding | null {
  if (asked === undefined || index >= asked.committed) return null;
  return {
    text: `${called(node)} answers a read as of entry ${index}. When it was asked, entry ${asked.committed} was committed.`,
    facts: { node, region, index, committed: asked.committed, askedAt: asked.at },
    witnesses: [asked.by, asked.committedBy],
  };
}
