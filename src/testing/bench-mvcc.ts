// How the cost of reads, scans and commits grows with keys and versions. Through `executeCommand`, without Raft and disk:
// what is measured is the transaction layer and the sorted maps under it.

import { newChance, below } from '../base/chance.ts';
import { KvEngine } from '../tikv/kv/engine.ts';
import { appendTs, encodeKey } from '../tikv/mvcc/key.ts';
import { encodeWrite, newWrite } from '../tikv/mvcc/write.ts';
import { LocalStore } from './model/local-store.ts';
import { getRequest, mutation, prewriteRequest, scanRequest } from './model/must-store.ts';

/** [keys, versions of each]. */
const SIZES: readonly (readonly [number, number])[] = [
  [10, 1],
  [10, 10],
  [10, 100],
  [1_000, 1],
  [1_000, 10],
  [1_000, 100],
  [100_000, 1],
  [100_000, 10],
  [1_000_000, 1],
  [100_000, 100],
  [1_000_000, 10],
];
const STRETCHES = 12;
const STRETCH_MS = 15;
const SCAN_KEYS = 100;

const keyOf = (n: number) => `key${String(n).padStart(7, '0')}`;

interface Row {
  readonly keys: number;
  readonly versions: number;
  readonly fillMs: number;
  readonly reads: number;
  readonly scanned: number;
  readonly commits: number;
  readonly snapshotNs: number;
}

/** The table, one row a size. */
export function benchMvcc(sizes: readonly (readonly [number, number])[] = SIZES): string {
  measure(1_000, 3);
  const rows = sizes.map(([keys, versions]) => measure(keys, versions));
  const head = [
    'keys',
    'versions',
    'records',
    'fill ms',
    'reads/s',
    'scanned keys/s',
    'prewrite+commit/s',
    'snapshot ns',
  ];
  const cells = rows.map((row) => [
    whole(row.keys),
    whole(row.versions),
    whole(row.keys * row.versions),
    whole(row.fillMs),
    whole(row.reads),
    whole(row.scanned),
    whole(row.commits),
    whole(row.snapshotNs),
  ]);
  const widths = head.map((title, i) =>
    Math.max(title.length, ...cells.map((row) => (row[i] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ');
  return [
    'mvcc: one store in memory, commands one after the other, values of 8 bytes inside the records.',
    'A read is a Get at a random timestamp of a random key; a scan reads 100 keys; a commit is a prewrite and a commit',
    'of one random key. Each figure is the best of 12 stretches of 15 ms. 1,000,000 keys with 100 versions are left',
    'out: they need more memory than a tab has.',
    '',
    line(head),
    ...cells.map(line),
  ].join('\n');
}

/** Rounded, with a mark at every third digit. */
function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function measure(keys: number, versions: number): Row {
  const chance = newChance(keys, `bench ${versions}`);
  const begun = performance.now();
  const store = new LocalStore(filled(keys, versions));
  const fillMs = performance.now() - begun;
  const newest = versions * 10;
  const someKey = () => keyOf(below(chance, keys));
  const someTs = () => 10 + below(chance, newest);
  const reads = rate(() => store.execute(getRequest(someKey(), someTs())));
  const scans = rate(() => store.execute(scanRequest(someKey(), someTs(), { limit: SCAN_KEYS })));
  const snapshots = rate(() => store.engine.snapshot());
  let ts = newest;
  const commits = rate(() => {
    const key = someKey();
    const startTs = (ts += 2);
    const mutations = [mutation('Put', key, { value: 'value678' })];
    store.execute(prewriteRequest({ primary: key, startTs, mutations }));
    store.execute({ type: 'commit', keys: [key], startTs, commitTs: startTs + 1 });
  });
  // A scan from a random key finds on average what a whole range of that many keys would.
  const perScan = meanScan(keys);
  return {
    keys,
    versions,
    fillMs,
    reads,
    scanned: scans * perScan,
    commits,
    snapshotNs: 1e9 / snapshots,
  };
}

/** Keys that a scan of at most 100 finds from a random key on, in the mean. */
function meanScan(keys: number): number {
  let sum = 0;
  for (let from = Math.max(0, keys - SCAN_KEYS); from < keys; from++) sum += keys - from;
  return (sum + Math.max(0, keys - SCAN_KEYS) * SCAN_KEYS) / keys;
}

/** Committed versions at 10, 20, … for every key, written in order. */
function filled(keys: number, versions: number): KvEngine {
  const engine = new KvEngine();
  const records = Array.from({ length: versions }, (_, i) =>
    encodeWrite(newWrite('Put', (versions - i) * 10 - 5, 'value678')),
  );
  for (let n = 0; n < keys; n++) {
    const encoded = encodeKey(keyOf(n));
    engine.write(
      records.map((value, i) => ({
        type: 'put',
        cf: 'write',
        key: appendTs(encoded, (versions - i) * 10),
        value,
      })),
    );
  }
  return engine;
}

/** Times a second, in the best of several short stretches: others use the machine too. */
function rate(act: () => unknown): number {
  for (let i = 0; i < 20; i++) act();
  let best = 0;
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const begun = performance.now();
    let times = 0;
    let spent = 0;
    do {
      for (let i = 0; i < 10; i++) act();
      times += 10;
      spent = performance.now() - begun;
    } while (spent < STRETCH_MS);
    best = Math.max(best, (times / spent) * 1000);
  }
  return best;
}
