// The calls of one operation: where each goes, what is done about every error of a Region, and how long the client's
// patience lasts. Definite refusals are tried again. (client-go: internal/locate/region_request.go, region_cache.go)

import { assert, assertNever } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { RegionError } from '../raftstore/message.ts';
import type { Peer, Region } from '../raftstore/region.ts';
import type { BackoffKind } from './backoff.ts';
import { Ended, type Answer, type Part, type StoreRequest, type StoreResponse } from './wait.ts';

/** A replica that is asked this often in vain is given up. (client-go: maxReplicaAttempt) */
const REPLICA_ATTEMPTS_MAX = 10;

export interface Answered {
  readonly response: StoreResponse;
  readonly region: Region;
}

/** Where a request is about to go, and whether an earlier one may have been executed already. */
export interface Target {
  readonly region: Region;
  readonly isRetry: boolean;
}

/** The calls of one operation: its patience, and what it has learned of the replicas. */
export class Calls {
  readonly #maxBackoffMs: number;
  readonly #waits = new Map<BackoffKind, number>();
  #waitedMs = 0;
  #attempts = 0;
  /** Calls of which nobody knows whether they were executed, and that were sent again. */
  timeOuts = 0;

  constructor(maxBackoffMs: number) {
    this.#maxBackoffMs = maxBackoffMs;
  }

  /** The same patience from the beginning, for the next phase. */
  anew(): Calls {
    return new Calls(this.#maxBackoffMs);
  }

  /** Sends a request to the leader of the (encoded) key's Region until it is answered. A raw write whose answer does
   * not come ends the operation; all else may be asked twice, and is. */
  *send(key: Bytes, request: StoreRequest | ((target: Target) => StoreRequest)): Part<Answered> {
    const make = typeof request === 'function' ? request : () => request;
    for (;;) {
      const located = yield* this.#locate(key);
      const answered = yield* this.#sendToRegion(located, make);
      if (answered !== null) return answered;
    }
  }

  *#locate(key: Bytes): Part<Extract<Answer, { type: 'located' }>> {
    for (;;) {
      const answer = yield { type: 'locate', key };
      if (answer.type === 'located') return answer;
      yield* this.backOff('pdRPC', answer.type === 'refused' ? answer.reason : `PD ${answer.type}`);
    }
  }

  /** A fresh timestamp of PD. */
  *timestamp(): Part<number> {
    for (;;) {
      const answer = yield { type: 'timestamp' };
      if (answer.type === 'timestamp') return answer.timestamp;
      yield* this.backOff('pdRPC', answer.type === 'refused' ? answer.reason : `PD ${answer.type}`);
    }
  }

  /** Null: this Region is not what it was; locate again. */
  *#sendToRegion(
    located: Extract<Answer, { type: 'located' }>,
    make: (target: Target) => StoreRequest,
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
      const request = make({ region, isRetry: this.timeOuts > 0 });
      const answer = yield { type: 'call', region, peer, request, attempt, cached: located.cached };
      if (answer.type === 'response') {
        if (replicas.leader?.id !== peer.id)
          yield { type: 'set-leader', regionId: region.id, leader: peer };
        return { response: answer.response, region };
      }
      if (answer.type === 'timed-out') this.timeOuts += 1;
      if (answer.type === 'timed-out' && isRawWrite(request))
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
    yield* this.backOff('tikvRPC', `s${peer.storeId} ${answer.type}`);
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
        yield* this.backOff('staleCommand', error.type);
        return true;
      case 'ServerIsBusy':
        yield* this.backOff('serverBusy', error.type);
        return true;
      case 'DiskFull':
        yield* this.backOff('tikvDiskFull', error.type);
        return true;
      case 'RegionNotInitialized':
      case 'ReadIndexNotReady':
        yield* this.backOff('regionNotInitialized', error.type);
        return true;
      case 'KeyNotInRegion':
        yield { type: 'invalidate', regionId: region.id, reason: error.type };
        return false;
      case 'RegionNotFound':
      case 'StoreNotMatch':
      case 'MismatchPeerId':
        yield { type: 'invalidate', regionId: region.id, reason: error.type };
        yield* this.backOff('regionMiss', error.type);
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
    // Somebody leads of whom the cache has never heard: it is out of date.
    if (leader !== null && !region.peers.some(({ id }) => id === leader.id)) {
      yield { type: 'invalidate', regionId: region.id, reason: error.type };
      yield* this.backOff('regionMiss', error.type);
      return false;
    }
    replicas.giveUp();
    yield* this.backOff('regionScheduling', error.type);
    return true;
  }

  *#onEpochNotMatch(current: readonly Region[], region: Region, replicas: Replicas): Part<boolean> {
    // The store has not yet applied what the cache knows. (client-go: onRegionEpochNotMatch)
    const isBehind = ({ id, epoch }: Region) =>
      id === region.id &&
      (epoch.version < region.epoch.version || epoch.confVer < region.epoch.confVer);
    if (current.some(isBehind)) {
      yield* this.backOff('regionMiss', 'EpochNotMatch');
      return true;
    }
    yield { type: 'invalidate', regionId: region.id, reason: 'EpochNotMatch' };
    if (current.length === 0) yield* this.backOff('regionMiss', 'EpochNotMatch');
    else yield { type: 'insert', regions: current, leaderStore: replicas.last.storeId };
    return false;
  }

  *backOff(kind: BackoffKind, error: string, atMostMs?: number): Part<void> {
    if (this.#waitedMs >= this.#maxBackoffMs)
      throw new Ended({
        status: 'failed',
        reason: `The client gives up after waiting ${this.#waitedMs} ms in all. Last: ${error}.`,
      });
    const attempt = this.#waits.get(kind) ?? 0;
    this.#waits.set(kind, attempt + 1);
    const bound = atMostMs === undefined ? {} : { atMostMs };
    const answer = yield { type: 'back-off', kind, attempt, error, ...bound };
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

function isRawWrite({ type }: StoreRequest): boolean {
  return type === 'raw-put' || type === 'raw-delete' || type === 'raw-cas';
}
