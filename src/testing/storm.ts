// `npm run storm`: random faults under load, seed after seed; a failing seed is the bug report.
//
//   npm run storm -- [--seeds N] [--from S] [--seconds V] [--stores N] [--clients N] [--profile NAME] [--break RULE] [--save FOLDER]
//
// Prints a line for each seed that breaks something, and figures at the end. Exit codes: 0 all held; 1 something broke;
// 2 the command line makes no sense.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleIdOf } from '../sim/broken-rules.ts';
import { writeRecording } from '../lab/recording-format.ts';
import { runGeneric } from './generic-storm.ts';
import { runSplits } from './splits-storm.ts';
import { noCounts, runStorm, type StormCounts, type StormResult } from './storm-run.ts';
import { PROFILES, type Profile } from './storm-profiles.ts';

const USAGE = `npm run storm -- [--seeds N] [--from S] [--seconds V] [--stores N] [--clients N] [--profile NAME] [--break RULE] [--save FOLDER]

  --seeds N      how many seeds (20)
  --from S       the first seed (1)
  --seconds V    virtual seconds of weather for each (60)
  --stores N     1 to 7 (3, 5 and 7 in turn)
  --clients N    1 to 4 (3)
  --profile P    ${PROFILES.join(', ')} (all in turn), generic, splits
  --break RULE   breaks a rule on purpose: M03, or a rule by its name
  --save FOLDER  where the recordings of failing seeds go (here)
`;

interface Plan {
  seeds: number;
  from: number;
  seconds: number;
  stores: number | null;
  clients: number;
  profile: Profile | 'generic' | null;
  broken: string[];
  save: string;
}

function readPlan(args: readonly string[]): Plan | string {
  const plan: Plan = {
    seeds: 20,
    from: 1,
    seconds: 60,
    stores: null,
    clients: 3,
    profile: null,
    broken: [],
    save: '.',
  };
  for (let i = 0; i < args.length; i += 2) {
    const [option = '', value] = [args[i], args[i + 1]];
    if (value === undefined) return `${option} takes a value.`;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (option === '--save') plan.save = value;
    else if (option === '--break') {
      const rule = ruleIdOf(value);
      if (rule === null) return `There is no rule ${value}.`;
      plan.broken.push(rule);
    } else if (option === '--profile') {
      const profile = [...PROFILES, 'generic' as const, 'splits' as const].find(
        (known) => known === value,
      );
      if (profile === undefined) return `There is no profile ${value}.`;
      plan.profile = profile;
    } else if (!isNumeric(option)) return `${option} is not known here.`;
    else if (Number.isNaN(number)) return `${option} takes a whole number, not ${value}.`;
    else plan[option.slice(2) as 'seeds'] = number;
  }
  return plan;
}

const isNumeric = (option: string): boolean =>
  ['--seeds', '--from', '--seconds', '--stores', '--clients'].includes(option);

/** Every profile but the calm, and sizes that have a majority and ones that are large. */
const TURN_PROFILES = PROFILES.filter((profile) => profile !== 'calm');
const TURN_STORES = [3, 5, 3, 7];

interface Storm {
  readonly name: string;
  readonly run: () => Promise<StormResult>;
}

function stormOf(plan: Plan, seed: number): Storm {
  const { seconds, clients } = plan;
  const broken = plan.broken.length === 0 ? {} : { broken: plan.broken };
  if (plan.profile === 'generic')
    return { name: 'generic', run: () => runGeneric({ seed, seconds, ...broken }) };
  if (plan.profile === 'splits')
    return { name: 'splits', run: () => runSplits({ seed, ...broken }) };
  const profile = plan.profile ?? (TURN_PROFILES[seed % TURN_PROFILES.length] as Profile);
  const stores = plan.stores ?? (TURN_STORES[seed % TURN_STORES.length] as number);
  const storm = { seed, stores, clients, profile, seconds, ...broken };
  return { name: profile, run: () => runStorm(storm) };
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const plan = readPlan(process.argv.slice(2));
  if (typeof plan === 'string') {
    process.stderr.write(`${plan}\n\n${USAGE}`);
    return 2;
  }
  const totals = noCounts();
  const began = performance.now();
  let broken = 0;
  for (let seed = plan.from; seed < plan.from + plan.seeds; seed++) {
    const { name: weather, run } = stormOf(plan, seed);
    const { breaches, recording, counts } = await run();
    for (const name of Object.keys(totals) as (keyof StormCounts)[]) totals[name] += counts[name];
    if (breaches.length === 0) continue;
    broken += 1;
    const file = join(plan.save, `storm-${weather}-${recording.cluster.stores}-${seed}.json`);
    writeFileSync(file, `${writeRecording(recording)}\n`);
    say(
      `seed ${seed}, ${weather}, ${recording.cluster.stores} stores: ${breaches.length} broken promises; recording in ${file}`,
    );
    for (const breach of breaches.slice(0, 5)) say(`  ${breach}`);
  }
  const wall = (performance.now() - began) / 1000;
  const { records, time, commands, kills, elections, ok, failed, undetermined } = totals;
  say(
    `${plan.seeds} storms, ${broken} broken; ${Math.round(time / 1e6)} virtual s in ${wall.toFixed(1)} s`,
  );
  say(`${commands} commands, ${kills} kills, ${elections} elections, ${records} records`);
  say(`operations: ${ok} ok, ${failed} failed, ${undetermined} undetermined`);
  if (totals.undecided > 0) say(`${totals.undecided} histories had too many orders to decide on`);
  return broken === 0 ? 0 : 1;
}

process.exitCode = await main();
