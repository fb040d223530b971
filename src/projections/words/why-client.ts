// Why a client waits or was told what it was told, and why a key or a transaction stands as it does.

import { textOf, type Bytes } from '../../base/bytes.ts';
import type { NodeId } from '../../tikv/ids.ts';
import type { Operation } from '../clients.ts';
import { versionsOn } from '../mvcc.ts';
import { leaderOf, operation } from '../questions.ts';
import { linkKey } from '../world.ts';
import { answerWords, backOffWords } from './explain-client.ts';
import { requestWords } from './explain-command.ts';
import { keysWord, tsWord } from './explain-txn.ts';
import { storeOfKey } from '../key-home.ts';
import { lifeLeft } from './explain-versions.ts';
import { clock, duration, nodeName, shown } from './format.ts';
import { decisive, newest, plainly, reason, type Asked, type Reason } from './why-parts.ts';
import { whyEntry } from './why-raft.ts';

export function whyClient(asked: Asked, id: NodeId): Reason[] {
  const client = asked.world.clients[id];
  const me = nodeName(id);
  if (client === undefined) return [plainly(`There is no client ${id}.`)];
  if (asked.world.nodes[id]?.status !== 'up')
    return [plainly(`${me} is ${asked.world.nodes[id]?.status ?? 'down'}: it asks nobody.`)];
  const open = client.open[0] ?? client.ended.at(-1);
  return open === undefined
    ? [plainly(`${me} has asked for nothing yet.`)]
    : whyOperation(asked, open.op);
}

export function whyOperation(asked: Asked, op: number): Reason[] {
  const found = operation(asked.world, op);
  if (found === null)
    return [
      plainly(`Operation ${op} is unknown: there was none of that number, or it is too old.`),
    ];
  return found.outcome === null ? whyOpen(asked, found) : whyEnded(asked, found);
}

const called = ({ op, client, request }: Operation): string =>
  `Operation ${op}, ${nodeName(client)} ${requestWords(request)}`;

/** The number that the client gave its newest call of this operation. */
function callOf(asked: Asked, { op, client }: Operation): number | null {
  const [routed] = newest(asked, 'client/routed', { store: client }).filter(
    ({ event }) => event.op === op,
  );
  if (routed === undefined) return null;
  const sent = asked.records
    .ofType('network/sent')
    .find(({ id, event }) => id.node === client && id.n > routed.id.n && isCall(event));
  return sent?.event.type === 'network/sent' && 'id' in sent.event.message
    ? sent.event.message.id
    : null;
}

const isCall = (event: { readonly type: string; readonly message?: unknown }): boolean =>
  /^(kv|txn)/.test((event.message as { type?: string } | undefined)?.type ?? '');

function whyOpen(asked: Asked, found: Operation): Reason[] {
  const { world } = asked;
  const { client, waiting, to, op } = found;
  const head = called(found);
  if (found.abandoned) return [plainly(`${head}: its client lost its power, and nobody waits.`)];
  if (waiting !== null) {
    const [backed] = newest(asked, 'client/backed-off', { store: client }).filter(
      ({ event }) => event.op === op,
    );
    const left = duration(Math.max(0, waiting.until - world.at));
    const sentence = `${head}, waits ${left} and asks again: ${backOffWords(waiting)}`;
    const first = backed === undefined ? plainly(`${sentence}.`) : reason(sentence, backed);
    return [first, ...refusal(asked, found)];
  }
  if (to === null) return [plainly(`${head}: it asks PD where its key is.`)];
  const call = callOf(asked, found);
  const [proposed] = newest(asked, 'raftstore/proposed', { store: to }).filter(
    ({ event }) => event.client === client && event.request === call,
  );
  if (proposed !== undefined) {
    const { index, region } = proposed.event;
    const first = reason(
      `${head}, is entry ${index} of ${nodeName(to)}’s log and not answered yet`,
      proposed,
    );
    return [first, ...whyEntry(asked, { index, region })];
  }
  return [plainly(`${head}: it waits for ${nodeName(to)}, ${obstacle(asked, client, to)}.`)];
}

function obstacle({ world }: Asked, client: NodeId, to: NodeId): string {
  const status = world.nodes[to]?.status;
  if (status === 'paused') return 'which is paused';
  if (status !== 'up') return 'which is down';
  if (world.links[linkKey(client, to)]?.cut === true) return 'and the link there is cut';
  if (world.links[linkKey(to, client)]?.cut === true)
    return 'whose answers are lost: the link is cut';
  return 'which has not answered yet';
}

/** The newest refusal of a store. */
function refusal(asked: Asked, { client, region }: Operation): Reason[] {
  const [refused] = newest(asked, 'raftstore/request-refused').filter(
    ({ event }) => event.client === client,
  );
  if (refused === undefined) return [];
  const { error } = refused.event;
  const leader = region === null ? null : leaderOf(asked.world, region);
  const now = leader === null ? 'nobody leads now' : `${nodeName(leader.store)} leads now`;
  return [reason(`${nodeName(refused.id.node)} refused it with ${error.type}; ${now}`, refused)];
}

