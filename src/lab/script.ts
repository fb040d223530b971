// A script: console lines in a text file, headed by the cluster that they run on. Remarks and empty lines are free.
//
//   stores 5
//   seed 7
//   set network.latency 40
//
//   wait until {leader('r1')}
//   put ann 43

import type { ClusterConfig } from '../sim/recording.ts';
import { clusterProblem, seedProblem } from './recording-format.ts';

export interface Script {
  readonly seed: number;
  readonly cluster: ClusterConfig;
  readonly lines: readonly ScriptLine[];
}

export interface ScriptLine {
  /** From 1, as editors count. */
  readonly number: number;
  readonly text: string;
}

export type ScriptRead =
  | { readonly ok: true; readonly script: Script }
  | { readonly ok: false; readonly reason: string };

interface Head {
  stores: number;
  clients: number;
  seed: number;
  settings: Record<string, number | boolean>;
}

const LINES_MAX = 100_000;

/** Reads a script; what its lines mean is found out when they are run. */
export function readScript(text: string): ScriptRead {
  const head: Head = { stores: 3, clients: 1, seed: 1, settings: {} };
  const lines: ScriptLine[] = [];
  const all = text.split(/\r?\n/);
  if (all.length > LINES_MAX)
    return {
      ok: false,
      reason: `The script has ${all.length} lines; ${LINES_MAX} are the most that is read.`,
    };
  for (const [i, line] of all.entries()) {
    const number = i + 1;
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const problem = lines.length === 0 ? readHead(head, line) : 'not a head';
    if (problem === null) continue;
    if (problem !== 'not a head') return { ok: false, reason: `Line ${number}: ${problem}` };
    lines.push({ number, text: line });
  }
  const { seed, ...cluster } = head;
  const wrong = seedProblem(seed) ?? clusterProblem(cluster);
  return wrong === null
    ? { ok: true, script: { seed, cluster, lines } }
    : { ok: false, reason: wrong };
}

/** Null where the line was taken as part of the head; 'not a head' where it is a command. */
function readHead(head: Head, line: string): string | null {
  const [word = '', ...args] = line
    .replace(/\s#.*$/, '')
    .trim()
    .split(/\s+/);
  switch (word) {
    case 'stores':
    case 'clients':
    case 'seed': {
      const [value = ''] = args;
      if (args.length !== 1 || !/^\d{1,10}$/.test(value)) return `${word} takes a whole number.`;
      head[word] = Number(value);
      return null;
    }
    case 'set':
      return args.length === 2
        ? setSetting(head.settings, `${args[0]}=${args[1]}`)
        : 'set takes a name and a value: set network.latency 40';
    default:
      return 'not a head';
  }
}

/** `name=value`; why it cannot be, or null and it is set. Whether the name exists is found out with the whole. */
export function setSetting(
  settings: Record<string, number | boolean>,
  text: string,
): string | null {
  const [, name, value] = /^([a-z][a-z.-]*)=(true|false|\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    return `\`${text}\` sets nothing. Write name=value, such as network.latency=40.`;
  settings[name] = value === 'true' ? true : value === 'false' ? false : Number(value);
  return null;
}
