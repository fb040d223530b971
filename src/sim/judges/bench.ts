// All judges, over one journal. Each looks only at the events that it names; a judge that has found something rests:
// what follows a broken promise proves nothing.

import type { JournalRecord } from '../record.ts';
import { appliedBound, replicaAgreement, stateMachineSafety } from './applies.ts';
import { Chronicle } from './chronicle.ts';
import { commitStable, currentTermCommit, quorumDurability } from './commits.ts';
import { electionSafety, termMonotonic } from './elections.ts';
import { epochMonotonic, noZombie, peerIdentity } from './identities.ts';
import type { Judge, Violation } from './judge.ts';
import { leaseExclusivity } from './leases.ts';
import { leaderAppendOnly, leaderCompleteness, logMatching } from './logs.ts';
import { confConsistency, peerRoles, singleConfChange } from './membership.ts';
import { durableAck, persistBeforeReply } from './promises.ts';
import {
  epochRange,
  keyInRegion,
  leadersDisjoint,
  noOverlap,
  splitConservation,
} from './ranges.ts';
import { readIndex } from './reads.ts';
import type { EventType } from './record-of.ts';
import { routeMonotonic } from './routes.ts';

/** Fresh judges, for one journal. */
export function allJudges(): Judge[] {
  return [
    electionSafety(),
    leaderAppendOnly(),
    logMatching(),
    leaderCompleteness(),
    stateMachineSafety(),
    commitStable(),
    currentTermCommit(),
    quorumDurability(),
    termMonotonic(),
    appliedBound(),
    persistBeforeReply(),
    singleConfChange(),
    confConsistency(),
    leaseExclusivity(),
    readIndex(),
    durableAck(),
    noOverlap(),
    leadersDisjoint(),
    epochRange(),
    epochMonotonic(),
    routeMonotonic(),
    splitConservation(),
    keyInRegion(),
    noZombie(),
    peerIdentity(),
    replicaAgreement(),
    peerRoles(),
  ];
}

export interface Verdict {
  readonly id: Judge['id'];
  readonly name: string;
  readonly says: string;
  readonly holds: boolean;
  /** The first one. */
  readonly violation?: Violation;
}

export class Bench {
  readonly #judges: readonly Judge[];
  readonly #past = new Chronicle();
  /** Who is still listening, by the type of event. */
  readonly #listening = new Map<EventType, Judge[]>();
  readonly #violations = new Map<Judge, Violation>();

  constructor(judges: readonly Judge[] = allJudges()) {
    this.#judges = judges;
    for (const judge of judges) {
      for (const type of judge.reads) {
        const others = this.#listening.get(type);
        if (others === undefined) this.#listening.set(type, [judge]);
        else others.push(judge);
      }
    }
  }

  /** Takes the next records of the journal, in order and without a gap; returns what was found in them. */
  observe(records: readonly JournalRecord[]): Violation[] {
    const found: Violation[] = [];
    for (const record of records) {
      const judges = this.#listening.get(record.event.type);
      if (judges !== undefined) {
        for (const judge of judges) {
          if (this.#violations.has(judge)) continue;
          const violation = judge.observe(record, this.#past);
          if (violation === null) continue;
          this.#violations.set(judge, violation);
          found.push(violation);
        }
      }
      this.#past.take(record);
    }
    return found;
  }

  /** Every judge's word so far, in the order of the catalogue. */
  verdicts(): Verdict[] {
    return this.#judges.map((judge) => {
      const { id, name, says } = judge;
      const violation = this.#violations.get(judge);
      return violation === undefined
        ? { id, name, says, holds: true }
        : { id, name, says, holds: false, violation };
    });
  }
}
