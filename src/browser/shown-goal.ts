// A condition that the page waits for while it draws: frames move time towards it, as fast as they show, and stop directly
// after the input that met it. (determinism: rule 6)

import { must } from '../base/assert.ts';
import type { Goal } from '../lab/goal.ts';
import type { Lab } from '../lab/lab.ts';
import type { UntilAnswer } from '../lab/page-api.ts';

export class ShownGoal {
  readonly goal: Goal;
  readonly answer: Promise<UntilAnswer>;
  readonly #lab: Lab;
  #resolve: ((answer: UntilAnswer) => void) | null = null;

  constructor(lab: Lab, goal: Goal) {
    this.#lab = lab;
    this.goal = goal;
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** After time has moved, or might have: true where nobody waits any more. */
  settle(): boolean {
    const at = this.#lab.now();
    if (!this.goal.lookAt(this.#lab.conductor.now)) return false;
    const { why } = this.goal.outcome;
    must(
      this.#resolve,
      'somebody who waits',
    )(why === null ? { met: true, at } : { met: false, at, why });
    return true;
  }

  /** The cluster is left. */
  end(): void {
    this.goal.end('The cluster was left.');
    this.settle();
  }

  /** The rest of the way, as fast as it goes. */
  async hurry(): Promise<void> {
    const { conductor } = this.#lab;
    await this.#lab.serve(async () => {
      while (!this.settle()) await conductor.advance(this.goal.limit, () => this.goal.look());
    });
  }
}
