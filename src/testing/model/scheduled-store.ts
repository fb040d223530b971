// One store with its scheduler, lock waits and deadlock detector, without Raft: batches are held until `apply` is called.

import { must } from '../../base/assert.ts';
import { KvEngine } from '../../tikv/kv/engine.ts';
import type { WriteBatch } from '../../tikv/kv/engine.ts';
import { cleanUpWaitFor, detect, newDeadlockDetector } from '../../tikv/txn/deadlock.ts';
import { newConcurrencyManager } from '../../tikv/txn/concurrency.ts';
import { newPessimisticLocks } from '../../tikv/txn/pessimistic-locks.ts';
import type { TxnRequest } from '../../tikv/txn/request.ts';
import type { TxnResponse } from '../../tikv/txn/response.ts';
import {
  finishCommand,
  newScheduler,
  passTime,
  refuseWait,
  runCommand,
  submit,
} from '../../tikv/txn/scheduler.ts';
import type { SchedulerConfig, SchedulerStep } from '../../tikv/txn/scheduler.ts';

export class ScheduledStore {
  readonly engine = new KvEngine();
  concurrency = newConcurrencyManager();
  pessimisticLocks;
  scheduler;
  detector;
  now = 0;
  broken: readonly string[] = [];
  /** Batches on their way, in the order in which they were proposed. */
  readonly proposed: { readonly id: number; readonly batch: WriteBatch }[] = [];
  readonly answers = new Map<number, TxnResponse>();
  readonly events: SchedulerStep['events'] = [];
  #cookie = 0;

  constructor(config: Partial<SchedulerConfig> & { readonly memoryLocks?: number } = {}) {
    this.scheduler = newScheduler({
      latchSlots: 64,
      pendingWritesMax: 32,
      waitForLockTimeout: 800_000,
      wakeUpDelay: 20_000,
      ...config,
    });
    this.pessimisticLocks = newPessimisticLocks(config.memoryLocks ?? 0);
    this.detector = newDeadlockDetector(800_000);
  }

  /** The name under which the answer will stand in `answers`; null: too busy. */
  submit(request: TxnRequest): number | null {
    const cookie = ++this.#cookie;
    const step = submit(this.scheduler, request, cookie);
    if (step === null) return null;
    this.#carryOut(step);
    return cookie;
  }

  /** The batch that was proposed first (or this command's) is applied. */
  apply(id: number = must(this.proposed[0], 'a proposed batch').id): void {
    const at = this.proposed.findIndex((one) => one.id === id);
    const [taken] = this.proposed.splice(at, 1);
    this.engine.write(must(taken, `batch ${id}`).batch);
    this.#finish(id, true);
  }

  /** The batch will never be applied. */
  giveUp(id: number): void {
    const at = this.proposed.findIndex((one) => one.id === id);
    this.proposed.splice(at, 1);
    this.#finish(id, false);
  }

  applyAll(): void {
    while (this.proposed.length > 0) this.apply();
  }

  passTime(micros: number): void {
    this.now += micros;
    this.#carryOut(passTime(this.scheduler, this.now));
  }

  /** Submits and applies until there is an answer. */
  ask(request: TxnRequest): TxnResponse {
    const cookie = must(this.submit(request), 'room for the command');
    this.applyAll();
    return must(this.answers.get(cookie), `the answer to ${request.type}`);
  }

  /** `ok`, a kind of refusal, or `waits`. */
  outcome(cookie: number | null): string {
    const response = cookie === null ? undefined : this.answers.get(cookie);
    if (response === undefined) return 'waits';
    return response.type === 'refused' ? must(response.errors[0], 'an error').kind : 'ok';
  }

  get #memory() {
    const { concurrency, pessimisticLocks, now, broken } = this;
    const range = { from: '', to: null };
    const context = { range, isMaxTsSynced: true, now, broken };
    return { concurrency, pessimisticLocks, context };
  }

  #finish(id: number, isApplied: boolean): void {
    this.#carryOut(finishCommand(this.scheduler, id, { isApplied, memory: this.#memory }));
  }

  #carryOut(step: SchedulerStep): void {
    this.events.push(...step.events);
    this.proposed.push(...step.propose);
    for (const { cookie, response } of step.answers) this.answers.set(cookie, response);
    for (const { type, token, waiter, holder, key } of step.detect) {
      if (type === 'clean-up-wait-for') {
        cleanUpWaitFor(this.detector, { waiter, holder, key });
        continue;
      }
      const deadlock = detect(this.detector, { waiter, holder, key }, this.now);
      if (deadlock !== null) this.#carryOut(refuseWait(this.scheduler, token, deadlock));
    }
    for (const id of step.run) {
      const memory = { snapshot: this.engine.snapshot(), ...this.#memory };
      this.#carryOut(runCommand(this.scheduler, id, memory));
    }
  }
}
