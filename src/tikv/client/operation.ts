// A client's operation, written as the sequence that it is: a generator that yields what it waits for and is fed the
// answer. Its body touches nothing but what it yields, so an operation is saved as its request and the answers so far.
// Definite refusals are tried again; a write whose answer is lost is never sent again, because nobody knows whether it
// happened. (client-go: rawkv/rawkv.go, internal/locate/region_request.go, region_cache.go)

import { assert, assertNever } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { RegionId } from '../ids.ts';
import type { RawRequest, RawResponse, RegionError } from '../raftstore/message.ts';
import { decodeRawKey, encodeRawKey } from '../raftstore/raw-codec.ts';
import type { Peer, Region } from '../raftstore/region.ts';
import type { BackoffKind } from './backoff.ts';
import type { ClientOutcome, ClientRequest, ClientResult } from './request.ts';

/** What an operation waits for. The last three are answered at once. */
export type Wait =
  | { readonly type: 'locate'; readonly key: Bytes }
  | {
      readonly type: 'call';
      readonly region: Region;
      readonly peer: Peer;
      readonly request: RawRequest;
      /** From 1. */
      readonly attempt: number;
      readonly cached: boolean;
    }
  | {
      readonly type: 'back-off';
      readonly kind: BackoffKind;
      /** From 0, of this kind. */
      readonly attempt: number;
      readonly error: string;
    }
  | { readonly type: 'invalidate'; readonly regionId: RegionId; readonly reason: string }
  | { readonly type: 'set-leader'; readonly regionId: RegionId; readonly leader: Peer }
  | { readonly type: 'insert'; readonly regions: readonly Region[]; readonly leaderStore: number };

export type Answer =
  | {
      readonly type: 'located';
      readonly region: Region;
      readonly leader: Peer | null;
      readonly cached: boolean;
    }
  | { readonly type: 'response'; readonly response: RawResponse }
  | { readonly type: 'region-error'; readonly error: RegionError }
  /** The call never reached its receiver. */
  | { readonly type: 'unreachable' }
  /** No answer came in time; nobody knows whether the call was executed. */
  | { readonly type: 'timed-out' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'waited'; readonly ms: number }
  | { readonly type: 'done' };

export type Operation = Generator<Wait, ClientOutcome, Answer>;
type Part<T> = Generator<Wait, T, Answer>;

/** A replica that is asked this often in vain is given up. (client-go: maxReplicaAttempt) */
const REPLICA_ATTEMPTS_MAX = 10;

/** The end of an operation, from deep inside. */
class Ended {
  readonly outcome: ClientOutcome;

  constructor(outcome: ClientOutcome) {
    this.outcome = outcome;
  }
}

interface Answered {
  readonly response: RawResponse;
  readonly region: Region;
}

export function* operation(request: ClientRequest, maxBackoffMs: number): Operation {
  const calls = new Calls(maxBackoffMs);
  try {
    return { status: 'ok', result: yield* run(calls, request) };
  } catch (end) {
    if (end instanceof Ended) return end.outcome;
    throw end;
  }
}

function* run(calls: Calls, request: ClientRequest): Part<ClientResult> {
  switch (request.type) {
    case 'get': {
      const { key } = request;
      const { response } = yield* calls.send(key, { type: 'raw-get', key });
      assert(response.type === 'raw-get', 'a get is answered as a get');
      return { type: 'get', value: response.value };
    }
    case 'put': {
      const { key, value } = request;
      yield* calls.send(key, { type: 'raw-put', key, value });
      return { type: 'put' };
    }
    case 'delete': {
      const { key } = request;
      yield* calls.send(key, { type: 'raw-delete', key });
      return { type: 'delete' };
    }
    case 'cas': {
      const { key, previous, value } = request;
      const call = { type: 'raw-cas' as const, key, previous, value };
      const { response } = yield* calls.send(key, call);
      assert(response.type === 'raw-cas', 'a compare-and-swap is answered as one');
      return { type: 'cas', succeeded: response.succeeded, previous: response.previous };
    }
    case 'scan':
      return { type: 'scan', pairs: yield* scan(calls, request) };
    default:
      return assertNever(request);
  }
}

