// What a message is, for drawing and for counting: its kind, its sign, its entries, and a few words.

import { assertNever } from '../base/assert.ts';
import { textOf } from '../base/bytes.ts';
import type { Message } from '../tikv/node/message.ts';
import type { OrderedChange, PdCall, PdOrder } from '../tikv/pd/message.ts';
import type { Message as RaftCoreMessage } from '../tikv/raft/message.ts';
import type { KvResponse, RawRequest, SnapshotChunk } from '../tikv/raftstore/message.ts';
import type { TxnCall, TxnKvResponse } from '../tikv/txn/message.ts';
import { keysOf } from '../tikv/txn/request.ts';
import type { MessageKind } from './messages.ts';
import { keyText } from './region-map.ts';
import { commas } from './words/format.ts';

/** The part of a flight that follows from its message alone. */
export interface MessageTraits {
  kind: MessageKind;
  label: string;
  region: number | null;
  term: number | null;
  beads: number;
  sign: '+' | '−' | null;
  /** The client's number of the call. */
  request: number | null;
}

const PLAIN = { region: null, term: null, beads: 0, sign: null, request: null } as const;

export function traitsOf(message: Message): MessageTraits {
  switch (message.type) {
    case 'raft': {
      const { term } = message.message;
      const core =
        message.isTombstone === true
          ? ({ kind: 'append-answer', label: 'your peer is gone', sign: '−' } as const)
          : message.extra === undefined
            ? raftTraits(message.message)
            : BESIDE[message.extra];
      return { ...PLAIN, region: message.regionId, term: term === 0 ? null : term, ...core };
    }
    case 'snapshot-chunk':
      return { ...PLAIN, kind: 'snapshot', label: chunkLabel(message), region: message.regionId };
    case 'snapshot-answer': {
      const { ok, regionId: region } = message;
      const label = ok ? 'has the whole snapshot' : 'takes no more of the snapshot';
      return { ...PLAIN, kind: 'snapshot-answer', label, region, sign: signOf(ok) };
    }
    case 'kv-request': {
      const { id, context, request } = message;
      const region = context.regionId;
      return { ...PLAIN, kind: 'client', label: callLabel(request), region, request: id };
    }
    case 'txn-request': {
      const { id, context, request } = message;
      const label = txnCallLabel(request);
      const region = context.regionId;
      return { ...PLAIN, kind: 'client', label, region, request: id };
    }
    case 'txn-response':
    case 'kv-response': {
      const { id, regionId: region } = message;
      const refusal = refusalOf(message);
      return {
        ...PLAIN,
        kind: 'client-answer',
        label: refusal === null ? 'answer' : `refused: ${refusal}`,
        region,
        request: id,
        sign: signOf(refusal === null),
      };
    }
    case 'pd-request':
      return { ...PLAIN, kind: 'pd', label: pdLabel(message.call), request: message.id };
    case 'pd-response': {
      const refused = message.answer.type === 'refused';
      const label = refused ? 'PD refuses' : `${PD_WORDS[message.answer.type]} answer`;
      return { ...PLAIN, kind: 'pd-answer', label, request: message.id, sign: signOf(!refused) };
    }
    case 'pd-order':
      return { ...PLAIN, kind: 'pd', label: orderLabel(message), region: message.regionId };
  }
  return assertNever(message);
}

/** What peers say beside Raft. */
const BESIDE = {
  'hibernate-request': { kind: 'heartbeat', label: 'may we sleep?' },
  'hibernate-response': { kind: 'heartbeat', label: 'we may sleep' },
  'wake-up': { kind: 'heartbeat', label: 'wake up' },
  'check-stale-peer': { kind: 'append-answer', label: 'am I still a member?' },
  'check-stale-peer-response': { kind: 'append-answer', label: 'ask these members' },
} as const;

const signOf = (yes: boolean): '+' | '−' => (yes ? '+' : '−');

type RaftTraits = Pick<MessageTraits, 'kind' | 'label'> &
  Partial<Pick<MessageTraits, 'beads' | 'sign'>>;

function raftTraits(m: RaftCoreMessage): RaftTraits {
  const no = m.reject === true;
  switch (m.msgType) {
    case 'MsgAppend':
      return { kind: 'append', label: appendLabel(m), beads: m.entries.length };
    case 'MsgAppendResponse':
      return {
        kind: 'append-answer',
        label: no ? `no match at ${m.index}` : `has ${m.index}`,
        sign: signOf(!no),
      };
    // With a context it is one of a round that confirms a read index: whoever answers still has this leader.
    case 'MsgHeartbeat':
      return (m.context ?? '') === ''
        ? { kind: 'heartbeat', label: 'heartbeat' }
        : { kind: 'read-index', label: 'do I still lead?' };
    case 'MsgHeartbeatResponse':
      return (m.context ?? '') === ''
        ? { kind: 'heartbeat-answer', label: 'heartbeat answer', sign: '+' }
        : { kind: 'read-index-answer', label: 'you still lead', sign: '+' };
    case 'MsgRequestPreVote':
      return { kind: 'pre-vote', label: `pre-vote request, term ${m.term}` };
    case 'MsgRequestPreVoteResponse':
      return { kind: 'pre-vote-answer', label: voteLabel('pre-vote', m), sign: signOf(!no) };
    case 'MsgRequestVote':
      return { kind: 'vote', label: `vote request, term ${m.term}` };
    case 'MsgRequestVoteResponse':
      return { kind: 'vote-answer', label: voteLabel('vote', m), sign: signOf(!no) };
    case 'MsgTimeoutNow':
      return { kind: 'timeout-now', label: 'time out now' };
    case 'MsgReadIndex':
      return { kind: 'read-index', label: 'read index?' };
    case 'MsgReadIndexResp':
      return { kind: 'read-index-answer', label: `read index ${m.index}` };
    case 'MsgTransferLeader':
      return { kind: 'transfer', label: 'transfer leader' };
    case 'MsgPropose':
      return { kind: 'append', label: 'proposal, passed on', beads: m.entries.length };
    default:
      return { kind: 'heartbeat', label: m.msgType };
  }
}

