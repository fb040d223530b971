// Transactions through the lab, on real nodes in memory: what is committed is seen at once and everywhere, what is not is
// never seen, and whoever dies in the middle leaves nothing that a reader cannot settle.
import { describe, expect, test } from 'vitest';
import { below, between, newChance, type Chance } from '../base/chance.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { replay } from '../sim/replay.ts';
import type { ClientOutcome } from '../tikv/client/request.ts';
import { operation } from '../projections/questions.ts';
import { Lab } from './lab.ts';

async function labOf(seed = 7): Promise<Lab> {
  const lab = new Lab({ loom: 'test', build: 'test' });
  lab.attach(
    await Conductor.start({
      seed,
      cluster: { stores: 3, clients: 3, settings: {} },
      hosts: memoryHosts(),
      onRecords: (records) => lab.take(records),
    }),
  );
  await lab.until("leader('r1')");
  return lab;
}

/** Gives the lines at once; the numbers of the operations. */
async function give(lab: Lab, ...lines: string[]): Promise<number[]> {
  const ops: number[] = [];
  for (const line of lines) {
    const answer = await lab.run(line);
    expect(answer, line).toMatchObject({ ok: true });
    if (answer.ok && answer.kind === 'command' && answer.op !== null) ops.push(answer.op);
  }
  return ops;
}

/** Gives the lines and waits for the last operation's end. */
async function told(lab: Lab, ...lines: string[]): Promise<ClientOutcome> {
  const op = (await give(lab, ...lines)).at(-1) ?? 0;
  expect(await lab.until(`op(${op}).ended`, { within: '60s' })).toMatchObject({ met: true });
  return operation(lab.world, op)?.outcome as ClientOutcome;
}

const value = (text: string | null) => ({ status: 'ok', result: { type: 'get', value: text } });
const text = async (lab: Lab, line: string): Promise<string> => {
  const answer = await lab.run(line);
  return answer.ok && answer.kind === 'text' ? answer.text : '';
};

describe('the first transaction', () => {
  test('both keys are there from the commit on, and not before', async () => {
    const lab = await labOf();
    await give(lab, 'c2: begin as early');
    await lab.until("seen('client/txn-begun')");
    expect(await told(lab, 'begin as t1', 'put ann 43', 'put bob 57', 'commit')).toMatchObject({
      status: 'ok',
      result: { type: 'commit' },
    });
    expect(await told(lab, 'c2: get ann')).toEqual(value(null));
    expect(await told(lab, 'c2: get bob')).toEqual(value(null));
    expect(await told(lab, 'c2: commit', 'c2: begin', 'c2: get ann')).toEqual(value('43'));
    expect(await told(lab, 'c2: scan a')).toMatchObject({
      result: {
        pairs: [
          ['ann', '43'],
          ['bob', '57'],
        ],
      },
    });
    expect(await told(lab, 'c3: get ann')).toEqual(value(null));
  });

  test('it reads its own writes and its snapshot', async () => {
    const lab = await labOf();
    await told(lab, 'begin', 'put a 1', 'put b 2', 'put c 3', 'commit');
    await give(lab, 'begin as mine');
    await lab.until("count('client/txn-begun') == 2");
    expect(await told(lab, 'c2: begin', 'c2: put a other', 'c2: commit')).toMatchObject({
      status: 'ok',
    });
    expect(await told(lab, 'get a')).toEqual(value('1'));
    expect(await told(lab, 'put b own', 'get b')).toEqual(value('own'));
    expect(await told(lab, 'delete c', 'put bb new', 'scan a limit 3')).toMatchObject({
      result: {
        pairs: [
          ['a', '1'],
          ['b', 'own'],
          ['bb', 'new'],
        ],
      },
    });
    expect(await told(lab, 'scan b bb limit 9')).toMatchObject({
      result: { pairs: [['b', 'own']] },
    });
    expect(await told(lab, 'rollback mine')).toMatchObject({ status: 'ok' });
    expect(await told(lab, 'begin', 'get b')).toEqual(value('2'));
  });

  test('the console shows its versions, locks and state', async () => {
    const lab = await labOf();
    expect(await text(lab, 'mvcc ann')).toBe('ann has no version at any timestamp.');
    expect(await text(lab, 'locks')).toBe('No key is locked.');
    expect(await text(lab, 'txn')).toBe('No transaction has begun.');
    await give(lab, 'begin as t1', 'put ann 43', 'put bob 57', 'commit');
    await lab.until("seen('txn/prewritten')");
    expect(await text(lab, 'locks')).toMatch(
      /^ann: \d Put, primary ann, .* to live\nbob: \d Put, primary ann/,
    );
    expect(await text(lab, 'txn t1')).toMatch(
      /^t1 of c1, start \d: prewriting, ann and bob, primary ann/,
    );
    await lab.until("count('mvcc/lock-removed') == 6");
    expect(await text(lab, 'mvcc bob')).toMatch(
      /^bob in Region 1, on S\d\nLOCK {5}none\nWRITE {4}\d to \d Put = 57\nDEFAULT {2}none/,
    );
    expect(await text(lab, 'txn t1')).toMatch(
      /^t1 of c1, start \d: committed at \d, ann and bob, primary ann$/,
    );
  });

  test('what does not go is refused by name', async () => {
    const lab = await labOf();
    const reason = async (...lines: string[]) => {
      const outcome = await told(lab, ...lines);
      return outcome.status === 'failed' ? outcome.reason : outcome.status;
    };
    expect(await reason('commit')).toContain('No transaction is open');
    expect(await reason('txn-get a')).toContain('No transaction is open');
    expect(await reason('begin as a', 'begin as b')).toContain('Transaction a is open');
    expect(await reason('cas k --absent 1')).toContain('Compare-and-swap is for raw keys');
    expect(await reason('commit other')).toContain('The open transaction is a, not other');
    expect(await told(lab, 'commit')).toMatchObject({ result: { type: 'commit', commitTs: null } });
  });
});

