// Recordings from outside: a file, a link, a paste. Read as a whole or refused as a whole, with the place and the remedy;
// nothing is half imported. And the one way in which they are written, so that equal recordings are equal texts.

import * as v from 'valibot';
import { changeableKnobs } from '../tikv/changeable-settings.ts';
import { settingsProblem } from '../tikv/config.ts';
import { ruleIdOf } from '../sim/broken-rules.ts';
import type { NodeId } from '../tikv/ids.ts';
import { DISK_STORES } from '../tikv/disk.ts';
import { TXN_NAME } from './line-args.ts';
import { nodesOf } from '../sim/refusal.ts';
import { compareKeys, type InputKey } from '../sim/key.ts';
import { nodesOfCluster } from '../sim/simulation.ts';
import { bytes, labels, micros, missed, node, whole } from './recording-atoms.ts';
import { PD_COMMANDS } from './recording-pd.ts';
import { RECORDING_FORMAT, type ClusterConfig, type Recording } from '../sim/recording.ts';

/** What a text may hold; more is refused before anything is looked at. */
const LONGEST = 64 * 1024 * 1024;
const COMMANDS_MAX = 100_000;
const BASE_ENTRIES_MAX = 1_000_000;
export const STORES_MAX = 7;
export const CLIENTS_MAX = 4;
export const SEED_MAX = 2 ** 32 - 1;

export type RecordingRead =
  | { readonly ok: true; readonly recording: Recording }
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string) => ({ ok: false, reason }) as const;

/** A recording from JSON text or from data. */
export function readRecording(given: unknown): RecordingRead {
  const text = typeof given === 'string' ? given : textOfData(given);
  if (text === null) return refuse('This is no recording: it is no plain data.');
  if (text.length > LONGEST)
    return refuse(
      `The recording has ${text.length} characters; ${LONGEST} are the most that is read.`,
    );
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  const format =
    typeof value === 'object' && value !== null
      ? (value as { format?: unknown }).format
      : undefined;
  if (format !== RECORDING_FORMAT) return refuse(formatProblem(format));
  const checked = v.safeParse(RecordingSchema, value, { abortEarly: true });
  if (!checked.success) return refuse(issueWords(checked.issues[0]));
  const recording = checked.output as unknown as Recording;
  const reason = meaningProblem(recording);
  return reason === null ? { ok: true, recording } : refuse(reason);
}

/** Data goes through text, so that both doors let in the same. */
function textOfData(given: unknown): string | null {
  try {
    return JSON.stringify(given) ?? null;
  } catch {
    return null;
  }
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'it is no JSON';
    return refuse(
      `This is no recording: ${detail}. A recording is the JSON text that Loom exports.`,
    );
  }
}

function formatProblem(format: unknown): string {
  if (format === undefined || typeof format !== 'string')
    return `This is no recording: its \`format\` is missing. It begins with {"format":"${RECORDING_FORMAT}"}.`;
  const version = Number(/^loom-recording\/(\d+)$/.exec(format)?.[1] ?? NaN);
  const ours = Number(RECORDING_FORMAT.split('/')[1]);
  if (version > ours)
    return `This recording has the format ${format}; this Loom reads ${RECORDING_FORMAT}. Open it with a newer Loom.`;
  return `format: ${JSON.stringify(format).slice(0, 60)} is not ${RECORDING_FORMAT}, which this Loom reads.`;
}

// ---- shape ---------------------------------------------------------------------------------------------------

const key = v.strictTuple([micros, whole(-1, 1_000_000), whole(0, 10_000_000), micros]);
const share = whole(0, 1_000_000);
const message = v.strictObject({ node, n: micros });
const literal = <Word extends string>(word: Word) => v.literal(word);

/** Of a transaction. */
const name = v.pipe(
  v.string('must be a name'),
  v.regex(TXN_NAME, 'must be a name of letters, digits and hyphens'),
);

const readPath = v.optional(
  v.variant('type', [
    v.strictObject({ type: v.picklist(['lease', 'read-index']) }),
    v.strictObject({ type: literal('replica'), store: whole(1, 9999) }),
  ]),
);

const request = v.variant('type', [
  v.strictObject({ type: literal('put'), key: bytes, value: bytes }),
  v.strictObject({ type: literal('get'), key: bytes, read: readPath }),
  v.strictObject({ type: literal('delete'), key: bytes }),
  v.strictObject({
    type: literal('scan'),
    from: bytes,
    to: bytes,
    limit: whole(1, 1_000_000),
    read: readPath,
  }),
  v.strictObject({ type: literal('cas'), key: bytes, previous: v.nullable(bytes), value: bytes }),
  v.strictObject({ type: literal('begin'), name: v.nullable(name) }),
  v.strictObject({ type: literal('commit'), name: v.nullable(name) }),
  v.strictObject({ type: literal('rollback'), name: v.nullable(name) }),
  v.strictObject({ type: literal('txn-put'), key: bytes, value: bytes }),
  v.strictObject({ type: literal('txn-get'), key: bytes }),
  v.strictObject({ type: literal('txn-delete'), key: bytes }),
  v.strictObject({ type: literal('txn-scan'), from: bytes, to: bytes, limit: whole(1, 1_000_000) }),
]);

