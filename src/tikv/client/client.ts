// A client: it runs operations side by side, and does for each what it yields: looks a Region up, calls a store, waits.
// (client-go: internal/locate, internal/client; rawkv/rawkv.go)

import { assertNever } from '../../base/assert.ts';
import type { Chance } from '../../base/chance.ts';
import type { Plain } from '../../base/plain.ts';
import { microsOf, type Settings } from '../config.ts';
import { PD_NODE, storeNode } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import type { PdAnswer, PdRequest, PdResponse } from '../pd/message.ts';
import type { KvRequest, KvResponse, RequestContext } from '../raftstore/message.ts';
import { peerOn } from '../raftstore/region.ts';
import type { TxnKvRequest, TxnKvResponse } from '../txn/message.ts';
import { waitMs } from './backoff.ts';
import type { ClientEvent } from './event.ts';
import { operation } from './operation.ts';
import { RegionCache, type CachedRegion } from './region-cache.ts';
import type { ClientOutcome, ClientRequest, RawClientRequest, ReadPath } from './request.ts';
import { Session, type SavedSession } from './session.ts';
import type { TxnContext } from './snapshot.ts';
import type { Answer, Operation, StoreRequest, Wait } from './wait.ts';

/** Operations at a time; more fail at once. */
const OPERATIONS_MAX = 1024;

export type ClientSink = Sink<KvRequest | TxnKvRequest | PdRequest, ClientEvent>;

export interface ClientOptions {
  readonly sink: ClientSink;
  readonly settings: Settings;
  readonly chance: Chance;
  readonly firstCall: number;
}

interface SavedOperation {
  readonly op: number;
  readonly request: ClientRequest;
  readonly context: TxnContext | null;
  readonly answers: readonly Answer[];
  /** The call that it waits for; 0: none. */
  readonly call: number;
  /** Milliseconds that it sleeps; 0: it does not. */
  readonly sleepMs: number;
  /** Its outcome was told already. */
  readonly reported: boolean;
}

interface Running {
  readonly op: number;
  readonly request: ClientRequest;
  readonly context: TxnContext | null;
  readonly answers: Answer[];
  readonly body: Operation;
  call: number;
  sleepMs: number;
  reported: boolean;
}

interface Saved {
  readonly nextCall: number;
  readonly cache: readonly CachedRegion[];
  readonly operations: readonly SavedOperation[];
  readonly session: SavedSession;
}

const callTimer = (call: number) => `call/${call}`;
const sleepTimer = (op: number) => `sleep/${op}`;

export class Client {
  readonly #options: ClientOptions;
  readonly #cache: RegionCache;
  readonly #running = new Map<number, Running>();
  readonly #session: Session;
  #nextCall: number;

  constructor(options: ClientOptions, saved?: Plain) {
    const state = saved as unknown as Saved | undefined;
    this.#options = options;
    this.#cache = new RegionCache(state?.cache);
    this.#session = new Session(state?.session);
    this.#nextCall = state?.nextCall ?? options.firstCall;
    for (const kept of state?.operations ?? []) {
      const running = this.#newOperation(kept.op, kept.request, kept.context);
      running.body.next();
      for (const answer of kept.answers) {
        running.body.next(answer);
        running.answers.push(answer);
      }
      running.call = kept.call;
      running.sleepMs = kept.sleepMs;
      running.reported = kept.reported;
    }
  }

  #newOperation(op: number, request: ClientRequest, context: TxnContext | null): Running {
    const body = operation(request, this.#options.settings['client.max-backoff'], context);
    const idle = { call: 0, sleepMs: 0, reported: false };
    const running: Running = { op, request, context, answers: [], body, ...idle };
    this.#running.set(op, running);
    return running;
  }

  // ---- inputs ----------------------------------------------------------------------------------------------