/** Region by Region, in the order of keys. */
function* scan(
  calls: Calls,
  request: Extract<ClientRequest, { type: 'scan' }>,
): Part<[Bytes, Bytes][]> {
  const pairs: [Bytes, Bytes][] = [];
  let startKey = request.from;
  for (;;) {
    const limit = request.limit - pairs.length;
    const call = { type: 'raw-scan' as const, startKey, endKey: request.to, limit };
    const { response, region } = yield* calls.send(startKey, call);
    assert(response.type === 'raw-scan', 'a scan is answered as a scan');
    for (const [key, value] of response.pairs) pairs.push([key, value]);
    const next = region.endKey === '' ? null : decodeRawKey(region.endKey);
    if (next === null || pairs.length >= request.limit) return pairs;
    if (request.to !== '' && next >= request.to) return pairs;
    startKey = next;
  }
}

/** The calls of one operation: its patience, and what it has learned of the replicas. */
class Calls {
  readonly #maxBackoffMs: number;
  readonly #waits = new Map<BackoffKind, number>();
  #waitedMs = 0;
  #attempts = 0;

  constructor(maxBackoffMs: number) {
    this.#maxBackoffMs = maxBackoffMs;
  }

  /** Sends a request to the leader of the key's Region until it is answered. */
  *send(key: Bytes, request: RawRequest): Part<Answered> {
    for (;;) {
      const located = yield* this.#locate(key);
      const answered = yield* this.#sendToRegion(located, request);
      if (answered !== null) return answered;
    }
  }

  *#locate(key: Bytes): Part<Extract<Answer, { type: 'located' }>> {
    for (;;) {
      const answer = yield { type: 'locate', key: encodeRawKey(key) };
      if (answer.type === 'located') return answer;
      yield* this.#backOff(
        'pdRPC',
        answer.type === 'refused' ? answer.reason : `PD ${answer.type}`,
      );
    }
  }

  /** Null: this Region is not what it was; locate again. */
  *#sendToRegion(
    located: Extract<Answer, { type: 'located' }>,
    request: RawRequest,
  ): Part<Answered | null> {
    const { region } = located;
    const replicas = new Replicas(region, located.leader);
    for (;;) {
      const peer = replicas.target();
      if (peer === null) {
        yield { type: 'invalidate', regionId: region.id, reason: 'no replica leads' };
        return null;
      }
      this.#attempts += 1;
      const attempt = this.#attempts;
      const answer = yield { type: 'call', region, peer, request, attempt, cached: located.cached };
      if (answer.type === 'response') {
        if (replicas.leader?.id !== peer.id)
          yield { type: 'set-leader', regionId: region.id, leader: peer };
        return { response: answer.response, region };
      }
      if (answer.type === 'timed-out' && !isRead(request))
        throw new Ended({
          status: 'undetermined',
          reason: `s${peer.storeId} has not answered in time; the write may have happened.`,
        });
      const again =
        answer.type === 'region-error'
          ? yield* this.#onRegionError(answer.error, region, replicas)
          : yield* this.#onSendFailure(answer, replicas);
      if (!again) return null;
    }
  }

  *#onSendFailure(answer: Answer, replicas: Replicas): Part<boolean> {
    const peer = replicas.giveUp();
    yield* this.#backOff('tikvRPC', `s${peer.storeId} ${answer.type}`);
    return true;
  }

  /** True: try this Region again. The reactions are client-go's, error by error. (onRegionError) */
  *#onRegionError(error: RegionError, region: Region, replicas: Replicas): Part<boolean> {
    switch (error.type) {
      case 'NotLeader':
        return yield* this.#onNotLeader(error, region, replicas);
      case 'EpochNotMatch':
        return yield* this.#onEpochNotMatch(error.currentRegions, region, replicas);
      case 'StaleCommand':
        yield* this.#backOff('staleCommand', error.type);
        return true;
      case 'ServerIsBusy':
        yield* this.#backOff('serverBusy', error.type);
        return true;
      case 'RegionNotInitialized':
      case 'ReadIndexNotReady':
        yield* this.#backOff('regionNotInitialized', error.type);
        return true;
      case 'RegionNotFound':
      case 'KeyNotInRegion':
      case 'StoreNotMatch':
      case 'MismatchPeerId':
        yield { type: 'invalidate', regionId: region.id, reason: error.type };
        yield* this.#backOff('regionMiss', error.type);
        return false;
      case 'RaftEntryTooLarge':
        throw new Ended({
          status: 'failed',
          reason: `The entry has ${error.size} bytes; ${error.limit} is the limit.`,
        });
      case 'UndeterminedResult':
        throw new Ended({ status: 'undetermined', reason: error.reason });
      default:
        return assertNever(error);
    }
  }

  *#onNotLeader(
    error: Extract<RegionError, { type: 'NotLeader' }>,
    region: Region,
    replicas: Replicas,
  ): Part<boolean> {
    const { leader } = error;
    if (leader !== null && replicas.follow(leader)) {
      yield { type: 'set-leader', regionId: region.id, leader };
      return true;
    }
    replicas.giveUp();
    yield* this.#backOff('regionScheduling', error.type);
    return true;
  }

  *#onEpochNotMatch(current: readonly Region[], region: Region, replicas: Replicas): Part<boolean> {
    const older = (a: Region) => a.epoch.version < region.epoch.version;
    if (current.length > 0 && current.every(older)) {
      yield* this.#backOff('regionMiss', 'EpochNotMatch');
      return true;
    }
    yield { type: 'invalidate', regionId: region.id, reason: 'EpochNotMatch' };
    if (current.length === 0) yield* this.#backOff('regionMiss', 'EpochNotMatch');
    else yield { type: 'insert', regions: current, leaderStore: replicas.last.storeId };
    return false;
  }

  *#backOff(kind: BackoffKind, error: string): Part<void> {
    if (this.#waitedMs >= this.#maxBackoffMs)
      throw new Ended({
        status: 'failed',
        reason: `The client gives up after waiting ${this.#waitedMs} ms in all. Last: ${error}.`,
      });
    const attempt = this.#waits.get(kind) ?? 0;
    this.#waits.set(kind, attempt + 1);
    const answer = yield { type: 'back-off', kind, attempt, error };
    assert(answer.type === 'waited', 'a wait ends when it ends');
    this.#waitedMs += answer.ms;
  }
}

