// Reading a scene from data: as a whole, or refused with the place, what is wrong and what to do.

import * as v from 'valibot';
import { durationOf } from './line-args.ts';
import { canonicalJson, CLIENTS_MAX, SEED_MAX, STORES_MAX } from './recording-format.ts';
import { SCENE_FORMAT, type Scene, type ScenePath, type SceneProblem } from './scene-format.ts';
import { meaningProblem } from './scene-meaning.ts';

export type SceneRead =
  | { readonly ok: true; readonly scene: Scene }
  | { readonly ok: false; readonly problem: SceneProblem };

/** A scene from data. Never throws for what it is given. */
export function readScene(data: unknown): SceneRead {
  const format = fieldOf(data, 'format');
  if (format !== SCENE_FORMAT)
    return { ok: false, problem: { path: ['format'], message: formatProblem(format) } };
  const checked = v.safeParse(SceneSchema, data, { abortEarly: true });
  if (!checked.success) return { ok: false, problem: issueProblem(checked.issues[0]) };
  const scene: Scene = checked.output;
  const problem = meaningProblem(scene);
  return problem === null ? { ok: true, scene } : { ok: false, problem };
}

/** Equal scenes are equal texts. */
export const writeScene = (scene: Scene): string => canonicalJson(scene);

/** `script[2] (elected).expect[0]` */
export function pathWords(path: ScenePath, data: unknown): string {
  let words = '';
  let at: unknown = data;
  for (const key of path) {
    at = fieldOf(at, key);
    if (typeof key === 'string') {
      words += words === '' ? key : `.${key}`;
      continue;
    }
    const id = fieldOf(at, 'id');
    words += `[${key}]${typeof id === 'string' ? ` (${id.slice(0, 40)})` : ''}`;
  }
  return words;
}

/** The problem as one sentence with its place. */
export function problemWords({ path, message }: SceneProblem, data: unknown): string {
  const place = pathWords(path, data);
  return place === '' ? message : `${place}: ${message}`;
}

function fieldOf(of: unknown, key: string | number): unknown {
  if (typeof of !== 'object' || of === null) return undefined;
  return Object.hasOwn(of, key) ? (of as Record<string | number, unknown>)[key] : undefined;
}

function formatProblem(format: unknown): string {
  if (format === undefined)
    return `This is no scene: its \`format\` is missing. A scene begins with format: ${SCENE_FORMAT}`;
  const text = typeof format === 'string' ? format : '';
  const version = Number(/^loom\/(\d{1,6})$/.exec(text)?.[1] ?? Number.NaN);
  if (version > 1)
    return `This scene has the format ${text}; this Loom reads ${SCENE_FORMAT}. Open it with a newer Loom.`;
  return `This is not the format of a scene. Write format: ${SCENE_FORMAT}`;
}

// ---- shape ---------------------------------------------------------------------------------------------------

const STEPS_MAX = 60;
const LINES_MAX = 60;
const LONGEST_LINE = 4000;
const LONGEST_SAY = 400;

const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(message),
    v.check((value) => Number.isSafeInteger(value) && value >= min && value <= max, message),
  );
};
const slug = v.pipe(
  v.string('must be a name'),
  v.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a name in small letters, digits and hyphens: elect'),
);
const text = (longest: number) =>
  v.pipe(
    v.string('must be a text'),
    v.check((value) => value.trim() !== '', 'is empty: write it, or leave the field out'),
    v.maxLength(longest, `is longer than ${longest} characters`),
  );
const line = text(LONGEST_LINE);
const isDuration = (value: string): boolean => durationOf(value) !== null;
const duration = v.pipe(
  v.string('must be a duration, such as 1200ms or 5s'),
  v.check(isDuration, 'must be a duration, such as 1200ms or 5s'),
);
/** A list, or the one thing that would stand in it. */
const lines = v.optional(
  v.pipe(
    v.union(
      [
        v.array(line),
        v.pipe(
          line,
          v.transform((one) => [one]),
        ),
      ],
      'must be a list of texts',
    ),
    v.maxLength(LINES_MAX, `has more than ${LINES_MAX} lines: make two steps of it`),
  ),
  [],
);
const node = v.pipe(v.string('must name a node'), v.maxLength(8, 'must name a node, such as s1'));