describe('conflict', () => {
  test('of two that write one key the first to commit wins, and the other is told all facts', async () => {
    const lab = await labOf();
    await give(lab, 'begin as one', 'c2: begin as two');
    await lab.until("count('client/txn-begun') == 2");
    expect(await told(lab, 'put k 1', 'commit')).toMatchObject({ status: 'ok' });
    const [winner] = lab.world.transactions.list;
    const lost = await told(lab, 'c2: put k 2', 'c2: put z 2', 'c2: commit');
    expect(lost).toMatchObject({
      status: 'failed',
      error: {
        kind: 'WriteConflict',
        reason: 'Optimistic',
        key: 'k',
        conflictStartTs: winner?.startTs,
        conflictCommitTs: winner?.commitTs,
      },
    });
    await lab.until('quiet()', { within: '20s' });
    expect(await text(lab, 'locks')).toBe('No key is locked.');
    expect(await told(lab, 'begin', 'scan a')).toMatchObject({ result: { pairs: [['k', '1']] } });
    expect(lab.world.transactions.list.map(({ phase }) => phase)).toEqual([
      'committed',
      'failed',
      'open',
    ]);
  });
});

describe('who dies in the middle', () => {
  test('the client before its primary: its locks are rolled back once their time is over', async () => {
    const lab = await labOf();
    await told(lab, 'begin', 'put a old', 'put b old', 'commit');
    await give(lab, 'begin', 'put a new', 'put b new', 'commit');
    await lab.until("count('txn/prewritten') == 2");
    await give(lab, 'kill c1');
    expect(lab.world.transactions.list.at(-1)?.phase).toBe('abandoned');
    expect(await told(lab, 'c2: begin', 'c2: get b')).toEqual(value('old'));
    // The reader pushed it, or rolled it back; a writer waits until the lock is gone.
    expect(await told(lab, 'c2: put b mine', 'c2: commit')).toMatchObject({ status: 'ok' });
    expect(await told(lab, 'c3: begin', 'c3: scan a')).toMatchObject({
      result: {
        pairs: [
          ['a', 'old'],
          ['b', 'mine'],
        ],
      },
    });
    expect(await text(lab, 'mvcc a')).toContain('Rollback');
  });

  test('the client after its primary: its keys are rolled forward', async () => {
    const lab = await labOf();
    await give(lab, 'begin', 'put a 1', 'put b 1', 'commit');
    await lab.until("seen('txn/committed')");
    await give(lab, 'kill c1');
    expect(await text(lab, 'locks')).toMatch(/^b: /);
    expect(await told(lab, 'c2: begin', 'c2: get b')).toEqual(value('1'));
    expect(await text(lab, 'locks')).toBe('No key is locked.');
  });

  test('the leader between prewrite and commit: the locks live on, and the commit finds the next leader', async () => {
    const lab = await labOf(3);
    const [op] = (await give(lab, 'begin', 'put a 1', 'put b 1', 'commit')).slice(-1);
    await lab.until("seen('client/txn-committing')");
    await give(lab, "kill {leader('r1')}");
    expect(await lab.until(`op(${op}).ended`, { within: '60s' })).toMatchObject({ met: true });
    const outcome = operation(lab.world, op as number)?.outcome;
    expect(outcome).toMatchObject({ status: 'ok', result: { type: 'commit' } });
    expect(await told(lab, 'c2: begin', 'c2: scan a')).toMatchObject({
      result: {
        pairs: [
          ['a', '1'],
          ['b', '1'],
        ],
      },
    });
  });

  test('no leader hears the commit again: nobody can know, and a reader finds out', async () => {
    const lab = await labOf(5);
    const [op] = (await give(lab, 'begin', 'put a 1', 'put b 1', 'commit')).slice(-1);
    await lab.until("seen('txn/committed')");
    await give(lab, 'isolate c1');
    expect(await lab.until(`op(${op}).ended`, { within: '90s' })).toMatchObject({ met: true });
    expect(operation(lab.world, op as number)?.outcome).toMatchObject({ status: 'undetermined' });
    expect(await told(lab, 'c2: begin', 'c2: scan a')).toMatchObject({
      result: {
        pairs: [
          ['a', '1'],
          ['b', '1'],
        ],
      },
    });
  });
});

