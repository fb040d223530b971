// Snapshots on their way from store to store: a stream of chunks, first the message without its data, then the data in
// pieces. A stream is ordered, as gRPC's are: a chunk out of its turn, or none for a long time, breaks it. Then what has come
// is thrown away, and Raft hears that it failed and tries again. Nothing of it is on a disk: a restart of either side ends it.
// (TiKV: src/server/snap.rs send_snap, recv_snap; raftstore/src/store/snap.rs SnapManager)

import { must } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Settings } from '../config.ts';
import { storeNode, type Micros, type NodeId, type RegionId, type StoreId } from '../ids.ts';
import type { RaftMessage, SnapshotAnswer, SnapshotChunk, SnapshotMessage } from './message.ts';
import type { PeerSink } from './peer-parts.ts';

const SEND_TIMER = 'send-snapshot-chunk';
const PATIENCE_TIMER = 'snapshot-patience';
/** A stream on which nothing moves for so long is broken. (TiKV: server.grpc-keepalive-time, 10 s, and -timeout, 3 s) */
const PATIENCE: Micros = 3_000_000;
/** Streams of one life of a store. */
const STREAMS_MAX = 1_000_000;
const SECOND = 1_000_000;

/** The data have to follow, or the receiver's answer. */
interface Sending {
  readonly stream: number;
  readonly to: StoreId;
  readonly head: RaftMessage;
  readonly data: Bytes;
  readonly of: number;
  readonly chunkLen: number;
  /** The chunk that goes next; more than `of`: all are gone. */
  next: number;
  /** Until then the answer has to come; null while there are chunks to send. */
  deadline: Micros | null;
}

interface Receiving {
  readonly from: NodeId;
  readonly stream: number;
  readonly head: RaftMessage;
  readonly of: number;
  readonly patience: Micros;
  next: number;
  data: Bytes;
  deadline: Micros;
}

/** What Raft is told of a snapshot. (SnapshotStatus) */
export interface SnapshotReport {
  readonly regionId: RegionId;
  readonly to: StoreId;
  readonly ok: boolean;
}

export interface SavedStreams {
  readonly streams: number;
  readonly sending: readonly Sending[];
  readonly receiving: readonly Receiving[];
  readonly reports: readonly SnapshotReport[];
}

interface Place {
  readonly sink: PeerSink;
  readonly settings: Settings;
  readonly incarnation: number;
}

export class SnapshotStreams {
  readonly #place: Place;
  #streams = 0;
  /** In the order in which they send their next chunks: each has its turn. */
  #sending: Sending[] = [];
  #receiving: Receiving[] = [];
  #reports: SnapshotReport[] = [];

  constructor(place: Place, saved?: SavedStreams) {
    this.#place = place;
    if (saved === undefined) return;
    this.#streams = saved.streams;
    this.#sending = saved.sending.map((each) => ({ ...each }));
    this.#receiving = saved.receiving.map((each) => ({ ...each }));
    this.#reports = [...saved.reports];
  }

  get receiving(): number {
    return this.#receiving.length;
  }

  /** Oldest first; each is told once. */
  takeReports(): SnapshotReport[] {
    return this.#reports.splice(0);
  }

  // ---- the sender --------------------------------------------------------------------------------------------