function whyEnded(asked: Asked, found: Operation): Reason[] {
  const { outcome, request, op, client, attempts } = found;
  const [ended] = newest(asked, 'client/op-ended', { store: client }).filter(
    ({ event }) => event.op === op,
  );
  if (outcome === null) return [];
  const tries = attempts > 1 ? `, after ${attempts} tries` : '';
  const sentence = `${called(found)}${tries}: ${answerWords(request, outcome).replace(/\.$/, '')}`;
  const first = ended === undefined ? plainly(`${sentence}.`) : reason(sentence, ended);
  return [first, ...behind(asked, found)];
}

/** What a store decided for it: how a read was answered, which entry a write is. */
function behind(asked: Asked, found: Operation): Reason[] {
  const call = callOf(asked, found);
  const isOurs = ({ event }: { event: { client: string; request: number } }) =>
    event.client === found.client && event.request === call;
  const read = newest(asked, 'raftstore/read-served').find(isOurs);
  if (read !== undefined) return readReasons(asked, read);
  const proposed = newest(asked, 'raftstore/proposed').find(isOurs);
  if (proposed !== undefined) return whyEntry(asked, proposed.event);
  return found.outcome?.status === 'ok' ? [] : refusal(asked, found);
}

const PATHS = {
  local: 'from its lease, alone: nobody else can lead while the lease is good',
  'read-index': 'after a majority had confirmed that it still leads',
  replica: 'as a replica, after its leader had told it how far to apply',
} as const;

function readReasons(
  asked: Asked,
  read: ReturnType<typeof newest<'raftstore/read-served'>>[number],
): Reason[] {
  const { path, readIndex, region } = read.event;
  const me = nodeName(read.id.node);
  const first = reason(
    `${me} answered it at ${clock(read.at)} with everything up to entry ${readIndex}, ${PATHS[path]}`,
    read,
    path === 'local' ? { rule: 'raftstore/lease-valid', holds: true, facts: {} } : null,
  );
  const confirmed = newest(asked, 'raft/read-index-confirmed', { region }).find(
    ({ n, event }) => n < read.n && event.index === readIndex,
  );
  return path === 'local' || confirmed === undefined
    ? [first]
    : [
        first,
        reason(
          `${nodeName(confirmed.id.node)} was sure that it leads`,
          confirmed,
          confirmed.event.verdict,
        ),
      ];
}

export function whyKey(asked: Asked, key: Bytes): Reason[] {
  const { world } = asked;
  const store = storeOfKey(world, key);
  const versions = store === null ? null : versionsOn(world.transactions, store, key);
  const name = shown(key);
  if (versions === null) {
    const holds = Object.values(world.regions).find(({ data }) => data.some(([at]) => at === key));
    return [
      plainly(
        holds === undefined
          ? `${name} is not locked, and no version of it is known.`
          : `${name} is a raw key: no transaction touches it.`,
      ),
    ];
  }
  const { lock } = versions;
  const blocked = newest(asked, 'mvcc/read-blocked').find(({ event }) => event.key === key);
  const met =
    blocked === undefined
      ? []
      : [
          reason(
            `A read at ${tsWord(world, blocked.event.readTs)} met lock ${tsWord(world, blocked.event.lockTs)} and had to settle it first`,
            blocked,
            decisive(blocked.event.verdicts, true),
          ),
        ];
  if (lock === null) return [plainly(`${name} is not locked.`), ...met];
  const [written] = newest(asked, 'mvcc/lock-written').filter(({ event }) => event.key === key);
  const owner = world.transactions.list.find(({ startTs }) => startTs === lock.startTs);
  const left = lifeLeft(world, lock);
  const whose =
    owner === undefined ? '' : ` of ${owner.name}, which is ${owner.phase.replaceAll('-', ' ')}`;
  const life = left === null ? 'it has expired: whoever meets it may settle it' : `${left} to live`;
  const sentence = `${name} is locked by ${tsWord(world, lock.startTs)}${whose}; its primary is ${textOf(lock.primary)}, ${life}`;
  return [written === undefined ? plainly(`${sentence}.`) : reason(sentence, written), ...met];
}

export function whyTransaction(asked: Asked, name: string): Reason[] {
  const { world } = asked;
  const txn = world.transactions.list.findLast((each) => each.name === name);
  if (txn === undefined) return [plainly(`No transaction is called ${name}.`)];
  const keys = txn.buffer.length === 0 ? 'no keys' : keysWord(txn.buffer.map(([key]) => key));
  const head = `${name} of ${nodeName(txn.client)} is ${txn.phase.replaceAll('-', ' ')}, with ${keys}`;
  const refused = (['txn/prewrite-rejected', 'txn/commit-rejected'] as const)
    .flatMap((type) => newest(asked, type))
    .filter(({ event }) => event.startTs === txn.startTs)
    .toSorted((a, b) => b.n - a.n)[0];
  const [ended] = newest(asked, 'client/txn-ended').filter(
    ({ event }) => event.startTs === txn.startTs,
  );
  const first = ended === undefined ? plainly(`${head}.`) : reason(head, ended);
  if (refused === undefined) return [first];
  const verdict =
    refused.event.verdicts.find(({ rule, holds }) => holds && rule === 'txn/write-conflict') ??
    refused.event.verdicts.at(-1) ??
    null;
  return [first, reason(`${nodeName(refused.id.node)} refused it`, refused, verdict)];
}
