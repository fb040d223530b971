import { describe, expect, test } from 'vitest';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { ClusterConfig } from '../sim/recording.ts';
import { replay } from '../sim/replay.ts';
import { Lab } from './lab.ts';
import { readRecording } from './recording-format.ts';

async function labOf(seed = 7, cluster: Partial<ClusterConfig> = {}): Promise<Lab> {
  const lab = new Lab({ loom: 'test', build: 'test' });
  lab.attach(
    await Conductor.start({
      seed,
      cluster: { stores: 3, clients: 1, settings: {}, ...cluster },
      hosts: memoryHosts(),
      onRecords: (records) => lab.take(records),
    }),
  );
  return lab;
}

/** Runs lines that must be taken. */
async function runAll(lab: Lab, lines: readonly string[]): Promise<void> {
  for (const line of lines) expect(await lab.run(line), line).toMatchObject({ ok: true });
}

describe('a session', () => {
  test('a leader is elected, a write outlives it, a read finds it', async () => {
    const lab = await labOf();
    await runAll(lab, ["wait until {leader('r1')}", 'put ann 43']);
    expect(await lab.until('op(1).ended')).toMatchObject({ met: true });
    expect(await lab.until('op(1).ok')).toMatchObject({ met: true });
    const killed = await lab.run("kill {leader('r1')}");
    const leader = killed.ok && killed.kind === 'command' ? killed.line.slice('kill '.length) : '';
    expect(leader).toMatch(/^s[123]$/);
    await runAll(lab, ['get ann']);
    expect(await lab.until("op(2).value == '43'", { within: '20s' })).toMatchObject({ met: true });
    expect(await lab.until(`leader('r1') != '${leader}' && leader('r1')`)).toMatchObject({
      met: true,
    });
    await runAll(lab, [`restart ${leader}`, 'wait until {quiet()}']);
    expect(lab.idle()).toEqual({ idle: true });
  });

  test('what it exports runs again to the same journal', async () => {
    const lab = await labOf(11);
    await runAll(lab, [
      "wait until {leader('r1')}",
      'put a 1',
      'put b 2',
      'wait 300ms',
      'kill s2',
      'wait 2s',
      'restart s2',
      'scan a',
      'wait 1s',
    ]);
    const read = readRecording(lab.export());
    if (!read.ok) throw new Error(read.reason);
    const again = await replay(read.recording, { hosts: memoryHosts() });
    expect(again.hash()).toBe(lab.hash());
    expect(again.now).toBe(lab.conductor.now);
  });

  test('time stands still between calls, and the command stands behind the input that met the condition', async () => {
    const lab = await labOf();
    const met = await lab.until("seen('raft/became-leader')");
    const at = lab.now();
    expect(met).toEqual({ met: true, at });
    const { records } = lab.events(lab.journal.total - 20);
    const elected = records.find(({ event }) => event.type === 'raft/became-leader');
    expect(elected?.at).toBe(lab.conductor.now);
    await lab.run('kill s3');
    expect(lab.now()).toBe(at);
    expect(lab.conductor.recording().commands[0]?.after).toEqual(
      lab.conductor.recording().end?.after,
    );
  });

  test('looking changes no hash', async () => {
    const lab = await labOf();
    await runAll(lab, ['wait 2s', 'put a 1', 'wait 1s']);
    const before = [lab.hash(), lab.export()];
    for (const line of ['help', 'help kill', '', '# remark', 'kil s1', 'kill s9', 'resume s1'])
      await lab.run(line);
    lab.state();
    lab.events();
    lab.idle();
    await lab.until('true');
    await lab.until('nonsense(');
    expect([lab.hash(), lab.export()]).toEqual(before);
  });
});

