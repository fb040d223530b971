// `npm run bench`: the figures of this machine, as a table and as JSON. Medians; the first round of each warms up.
//
//   npm run bench [-- PART …] [--rounds N] [--json FILE]
//
// Parts: core, cluster, page (these where nothing is said); raft (our core beside another library, which it installs);
// mvcc (the transaction layer); weave (the page with 300 Regions and 2,000 messages); regions (idle Regions, asleep and
// awake); past (a step back in a session of ten minutes).

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measureCluster } from './bench-cluster.ts';
import { benchMvcc } from './bench-mvcc.ts';
import { measurePage } from './bench-page.ts';
import { measurePast } from './bench-past.ts';
import { measureRegions } from './bench-regions.ts';
import { measureWeave } from './bench-weave.ts';
import { benchRaft, measureRaft } from './bench-raft.ts';

const USAGE = `npm run bench -- [core] [cluster] [page] [raft] [mvcc] [weave] [regions] [past] [--rounds N] [--json FILE]
`;

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const round = (value: number): number =>
  value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function core(): Row[] {
  const { proposals, micros } = measureRaft();
  return [
    {
      name: 'Raft core: three peers, 64 proposals in flight',
      value: proposals,
      unit: 'proposals/s',
    },
    { name: 'Raft core: a delivered message', value: micros, unit: 'µs' },
  ];
}

async function cluster(rounds: number): Promise<Row[]> {
  const { idle, loaded, judging, idleRecords, loadedRecords } = await measureCluster(rounds);
  return [
    { name: 'five stores in Node, idle', value: round(idle), unit: 'virtual s/s' },
    {
      name: 'five stores in Node, 50 puts a virtual second',
      value: round(loaded),
      unit: 'virtual s/s',
    },
    { name: 'all judges over it, of the time it takes', value: round(judging), unit: '%' },
    { name: 'records of it, idle', value: round(idleRecords), unit: 'records/virtual s' },
    {
      name: 'records of it, 50 puts a virtual second',
      value: round(loadedRecords),
      unit: 'records/virtual s',
    },
  ];
}

async function page(rounds: number): Promise<Row[]> {
  const speed = await measurePage(rounds);
  if (speed === null) {
    say('No page was measured: there is no Chromium, or the page could not be served.');
    return [];
  }
  const { browser } = speed;
  return [
    {
      name: `five stores in ${browser} on IndexedDB, idle`,
      value: round(speed.idle),
      unit: 'virtual s/s',
    },
    {
      name: `five stores in ${browser} on IndexedDB, 10 puts a virtual second`,
      value: round(speed.loaded),
      unit: 'virtual s/s',
    },
    {
      name: `IndexedDB in the same page, one put a transaction`,
      value: round(speed.transactions),
      unit: 'transactions/s',
    },
  ];
}

async function weave(): Promise<Row[]> {
  const found = await measureWeave();
  if (found === null) say('No page was measured: there is no Chromium, or it could not be served.');
  return (found ?? []).flatMap(({ state, frames, script, thread, late, nodes, messages }) => [
    { name: `${state}: script of a frame, p95 of ${frames}`, value: round(script), unit: 'ms' },
    { name: `${state}: of it on the processor, p95`, value: round(thread), unit: 'ms' },
    { name: `${state}: frames over 34 ms`, value: round(late * 100), unit: '%' },
    { name: `${state}: DOM nodes at most`, value: nodes, unit: 'nodes' },
    { name: `${state}: messages under way`, value: messages, unit: 'messages' },
  ]);
}

/** Not a median: what other programs take of the machine only adds to it. */
const LEAST = 'µs/virtual s, the least of five';

async function regions(): Promise<Row[]> {
  const costs = await measureRegions([1, 10, 100, 1000]);
  return costs.flatMap(({ regions: count, asleep, awake }) => {
    const name = `three stores, ${count === 1 ? 'one idle Region' : `${count} idle Regions`}`;
    return [
      { name: `${name} asleep`, value: round(asleep.micros), unit: LEAST },
      { name: `${name} awake`, value: round(awake.micros), unit: LEAST },
      { name: `${name} asleep`, value: round(asleep.records), unit: 'records/virtual s' },
      { name: `${name} awake`, value: round(awake.records), unit: 'records/virtual s' },
    ];
  });
}

async function past(): Promise<Row[]> {
  const { records, wall, thread } = await measurePast();
  const name = `looking back in ten minutes, ${records} records: a seek, p95`;
  return [
    { name, value: round(wall), unit: 'ms' },
    { name: `${name}, on the processor`, value: round(thread), unit: 'ms' },
  ];
}

function printTable(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, value, unit } of rows)
    say(`${name.padEnd(width)}  ${String(value).padStart(9)} ${unit}`);
}

const PARTS = ['core', 'cluster', 'page', 'raft', 'mvcc', 'weave', 'regions', 'past'];

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const option = (name: string): string | null => {
    const place = args.indexOf(name);
    return place < 0 ? null : (args.splice(place, 2)[1] ?? '');
  };
  const rounds = Number(option('--rounds') ?? '5');
  const json = option('--json');
  const unknown = args.find((part) => !PARTS.includes(part));
  if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1 || json === '') {
    process.stderr.write(
      `${unknown === undefined ? '' : `${unknown} is no part of the bench.\n`}${USAGE}`,
    );
    return 2;
  }
  const parts = args.length === 0 ? ['core', 'cluster', 'page'] : args;
  if (parts.includes('raft')) say(`${benchRaft()}\n`);
  if (parts.includes('mvcc')) say(`${benchMvcc()}\n`);
  const rows: Row[] = [];
  if (parts.includes('core')) rows.push(...core());
  if (parts.includes('cluster')) rows.push(...(await cluster(rounds)));
  if (parts.includes('page')) rows.push(...(await page(rounds)));
  if (parts.includes('weave')) rows.push(...(await weave()));
  if (parts.includes('regions')) rows.push(...(await regions()));
  if (parts.includes('past')) rows.push(...(await past()));
  if (rows.length === 0) return 0;
  const machine = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
  say(`${machine}, medians of ${rounds} rounds\n`);
  printTable(rows);
  const text = JSON.stringify({ machine, rounds, figures: rows });
  if (json === null) say(`\n${text}`);
  else writeFileSync(json, `${text}\n`);
  return 0;
}

process.exitCode = await main();
