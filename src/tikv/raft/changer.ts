// The memberships of a group, one step after the other, with the progress that each brings. (raft-rs confchange/changer.rs)

import type { ConfChangeSingle } from './conf-change.ts';
import { enterJoint, leaveJoint, simpleChange } from './configuration.ts';
import type { ConfState } from './message.ts';
import type { Progress } from './status.ts';
import { Tracker } from './tracker.ts';

export type ChangerState = ConfState & {
  /** By ascending id. */
  readonly progress: ReadonlyMap<
    number,
    Pick<Progress, 'matched' | 'nextIdx' | 'state' | 'learner'>
  >;
};

/** Each step throws ConfChangeError where it is refused; a new member's progress starts from `lastIndex`. */
export class Changer {
  readonly #tracker = new Tracker(1);

  simple(changes: readonly ConfChangeSingle[], lastIndex: number): void {
    const { members } = this.#tracker;
    this.#tracker.apply(simpleChange(members, changes), lastIndex);
  }

  enterJoint(autoLeave: boolean, changes: readonly ConfChangeSingle[], lastIndex: number): void {
    const { members } = this.#tracker;
    this.#tracker.apply(enterJoint(members, changes, autoLeave), lastIndex);
  }

  leaveJoint(lastIndex: number): void {
    this.#tracker.apply(leaveJoint(this.#tracker.members), lastIndex);
  }

  state(): ChangerState {
    const tracker = this.#tracker;
    const progress = tracker.peers.map(({ id, matched, nextIdx, state }) => {
      return [id, { matched, nextIdx, state, learner: tracker.isLearner(id) }] as const;
    });
    return { ...tracker.confState(), progress: new Map(progress) };
  }
}

/** Without members. */
export const newChanger = (): Changer => new Changer();
