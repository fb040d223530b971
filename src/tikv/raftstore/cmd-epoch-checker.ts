// A leader that has proposed a split or a membership change knows that the epoch will be another one before what it
// proposes next is applied. Who depends on that half of the epoch waits for the change, and is told then which Regions
// there are; nothing of it goes into the log. (TiKV: raftstore/src/store/peer.rs CmdEpochChecker)

import type { AdminCommand } from './admin-command.ts';

/** Which half of the epoch a command changes or depends on. */
export interface EpochHalves {
  readonly version: boolean;
  readonly confVer: boolean;
}

/** What an admin command depends on, and what it changes. (util.rs admin_cmd_epoch_lookup) */
export function epochNeeds(type: AdminCommand['type']): EpochHalves {
  if (type === 'batch-split') return { version: true, confVer: true };
  return { version: false, confVer: type === 'change-peer' };
}

function epochChanges(type: AdminCommand['type']): EpochHalves {
  return { version: type === 'batch-split', confVer: type === 'change-peer' };
}

/** Reads and writes care for the range alone. */
export const NEEDS_OF_WRITES: EpochHalves = { version: true, confVer: false };

interface Proposed {
  readonly type: AdminCommand['type'];
  readonly index: number;
  /** Writes that wait for it. */
  readonly tags: readonly number[];
}

export interface SavedChecker {
  readonly term: number;
  readonly proposed: readonly Proposed[];
}

export class CmdEpochChecker {
  #term: number;
  #proposed: readonly Proposed[];

  constructor(saved: SavedChecker = { term: 0, proposed: [] }) {
    this.#term = saved.term;
    this.#proposed = saved.proposed;
  }

  /** The entry that has to be applied first; null: nothing is in the way. */
  conflict(needs: EpochHalves, term: number): number | null {
    if (term !== this.#term) return null;
    const inTheWay = this.#proposed.findLast(({ type }) => {
      const changes = epochChanges(type);
      return (needs.version && changes.version) || (needs.confVer && changes.confVer);
    });
    return inTheWay?.index ?? null;
  }

  /** The command is in the log. */
  proposed(type: AdminCommand['type'], index: number, term: number): void {
    const { version, confVer } = epochChanges(type);
    if (!version && !confVer) return;
    const before = term === this.#term ? this.#proposed : [];
    this.#term = term;
    this.#proposed = [...before, { type, index, tags: [] }];
  }

  /** Parks a write until that entry is applied. */
  wait(index: number, tag: number): void {
    this.#proposed = this.#proposed.map((each) =>
      each.index === index ? { ...each, tags: [...each.tags, tag] } : each,
    );
  }

  /** Everything up to `index` is applied: those who waited for it. */
  applied(index: number): number[] {
    const done = this.#proposed.filter((each) => each.index <= index);
    if (done.length > 0) this.#proposed = this.#proposed.filter((each) => each.index > index);
    return done.flatMap(({ tags }) => tags);
  }

  /** The term is over: those who waited may ask again. */
  leave(term: number): number[] {
    if (term === this.#term || this.#proposed.length === 0) return [];
    const left = this.#proposed.flatMap(({ tags }) => tags);
    this.#proposed = [];
    return left;
  }

  save(): SavedChecker {
    return { term: this.#term, proposed: this.#proposed };
  }
}