  /** Raft has a snapshot for a peer. */
  send(envelope: RaftMessage): void {
    const { sink, settings, incarnation } = this.#place;
    const snapshot = must(envelope.message.snapshot, 'the snapshot that is sent');
    const { data, metadata } = snapshot;
    const { regionId } = envelope;
    const to = envelope.toPeer.storeId;
    if (this.#sending.length >= settings['server.concurrent-send-snap-limit']) {
      this.#reports.push({ regionId, to, ok: false });
      return;
    }
    const chunkLen = settings['server.snap-chunk-len'];
    this.#streams += 1;
    const stream = incarnation * STREAMS_MAX + this.#streams;
    const message = { ...envelope.message, snapshot: { data: '', metadata } };
    const head = { ...envelope, message };
    const of = Math.ceil(data.length / chunkLen);
    const sending = { stream, to, head, data, of, chunkLen, next: 0, deadline: null };
    const { index } = metadata;
    sink.emit({
      type: 'raftstore/snapshot-sending',
      region: regionId,
      to: envelope.toPeer.id,
      stream,
      index,
      chunks: of,
      bytes: data.length,
    });
    const idle = !this.#sending.some((each) => each.deadline === null);
    this.#sending.push(sending);
    this.#sendChunk(sending);
    if (idle) this.#sendLater();
  }

