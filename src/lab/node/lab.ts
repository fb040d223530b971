// `npm run lab`: recordings and scripts, run without a page.
//
//   npm run lab -- run FILE [--break RULES] [--history FILE] [--trace FILE] [--seed N] [--set name=value] [--save FILE]
//
// FILE is a recording (JSON, as the page exports it) or a script (console lines). Prints what became of it, what the
// judges say and the journal's hash. Exit codes: 0 it ran; 1 a line was refused, a condition was not met or a promise of
// the database was broken; 2 the command line or the file makes no sense.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { ruleIdOf } from '../../sim/broken-rules.ts';
import { Conductor } from '../../sim/conductor.ts';
import { memoryHosts } from '../../sim/memory-hosts.ts';
import type { JournalRecord } from '../../sim/record.ts';
import type { ClusterConfig, Recording } from '../../sim/recording.ts';
import { replay, ReplayRefused } from '../../sim/replay.ts';
import { operation } from '../../projections/questions.ts';
import { answerWords } from '../../projections/words/explain-client.ts';
import { requestWords } from '../../projections/words/explain-command.ts';
import { clock, commas, nodeName } from '../../projections/words/format.ts';
import { momentOf } from '../../projections/words/moment.ts';
import { Lab } from '../lab.ts';
import { printCommand } from '../print-command.ts';
import { canonicalJson, clusterProblem, readRecording, seedProblem } from '../recording-format.ts';
import { helpText } from '../verbs/all.ts';
import { Judged } from './judged.ts';
import { readScript, setSetting, type Script } from '../script.ts';
import { Ended } from './ended.ts';
import { Telling } from './telling.ts';
import { checkScenes, runScene } from './scenes.ts';

const USAGE = `npm run lab -- run FILE [--break RULE[,RULE]] [--history FILE] [--trace FILE] [--seed N]
                           [--set name=value] [--save FILE] [--quiet]

  FILE          a recording (JSON, as the page exports it), or a script: console lines, headed by
                stores N, clients N, seed N, set NAME VALUE. Where FILE is -, it is read from standard input.
  --break RULES breaks rules on every node from the start: mut:M03, M03 or raft/vote-log, with commas between
  --history F   writes there what the clients asked for and were told, as JSON
  --trace FILE  writes the journal there, one JSON object a line
  --seed N      runs it with another seed
  --set n=v     runs it with another setting, such as --set network.latency=40
  --save FILE   writes the recording of this run there
  --quiet       prints the result alone

npm run lab -- scene NAME|FILE [--json] [--save FILE]
                plays a scene (a built-in one, or YAML) step by step; --json prints its canonical text instead
npm run lab -- scenes [--golden]
                plays every built-in scene and compares it with its golden values; --golden writes them anew

npm run lab -- help [WORD]   this, and the console's words
`;

interface Plan {
  file: string;
  /** Rules that are broken from the start, by the engine's ids. */
  broken: string[];
  history: string | null;
  trace: string | null;
  save: string | null;
  quiet: boolean;
  seed: number | null;
  settings: Record<string, number | boolean>;
}

function readPlan(args: readonly string[]): Plan {
  const plan: Plan = {
    ...{ file: '', broken: [], history: null, trace: null, save: null },
    ...{ quiet: false, seed: null, settings: {} },
  };
  const rest = [...args];
  const valueOf = (option: string): string => {
    const value = rest.shift();
    if (value === undefined) throw new Ended(2, `${option} takes a value.\n\n${USAGE}`);
    return value;
  };
  while (rest.length > 0) {
    const word = rest.shift() as string;
    if (word === '--break') plan.broken.push(...readRules(valueOf(word)));
    else if (word === '--history') plan.history = valueOf(word);
    else if (word === '--trace') plan.trace = valueOf(word);
    else if (word === '--save') plan.save = valueOf(word);
    else if (word === '--quiet') plan.quiet = true;
    else if (word === '--seed') plan.seed = readSeed(valueOf(word));
    else if (word === '--set') {
      const problem = setSetting(plan.settings, valueOf(word));
      if (problem !== null) throw new Ended(2, problem);
    } else if (word.startsWith('--') || plan.file !== '')
      throw new Ended(2, `${word} is not known here.\n\n${USAGE}`);
    else plan.file = word;
  }
  if (plan.file === '') throw new Ended(2, `Which file?\n\n${USAGE}`);
  return plan;
}

function readSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (seedProblem(seed) !== null)
    throw new Ended(2, `--seed takes a whole number below 2^32, not ${text}.`);
  return seed;
}

