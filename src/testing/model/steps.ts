// What each move does: the moment after it. The engine is asked as a client would ask it, and the paper beside it.

import type { TxnError } from '../../tikv/txn/error.ts';
import type { TxnResponse } from '../../tikv/txn/response.ts';
import { planOf, safePointOf, without } from './moves.ts';
import type { Move } from './moves.ts';
import { getRequest, lockRequest, mutation, prewriteRequest, statusRequest } from './must-store.ts';
import { naiveCommit, naiveGet, naivePrewrite } from './naive.ts';
import { naiveResolve, naiveRollback, naiveStatus } from './naive.ts';
import type { Naive } from './naive.ts';
import { lettersOf } from './plan.ts';
import type { Profile, TxnPlan } from './plan.ts';
import { locksUpTo, outcomeOf, settleLock } from './settle.ts';
import { ask } from './state.ts';
import type { Client, Met, State } from './state.ts';

/** The moment after a move. */
export function after(state: State, profile: Profile, move: Move): State {
  if (move.client < 0) return collectorStep(state, profile, move);
  const step = new ClientStep(state, profile, move);
  step.run();
  return step.state;
}

function collectorStep(state: State, profile: Profile, { verb }: Move): State {
  if (verb === 'choose-safe-point') {
    const safePoint = safePointOf(state, profile.broken ?? []);
    const gc = { safePoint, done: false };
    return { ...state, gc, history: { ...state.history, safePoint } };
  }
  const gc = state.gc as { safePoint: number; done: boolean };
  if (verb === 'collect') {
    const request = { type: 'gc', safePoint: gc.safePoint, keys: null, scanKey: null } as const;
    return { ...ask(state, profile, request).state, gc: { ...gc, done: true } };
  }
  const [lock] = locksUpTo(state, profile, gc.safePoint);
  return lock === undefined ? state : settleLock(state, profile, lock);
}

/** A step of one client. */
class ClientStep {
  state: State;
  readonly #profile: Profile;
  readonly #move: Move;
  readonly #plan: TxnPlan;

  constructor(state: State, profile: Profile, move: Move) {
    this.state = state;
    this.#profile = profile;
    this.#move = move;
    this.#plan = planOf(profile, move.client);
  }

  get #client(): Client {
    return this.state.clients[this.#move.client] as Client;
  }

