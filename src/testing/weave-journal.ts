// A journal of many Regions, written by hand, for the pictures of the Weave: every Region is there from the beginning,
// with the logs that the picture needs; what happens then is told event by event.

import { assert } from '../base/assert.ts';
import type { LoomEvent, JournalRecord, RecordId } from '../sim/record.ts';
import { WORLD } from '../sim/record.ts';
import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import { encodeBytes, TXN_PREFIX } from '../tikv/mvcc/key.ts';
import type { Message } from '../tikv/node/message.ts';
import { newMessage, type Message as RaftCoreMessage } from '../tikv/raft/message.ts';
import type { Region } from '../tikv/raftstore/region.ts';

export interface RegionSpec {
  readonly id: RegionId;
  /** User keys; null at the ends of the keyspace. */
  readonly from: string | null;
  readonly to: string | null;
  readonly stores: readonly number[];
  /** Which of them leads, in which term; null: nobody. */
  readonly leader: number | null;
  readonly term: number;
  /** The end of the log, and of those logs that end elsewhere. */
  readonly last: number;
  readonly lasts?: Readonly<Record<number, number>>;
  readonly commits?: Readonly<Record<number, number>>;
  readonly version?: number;
}

const boundOf = (key: string | null): string => (key === null ? '' : encodeBytes(TXN_PREFIX + key));

export const peerId = (region: RegionId, store: number): number => region * 10 + store;

export function regionOf(spec: RegionSpec): Region {
  return {
    id: spec.id,
    startKey: boundOf(spec.from),
    endKey: boundOf(spec.to),
    epoch: { confVer: 1, version: spec.version ?? 4 },
    peers: spec.stores.map((storeId) => ({ id: peerId(spec.id, storeId), storeId, role: 'Voter' })),
  };
}

export class WeaveJournal {
  readonly records: JournalRecord[] = [];
  readonly regions = new Map<RegionId, Region>();
  at: Micros = 0;
  readonly #counts = new Map<string, number>();

  constructor(stores: number, specs: readonly RegionSpec[]) {
    const cluster = { stores, clients: 1, settings: {} };
    this.tell(WORLD, { type: 'world/started', seed: 7, cluster });
    const names = Array.from({ length: stores }, (_, i) => `s${i + 1}`);
    for (const node of [...names, 'pd1', 'c1'])
      this.tell(WORLD, { type: 'node/booted', node, incarnation: 1, digest: '' });
    for (const spec of specs) this.begin(spec);
    this.go(1);
    for (const spec of specs) this.lead(spec);
  }

  /** Time goes on to `seconds`. */
  go(seconds: number): this {
    const at = Math.round(seconds * 1_000_000);
    assert(at >= this.at, `time goes on: ${at} comes before ${this.at}`);
    this.at = at;
    return this;
  }

  tell(node: NodeId, event: LoomEvent, cause: RecordId | null = null): RecordId {
    const n = this.#counts.get(node) ?? 0;
    this.#counts.set(node, n + 1);
    const id = { node, n };
    this.records.push({ n: this.records.length, at: this.at, id, cause, event });
    return id;
  }

  /** The replicas of a Region, as their stores read them from their disks. */
  begin(spec: RegionSpec, stores: readonly number[] = spec.stores): void {
    const region = regionOf(spec);
    this.regions.set(spec.id, region);
    for (const store of stores) {
      const lastIndex = spec.lasts?.[store] ?? spec.last;
      const known = Math.min(spec.commits?.[store] ?? lastIndex, lastIndex);
      this.tell(`s${store}`, {
        type: 'raftstore/peer-started',
        region,
        peer: peerId(spec.id, store),
        term: spec.leader === null ? spec.term : spec.term - 1,
        vote: 0,
        commit: known,
        applied: known,
        firstIndex: 6,
        lastIndex,
        log: [],
      });
    }
  }

  lead(spec: RegionSpec): void {
    const { leader, id, term } = spec;
    if (leader === null) return;
    for (const store of spec.stores) {
      const node = `s${store}`;
      if (store === leader) {
        this.raft(node, id, { type: 'raft/became-candidate', term });
        this.raft(node, id, { type: 'raft/became-leader', term, lastIndex: spec.last });
      } else {
        const told = { type: 'raft/became-follower', term, leader: peerId(id, leader) } as const;
        this.raft(node, id, told);
      }
    }
  }

  raft(
    node: NodeId,
    region: RegionId,
    event: Record<string, unknown> & { type: `raft/${string}` },
  ): RecordId {
    return this.tell(node, { ...event, region } as unknown as LoomEvent);
  }

  /** A Raft message on the wire for `ms` milliseconds; null: the link loses it on its way. */
  send(
    region: RegionId,
    ends: readonly [number, number],
    core: Partial<RaftCoreMessage>,
    ms: number | null = 30,
  ): RecordId {
    const [from, to] = ends;
    const type = core.msgType ?? 'MsgHeartbeat';
    const described = this.regions.get(region) as Region;
    const peerOf = (store: number) => ({
      id: peerId(region, store),
      storeId: store,
      role: 'Voter' as const,
    });
    const message: Message = {
      type: 'raft',
      regionId: region,
      fromPeer: peerOf(from),
      toPeer: peerOf(to),
      regionEpoch: described.epoch,
      message: { ...newMessage(type, peerId(region, to)), from: peerId(region, from), ...core },
    };
    const arrivesAt = ms === null ? null : this.at + Math.round(ms * 1000);
    const lostAt = ms === null ? this.at + 60_000 : null;
    return this.tell(`s${from}`, {
      type: 'network/sent',
      from: `s${from}`,
      to: `s${to}`,
      message,
      arrivesAt,
      lostAt,
    });
  }

  deliver(sent: RecordId, to: number): void {
    this.tell(WORLD, { type: 'network/delivered', sent, to: `s${to}` }, sent);
  }

  /** So many heartbeats from store to store within the second before `seconds`: what the link squares count. */
  chatter(seconds: number, rates: readonly (readonly number[])[]): void {
    const [region = 1] = this.regions.keys();
    this.go(seconds);
    for (const [i, row] of rates.entries())
      for (const [j, count] of row.entries())
        for (let n = 0; n < count; n++)
          this.deliver(this.send(region, [i + 1, j + 1], {}, 1), j + 1);
  }
}
