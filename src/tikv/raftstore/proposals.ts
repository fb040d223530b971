// Proposals that wait for their entries, in the order of the log. An entry and a proposal belong together where index
// *and* term agree; what a newer entry has passed over was overwritten, and is refused. A leader that steps down keeps
// its proposals: only the log decides. (TiKV: raftstore/src/store/peer.rs ProposalQueue, fsm/apply.rs find_pending)

import type { Micros } from '../ids.ts';
import { proposalAlive } from './rules.ts';

export interface Proposal {
  readonly index: number;
  readonly term: number;
  /** Whose it is, in the layer above; 0: nobody's. */
  readonly tag: number;
  /** When it was made, on the node's own clock. */
  readonly at: Micros;
}

export class ProposalQueue {
  #proposals: Proposal[];

  constructor(proposals: readonly Proposal[] = []) {
    this.#proposals = [...proposals];
  }

  get size(): number {
    return this.#proposals.length;
  }

  /** When the newest was made; null: none waits. */
  get latestAt(): Micros | null {
    return this.#proposals.at(-1)?.at ?? null;
  }

  /** Takes all out: the peer goes. */
  clear(): Proposal[] {
    const all = this.#proposals;
    this.#proposals = [];
    return all;
  }

  push(proposal: Proposal): void {
    this.#proposals.push(proposal);
  }

  /** For a committed entry: its own proposal, and those that can never be applied any more. */
  take(entry: { readonly index: number; readonly term: number }): {
    readonly own: Proposal | null;
    readonly stale: readonly Proposal[];
  } {
    const stale: Proposal[] = [];
    for (let first = this.#proposals[0]; first !== undefined; first = this.#proposals[0]) {
      if (first.index === entry.index && first.term === entry.term) {
        this.#proposals.shift();
        return { own: first, stale };
      }
      if (proposalAlive(first, entry).holds) break;
      this.#proposals.shift();
      stale.push(first);
    }
    return { own: null, stale };
  }

  save(): Proposal[] {
    return [...this.#proposals];
  }
}
