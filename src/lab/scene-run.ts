// Plays a scene: its steps in order, and in each do, until, bind, expect, then what is pointed at and said. It knows a lab
// only by a few calls, so that the command line, the tests and the page play the same scene to the same journal. What does
// not come about is a value that names the step and says what there was instead.

import { must } from '../base/assert.ts';
import type { Value } from '../base/expression.ts';
import type { Micros } from '../tikv/ids.ts';
import type { ClusterConfig } from '../sim/recording.ts';
import type { Evaluation, PartValue } from './evaluation.ts';
import { durationOf } from './line-args.ts';
import type { RunAnswer, UntilAnswer } from './page-api.ts';
import type { Scene, Step } from './scene-format.ts';
import { steerLines } from './scene-meaning.ts';
import { plainText, sayText } from './scene-words.ts';

/** What a scene needs of a lab. */
export interface SceneLab {
  run(line: string): MaybeLater<RunAnswer>;
  until(expression: string, options: { readonly within: string }): MaybeLater<UntilAnswer>;
  /** Lets so much time pass. */
  pass(micros: Micros): MaybeLater<void>;
  evaluate(expression: string): MaybeLater<Evaluation>;
  bind(name: string, value: Value): MaybeLater<void>;
  /** Milliseconds of virtual time. */
  now(): MaybeLater<number>;
}

type MaybeLater<T> = T | Promise<T>;

/** A step that came about. */
export interface StepDone {
  readonly ok: true;
  readonly id: string;
  /** Milliseconds of virtual time at its end. */
  readonly at: number;
  /** The commands that it gave, as they are recorded. */
  readonly lines: readonly string[];
  readonly bound: Readonly<Record<string, Value>>;
  readonly hi: readonly string[];
  readonly say: string;
}

/** A step that did not: where it ended, why, and what there was. */
export interface StepFailed {
  readonly ok: false;
  /** Of the step; null before the first one. */
  readonly id: string | null;
  /** `do[1]`, `until`, `bind.$term`, `expect[0]`. */
  readonly place: string;
  /** The line or the expression. */
  readonly text: string;
  readonly reason: string;
  /** What the parts of the expression were. */
  readonly values: readonly PartValue[];
  readonly at: number;
}

export type StepAnswer = StepDone | StepFailed;

/** The cluster that a scene is played in. */
export const clusterOf = ({ cluster }: Scene): ClusterConfig => ({
  stores: cluster.stores,
  clients: cluster.clients,
  settings: cluster.config,
  ...(cluster.mutations.length === 0 ? {} : { broken: cluster.mutations }),
});

/** Before anything is steered: the first Region has its replicas. */
function opened({ cluster }: Scene): string {
  const most = cluster.config['replication.max-replicas'];
  const replicas = Math.min(cluster.stores, typeof most === 'number' ? most : cluster.stores);
  return `stores().filter(s => s.regions.includes(1)).length >= ${replicas}`;
}

const OPENS_WITHIN = '10s';

export class SceneRun {
  readonly scene: Scene;
  readonly #lab: SceneLab;
  readonly #bound: Record<string, Value> = {};
  #next = 0;

  constructor(scene: Scene, lab: SceneLab) {
    this.scene = scene;
    this.#lab = lab;
  }

  /** How many steps have come about. */
  get done(): number {
    return this.#next;
  }

  /** Brings the cluster to where the scene begins, and steers. Null: it stands there. */
  async begin(): Promise<StepFailed | null> {
    const text = opened(this.scene);
    const answer = await this.#lab.until(text, { within: OPENS_WITHIN });
    if (!answer.met) return this.#untilFailed(null, 'opening', { text, answer });
    for (const [i, steer] of this.scene.steer.entries()) {
      for (const line of steerLines(steer)) {
        const answer = await this.#lab.run(line);
        if (!answer.ok) return this.#lineFailed(null, `steer[${i}]`, { line, answer });
      }
    }
    return null;
  }

  /** The next step. Only after `begin`, and while there is one. */
  async next(): Promise<StepAnswer> {
    const step = must(this.scene.script[this.#next], 'a step');
    const given = await this.#give(step);
    if (!Array.isArray(given)) return given;
    const failed =
      (await this.#wait(step)) ?? (await this.#remember(step)) ?? (await this.#expect(step));
    if (failed !== null) return failed;
    this.#next += 1;
    return {
      ok: true,
      id: step.id,
      at: await this.#lab.now(),
      lines: given,
      bound: { ...this.#bound },
      hi: step.hi.map((ref) => plainText(ref, this.#bound)),
      say: sayText(step.say, this.#bound),
    };
  }

  async #give(step: Step): Promise<string[] | StepFailed> {
    const lines: string[] = [];
    for (const [i, line] of step.do.entries()) {
      const answer = await this.#lab.run(line);
      if (!answer.ok) return this.#lineFailed(step.id, `do[${i}]`, { line, answer });
      if (answer.kind === 'command') lines.push(answer.line);
    }
    return lines;
  }

  async #wait({ id, until, within }: Step): Promise<StepFailed | null> {
    if (until === null) return null;
    const passes = durationOf(until);
    if (passes !== null) {
      await this.#lab.pass(passes);
      return null;
    }
    const answer = await this.#lab.until(until, { within });
    return answer.met ? null : this.#untilFailed(id, 'until', { text: until, answer });
  }

  async #remember({ id, bind }: Step): Promise<StepFailed | null> {
    for (const [name, text] of Object.entries(bind)) {
      const found = await this.#lab.evaluate(text);
      if (!found.ok) return this.#failed(id, `bind.${name}`, { text, reason: found.reason });
      this.#bound[name] = found.value;
      await this.#lab.bind(name, found.value);
    }
    return null;
  }

  async #expect({ id, expect }: Step): Promise<StepFailed | null> {
    for (const [i, text] of expect.entries()) {
      const found = await this.#lab.evaluate(text);
      if (!found.ok) return this.#failed(id, `expect[${i}]`, { text, reason: found.reason });
      if (!found.value)
        return this.#failed(id, `expect[${i}]`, {
          text,
          reason: 'It is not true.',
          values: found.parts,
        });
    }
    return null;
  }

  async #untilFailed(
    id: string | null,
    place: string,
    { text, answer }: { text: string; answer: UntilAnswer & { met: false } },
  ): Promise<StepFailed> {
    const found = await this.#lab.evaluate(text);
    const values = found.ok ? found.parts : [];
    return this.#failed(id, place, { text, reason: answer.why, values });
  }

  #lineFailed(
    id: string | null,
    place: string,
    { line, answer }: { line: string; answer: RunAnswer & { ok: false } },
  ): Promise<StepFailed> {
    const character = answer.from === null ? '' : ` (at character ${answer.from + 1})`;
    return this.#failed(id, place, { text: line, reason: `${answer.reason}${character}` });
  }

  async #failed(
    id: string | null,
    place: string,
    { text, reason, values = [] }: { text: string; reason: string; values?: readonly PartValue[] },
  ): Promise<StepFailed> {
    return { ok: false, id, place, text, reason, values, at: await this.#lab.now() };
  }
}

/** `Step lead, until: It did not come about within 5.0 s. leader('r1') was 's2'.` */
export function failureWords({ id, place, text, reason, values }: StepFailed): string {
  const where = id === null ? `Before the first step, ${place}` : `Step ${id}, ${place}`;
  const were = values.map((part) => ` ${part.text} is ${part.value}.`).join('');
  return `${where}: ${text} — ${reason}${were}`;
}