const ACCOUNTS = ['ann', 'bob', 'cid', 'dan'];
const EACH = 100;

/** Money moves between accounts while stores and clients fail; every read of all accounts finds the same sum. */
async function bank(seed: number): Promise<{ lab: Lab; sums: number[] }> {
  const lab = await labOf(seed);
  const chance = newChance(seed, 'bank');
  await told(lab, 'begin', ...ACCOUNTS.map((name) => `put ${name} ${EACH}`), 'commit');
  const sums: number[] = [];
  for (let turn = 0; turn < 10; turn++) {
    await lab.run(FAULTS[below(chance, FAULTS.length)] as string);
    await Promise.all([transfer(lab, chance, 'c1'), transfer(lab, chance, 'c2')]);
    const all = await told(lab, 'c3: begin', 'c3: scan a');
    if (all.status === 'ok' && all.result.type === 'scan')
      sums.push(all.result.pairs.reduce((sum, [, money]) => sum + Number(money), 0));
    await lab.run('c3: rollback');
    for (const line of ['heal', 'restart s1', 'restart s2', 'restart s3']) await lab.run(line);
    await lab.pass(between(chance, 1, 900_000));
  }
  return { lab, sums };
}

const FAULTS = [
  'kill s1',
  'kill s2',
  "kill {leader('r1')}",
  'isolate s3',
  'isolate c1',
  'wait 10ms',
  'wait 40ms',
];

async function transfer(lab: Lab, chance: Chance, client: string): Promise<void> {
  const [from, to] = [below(chance, 4), below(chance, 3)];
  const [a, b] = [ACCOUNTS[from], ACCOUNTS.filter((_, i) => i !== from)[to]];
  const begun = await lab.run(`${client}: begin`);
  if (!begun.ok) return;
  const of = async (name: string | undefined) => {
    const outcome = await told(lab, `${client}: txn-get ${name}`);
    return outcome.status === 'ok' && outcome.result.type === 'get'
      ? Number(outcome.result.value)
      : null;
  };
  const [here, there] = [await of(a), await of(b)];
  const amount = between(chance, 1, 30);
  if (here === null || there === null) await lab.run(`${client}: rollback`);
  else
    await give(
      lab,
      `${client}: txn-put ${a} ${here - amount}`,
      `${client}: txn-put ${b} ${there + amount}`,
      `${client}: commit`,
    );
}

/** What a store has of each key, however and whenever it came there. */
const rowsOn = (lab: Lab, store: string) =>
  (lab.world.transactions.versions[store] ?? [])
    .map(({ changedAt: _at, ...rows }) => rows)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));

describe('the bank', () => {
  test.each([1, 2, 3, 4])(
    'storm %i: the sum is always the same',
    async (seed) => {
      const { lab, sums } = await bank(seed);
      expect(sums.length).toBeGreaterThan(3);
      const moved = lab.world.transactions.list.filter(
        ({ phase, buffer }) => phase === 'committed' && buffer.length === 2,
      );
      expect(moved.length).toBeGreaterThan(5);
      expect(new Set(sums)).toEqual(new Set([EACH * ACCOUNTS.length]));
      await lab.until('quiet()', { within: '60s' });
      const [first, ...others] = ['s1', 's2', 's3'].map((store) => rowsOn(lab, store));
      expect(first?.length).toBeGreaterThan(3);
      for (const rows of others) expect(rows).toEqual(first);
      for (const handling of ['plain', 'clone', 'freeze'] as const) {
        const hosts = memoryHosts({ handling });
        const again = await replay(lab.conductor.recording(), { hosts });
        expect(again.hash(), handling).toBe(lab.hash());
      }
    },
    60_000,
  );
});