  request(op: number, asked: ClientRequest): void {
    const { sink } = this.#options;
    const request = this.#session.meant({ op, request: asked });
    sink.emit({ type: 'client/op-started', op, request });
    if (this.#running.size >= OPERATIONS_MAX)
      return this.#refuse(op, request, `The client has ${OPERATIONS_MAX} operations under way.`);
    if (!this.#session.waits({ op, request })) this.#begin(op, request);
  }

  /** An operation of a load: on raw keys, and outside any transaction that is open. */
  work(op: number, request: RawClientRequest): void {
    this.#options.sink.emit({ type: 'client/op-started', op, request });
    if (this.#running.size >= OPERATIONS_MAX)
      return this.#refuse(op, request, `The client has ${OPERATIONS_MAX} operations under way.`);
    const running = this.#newOperation(op, request, null);
    this.#handle(running, running.body.next());
  }

  /** Operations under way with this number or a larger one. */
  underWay(from: number): number {
    let count = 0;
    for (const op of this.#running.keys()) if (op >= from) count += 1;
    return count;
  }

  #refuse(op: number, request: ClientRequest, reason: string): void {
    this.#emit({ type: 'client/op-ended', op, request, outcome: { status: 'failed', reason } });
  }

  #begin(op: number, request: ClientRequest): void {
    const reason = this.#session.begin({ op, request });
    if (reason !== null) return this.#refuse(op, request, reason);
    const running = this.#newOperation(op, request, this.#session.context(this.#options.sink.now));
    this.#handle(running, running.body.next());
  }

  onKvResponse(response: KvResponse | TxnKvResponse): void {
    const running = this.#endCall(response.id);
    if (running === null) return;
    const { result } = response;
    this.#feed(
      running,
      result.ok
        ? { type: 'response', response: result.response }
        : { type: 'region-error', error: result.error },
    );
  }

  onPdResponse(response: PdResponse): void {
    const running = this.#endCall(response.id);
    if (running !== null) this.#feed(running, this.#learn(response.answer));
  }

  /** The call could not be delivered. */
  onSendFailed(call: number): void {
    const running = this.#endCall(call);
    if (running !== null) this.#feed(running, { type: 'unreachable' });
  }

  onTimer(name: string): void {
    const [kind, number] = name.split('/');
    if (kind === 'call') {
      const running = this.#endCall(Number(number));
      if (running !== null) this.#feed(running, { type: 'timed-out' });
    } else if (kind === 'sleep') {
      const running = this.#running.get(Number(number));
      if (running === undefined) return;
      const ms = running.sleepMs;
      running.sleepMs = 0;
      this.#feed(running, { type: 'waited', ms });
    }
  }

  /** The operation that waits for this call; null: nobody does any more. */
  #endCall(call: number): Running | null {
    for (const running of this.#running.values()) {
      if (running.call !== call) continue;
      running.call = 0;
      this.#options.sink.timer(callTimer(call), null);
      return running;
    }
    return null;
  }

  // ---- operations ------------------------------------------------------------------------------------------

