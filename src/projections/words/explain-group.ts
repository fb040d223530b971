// A Raft group, its log, and what clients were told, as text: the answers to `raft region`, `raft log` and `history`.

import type { Bytes } from '../../base/bytes.ts';
import type { RegionId } from '../../tikv/ids.ts';
import type { Operation } from '../clients.ts';
import { entryAt } from '../log-window.ts';
import { isAlive, leaderOf, replicasOf, roleNote } from '../questions.ts';
import type { Replica } from '../raft.ts';
import { mapped } from '../region-map.ts';
import type { World } from '../world.ts';
import { contentWords, entryStateWords } from './entry-words.ts';
import { answerWords } from './explain-client.ts';
import { requestWords } from './explain-command.ts';
import { capital, clock, listed, nodeName, shown } from './format.ts';

const unknown = (region: RegionId): string => `No store has a replica of Region ${region}.`;

/** The answer to `raft region REGION`: the state of its group on each store, as tikv-ctl prints it of one. */
export function raftRegionText(world: World, region: RegionId): string {
  const replicas = replicasOf(world, region);
  if (replicas.length === 0) return unknown(region);
  const known = world.regions[region]?.region;
  const { from, to } = known === undefined ? { from: null, to: null } : mapped(known);
  const epoch = known === undefined ? '' : `, epoch ${known.epoch.confVer}/${known.epoch.version}`;
  const leader = leaderOf(world, region);
  return [
    `Region ${region}, keys ${from ?? '−∞'} to ${to ?? '+∞'}${epoch}`,
    ...replicas.map((replica) => replicaLine(world, replica)),
    ...(leader === null ? [] : progressLines(leader)),
  ].join('\n');
}

function replicaLine(world: World, replica: Replica): string {
  const { store, peer, role, term, vote, log, commit, applied, persistedIndex, disk } = replica;
  const who = `${nodeName(store)}, peer ${peer}`;
  if (!isAlive(world, store))
    return `${who}: down; on its disk term ${disk.term}, log to ${disk.lastIndex}`;
  const voted = vote === 0 ? 'no vote' : `voted for ${nodeName(replica.votedFor ?? `${vote}`)}`;
  return `${who}: ${role}${roleNote(world, store)}, term ${term}, ${voted}, log ${log.firstIndex} to ${log.lastIndex}, on disk to ${persistedIndex}, commit ${commit}, applied ${applied}`;
}

const progressLines = ({ store, progress }: Replica): string[] =>
  progress
    .filter((line) => line.store !== store)
    .map(
      (line) =>
        `${nodeName(store)} knows of ${nodeName(line.store)}: ${capital(line.state)}, matched ${line.matched}, next ${line.next}, ${line.inflight} in flight`,
    );

/** The newest entries that an answer lists. */
const ENTRIES_LISTED = 12;

/** The answer to `raft log REGION [INDEX]`: one entry, or the newest ones, and how far each store has come with it. */
export function raftLogText(world: World, region: RegionId, index: number | null): string {
  const replicas = replicasOf(world, region);
  if (replicas.length === 0) return unknown(region);
  const last = Math.max(...replicas.map(({ log }) => log.lastIndex));
  const first = Math.min(...replicas.map(({ log }) => log.firstIndex));
  const from = index ?? Math.max(first, last - ENTRIES_LISTED + 1);
  const indexes = Array.from({ length: (index ?? last) - from + 1 }, (_, i) => from + i);
  const lines = indexes.flatMap((at) => entryLines(world, replicas, at));
  if (lines.length > 0) return lines.join('\n');
  return `No store keeps entry ${from} of Region ${region}. Its log goes from ${first} to ${last}.`;
}

/** One line for each term that the entry has somewhere: more than one is a conflict. */
function entryLines(world: World, replicas: readonly Replica[], index: number): string[] {
  const having = replicas.flatMap((replica) => {
    const entry = entryAt(replica.log, index);
    return entry === null ? [] : [{ replica, entry }];
  });
  const terms = [...new Set(having.map(({ entry }) => entry.term))].toSorted((a, b) => a - b);
  return terms.map((term) => {
    const those = having.filter(({ entry }) => entry.term === term);
    const content = those[0] === undefined ? '' : contentWords(world, those[0].entry.content);
    const where = those.map(
      ({ replica }) => `${nodeName(replica.store)} ${entryStateWords(world, replica, index)}`,
    );
    return `${index}, term ${term}: ${content}; ${listed(where)}`;
  });
}

/** The newest operations that an answer lists. */
const OPERATIONS_LISTED = 20;

/** The answer to `history [KEY]`: what clients asked for and were told, in the order in which they asked. */
export function historyText(world: World, key: Bytes | null): string {
  const all = Object.values(world.clients)
    .flatMap(({ ended, open }) => [...ended, ...open])
    .filter(({ request }) => key === null || ('key' in request && request.key === key))
    .toSorted((a, b) => a.op - b.op);
  if (all.length === 0)
    return key === null ? 'No client has asked for anything.' : `Nobody asked for ${shown(key)}.`;
  const listedOnes = all.slice(-OPERATIONS_LISTED);
  const earlier = all.length - listedOnes.length;
  return [
    ...(earlier === 0 ? [] : [`(${earlier} earlier)`]),
    ...listedOnes.map(operationLine),
  ].join('\n');
}

function operationLine(operation: Operation): string {
  const { op, client, request, startedAt, endedAt, outcome, abandoned } = operation;
  const until = endedAt === null ? '' : ` to ${clock(endedAt)}`;
  const asked = `${op}. ${clock(startedAt)}${until} ${nodeName(client)} ${requestWords(request)}`;
  if (abandoned) return `${asked}: it lost its power and hears no answer.`;
  return `${asked}: ${outcome === null ? 'no answer yet.' : answerWords(request, outcome)}`;
}
