// One store's transaction layer without Raft: a request is executed, and its batch applied, at once. Pessimistic locks go
// to disk. For tests, the model check and the bench; what the engine asks of its host stands here in its shortest form.

import { KvEngine } from '../../tikv/kv/engine.ts';
import { encodeKey } from '../../tikv/mvcc/key.ts';
import { encodeLock } from '../../tikv/mvcc/lock.ts';
import { newConcurrencyManager } from '../../tikv/txn/concurrency.ts';
import { executeCommand } from '../../tikv/txn/execute-command.ts';
import type { TxnRequest } from '../../tikv/txn/request.ts';
import type { TxnResponse } from '../../tikv/txn/response.ts';
import type { CommandResult } from '../../tikv/txn/work.ts';

export class LocalStore {
  readonly engine: KvEngine;
  readonly concurrency = newConcurrencyManager();
  broken: readonly string[] = [];
  now = 0;
  isMaxTsSynced = true;

  constructor(engine = new KvEngine()) {
    this.engine = engine;
  }

  /** What the command would do; nothing is changed. */
  dryRun(request: TxnRequest): CommandResult {
    return executeCommand(this.engine.snapshot(), request, {
      concurrency: this.concurrency,
      pessimisticLocks: new Map(),
      range: { from: '', to: null },
      isMaxTsSynced: this.isMaxTsSynced,
      now: this.now,
      broken: this.broken,
    });
  }

  /** Executes the request to its end and applies what it does; gives the last of its results. */
  execute(request: TxnRequest): CommandResult {
    for (let step: TxnRequest = request; ;) {
      const result = this.dryRun(step);
      this.concurrency.maxTs = result.maxTs;
      for (const { key, lock } of result.pessimisticLocks) {
        this.engine.write([
          { type: 'put', cf: 'lock', key: encodeKey(key), value: encodeLock(lock) },
        ]);
      }
      this.engine.write(result.batch);
      if (result.next === null || result.response.type === 'refused') return result;
      step = result.next;
    }
  }

  ask<T extends TxnResponse['type']>(
    request: TxnRequest & { readonly type: T },
  ): Extract<TxnResponse, { type: T | 'refused' | 'wait' }> {
    return this.execute(request).response as Extract<TxnResponse, { type: T | 'refused' | 'wait' }>;
  }
}