const steer = v.union(
  [
    v.strictObject({ electionTimeout: v.record(node, duration) }),
    v.strictObject({
      latency: v.strictObject({ from: node, to: node, ms: whole(1, 60_000) }),
    }),
    v.strictObject({
      hold: v.strictObject({
        kind: v.pipe(v.string(), v.maxLength(60)),
        from: v.exactOptional(node),
        to: v.exactOptional(node),
      }),
    }),
    v.strictObject({ drop: v.strictObject({ from: node, to: node }) }),
  ],
  'is no way to steer. Write { electionTimeout: { s1: 1200ms } }, { latency: { from: s1, to: s2, ms: 40 } }, { hold: { kind: MsgAppend, from: s1 } } or { drop: { from: s1, to: s2 } }',
);

const bound = v.pipe(
  v.string(),
  v.regex(/^\$[A-Za-z][A-Za-z0-9_]{0,30}$/, 'must be a name that begins with $, such as $term'),
);

const step = v.strictObject({
  id: slug,
  do: lines,
  until: v.optional(v.nullable(line), null),
  within: v.optional(duration, '30s'),
  bind: v.optional(v.record(bound, line), {}),
  expect: lines,
  hi: lines,
  say: text(LONGEST_SAY),
});

const SceneSchema = v.strictObject({
  format: v.literal(SCENE_FORMAT),
  id: slug,
  title: text(80),
  seed: whole(0, SEED_MAX),
  cluster: v.strictObject({
    stores: whole(1, STORES_MAX),
    clients: v.optional(whole(1, CLIENTS_MAX), 1),
    config: v.optional(
      v.record(
        v.string(),
        v.union([v.number(), v.boolean()], 'must be a number, true or false: 1200, not 1200ms'),
      ),
      {},
    ),
    mutations: v.optional(v.pipe(v.array(v.string('must name a rule')), v.maxLength(40)), []),
  }),
  steer: v.optional(v.pipe(v.array(steer), v.maxLength(40, 'has more than 40 entries')), []),
  script: v.pipe(
    v.array(step, 'must be a list of steps'),
    v.minLength(1, 'has no step: a scene needs one at least'),
    v.maxLength(STEPS_MAX, `has more than ${STEPS_MAX} steps: make two scenes of it`),
  ),
});

/** Parts of the format that a later Loom reads; they are refused by name. */
const LATER: readonly string[] = [
  'ask',
  'exercise',
  'checkpoint',
  'handout',
  'invariants',
  'pace',
  'profile',
  'regions',
  'data',
  'snapshot',
  'mystery',
];

function issueProblem(issue: v.BaseIssue<unknown>): SceneProblem {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  const key = path.at(-1) ?? '';
  if (issue.kind === 'schema' && issue.type === 'strict_object') {
    if (issue.received === 'undefined') return { path, message: 'is missing. Write it.' };
    if (issue.expected === 'never') return { path, message: strangerWords(String(key)) };
    return { path, message: 'must be a record of fields, such as { id: elect }.' };
  }
  return { path, message: `${ownWords(issue).replace(/\.$/, '')}.` };
}

const SHAPES: Readonly<Record<string, string>> = {
  record: 'must be a record of names and values, such as { $term: … }',
  array: 'must be a list',
  string: 'must be a text',
};

/** Our words; where the schema has none of ours, the shape that it wants. */
function ownWords({ type, message }: v.BaseIssue<unknown>): string {
  if (!message.startsWith('Invalid ')) return message;
  return SHAPES[type] ?? 'is not what a scene has there: see lab/scene-format.ts';
}

function strangerWords(key: string): string {
  return LATER.includes(key)
    ? `This part of the format comes later: this Loom reads do, until, within, bind, expect, hi and say. Take \`${key}\` out.`
    : 'is nothing that a scene has there. Take it out, or mend its name.';
}