describe('answers', () => {
  test('a command comes back as the line that is recorded, at once', async () => {
    const lab = await labOf();
    expect(await lab.run('PUT ann "43"  # hello')).toEqual({
      ok: true,
      kind: 'command',
      line: 'put ann 43',
      record: 12,
      command: { type: 'request', client: 'c1', request: { type: 'put', key: 'ann', value: '43' } },
      op: 1,
      at: 0,
    });
    expect(lab.idle()).toEqual({ idle: false, why: 'Operation 1 of c1 is open.' });
  });

  test('an expression may stand for a name', async () => {
    const lab = await labOf();
    expect(await lab.run("kill {leader('r1')}")).toMatchObject({
      ok: false,
      reason: "`leader('r1')` names nothing at this moment.",
      from: 5,
    });
    expect(await lab.run('kill {1 + }')).toMatchObject({ ok: false });
    expect(await lab.run('kill {stores().at(-1).id}')).toMatchObject({ ok: true, line: 'kill s3' });
  });

  test('what the cluster refuses is not recorded, and says the way out', async () => {
    const lab = await labOf();
    await runAll(lab, ['kill s1']);
    expect(await lab.run('kill s1')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('restart s1') as string,
    });
    expect(lab.conductor.recording().commands).toHaveLength(1);
  });

  test('a condition that is not met says so, and when', async () => {
    const lab = await labOf();
    expect(await lab.until("store('s1').status == 'down'", { within: 1500 })).toEqual({
      met: false,
      at: 1500,
      why: 'It did not come about within 1.5\u00a0s.',
    });
    expect(lab.now()).toBe(1500);
  });

  test('a condition that makes no sense moves no time', async () => {
    const lab = await labOf();
    for (const wrong of [
      'leeder()',
      "store('s9').up",
      'op(',
      "seen('raft/becam-leader', e => e.",
      "seen('nothing')",
    ]) {
      const answer = await lab.until(wrong);
      expect(answer).toMatchObject({ met: false, at: 0 });
    }
    expect(await lab.until('leeder()')).toMatchObject({
      why: 'There is no `leeder`. Did you mean `leader`? (at character 1)',
    });
    expect(await lab.until('true', { within: 'soon' })).toMatchObject({ met: false });
    expect(await lab.run('wait until {leeder()}')).toMatchObject({ ok: false, from: 12, to: 18 });
  });

  test('commands come in between the inputs of a condition that waits', async () => {
    const lab = await labOf();
    const waiting = lab.until("store('s1').status == 'down'");
    const killed = lab.run('kill s1');
    expect(lab.idle()).toMatchObject({ idle: false });
    expect(await killed).toMatchObject({ ok: true });
    expect(await waiting).toMatchObject({ met: true });
  });

  test('waiting can be ended', async () => {
    const lab = await labOf();
    const waiting = lab.until('false', { within: '1000s' });
    await lab.step();
    lab.cancel();
    expect(await waiting).toMatchObject({ met: false, why: 'The waiting was ended.' });
  });

  test('one step is one input', async () => {
    const lab = await labOf();
    const at = lab.conductor.nextAt();
    expect(await lab.step()).toEqual({ moved: true, at: (at ?? 0) / 1000 });
  });
});

describe('conditions', () => {
  test('state and history agree', async () => {
    const lab = await labOf(3, { stores: 5, clients: 2 });
    await runAll(lab, [
      "wait until {leader('r1')}",
      'put ann 43',
      'c2: cas ann 43 44',
      'wait 2s',
      "put 'zoë' 'ä'",
      'wait 1s',
    ]);
    const holds = [
      'now > 2000',
      "region('r1').leader == leader() && leaders().length == 1",
      'region(1).term > 5 && region(2) == null',
      "stores().length == 5 && stores().every(s => s.up && s.pd == 'Up')",
      "peer(leader(), 'r1').role == 'leader'",
      "peer('s1', 'r1').commit >= 7 && peer('s1').lastIndex >= 7",
      "entry('s1', 'r1', 7).key == 'ann' && entry('s1', 'r1', 7).applied",
      "key('ann').value == '44' || key('ann').value == '43'",
      "key('zoë').value == 'ä' && !key('bob').exists",
      "ops().length == 3 && ops('c2')[0].type == 'cas'",
      "op(1).ok && op(1).status == 'ok'",
      "client('c1').open.length == 0 && client('c1').last.key == 'zoë'",
      "seen('raft/became-leader', e => e.term == 6) && count('raft/became-leader') >= 1",
      "last('raft/became-leader').node == leader()",
      "first('raft/became-leader').t < 2500",
      "ev('client/op-ended').length == 3",
      "!link('s1', 's2').cut && link('s1', 's2').latency == 30",
      "count('raft/voted', e => e.granted && !e.pre) >= 2",
    ];
    for (const expression of holds)
      expect(await lab.until(expression, { within: 0 }), expression).toMatchObject({ met: true });
  });

  test('what is asked of history is the same whether asked often or once', async () => {
    const often = await labOf(5);
    const once = await labOf(5);
    const expression = "count('network/sent', e => e.message.type == 'raft') == 120";
    expect(await often.until(expression)).toEqual({ met: true, at: often.now() });
    await once.pass(often.conductor.now);
    expect(
      await once.until("count('network/sent', e => e.message.type == 'raft') >= 120", {
        within: 0,
      }),
    ).toMatchObject({ met: true });
  });
});
