// What a scene means, as far as it can be known before it is played: whether its cluster can be, its lines are lines of the
// console, its expressions speak of what there is, its names are bound before they are used, and what it points at exists.

import { parseExpression } from '../base/expression-parser.ts';
import type { Value, Vocabulary } from '../base/expression.ts';
import { newWorld } from '../projections/world.ts';
import { ruleIdOf } from '../sim/broken-rules.ts';
import { readLine, type LineRead } from './console.ts';
import { JournalTail } from './journal-tail.ts';
import { durationOf, type Names } from './line-args.ts';
import { nodesOfCluster } from '../sim/simulation.ts';
import { clusterProblem } from './recording-format.ts';
import type { Scene, SceneProblem, ScenePath, Step } from './scene-format.ts';
import { refProblem } from './scene-refs.ts';
import { boundNames, textProblem } from './scene-words.ts';
import { vocabularyOf } from './vocabulary.ts';

type Problem = SceneProblem | null;

const at = (path: ScenePath, message: string | null): Problem =>
  message === null ? null : { path, message };

/** The first thing that is wrong; null where the scene can be played. */
export function meaningProblem(scene: Scene): Problem {
  return clusterWrong(scene) ?? steerWrong(scene) ?? scriptWrong(scene);
}

function clusterWrong({ cluster }: Scene): Problem {
  const { stores, clients, config, mutations } = cluster;
  const wrong = mutations.findIndex((name) => ruleIdOf(name) === null);
  if (wrong >= 0)
    return at(
      ['cluster', 'mutations', wrong],
      `There is no rule ${(mutations[wrong] ?? '').slice(0, 40)}. Write a mutation such as M03, or a rule such as raft/vote-log.`,
    );
  return at(['cluster'], clusterProblem({ stores, clients, settings: config }));
}

function steerWrong(scene: Scene): Problem {
  const check = new Check(scene);
  for (const [i, steer] of scene.steer.entries()) {
    for (const line of steerLines(steer)) {
      const problem = check.line(line);
      if (problem !== null) return at(['steer', i], problem);
    }
  }
  return null;
}

/** The console lines that steering is. */
export function steerLines(steer: Scene['steer'][number]): string[] {
  if ('electionTimeout' in steer) {
    const timers = Object.entries(steer.electionTimeout).map(([node, wait]) => `${node} ${wait}`);
    return [`set-timer r1 ${timers.join(' ')}`];
  }
  if ('latency' in steer) {
    const { from, to, ms } = steer.latency;
    return [`link ${from} ${to} ${ms}ms`];
  }
  if ('drop' in steer) return [`cut ${steer.drop.from} ${steer.drop.to}`];
  const { kind, from, to } = steer.hold;
  return [
    `hold ${kind}${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to ${to}`}`,
  ];
}

function scriptWrong(scene: Scene): Problem {
  const check = new Check(scene);
  const ids = new Set<string>();
  for (const [i, step] of scene.script.entries()) {
    if (ids.has(step.id))
      return at(
        ['script', i, 'id'],
        `There is a step ${step.id} before. Give each a name of its own.`,
      );
    ids.add(step.id);
    const problem = stepWrong(step, ['script', i], check);
    if (problem !== null) return problem;
  }
  return null;
}

function stepWrong(step: Step, path: ScenePath, check: Check): Problem {
  const first = (list: readonly string[], field: string, look: (text: string) => string | null) => {
    for (const [i, text] of list.entries()) {
      const message = look(text);
      if (message !== null) return at([...path, field, i], message);
    }
    return null;
  };
  const before =
    first(step.do, 'do', (line) => check.line(line)) ??
    (step.until === null ? null : at([...path, 'until'], check.until(step.until)));
  if (before !== null) return before;
  for (const [name, expression] of Object.entries(step.bind)) {
    const message = check.expression(expression);
    if (message !== null) return at([...path, 'bind', name], message);
    check.bind(name);
  }
  return (
    first(step.expect, 'expect', (text) => check.expression(text)) ??
    first(step.hi, 'hi', (ref) => check.text(ref) ?? refProblem(ref, check.nodes)) ??
    at([...path, 'say'], check.text(step.say))
  );
}

/** A Region may come into being while a scene is played, so these numbers may all be named. */
const REGIONS = Array.from({ length: 1000 }, (_, i) => i + 1);
/** What an expression in a line may stand for: which of them it is, is found out when it is played. */
const STAND_INS = ['s1', 's1#1', 'c1', '1'];

/** The store that a line brings into the cluster. */
const joining = (line: string): string[] => {
  const name = /^\s*join\s+(s[1-9]\d{0,3})\b/i.exec(line)?.[1];
  return name === undefined ? [] : [name.toLowerCase()];
};

class Check {
  readonly nodes: readonly string[];
  readonly #names: Record<string, () => Value>;
  readonly #vocabulary: Vocabulary;

  constructor({ cluster, script }: Scene) {
    this.nodes = [
      ...nodesOfCluster(cluster),
      ...script.flatMap((step) => step.do.flatMap(joining)),
    ];
    const known = vocabularyOf({ world: newWorld(), journal: new JournalTail(), now: () => 0 });
    this.#names = { ...known.names };
    this.#vocabulary = { ...known, names: this.#names };
  }

  bind(name: string): void {
    this.#names[name] = () => null;
  }

  expression(text: string): string | null {
    const parsed = parseExpression(text, this.#vocabulary);
    return parsed.ok ? null : `${parsed.problem.message} (at character ${parsed.problem.from + 1})`;
  }

  /** A duration, or an expression. */
  until(text: string): string | null {
    return durationOf(text) === null ? this.expression(text) : null;
  }

  line(text: string): string | null {
    let inside: string | null = null;
    const readAs = (standIn: string): LineRead => {
      const value: Names['value'] = (expression) => {
        inside ??= this.expression(expression);
        return { text: standIn };
      };
      return readLine(text, { nodes: this.nodes, regions: REGIONS, value });
    };
    const [first = readAs('s1'), ...others] = STAND_INS.map(readAs);
    const read = first.ok ? first : (others.find((other) => other.ok) ?? first);
    if (inside !== null) return inside;
    if (!read.ok)
      return `${read.reason}${read.from === null ? '' : ` (at character ${read.from + 1})`}`;
    const { type } = read.action;
    if (type === 'command') return null;
    return type === 'wait' || type === 'until' || type === 'step'
      ? 'In a scene only until moves time. Write until: 500ms, or until: and an expression.'
      : 'This line does nothing to the cluster. Take it out.';
  }

  /** A text with `{{$name}}` in it. */
  text(text: string): string | null {
    const problem = textProblem(text);
    if (problem !== null) return problem;
    const stranger = boundNames(text).find((name) => !Object.hasOwn(this.#names, name));
    return stranger === undefined
      ? null
      : `${stranger} is not bound here. Bind it in this step or before: bind: { ${stranger}: … }`;
  }
}