const fault = v.variant('type', [
  v.strictObject({ type: literal('none') }),
  v.strictObject({ type: literal('slow'), by: micros }),
  v.strictObject({ type: literal('stuck') }),
  v.strictObject({ type: literal('lying') }),
  v.strictObject({ type: literal('full') }),
]);

const ofNode = (type: 'kill' | 'pause' | 'resume' | 'destroy' | 'isolate') =>
  v.strictObject({ type: literal(type), node });
const ofKind = (type: 'hold-kind' | 'release-kind') =>
  v.strictObject({
    type: literal(type),
    kind: v.nullable(v.pipe(v.string(), v.maxLength(60, 'is longer than any kind of message'))),
    from: v.nullable(node),
    to: v.nullable(node),
  });

const ofMessage = (type: 'drop' | 'duplicate' | 'deliver' | 'hold') =>
  v.strictObject({ type: literal(type), message });
const oneWay = (type: 'cut' | 'mend') =>
  v.strictObject({ type: literal(type), from: node, to: node });

const region = whole(1, Number.MAX_SAFE_INTEGER);
const store = whole(1, 9999);
const admin = v.variant('type', [
  v.strictObject({
    type: literal('compact-log'),
    index: v.nullable(whole(1, Number.MAX_SAFE_INTEGER)),
  }),
  v.strictObject({ type: literal('transfer-leader'), to: store }),
  v.strictObject({
    type: literal('change-peer'),
    changes: v.pipe(
      v.array(
        v.strictObject({
          do: v.picklist(
            ['join', 'add-peer', 'add-learner', 'promote', 'demote', 'remove-peer'],
            'is no change of members',
          ),
          store,
        }),
      ),
      v.maxLength(STORES_MAX, 'has more changes than there are stores'),
    ),
  }),
  v.strictObject({ type: literal('request-snapshot') }),
]);
const rule = v.pipe(
  v.string('must name a rule'),
  v.check((name) => ruleIdOf(name) === name, 'is no rule that this Loom knows'),
);

/** Who died before it took a command that several nodes take. */

const command = v.variant(
  'type',
  [
    ofNode('kill'),
    v.strictObject({ type: literal('restart'), node, missed }),
    ofNode('pause'),
    ofNode('resume'),
    ofNode('destroy'),
    ofNode('isolate'),
    v.strictObject({
      type: literal('partition'),
      groups: v.array(v.array(node)),
      oneWay: v.boolean(),
    }),
    v.strictObject({ type: literal('heal'), node: v.nullable(node) }),
    v.strictObject({ type: literal('latency'), a: node, b: node, latency: micros, jitter: micros }),
    v.strictObject({ type: literal('loss'), a: node, b: node, perMillion: share }),
    oneWay('cut'),
    oneWay('mend'),
    v.strictObject({
      type: literal('link'),
      from: node,
      to: node,
      latency: micros,
      jitter: micros,
      lossPerMillion: share,
      duplicatePerMillion: share,
      reorderPerMillion: share,
    }),
    ofMessage('drop'),
    ofMessage('duplicate'),
    ofMessage('deliver'),
    ofMessage('hold'),
    v.strictObject({ type: literal('delay'), message, by: micros }),
    v.strictObject({ type: literal('release'), message: v.nullable(message) }),
    ofKind('hold-kind'),
    ofKind('release-kind'),
    v.strictObject({ type: literal('disk'), node, fault }),
    v.strictObject({
      type: literal('skew'),
      node,
      offset: whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
      ppm: whole(-1_000_000, 1_000_000),
    }),
    v.strictObject({ type: literal('request'), client: node, request }),
    ...PD_COMMANDS,
    v.strictObject({ type: literal('campaign'), node, region: whole(1, Number.MAX_SAFE_INTEGER) }),
    v.strictObject({ type: literal('admin'), node, region, request: admin }),
    v.strictObject({
      type: literal('set-timer'),
      region,
      timers: v.pipe(
        v.array(v.strictTuple([node, micros])),
        v.maxLength(STORES_MAX, 'sets more timers than there are stores'),
      ),
      missed,
    }),
    v.strictObject({ type: literal('mutate'), rule, on: v.boolean(), missed }),
    v.strictObject({
      type: literal('config-set'),
      name: v.picklist(changeableKnobs, 'is no setting that can change while a cluster runs'),
      value: v.union([v.number(), v.boolean()], 'must be a number, true or false'),
      missed,
    }),
    v.strictObject({
      type: literal('power-cut'),
      kept: v.array(v.strictTuple([node, key])),
      missed,
    }),
    v.strictObject({ type: literal('crash'), node, kept: v.nullable(key) }),
  ],
  'is no command that this Loom knows',
);