  #feed(running: Running, answer: Answer): void {
    running.answers.push(answer);
    this.#handle(running, running.body.next(answer));
  }

  /** Does what the operation asks for, as long as it is answered at once. */
  #handle(running: Running, first: IteratorResult<Wait, ClientOutcome>): void {
    for (let step = first; ;) {
      if (step.done === true) return this.#end(running, step.value);
      const answer = this.#do(running, step.value);
      if (answer === null) return;
      running.answers.push(answer);
      step = running.body.next(answer);
    }
  }

  #end(running: Running, outcome: ClientOutcome): void {
    this.#running.delete(running.op);
    if (!running.reported) this.#report(running, outcome);
  }

  /** Whoever asked is told; what waited behind it in the session has its turn. */
  #report(running: Running, outcome: ClientOutcome): void {
    const { op, request } = running;
    running.reported = true;
    const { sink } = this.#options;
    const changed = this.#session.end(op, outcome, sink.now);
    if (changed !== null) sink.emit(changed);
    sink.emit({ type: 'client/op-ended', op, request, outcome });
    for (let next = this.#session.next(); next !== null; next = this.#session.next())
      this.#begin(next.op, next.request);
  }

  /** Null: the answer comes later. */
  #do(running: Running, wait: Wait): Answer | null {
    switch (wait.type) {
      case 'locate':
        return this.#locate(running, wait);
      case 'call':
        return this.#callStore(running, wait);
      case 'timestamp':
        return this.#askTimestamp(running);
      case 'tell':
        this.#emit({ ...wait.event, op: running.op });
        return { type: 'done' };
      case 'report':
        this.#report(running, wait.outcome);
        return { type: 'done' };
      case 'back-off':
        return this.#backOff(running, wait);
      case 'invalidate':
        if (this.#cache.remove(wait.regionId))
          this.#emit({ ...wait, type: 'client/region-invalidated' });
        return { type: 'done' };
      case 'set-leader': {
        const cached = this.#cache.setLeader(wait.regionId, wait.leader);
        if (cached !== null) this.#emit({ type: 'client/region-cached', ...cached });
        return { type: 'done' };
      }
      case 'insert':
        for (const region of wait.regions) {
          const leader = region.peers.find(({ storeId }) => storeId === wait.leaderStore) ?? null;
          this.#insert({ region, leader });
        }
        return { type: 'done' };
      default:
        return assertNever(wait);
    }
  }

  #emit(event: ClientEvent): void {
    this.#options.sink.emit(event);
  }

  #insert(cached: CachedRegion): void {
    if (this.#cache.insert(cached)) this.#emit({ type: 'client/region-cached', ...cached });
  }

  #locate(running: Running, wait: Extract<Wait, { type: 'locate' }>): Answer | null {
    const cached = this.#cache.locate(wait.key);
    if (cached !== null) return { type: 'located', ...cached, cached: true };
    const id = this.#beginCall(running);
    const call = { type: 'get-region', key: wait.key } as const;
    this.#options.sink.send(PD_NODE, { type: 'pd-request', id, call });
    return null;
  }

  #askTimestamp(running: Running): null {
    const id = this.#beginCall(running);
    this.#options.sink.send(PD_NODE, {
      type: 'pd-request',
      id,
      call: { type: 'tso', count: 1 },
    });
    return null;
  }

  #learn(answer: PdAnswer): Answer {
    if (answer.type === 'tso') return { type: 'timestamp', timestamp: answer.timestamp };
    if (answer.type !== 'get-region')
      return {
        type: 'refused',
        reason: answer.type === 'refused' ? answer.reason : 'PD is confused',
      };
    const { region, leader } = answer;
    if (region === null) return { type: 'refused', reason: 'PD knows no Region for the key' };
    this.#insert({ region, leader });
    return { type: 'located', region, leader, cached: false };
  }

  #callStore(running: Running, wait: Extract<Wait, { type: 'call' }>): null {
    const { region, request, attempt, cached } = wait;
    const read = this.#readPath(running, request);
    const replica = read?.type === 'replica' ? peerOn(region, read.store) : undefined;
    const peer = replica ?? wait.peer;
    const to = storeNode(peer.storeId);
    const context: RequestContext = {
      regionId: region.id,
      regionEpoch: region.epoch,
      peer,
      term: 0,
      ...(read === null
        ? {}
        : { read: read.type === 'replica' && replica === undefined ? 'read-index' : read.type }),
    };
    const { op } = running;
    this.#emit({ type: 'client/routed', op, regionId: region.id, to, attempt, cached });
    const id = this.#beginCall(running);
    this.#options.sink.send(to, messageOf(id, context, request));
    return null;
  }

  /** Null: the store's own way, by a read index. */
  #readPath({ request: wanted }: Running, call: { readonly type: string }): ReadPath | null {
    if (call.type !== 'raw-get' && call.type !== 'raw-scan') return null;
    const chosen = wanted.type === 'get' || wanted.type === 'scan' ? wanted.read : undefined;
    if (chosen !== undefined) return chosen;
    return this.#options.settings['client.lease-reads'] ? { type: 'lease' } : null;
  }

  #beginCall(running: Running): number {
    const { sink, settings } = this.#options;
    running.call = this.#nextCall++;
    sink.timer(callTimer(running.call), sink.now + microsOf(settings['client.rpc-timeout']));
    return running.call;
  }

  #backOff(running: Running, wait: Extract<Wait, { type: 'back-off' }>): null {
    const { sink, chance } = this.#options;
    const { kind, attempt, error } = wait;
    const ms = Math.max(1, Math.min(waitMs(kind, attempt, chance), wait.atMostMs ?? Infinity));
    const { op } = running;
    running.sleepMs = ms;
    this.#emit({ type: 'client/backed-off', op, error, kind, waitMs: ms });
    sink.timer(sleepTimer(op), sink.now + microsOf(ms));
    return null;
  }

  save(): Plain {
    const saved: Saved = {
      nextCall: this.#nextCall,
      cache: this.#cache.save(),
      operations: [...this.#running.values()].map((running) => ({
        op: running.op,
        request: running.request,
        context: running.context,
        answers: [...running.answers],
        call: running.call,
        sleepMs: running.sleepMs,
        reported: running.reported,
      })),
      session: this.#session.save(),
    };
    return saved as unknown as Plain;
  }
}

function messageOf(
  id: number,
  context: RequestContext,
  request: StoreRequest,
): KvRequest | TxnKvRequest {
  return isRawCall(request)
    ? { type: 'kv-request', id, context, request }
    : { type: 'txn-request', id, context, request };
}

const isRawCall = (request: StoreRequest): request is KvRequest['request'] =>
  request.type.startsWith('raw-');
