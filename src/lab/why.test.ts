import { describe, expect, test } from 'vitest';
import { labOf, runAll } from '../testing/lab-of.ts';
import type { Lab } from './lab.ts';

async function ask(lab: Lab, line: string): Promise<string> {
  const answer = await lab.run(line);
  if (!answer.ok || answer.kind !== 'text') throw new Error(JSON.stringify(answer));
  return answer.text;
}

async function led(seed = 7): Promise<{ lab: Lab; leader: string; others: string[] }> {
  const lab = await labOf(seed);
  await runAll(lab, ["wait until {leader('r1')}", 'wait 400ms']);
  const line = await lab.run("kill {leader('r1')}");
  const leader = line.ok && line.kind === 'command' ? line.line.slice(5) : '';
  await runAll(lab, [`restart ${leader}`, "wait until {leader('r1')} within 20s", 'wait 1s']);
  const now = Object.values(lab.world.nodes).find(
    ({ id }) => lab.world.replicas[id]?.[1]?.role === 'leader',
  );
  const others = ['s1', 's2', 's3'].filter((store) => store !== now?.id);
  return { lab, leader: now?.id ?? '', others };
}

const big = (store: string | undefined) => (store ?? '').toUpperCase();

describe('why', () => {
  test('a store leads, follows, is down, is paused, asks for votes', async () => {
    const { lab, leader, others } = await led();
    expect(await ask(lab, `why ${leader}`)).toMatch(
      new RegExp(`^${big(leader)} leads term \\d+ since [\\d.]+: it had 2 votes.* needed 2 of 3`),
    );
    expect(await ask(lab, `why ${others[0]} r1`)).toMatch(
      new RegExp(`^${big(others[0])} follows ${big(leader)}, who leads term`),
    );
    await runAll(lab, [`kill ${others[0]}`, `pause ${others[1]}`]);
    expect(await ask(lab, `why ${others[0]}`)).toMatch(/was killed at [\d.]+\.\n {2}record pd|\d/);
    expect(await ask(lab, `why ${others[1]}`)).toContain('it takes nothing in until it is resumed');
    await runAll(lab, [`resume ${others[1]}`, `isolate ${others[1]}`]);
    await lab.until(`peer('${others[1]}').role == 'pre-candidate'`, { within: '20s' });
    expect(await ask(lab, `why ${others[1]}`)).toMatch(
      /asks whether it could win term \d+ and has one vote; it needs 2 of 3/,
    );
  });

  test('an entry is committed by a quorum, or not: on how many disks, and who is silent', async () => {
    const { lab, leader, others } = await led();
    await runAll(lab, ['put ann 43', 'wait until {op(1).ended} within 20s']);
    const index = Number(lab.world.replicas[leader]?.[1]?.log.lastIndex);
    const committed = await ask(lab, `why entry ${index}`);
    expect(committed).toMatch(
      new RegExp(`^Entry ${index} is committed since .*is on \\d of 3 disks\\.`),
    );
    expect(committed).toContain('rule raft/commit-quorum: An entry is committed when a majority');
    expect(committed).toMatch(new RegExp(`record ${leader}#\\d+, at`));
    await runAll(lab, [
      `kill ${others[0]}`,
      `cut ${leader} ${others[1]}`,
      'put bob 1',
      'wait 300ms',
    ]);
    const waits = await ask(lab, `why entry ${index + 1}`);
    expect(waits).toMatch(
      new RegExp(`is not committed: it is on the disk of ${big(leader)}, and it needs 2 of 3`),
    );
    expect(waits).toContain(`${big(others[0])} is down`);
    expect(waits).toContain(`${big(others[1])} is behind a cut link`);
    expect(await ask(lab, `why entry ${index + 50}`)).toContain(`There is no entry ${index + 50}`);
    const open = await ask(lab, 'why op 2');
    expect(open).toMatch(/^Operation 2, c1 puts bob = 1, is entry \d+ of S\d’s log/);
    expect(open).toContain('is not committed');
    expect(await ask(lab, 'why c1')).toBe(open);
  });

  test('a vote is granted by the log rule, and refused with its numbers', async () => {
    const { lab, leader, others } = await led();
    await runAll(lab, [`isolate ${others[0]}`, 'put ann 1', 'wait 1s', 'heal']);
    expect(await ask(lab, `why vote ${leader}`)).toMatch(/^(S\d|Nobody)/);
    await runAll(lab, [`kill ${leader}`, `campaign ${others[0]}`, 'wait 300ms']);
    const refused = await ask(lab, `why vote ${others[1]}`);
    expect(refused).toMatch(/^S\d (refused|did not look at|gave|told)/);
    expect(refused).toMatch(/rule raft\/vote-(log|once|stickiness)/);
  });

  test('a read says by which path it was answered', async () => {
    const { lab } = await led();
    await runAll(lab, ['put ann 43', 'get ann --path read-index', 'wait 2s']);
    const read = await ask(lab, 'why read 2');
    expect(read).toContain('c1 gets ann');
    expect(read).toMatch(
      /S\d answered it at [\d.]+ with everything up to entry \d+, after a majority/,
    );
    expect(read).toContain('rule raft/read-index-quorum');
    expect(await ask(lab, 'why op 77')).toContain('Operation 77 is unknown');
  });

  test('a lock, and the write conflict that ended a transaction', async () => {
    const { lab } = await led();
    await runAll(lab, ['begin as t1', 'c2: begin as t2', 'wait 500ms']);
    await runAll(lab, ['put ann 1', 'c2: put ann 2', 'wait 200ms', 'commit', 'wait 2s']);
    await runAll(lab, ['c2: commit', 'wait 2s']);
    const txn = await ask(lab, 'why txn t2');
    expect(txn).toContain('t2 of c2 is failed');
    expect(txn).toContain('rule txn/write-conflict');
    expect(await ask(lab, 'why ann')).toContain('ann is not locked.');
    expect(await ask(lab, 'why txn t9')).toBe('No transaction is called t9.');
  });

  test('PD sends clients to a leader, and passes over the late word of the one before', async () => {
    const { lab, leader, others } = await led();
    await runAll(lab, [
      `link ${leader} pd1 3s`,
      'wait 3s',
      `transfer-leader r1 ${others[0]}`,
      'wait 4s',
    ]);
    const said = await ask(lab, 'why pd r1');
    expect(said).toMatch(
      new RegExp(`^PD sends clients of Region 1 to ${big(others[0])}: it heard`),
    );
    expect(said).toMatch(
      new RegExp(
        `PD passed over a heartbeat of ${big(leader)} at [\\d.]+: it says version 1, conf_ver 1, term (\\d+), and PD knows version 1, conf_ver 1, term (?!\\1)\\d+, which is newer`,
      ),
    );
    expect(said).toContain('rule pd/heartbeat-fresh: PD takes a heartbeat only where');
  });

  test('what it cannot be asked about', async () => {
    const { lab } = await led();
    expect(await lab.run('why pd1')).toMatchObject({ ok: false, from: 4, to: 7 });
    expect(await lab.run('why s9')).toMatchObject({ ok: false });
    expect(await lab.run('why entry')).toMatchObject({ ok: false });
    expect(await lab.run("why ''")).toMatchObject({ ok: false });
    // Looking is not recorded.
    expect(lab.export()).not.toContain('why');
  });
});