/** `snapshot to 44, 312 bytes` for the head, `snapshot, 2 of 3` for what follows. */
function chunkLabel({ head, chunk, of, bytes }: SnapshotChunk): string {
  const snapshot = head?.message.snapshot;
  if (snapshot === undefined) return `snapshot, ${chunk} of ${of}`;
  return `snapshot to ${snapshot.metadata.index}, ${commas(bytes)} bytes`;
}

const voteLabel = (what: string, m: RaftCoreMessage) =>
  `${what} ${m.reject === true ? 'refused' : 'granted'}, term ${m.term}`;

function appendLabel(m: RaftCoreMessage): string {
  const first = m.entries[0];
  const last = m.entries.at(-1);
  if (first === undefined || last === undefined) return `commit ${m.commit}`;
  return first === last ? `entry ${first.index}` : `entries ${first.index} to ${last.index}`;
}

function callLabel(request: RawRequest): string {
  switch (request.type) {
    case 'raw-get':
      return `get ${textOf(request.key)}`;
    case 'raw-put':
      return `put ${textOf(request.key)}`;
    case 'raw-delete':
      return `delete ${textOf(request.key)}`;
    case 'raw-scan':
      return `scan from ${textOf(request.startKey) || 'the first key'}`;
    case 'raw-cas':
      return `compare and swap ${textOf(request.key)}`;
  }
  return assertNever(request);
}

/** TiKV's name of what stands against the request; null where it was carried out. */
function refusalOf({ result }: KvResponse | TxnKvResponse): string | null {
  if (!result.ok) return result.error.type;
  const { response } = result;
  return response.type === 'refused' ? (response.errors[0]?.kind ?? 'refused') : null;
}

const TXN_WORDS: Readonly<Partial<Record<TxnCall['type'], string>>> = {
  rollback: 'roll back',
  'check-txn-status': 'check status',
  'resolve-lock': 'resolve',
  'resolve-lock-lite': 'resolve',
  'acquire-pessimistic-lock': 'lock',
  'pessimistic-rollback': 'unlock',
};

/** `prewrite ann and 2 more`. */
function txnCallLabel(request: TxnCall): string {
  const word = TXN_WORDS[request.type] ?? request.type.replaceAll('-', ' ');
  const keys = request.type === 'get' ? [request.key] : keysOf(request);
  const [first] = keys;
  if (first === undefined) return word;
  return `${word} ${textOf(first)}${keys.length > 1 ? ` and ${keys.length - 1} more` : ''}`;
}

const PD_WORDS: Readonly<Record<PdCall['type'], string>> = {
  bootstrap: 'bootstrap',
  'is-bootstrapped': 'bootstrapped?',
  'put-store': 'store',
  'get-all-stores': 'stores',
  'get-region': 'Region',
  'get-region-by-id': 'Region',
  'alloc-id': 'new id',
  tso: 'timestamp',
  'store-heartbeat': 'store heartbeat',
  'region-heartbeat': 'Region heartbeat',
  'ask-batch-split': 'ids for a split',
  'report-batch-split': 'split',
  'scan-regions': 'Regions',
};

/** `PD: +s4`: what PD wants of a leader. */
function orderLabel({ order }: PdOrder): string {
  switch (order.type) {
    case 'TransferLeader':
      return `PD: lead from s${order.peer.storeId}`;
    case 'SplitRegion':
      return 'PD: split';
    case 'ChangePeerV2':
      return order.changes.length === 0 ? 'PD: leave joint' : `PD: ${changeWords(order.changes)}`;
  }
  return assertNever(order);
}

const CHANGE_SIGNS = { AddNode: '+', RemoveNode: '-', AddLearnerNode: '~' } as const;

const changeWords = (changes: readonly OrderedChange[]): string =>
  changes.map(({ type, peer }) => `${CHANGE_SIGNS[type]}s${peer.storeId}`).join(' ');

function pdLabel(call: PdCall): string {
  if (call.type === 'get-region')
    return `which Region holds ${keyText(call.key) || 'the first key'}?`;
  return call.type === 'is-bootstrapped' ? 'bootstrapped?' : PD_WORDS[call.type];
}

/** Heartbeats are folded: counted, hidden at high speed, never a line of their own. */
export const isHeartbeat = (kind: MessageKind): boolean =>
  kind === 'heartbeat' || kind === 'heartbeat-answer';