/** Rules by any of their names, with commas between. */
function readRules(text: string): string[] {
  return text.split(',').map((name) => {
    const rule = ruleIdOf(name.trim());
    if (rule === null)
      throw new Ended(
        2,
        `There is no rule \`${name.trim()}\` to break. Mutations are M01 to M16, M18, M29 and D1 to D5; rules are named as in raft/vote-log.`,
      );
    return rule;
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Ended(
      2,
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** The journal's records as they come, to the lab and whoever tells of them, to the judges and to the trace. */
function reader(lab: Lab, judged: Judged, trace: number | null, telling: Telling | null) {
  return (records: readonly JournalRecord[]): void => {
    for (const record of records) {
      telling?.take(lab, record);
      lab.take([record]);
    }
    judged.take(records);
    if (trace === null || records.length === 0) return;
    writeSync(trace, `${records.map((record) => canonicalJson(record)).join('\n')}\n`);
  };
}

function changedCluster(cluster: ClusterConfig, plan: Plan): ClusterConfig {
  const broken = [...new Set([...(cluster.broken ?? []), ...plan.broken])];
  const changed = {
    ...cluster,
    settings: { ...cluster.settings, ...plan.settings },
    ...(broken.length === 0 ? {} : { broken }),
  };
  const problem = clusterProblem(changed);
  if (problem !== null) throw new Ended(2, problem);
  return changed;
}

type Running = {
  lab: Lab;
  /** Null: nobody wants to hear. */
  telling: Telling | null;
  onRecords: (records: readonly JournalRecord[]) => void;
};

async function runScript(script: Script, plan: Plan, running: Running): Promise<void> {
  const { lab, telling, onRecords } = running;
  const cluster = changedCluster(script.cluster, plan);
  const seed = plan.seed ?? script.seed;
  lab.attach(await Conductor.start({ seed, cluster, hosts: memoryHosts(), onRecords }));
  for (const { number, text } of script.lines) {
    const at = lab.conductor.now;
    const answer = await lab.run(text);
    if (!answer.ok) {
      const place =
        answer.from === null
          ? ''
          : `\n${text}\n${' '.repeat(answer.from)}${'^'.repeat(Math.max(1, (answer.to ?? 0) - answer.from))}`;
      throw new Ended(
        1,
        `Line ${number}, at ${clock(lab.conductor.now)}: ${answer.reason}${place}`,
      );
    }
    if (telling === null || answer.kind === 'nothing') continue;
    const shown =
      answer.kind === 'text' ? answer.text : answer.kind === 'command' ? answer.line : text.trim();
    say(
      `${clock(at).padStart(9)}  ${shown}${answer.kind === 'command' && answer.op !== null ? `  (operation ${answer.op})` : ''}`,
    );
    if (answer.kind === 'command') telling.follow(answer);
    for (const news of telling.news(lab)) say(news);
  }
}

async function runRecording(
  recording: Recording,
  plan: Plan,
  { lab, onRecords }: Running,
): Promise<void> {
  const cluster = changedCluster(recording.cluster, plan);
  const seed = plan.seed ?? recording.seed;
  if (!plan.quiet)
    for (const { at, command } of recording.commands)
      say(`${clock(at).padStart(9)}  ${printCommand(command)}`);
  const images = recording.base;
  const hosts = memoryHosts(images === undefined ? {} : { images });
  try {
    lab.attach(await replay({ ...recording, cluster, seed }, { hosts, onRecords }));
  } catch (error) {
    if (error instanceof ReplayRefused) throw new Ended(1, error.message);
    throw error;
  }
}

function printResult(lab: Lab, judged: Judged): void {
  const { world, conductor } = lab;
  say('');
  for (let op = 1; ; op++) {
    const found = operation(world, op);
    if (found === null) break;
    const { client, request, outcome, abandoned } = found;
    const end =
      outcome === null
        ? abandoned
          ? 'the client lost its power.'
          : 'still open.'
        : answerWords(request, outcome);
    say(`operation ${op}: ${client} ${requestWords(request)}: ${end}`);
  }
  for (const region of Object.keys(world.regions)) {
    const { chip } = momentOf(world, Number(region), conductor.now);
    say(`Region ${region}: ${chip}`);
  }
  const bugs = Object.values(world.nodes).filter((node) => node.panic !== null);
  for (const { id, panic } of bugs) say(`${nodeName(id)} stopped with an error of ours: ${panic}`);
  const { lines, broken } = judged.words(conductor.recording().base === undefined);
  for (const line of lines) say(line);
  say(`time ${clock(conductor.now)}`);
  say(`records ${commas(conductor.records)}`);
  say(`hash ${conductor.hash()}`);
  if (bugs.length > 0 || broken) throw new Ended(1, '');
}

async function run(args: readonly string[]): Promise<void> {
  const plan = readPlan(args);
  const text = readText(plan.file);
  const trace = plan.trace === null ? null : openForWriting(plan.trace);
  const lab = new Lab({ loom: 'lab', build: __BUILD_ID__ });
  const judged = new Judged();
  const telling = plan.quiet ? null : new Telling();
  const running = { lab, telling, onRecords: reader(lab, judged, trace, telling) };
  try {
    if (/^\s*\{/.test(text)) {
      const read = readRecording(text);
      if (!read.ok) throw new Ended(2, `${plan.file}: ${read.reason}`);
      await runRecording(read.recording, plan, running);
    } else {
      const read = readScript(text);
      if (!read.ok) throw new Ended(2, `${plan.file}: ${read.reason}`);
      await runScript(read.script, plan, running);
    }
    if (plan.save !== null) writeOut(plan.save, `${lab.export()}\n`);
    if (plan.history !== null) writeOut(plan.history, judged.history());
    printResult(lab, judged);
  } finally {
    if (trace !== null) closeSync(trace);
  }
}

const writeOut = (file: string, text: string): void => {
  const out = openForWriting(file);
  writeSync(out, text);
  closeSync(out);
};

function openForWriting(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    throw new Ended(
      2,
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function main(): Promise<number> {
  const [verb = 'help', ...args] = process.argv.slice(2);
  try {
    if (verb === 'run') await run(args);
    else if (verb === 'scene') await runScene(args);
    else if (verb === 'scenes') await checkScenes(args);
    else if (verb === 'help' || verb === '--help' || verb === '-h')
      say(args[0] === undefined ? `${USAGE}\n${helpText(null)}` : helpText(args[0]));
    else throw new Ended(2, `\`${verb}\` is not known here.\n\n${USAGE}`);
    return 0;
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    if (error.message !== '') process.stderr.write(`${error.message}\n`);
    return error.code;
  }
}

process.exitCode = await main();