  #set(changes: Partial<Client>): void {
    const clients = this.state.clients.map((client, i) =>
      i === this.#move.client ? { ...client, ...changes } : client,
    );
    this.state = { ...this.state, clients };
  }

  #nextTs(): number {
    const tso = this.state.tso + 1;
    this.state = { ...this.state, tso };
    return tso;
  }

  #ask(request: Parameters<typeof ask>[2]): TxnResponse {
    const { state, response } = ask(this.state, this.#profile, request);
    this.state = state;
    return response;
  }

  /** Does the paper say the same? */
  #compare(engine: string, paper: (naive: Naive) => string): void {
    if (this.state.naive === null) return;
    const naive = JSON.parse(JSON.stringify(this.state.naive)) as Naive;
    const said = paper(naive);
    const mismatch = said === engine ? null : `engine: ${engine}, paper: ${said}`;
    this.state = { ...this.state, naive, mismatch: this.state.mismatch ?? mismatch };
  }

  run(): void {
    const { key, verb } = this.#move;
    switch (verb) {
      case 'begin':
        return this.#set({ startTs: this.#nextTs(), forUpdateTs: this.state.tso });
      case 'read':
        return this.#read(key);
      case 'lock':
        return this.#lock(key);
      case 'prewrite':
        return this.#prewrite(key);
      case 'fetch-commit-ts':
        return this.#fetchCommitTs();
      case 'commit':
        return this.#commit(key);
      case 'roll-back':
        return this.#rollBack();
      case 'die':
        return this.#set({ phase: 'dead', met: null });
      case 'resolve':
        return this.#resolve(key);
      default:
        return this.#settle(verb);
    }
  }

  #read(key: string): void {
    const { startTs, bypass } = this.#client;
    const response = this.#ask(getRequest(key, startTs, { resolvedLocks: bypass }));
    const locked = lockedIn(response);
    const value = response.type === 'get' ? response.value : null;
    const said = locked
      ? `locked by ${locked.lockVersion}`
      : value === null
        ? 'none'
        : `value ${value}`;
    this.#compare(said, (naive) => naiveGet(naive, key, startTs));
    if (locked !== null) return this.#meet(locked);
    const read = { client: this.#move.client, key, ts: startTs, value };
    const { history } = this.state;
    this.state = { ...this.state, history: { ...history, reads: [...history.reads, read] } };
    const reads = { ...this.#client.reads, [key]: value };
    const isDone = this.#plan.writes === '' && this.#plan.reads.endsWith(key);
    this.#set({ reads, phase: isDone ? 'over' : 'active' });
  }

  #lock(key: string): void {
    const { startTs, forUpdateTs } = this.#client;
    const more = { primary: this.#plan.writes.slice(0, 1), forUpdateTs, returnValues: true };
    const response = this.#ask(lockRequest([key], startTs, more));
    const locked = lockedIn(response);
    if (locked !== null) return this.#meet(locked);
    if (response.type === 'acquire-pessimistic-lock') {
      const value = response.results[0]?.value ?? null;
      const reads = { ...this.#client.reads, [key]: value };
      return this.#set({ locked: this.#client.locked + key, reads });
    }
    const isConflict = errorIn(response)?.kind === 'WriteConflict';
    this.#set(isConflict ? { forUpdateTs: this.#nextTs() } : { phase: 'failed' });
  }

  /** What a client writes: what it read, and its name. */
  #valueOf(key: string): string {
    return `${this.#client.reads[key] ?? ''}${this.#move.client + 1}`;
  }

  #prewrite(keys: string): void {
    const { kind, writes } = this.#plan;
    const { startTs, forUpdateTs } = this.#client;
    const primary = writes.slice(0, 1);
    const isPessimistic = kind === 'pessimistic';
    const mutations = lettersOf(keys).map((key) =>
      mutation('Put', key, {
        value: this.#valueOf(key),
        pessimisticAction: isPessimistic ? 'DoPessimisticCheck' : 'SkipPessimisticCheck',
      }),
    );
    const response = this.#ask(
      prewriteRequest({
        primary,
        startTs,
        mutations,
        forUpdateTs: isPessimistic ? forUpdateTs : 0,
        minCommitTs: this.#profile.pushable === true ? startTs + 1 : 0,
        useAsyncCommit: kind === 'async',
        secondaries: kind === 'async' ? lettersOf(writes.slice(1)) : [],
        tryOnePc: kind === 'one-phase',
      }),
    );
    const locked = lockedIn(response);
    const said = locked
      ? `locked by ${locked.lockVersion}`
      : response.type === 'prewrite'
        ? 'ok'
        : 'conflict';
    const value = this.#valueOf(keys);
    this.#compare(said, (naive) => naivePrewrite(naive, keys, { startTs, primary, value }));
    const isLate = this.#client.phase === 'over';
    this.#set({ sent: this.#client.sent + without(keys, this.#client.sent) });
    if (isLate) return;
    if (locked !== null) return this.#meet(locked);
    if (response.type !== 'prewrite') return this.#set({ phase: 'failed' });
    const minCommitTs = Math.max(this.#client.minCommitTs, response.minCommitTs);
    this.#set({ prewritten: this.#client.prewritten + keys, minCommitTs });
    if (response.onePcCommitTs > 0) {
      this.#set({ commitTs: response.onePcCommitTs, committed: keys, told: true, phase: 'over' });
    }
  }

  #fetchCommitTs(): void {
    // An async commit is committed the moment that all keys are prewritten.
    if (this.#plan.kind === 'async') this.#set({ commitTs: this.#client.minCommitTs, told: true });
    else this.#set({ commitTs: this.#nextTs() });
  }

  #commit(key: string): void {
    const { startTs, commitTs } = this.#client;
    const response = this.#ask({ type: 'commit', keys: [key], startTs, commitTs });
    const isDone = response.type === 'commit';
    const error = errorIn(response)?.kind;
    const said = isDone ? 'ok' : 'no lock';
    if (error !== 'CommitTsExpired') {
      this.#compare(said, (naive) => naiveCommit(naive, key, startTs, commitTs));
    }
    if (isDone) {
      const committed = this.#client.committed + key;
      const told = this.#client.told || key === this.#plan.writes[0];
      const phase = committed.length === this.#plan.writes.length ? 'over' : 'active';
      return this.#set({ committed, told, phase });
    }
    if (error === 'CommitTsExpired') return this.#set({ commitTs: this.#nextTs() });
    this.#set({ phase: this.#client.told ? 'over' : 'failed' });
  }

  #rollBack(): void {
    const { startTs } = this.#client;
    if (this.#plan.kind === 'pessimistic') {
      const keys = lettersOf(this.#client.locked);
      this.#ask({ type: 'pessimistic-rollback', keys, startTs, forUpdateTs: this.state.tso });
    }
    for (const key of lettersOf(this.#plan.writes)) {
      const response = this.#ask({ type: 'rollback', keys: [key], startTs });
      const said = response.type === 'rollback' ? 'ok' : 'committed';
      this.#compare(said, (naive) => naiveRollback(naive, key, startTs));
    }
    this.#set({ phase: 'over' });
  }

  #meet(lock: Extract<TxnError, { kind: 'KeyIsLocked' }>): void {
    const isPessimistic = lock.lockType === 'PessimisticLock';
    const { key, primary, lockVersion: startTs } = lock;
    const met = { key, primary, startTs, isPessimistic, secondaries: null, primaryMinCommitTs: 0 };
    this.#set({ met: { ...met, decided: null, toResolve: '' } });
  }

  #settle(verb: Move['verb']): void {
    const met = this.#client.met as Met;
    if (verb === 'decide-alone') return this.#decide(met, { commitTs: 0, unlock: false });
    if (verb === 'check-secondaries') {
      const keys = met.secondaries ?? [];
      const response = this.#ask({ type: 'check-secondary-locks', keys, startTs: met.startTs });
      return this.#decide(met, {
        commitTs: outcomeOf(response, met.primaryMinCommitTs),
        unlock: false,
      });
    }
    this.#checkPrimary(met, verb === 'check-expired');
  }

  #checkPrimary(met: Met, isExpired: boolean): void {
    const response = this.#ask(
      statusRequest(met.primary, met.startTs, {
        callerStartTs: this.#client.startTs,
        currentTs: isExpired ? 'max' : this.state.tso,
        rollbackIfNotExist: isExpired,
        resolvingPessimisticLock: met.isPessimistic,
      }),
    );
    const said = statusInWords(response);
    this.#compare(said, (naive) => {
      const paper = naiveStatus(naive, met.primary, met.startTs, isExpired);
      // A rollback that nobody had to keep may be collapsed; then nothing is known of the transaction any more.
      return paper === 'rolled back' && said === 'not found' ? said : paper;
    });
    // Nothing is known of it yet: whoever met the lock comes back.
    if (response.type !== 'check-txn-status') return this.#set({ met: null });
    if (response.status === 'Uncommitted') {
      const lock = response.lock;
      if (isExpired && lock?.useAsyncCommit === true) {
        const { secondaries, minCommitTs } = lock;
        return this.#set({ met: { ...met, secondaries, primaryMinCommitTs: minCommitTs } });
      }
      const passed = response.minCommitTsPushed ? [met.startTs] : [];
      const bypass = [...new Set([...this.#client.bypass, ...passed])];
      return this.#set({ met: null, bypass });
    }
    const isUndecided =
      response.status === 'PessimisticRollBack' || response.status === 'LockNotExistDoNothing';
    this.#decide(met, { commitTs: response.commitTs, unlock: isUndecided });
  }

  #decide(met: Met, decided: NonNullable<Met['decided']>): void {
    const all = met.secondaries === null ? met.key : `${met.primary}${met.secondaries.join('')}`;
    this.#set({ met: { ...met, decided, toResolve: [...new Set(all)].join('') } });
  }

  #resolve(key: string): void {
    const met = this.#client.met as Met;
    const { startTs } = met;
    const { commitTs, unlock } = met.decided as NonNullable<Met['decided']>;
    const forUpdateTs = this.state.tso;
    const response = this.#ask(
      unlock
        ? { type: 'pessimistic-rollback', keys: [key], startTs, forUpdateTs }
        : { type: 'resolve-lock-lite', startTs, commitTs, keys: [key] },
    );
    const error = errorIn(response)?.kind;
    const said = error === undefined ? 'ok' : error === 'Committed' ? 'committed' : 'no lock';
    this.#compare(said, (naive) => naiveResolve(naive, key, startTs, commitTs));
    const toResolve = without(met.toResolve, key);
    this.#set({ met: toResolve === '' ? null : { ...met, toResolve } });
  }
}

function statusInWords(response: TxnResponse): string {
  if (response.type !== 'check-txn-status') return 'not found';
  if (response.status === 'Uncommitted') return 'alive';
  return response.status === 'Committed' ? `committed ${response.commitTs}` : 'rolled back';
}

const errorIn = (response: TxnResponse): TxnError | undefined =>
  response.type === 'refused' ? response.errors[0] : undefined;

function lockedIn(response: TxnResponse): Extract<TxnError, { kind: 'KeyIsLocked' }> | null {
  const error = errorIn(response);
  return error?.kind === 'KeyIsLocked' ? error : null;
}