const cluster = v.strictObject({
  stores: whole(1, STORES_MAX),
  clients: whole(1, CLIENTS_MAX),
  joined: v.optional(
    v.pipe(
      v.array(v.strictTuple([node, labels])),
      v.maxLength(99, 'has more stores than are ever numbered'),
    ),
  ),
  settings: v.record(
    v.string(),
    v.union([v.number(), v.boolean()], 'must be a number, true or false'),
  ),
  broken: v.optional(v.pipe(v.array(rule), v.maxLength(100, 'breaks more rules than there are'))),
});

const place = { at: micros, after: v.nullable(key) };

const diskKey = v.union([bytes, micros, v.strictTuple([micros, micros])], 'is no key of a disk');
const image = v.partial(
  v.strictObject(
    Object.fromEntries(
      DISK_STORES.map((store) => [store, v.array(v.strictTuple([diskKey, v.unknown()]))]),
    ),
  ),
);

const RecordingSchema = v.strictObject({
  format: v.literal(RECORDING_FORMAT),
  seed: whole(0, SEED_MAX),
  cluster,
  base: v.optional(v.array(v.strictTuple([node, image]))),
  commands: v.pipe(
    v.array(v.strictObject({ ...place, command })),
    v.maxLength(COMMANDS_MAX, `has more than ${COMMANDS_MAX} commands`),
  ),
  end: v.nullable(v.strictObject(place)),
});

/** `commands[3].command.node: must name a node, such as s1.` */
function issueWords(issue: v.BaseIssue<unknown>): string {
  const path = issue.path ?? [];
  const place = path
    .map((item) => (typeof item.key === 'number' ? `[${item.key}]` : `.${String(item.key)}`))
    .join('')
    .replace(/^\./, '');
  const where = place === '' ? 'The recording' : place;
  if (issue.kind === 'schema' && issue.type === 'strict_object') {
    const what =
      issue.received === 'undefined' ? 'is missing' : 'is nothing that a recording has there';
    return `${where}: ${what}.`;
  }
  return `${where}: ${issue.message}.`;
}

// ---- meaning -------------------------------------------------------------------------------------------------

/** Why a cluster cannot be, as a sentence; null where it can. */
export function clusterProblem(config: ClusterConfig): string | null {
  const { stores, clients, settings } = config;
  if (!isWhole(stores, 1, STORES_MAX))
    return `A cluster has 1 to ${STORES_MAX} stores, not ${stores}.`;
  if (!isWhole(clients, 1, CLIENTS_MAX))
    return `A cluster has 1 to ${CLIENTS_MAX} clients, not ${clients}.`;
  return settingsProblem(settings);
}

/** Why a seed cannot be; null where it can. */
export const seedProblem = (seed: number): string | null =>
  isWhole(seed, 0, SEED_MAX)
    ? null
    : `A seed is a whole number from 0 to ${SEED_MAX}, not ${seed}.`;

const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isSafeInteger(value) && value >= min && value <= max;

function meaningProblem(recording: Recording): string | null {
  const { cluster: config, base, commands, end } = recording;
  const config_ = clusterProblem(config);
  if (config_ !== null) return `cluster: ${config_}`;
  const known = nodesOfCluster(config);
  for (const [i, [id]] of (base ?? []).entries())
    if (!known.includes(id)) return `base[${i}]: there is no node ${id} in this cluster.`;
  const entries = (base ?? [])
    .flatMap(([, disk]) => Object.values(disk))
    .reduce((sum, list) => sum + list.length, 0);
  if (entries > BASE_ENTRIES_MAX)
    return `base: its disks hold ${entries} entries; ${BASE_ENTRIES_MAX} are the most that is read.`;
  return commandsProblem(commands, [...known]) ?? endProblem(commands, end);
}

function commandsProblem(commands: Recording['commands'], known: NodeId[]): string | null {
  let before = { at: 0, after: null as InputKey | null };
  for (const [i, timed] of commands.entries()) {
    if (timed.command.type === 'join') known.push(timed.command.node);
    const stranger = nodesOf(timed.command).find((id) => !known.includes(id));
    if (stranger !== undefined)
      return `commands[${i}]: there is no node ${stranger} in this cluster.`;
    if (isBefore(timed, before))
      return `commands[${i}]: it stands before the command that it follows.`;
    before = timed;
  }
  return null;
}

function endProblem(commands: Recording['commands'], end: Recording['end']): string | null {
  const last = commands.at(-1);
  if (last === undefined) return null;
  if (end === null) return 'end: is missing, though there are commands.';
  return isBefore(end, last) ? 'end: it stands before the last command.' : null;
}

type Place = { readonly at: number; readonly after: InputKey | null };

const isBefore = (a: Place, b: Place): boolean =>
  a.at < b.at || (b.after !== null && (a.after === null || compareKeys(a.after, b.after) < 0));

// ---- writing -------------------------------------------------------------------------------------------------

/** Canonical: fields in code-unit order, no spaces, so that equal recordings are equal texts. */
export const writeRecording = (recording: Recording): string => canonicalJson(recording);

/** JSON with the fields of every record in code-unit order. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`;
}
