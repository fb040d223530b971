import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'loom-lab-'));
const file = (name: string) => join(folder, name);
const { argv, exitCode } = process;
let out = '';
let err = '';

beforeEach(() => {
  out = '';
  err = '';
  vi.resetModules();
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += String(text))));
});

afterEach(() => {
  vi.restoreAllMocks();
  process.argv = argv;
  process.exitCode = exitCode;
});

afterAll(() => rmSync(folder, { recursive: true }));

async function lab(...args: string[]): Promise<number> {
  process.argv = ['node', 'lab.mjs', ...args];
  await import('./lab.ts');
  return Number(process.exitCode);
}

const SCRIPT = `# A write outlives its leader.
stores 3
seed 7   # any will do
set network.latency 20

wait until {leader('r1')} within 5s
put ann 43
wait until {op(1).ended}
kill {leader('r1')}
get ann
wait until {op(2).ended} within 20s
`;

test('a script runs; its recording and its trace are those of the run', async () => {
  writeFileSync(file('a.loom'), SCRIPT);
  expect(
    await lab('run', file('a.loom'), '--trace', file('a.jsonl'), '--save', file('a.json')),
  ).toBe(0);
  expect(out).toContain('operation 2: c1 gets ann: ann = 43.');
  // Under what made time pass: what each command caused first, and not more than a few of it.
  expect(out).toMatch(
    /wait until \{op\(1\)\.ended\}\n +1\.898 {2}S1 refuses c1: it does not lead Region 1, S3 does {2}\(put ann 43\)\n/,
  );
  expect(out.match(/\(put ann 43\)$/gm)).toHaveLength(3);
  expect(out).toMatch(/ kill s3\n +2\.013 {2}You killed S3, leader of term 6 {2}\(kill s3\)\n/);
  const hash = /hash ([0-9a-f]{16})/.exec(out)?.[1];
  const records = Number(/records ([\d,]+)/.exec(out)?.[1]?.replace(',', ''));
  const trace = readFileSync(file('a.jsonl'), 'utf8').trim().split('\n');
  expect(trace).toHaveLength(records);
  expect(JSON.parse(trace[0] ?? '')).toMatchObject({
    n: 0,
    event: { type: 'world/started', seed: 7 },
  });

  vi.resetModules();
  out = '';
  expect(await lab('run', file('a.json'), '--quiet')).toBe(0);
  expect(/hash ([0-9a-f]{16})/.exec(out)?.[1]).toBe(hash);
});

test('a rule that is broken from the start is found out by the judges', async () => {
  writeFileSync(file('c.loom'), "wait until {leader('r1')} within 5s\nput ann 43\nwait 1s\n");
  expect(await lab('run', file('c.loom'))).toBe(0);
  expect(out).toMatch(/judges (\d+) of \1 hold\nhistory 1 operation: linearizable/);
  vi.resetModules();
  out = '';
  const rules = 'raft/commit-quorum, M01';
  expect(await lab('run', file('c.loom'), '--break', rules, '--save', file('c.json'))).toBe(1);
  expect(out).toMatch(/inv:R8 quorum-durability is broken at \d+\.\d+, record \d+: /);
  const { cluster } = JSON.parse(readFileSync(file('c.json'), 'utf8'));
  expect(cluster.broken).toEqual(['raft/commit-quorum', 'mut:M01']);
});

test('the history says what each client asked and was told', async () => {
  writeFileSync(file('d.loom'), SCRIPT);
  expect(await lab('run', file('d.loom'), '--quiet', '--history', file('d.history'))).toBe(0);
  const { format, entries } = JSON.parse(readFileSync(file('d.history'), 'utf8'));
  expect(format).toBe('loom-history/1');
  expect(entries).toMatchObject([
    { op: 1, client: 'c1', operation: 'put', key: 'ann', value: '43', status: 'ok' },
    { op: 2, client: 'c1', operation: 'get', key: 'ann', value: '43', status: 'ok' },
  ]);
  for (const { call, return: end } of entries) expect(end).toBeGreaterThan(call);
});

test('another seed and other settings are another run', async () => {
  writeFileSync(file('b.loom'), 'wait 3s\n');
  const hashes: (string | undefined)[] = [];
  for (const more of [[], ['--seed', '2'], ['--set', 'network.latency=20'], []]) {
    vi.resetModules();
    out = '';
    expect(await lab('run', file('b.loom'), ...more)).toBe(0);
    hashes.push(/hash ([0-9a-f]{16})/.exec(out)?.[1]);
  }
  expect(new Set(hashes).size).toBe(3);
  expect(hashes[3]).toBe(hashes[0]);
});

test.each([
  ['put ann\n', 1, 'Line 1, at 0.000: Here a value is missing: put KEY VALUE\nput ann\n       ^'],
  ['wait 1s\nkil s1\n', 1, 'Line 2, at 1.000: `kil` is not a command. Did you mean `kill`?'],
  ['kill s1\nkill s1\n', 1, 'Line 2, at 0.000: S1 is already down'],
  [
    "wait until {store('s1').status == 'down'} within 2s\n",
    1,
    'Line 1, at 2.000: It did not come about within 2.0',
  ],
  ['stores 9\n', 2, 'A cluster has 1 to 7 stores, not 9.'],
  ['stores\n', 2, 'Line 1: stores takes a whole number.'],
  ['set no.such 4\n', 2, 'There is no setting no.such.'],
  ['{"format":"loom-recording/9"}', 2, 'Open it with a newer Loom.'],
  ['{"format":', 2, 'This is no recording'],
])('%j ends with %d', async (text, code, message) => {
  writeFileSync(file('bad'), text);
  expect(await lab('run', file('bad'))).toBe(code);
  expect(err).toContain(message);
});

test.each([
  [['run'], 2, 'Which file?'],
  [['run', '/no/such/file'], 2, 'cannot be read'],
  [['run', 'a', 'b'], 2, 'b is not known here.'],
  [['run', 'a', '--seed', 'x'], 2, '--seed takes a whole number below 2^32, not x.'],
  [['run', 'a', '--set', 'x'], 2, 'Write name=value'],
  [['run', 'a', '--break', 'M03,M99'], 2, 'There is no rule `M99` to break.'],
  [['run', 'a', '--history'], 2, '--history takes a value.'],
  [['frobnicate'], 2, '`frobnicate` is not known here.'],
])('%j ends with %d', async (args, code, message) => {
  expect(await lab(...args)).toBe(code);
  expect(err).toContain(message);
});

test('help knows the words', async () => {
  expect(await lab('help', 'partition')).toBe(0);
  expect(out).toContain('Try: partition s1|s2,s3');
});