/** Which replica of a Region is asked next: the leader as far as known, else one after the other. */
class Replicas {
  readonly #region: Region;
  readonly #givenUp = new Set<number>();
  readonly #attempts = new Map<number, number>();
  /** As far as known; null: nobody has said. */
  leader: Peer | null;
  #target: Peer | null;
  #last: Peer | null = null;

  constructor(region: Region, leader: Peer | null) {
    this.#region = region;
    this.leader = leader;
    this.#target = leader ?? region.peers[0] ?? null;
  }

  /** The one that was asked last. */
  get last(): Peer {
    assert(this.#last !== null, 'a replica was asked');
    return this.#last;
  }

  /** The one to ask now; null: all were asked in vain. */
  target(): Peer | null {
    const peer = this.#target;
    if (peer === null) return null;
    this.#last = peer;
    const attempts = (this.#attempts.get(peer.id) ?? 0) + 1;
    this.#attempts.set(peer.id, attempts);
    return attempts > REPLICA_ATTEMPTS_MAX ? null : peer;
  }

  /** This one does not lead, or does not answer: the next one. */
  giveUp(): Peer {
    const { last } = this;
    this.#givenUp.add(last.id);
    this.#target = this.#region.peers.find((peer) => !this.#givenUp.has(peer.id)) ?? null;
    return last;
  }

  /** Asks the one that is said to lead; false where it is no replica, or the one that says so. */
  follow(leader: Peer): boolean {
    const peer = this.#region.peers.find(({ id }) => id === leader.id);
    if (peer === undefined || peer.id === this.last.id) return false;
    this.#givenUp.delete(peer.id);
    this.#target = this.leader = peer;
    return true;
  }
}

function isRead(request: RawRequest): boolean {
  return request.type === 'raw-get' || request.type === 'raw-scan';
}
