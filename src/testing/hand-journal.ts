// A journal written by hand, for tests of whatever reads journals: it numbers the records as the simulator would.

import type { Micros, NodeId } from '../tikv/ids.ts';
import type { Message } from '../tikv/node/message.ts';
import type { Message as RaftCoreMessage } from '../tikv/raft/message.ts';
import { newMessage } from '../tikv/raft/message.ts';
import { firstRegion } from '../tikv/raftstore/bootstrap.ts';
import type { Region } from '../tikv/raftstore/region.ts';
import { WORLD, type JournalRecord, type LoomEvent, type RecordId } from '../sim/record.ts';
import type { ClusterConfig } from '../sim/recording.ts';

export class HandJournal {
  readonly records: JournalRecord[] = [];
  readonly region: Region;
  at: Micros = 0;
  readonly #counts = new Map<string, number>();

  /** Every node is up; every store has its peer of the first Region, a follower in term 5. */
  constructor(cluster: Partial<ClusterConfig> = {}) {
    const config = { stores: 3, clients: 1, settings: {}, ...cluster };
    this.region = firstRegion(config.stores);
    this.tell(WORLD, { type: 'world/started', seed: 7, cluster: config });
    const stores = Array.from({ length: config.stores }, (_, i) => `s${i + 1}`);
    const clients = Array.from({ length: config.clients }, (_, i) => `c${i + 1}`);
    for (const node of [...stores, 'pd1', ...clients]) this.boot(node, 1);
    for (const node of stores) this.startPeer(node);
  }

  tell(node: NodeId, event: LoomEvent, cause: RecordId | null = null): RecordId {
    const n = this.#counts.get(node) ?? 0;
    this.#counts.set(node, n + 1);
    const id = { node, n };
    this.records.push({ n: this.records.length, at: this.at, id, cause, event });
    return id;
  }

  /** Time goes on to `seconds`. */
  go(seconds: number): this {
    this.at = Math.round(seconds * 1_000_000);
    return this;
  }

  peerOf(node: NodeId): number {
    return 100 + Number(node.slice(1));
  }

  boot(node: NodeId, incarnation: number): void {
    this.tell(WORLD, { type: 'node/booted', node, incarnation, digest: '' });
  }

  startPeer(
    node: NodeId,
    log: { term: number; vote?: number; lastIndex: number } | null = null,
  ): void {
    const { term = 5, vote = 0, lastIndex = 5 } = log ?? {};
    this.tell(node, {
      type: 'raftstore/peer-started',
      region: this.region,
      peer: this.peerOf(node),
      term,
      vote,
      commit: 5,
      applied: 5,
      firstIndex: 6,
      lastIndex,
      log: [],
    });
  }

  /** An event of the Raft core of a store's peer. */
  raft(node: NodeId, event: Record<string, unknown> & { type: `raft/${string}` }): RecordId {
    return this.tell(node, { ...event, region: 1 } as unknown as LoomEvent);
  }

  /** Puts a Raft message on the wire for `ms` milliseconds; null: it is lost half way. */
  send(from: NodeId, to: NodeId, core: Partial<RaftCoreMessage>, ms: number | null = 30): RecordId {
    const type = core.msgType ?? 'MsgHeartbeat';
    const [fromPeer, toPeer] = [from, to].map(
      (node) =>
        this.region.peers.find(
          (peer) => peer.storeId === Number(node.slice(1)),
        ) as Region['peers'][0],
    ) as [Region['peers'][0], Region['peers'][0]];
    const message: Message = {
      type: 'raft',
      regionId: 1,
      fromPeer,
      toPeer,
      regionEpoch: this.region.epoch,
      message: { ...newMessage(type, toPeer.id), from: fromPeer.id, ...core },
    };
    const arrivesAt = ms === null ? null : this.at + ms * 1000;
    const lostAt = ms === null ? this.at + 15_000 : null;
    return this.tell(from, { type: 'network/sent', from, to, message, arrivesAt, lostAt });
  }

  deliver(sent: RecordId, to: NodeId): void {
    this.tell(WORLD, { type: 'network/delivered', sent, to }, sent);
  }

  append(
    node: NodeId,
    term: number,
    puts: readonly (readonly [index: number, text: string])[],
  ): void {
    const entries = puts.map(([index]) => ({ index, term, digest: index * 1000 + term }));
    this.raft(node, { type: 'raft/appended', from: entries[0]?.index ?? 0, entries });
    this.tell(node, {
      type: 'raftstore/entries-taken',
      region: 1,
      entries: puts.map(([index, text]) => ({
        index,
        term,
        digest: index * 1000 + term,
        content: contentOf(text),
      })),
    });
  }

  apply(node: NodeId, index: number, term: number): void {
    this.tell(node, {
      type: 'raftstore/applied',
      region: 1,
      index,
      term,
      digest: index * 1000 + term,
      state: 0,
    });
  }
}

function contentOf(text: string) {
  const [key = '', value] = text.split('=');
  return value === undefined
    ? ({ type: 'empty' } as const)
    : ({ type: 'put', key, value } as const);
}
