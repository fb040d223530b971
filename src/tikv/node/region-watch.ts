// What a store notices of the Regions that it leads, for PD: what is written to them and read from them, and which of
// their peers have fallen silent. Counted where it passes the door of the node, so that nothing inside has to know.
// (TiKV: components/raftstore/src/store/peer.rs collect_down_peers, PeerStat; worker/pd.rs)

import type { Bytes } from '../../base/bytes.ts';
import { microsOf, type Settings } from '../config.ts';
import type { DiskOp } from '../disk.ts';
import type { Micros, PeerId, RegionId } from '../ids.ts';
import type { StepOutput } from '../outbox.ts';
import type { DownPeer } from '../pd/message.ts';
import type { PeerFsm } from '../raftstore/peer.ts';
import { regionHolds, type Peer } from '../raftstore/region.ts';
import type { Message } from './message.ts';

const SECOND = 1_000_000;

export interface Counted {
  writtenBytes: number;
  writtenKeys: number;
  readBytes: number;
  readKeys: number;
}

const nothing = (): Counted => ({ writtenBytes: 0, writtenKeys: 0, readBytes: 0, readKeys: 0 });

/** A Region that this store leads. */
interface Watched {
  readonly term: number;
  readonly counted: Counted;
  /** When each peer was heard of last. */
  /** A new one counts as heard of when it is first seen. */
  readonly heard: Map<PeerId, Micros>;
}

export type SavedWatch = readonly (readonly [
  RegionId,
  {
    readonly term: number;
    readonly counted: Counted;
    readonly heard: readonly (readonly [PeerId, Micros])[];
  },
])[];

export class RegionWatch {
  readonly #settings: Settings;
  readonly #watched: Map<RegionId, Watched>;

  constructor(settings: Settings, saved: SavedWatch = []) {
    this.#settings = settings;
    this.#watched = new Map(
      saved.map(([id, { term, counted, heard }]) => [
        id,
        { term, counted: { ...counted }, heard: new Map(heard) },
      ]),
    );
  }

  /** A peer spoke to the leader here. */
  onHeard(regionId: RegionId, peer: PeerId, now: Micros): void {
    this.#watched.get(regionId)?.heard.set(peer, now);
  }

  /** The Region's leader is here, or is no more. */
  follow(regionId: RegionId, peer: PeerFsm | undefined, now: Micros): void {
    if (peer?.isLeader !== true) {
      this.#watched.delete(regionId);
      return;
    }
    if (this.#watched.get(regionId)?.term === peer.term) return;
    const heard = new Map(peer.region.peers.map(({ id }) => [id, now] as const));
    const fresh = { term: peer.term, counted: nothing(), heard };
    this.#watched.set(regionId, fresh);
  }

  /** What the node hands out in this step: applied writes on their way to the kv engine, and answers to reads. */
  onOutput(
    { writes, messages }: Pick<StepOutput<Message, never>, 'writes' | 'messages'>,
    leaders: () => readonly PeerFsm[],
  ): void {
    for (const { message } of messages) this.#countAnswer(message);
    if (this.#watched.size === 0) return;
    const ops = writes.flatMap((write) => (write.queue === 'kv' ? write.ops : []));
    const puts = ops.filter(isData);
    if (puts.length === 0) return;
    const led = leaders();
    for (const { key, size } of puts.map(sized)) {
      const region = led.find((peer) => regionHolds(peer.region, key));
      const counted = region && this.#watched.get(region.regionId)?.counted;
      if (counted === undefined) continue;
      counted.writtenBytes += size;
      counted.writtenKeys += 1;
    }
  }

  #countAnswer(message: Message): void {
    if (message.type !== 'kv-response' && message.type !== 'txn-response') return;
    const counted = this.#watched.get(message.regionId)?.counted;
    if (counted === undefined || !message.result.ok) return;
    const { response } = message.result;
    const add = (key: Bytes, value: Bytes | null): void => {
      if (value === null) return;
      counted.readKeys += 1;
      counted.readBytes += key.length + value.length;
    };
    if (response.type === 'raw-get' || response.type === 'get') add('', response.value);
    else if (response.type === 'raw-scan')
      for (const [key, value] of response.pairs) add(key, value);
    else if (response.type === 'scan') for (const { key, value } of response.pairs) add(key, value);
  }

  /** What has been counted since this was asked last. */
  take(regionId: RegionId): Counted {
    const watched = this.#watched.get(regionId);
    if (watched === undefined) return nothing();
    const taken = { ...watched.counted };
    Object.assign(watched.counted, nothing());
    return taken;
  }

  /** Peers of which the leader has not heard for `max-peer-down-duration`. */
  down(peer: PeerFsm, now: Micros): DownPeer[] {
    const watched = this.#watched.get(peer.regionId);
    if (watched === undefined) return [];
    const patience = microsOf(this.#settings['raftstore.max-peer-down-duration']);
    for (const { id } of peer.region.peers) if (!watched.heard.has(id)) watched.heard.set(id, now);
    const silence = ({ id }: Peer) => now - (watched.heard.get(id) ?? now);
    return peer.region.peers
      .filter((other) => other.id !== peer.me.id && silence(other) >= patience)
      .map((other) => ({ peer: other, downSeconds: Math.floor(silence(other) / SECOND) }));
  }

  save(): SavedWatch {
    return [...this.#watched].map(([id, { term, counted, heard }]) => [
      id,
      { term, counted: { ...counted }, heard: [...heard] },
    ]);
  }
}

type DataOp = Exclude<DiskOp, { type: 'delete-range' }> & { readonly key: string };

const isData = (op: DiskOp): op is DataOp =>
  op.type !== 'delete-range' && op.store.startsWith('cf_') && typeof op.key === 'string';

function sized(op: DataOp): { readonly key: Bytes; readonly size: number } {
  const value = op.type === 'put' && typeof op.value === 'string' ? op.value.length : 0;
  return { key: op.key, size: op.key.length + value };
}