  #sendChunk(sending: Sending): void {
    const { sink } = this.#place;
    const { stream, to, head, data, of, chunkLen, next: chunk } = sending;
    const from = (chunk - 1) * chunkLen;
    sink.send(storeNode(to), {
      type: 'snapshot-chunk',
      regionId: head.regionId,
      stream,
      chunk,
      of,
      bytes: data.length,
      head: chunk === 0 ? head : null,
      data: chunk === 0 ? '' : data.slice(from, from + chunkLen),
    });
    sending.next += 1;
    if (sending.next <= of) return;
    sending.deadline = sink.now + PATIENCE;
    this.#wait();
  }

  /** The next chunk of all goes when the link has had the time for it. */
  #sendLater(): void {
    const { sink } = this.#place;
    const sending = this.#sending.find(({ deadline }) => deadline === null);
    sink.timer(
      SEND_TIMER,
      sending === undefined
        ? null
        : sink.now + this.#timeOf(Math.min(sending.chunkLen, sending.data.length)),
    );
  }

  #timeOf(bytes: number): Micros {
    const rate = this.#place.settings['server.snap-io-max-bytes-per-sec'];
    return Math.max(1, Math.ceil((bytes * SECOND) / rate));
  }

  #onSendTimer(): void {
    const sending = this.#sending.find(({ deadline }) => deadline === null);
    if (sending === undefined) return;
    this.#sendChunk(sending);
    this.#sending = [...this.#sending.filter((each) => each !== sending), sending];
    this.#sendLater();
  }

  #onAnswer({ stream, ok, why }: SnapshotAnswer): void {
    this.#endSending(stream, ok, why);
  }

  #endSending(stream: number, ok: boolean, why: string | null): void {
    const sending = this.#sending.find((each) => each.stream === stream);
    if (sending === undefined) return;
    const { sink } = this.#place;
    const { to, head } = sending;
    const { regionId } = head;
    this.#sending = this.#sending.filter((each) => each !== sending);
    this.#reports.push({ regionId, to, ok });
    if (why === null) return;
    sink.emit({
      type: 'raftstore/snapshot-broken',
      region: regionId,
      side: 'sender',
      stream,
      why,
    });
  }

  // ---- the receiver ------------------------------------------------------------------------------------------

  /** A snapshot that is complete now, as Raft takes it; else null. `from` null: a message of ours did not arrive. */
  onMessage(from: NodeId | null, message: SnapshotMessage): RaftMessage | null {
    if (message.type === 'snapshot-chunk' && from !== null) return this.#onChunk(from, message);
    if (message.type === 'snapshot-chunk')
      this.#endSending(message.stream, false, 'the connection broke');
    else if (from !== null) this.#onAnswer(message);
    return null;
  }

  #onChunk(from: NodeId, message: SnapshotChunk): RaftMessage | null {
    const { stream, chunk, head } = message;
    const known = this.#receiving.find((each) => each.from === from && each.stream === stream);
    if (known === undefined) {
      if (head === null) this.#answer(from, message, 'it has no beginning of this stream');
      else return this.#begin(from, message, head);
    } else if (chunk === known.next) return this.#takeChunk(known, message);
    // A copy, by hand, of what has come already says nothing.
    else if (chunk > known.next) this.#break(known, `chunk ${known.next} is missing`);
    return null;
  }

  #begin(from: NodeId, message: SnapshotChunk, head: RaftMessage): RaftMessage | null {
    const { settings } = this.#place;
    const { stream, regionId, of, bytes } = message;
    for (const older of this.#receiving.filter((each) => each.head.regionId === regionId))
      this.#break(older, 'a newer one began');
    if (this.#receiving.length >= settings['server.concurrent-recv-snap-limit']) {
      this.#answer(from, message, 'too many snapshots arrive');
      return null;
    }
    const turns = settings['server.concurrent-send-snap-limit'];
    const patience =
      PATIENCE + turns * this.#timeOf(Math.min(settings['server.snap-chunk-len'], bytes));
    const receiving = { from, stream, head, of, patience, next: 0, data: '', deadline: 0 };
    this.#receiving.push(receiving);
    return this.#takeChunk(receiving, message);
  }

  #takeChunk(receiving: Receiving, { stream, chunk, of, data }: SnapshotChunk): RaftMessage | null {
    const { sink } = this.#place;
    const { from, head } = receiving;
    const snapshot = must(head.message.snapshot, 'the snapshot of the head');
    receiving.next += 1;
    receiving.data += data;
    receiving.deadline = sink.now + receiving.patience;
    const { index } = snapshot.metadata;
    const region = head.regionId;
    sink.emit({ type: 'raftstore/snapshot-receiving', region, stream, index, chunk, chunks: of });
    const complete = chunk === of;
    if (complete) this.#receiving = this.#receiving.filter((each) => each !== receiving);
    this.#wait();
    if (!complete) return null;
    this.#answer(from, { stream, regionId: region }, null);
    const { metadata } = snapshot;
    return { ...head, message: { ...head.message, snapshot: { data: receiving.data, metadata } } };
  }

  /** Throws away what has come. */
  #break(receiving: Receiving, why: string): void {
    const { sink } = this.#place;
    const { from, stream, head } = receiving;
    const { regionId } = head;
    this.#receiving = this.#receiving.filter((each) => each !== receiving);
    sink.emit({
      type: 'raftstore/snapshot-broken',
      region: regionId,
      side: 'receiver',
      stream,
      why,
    });
    this.#answer(from, { stream, regionId }, why);
  }

  #answer(to: NodeId, of: Pick<SnapshotChunk, 'stream' | 'regionId'>, why: string | null): void {
    const { stream, regionId } = of;
    const ok = why === null;
    this.#place.sink.send(to, { type: 'snapshot-answer', regionId, stream, ok, why });
  }

  // ---- time --------------------------------------------------------------------------------------------------

  /** True where the timer is of a stream. */
  onTimer(name: string): boolean {
    if (name === SEND_TIMER) this.#onSendTimer();
    else if (name === PATIENCE_TIMER) this.#onPatience();
    else return false;
    return true;
  }

  #wait(): void {
    const deadlines = [...this.#sending, ...this.#receiving].flatMap(
      ({ deadline }) => deadline ?? [],
    );
    this.#place.sink.timer(PATIENCE_TIMER, deadlines.length === 0 ? null : Math.min(...deadlines));
  }

  #onPatience(): void {
    const { now } = this.#place.sink;
    const late = ({ deadline }: { readonly deadline: Micros | null }) =>
      deadline !== null && deadline <= now;
    for (const { stream } of this.#sending.filter(late))
      this.#endSending(stream, false, 'no answer came');
    for (const receiving of this.#receiving.filter(late))
      this.#break(receiving, 'no chunk came for too long');
    this.#wait();
  }

  save(): SavedStreams {
    return {
      streams: this.#streams,
      sending: this.#sending.map((each) => ({ ...each })),
      receiving: this.#receiving.map((each) => ({ ...each })),
      reports: [...this.#reports],
    };
  }
}
