// The lease of a leader: until when it may answer reads without asking anybody. It is counted from the moment at which
// something was *sent* that a majority then confirmed, and is shorter than any election time-out, so it ends before
// another leader can be elected. (TiKV: raftstore/src/store/util.rs Lease)

import type { Micros } from '../ids.ts';

export type LeaseState = 'valid' | 'suspect' | 'expired';

/** On the node's own clock. `suspect`: somebody may be about to take over. */
export type LeaseBound = { readonly type: 'valid' | 'suspect'; readonly until: Micros };

export class Lease {
  /** Null: there was none, or it was given up. */
  bound: LeaseBound | null;

  constructor(bound: LeaseBound | null = null) {
    this.bound = bound;
  }

  inspect(now: Micros): LeaseState {
    if (this.bound === null) return 'expired';
    if (this.bound.type === 'suspect') return 'suspect';
    return now < this.bound.until ? 'valid' : 'expired';
  }

  /** What was sent at `sentAt` is confirmed. False where that is no news: a lease never becomes shorter, and a suspect
   * one is believed again only beyond its bound. */
  renew(sentAt: Micros, length: Micros): boolean {
    const until = sentAt + length;
    if (this.bound !== null && until < this.bound.until) return false;
    const same = this.bound?.type === 'valid' && this.bound.until === until;
    this.bound = { type: 'valid', until };
    return !same;
  }

  suspect(now: Micros, length: Micros): void {
    this.bound = { type: 'suspect', until: now + length };
  }

  expire(): void {
    this.bound = null;
  }

  /** True where the lease ends within `advance`. */
  ending(now: Micros, advance: Micros): boolean {
    return this.bound !== null && now + advance >= this.bound.until;
  }
}
