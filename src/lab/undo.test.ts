import { expect, test } from 'vitest';
import { equalPlain } from '../base/plain.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { replay } from '../sim/replay.ts';
import { Lab } from './lab.ts';
import { printCommand } from './print-command.ts';

async function newLab(): Promise<Lab> {
  const lab = new Lab({ loom: 'test', build: 'test' });
  const conductor = await Conductor.start({
    seed: 7,
    cluster: { stores: 3, clients: 1, settings: {} },
    hosts: memoryHosts(),
    onRecords: (batch) => lab.take(batch),
  });
  lab.attach(conductor);
  await lab.run('wait 3s');
  return lab;
}

/** What faults change. */
function standing({ world }: Lab): unknown {
  const links = Object.values(world.links).map(({ from, to, cut, latency, jitter, changed }) => {
    return { from, to, cut, latency, jitter, changed };
  });
  const nodes = Object.values(world.nodes).map(({ id, status, clock, diskFault }) => {
    return { id, status, clock, diskFault };
  });
  const { holds, settings, broken } = world;
  return { links, nodes, holds, settings, broken };
}

test.each([
  ['kill s1', ['restart s1']],
  ['pause s2', ['resume s2']],
  ['isolate s3', ['heal s3']],
  ['partition s1 | s2 s3', ['heal']],
  ['cut s1 s2', ['mend s1 s2']],
  ['latency s1 s2 300ms', null],
  ['loss s1 s2 20%', null],
  ['disk s2 slow 200ms', ['disk s2 ok']],
  ['skew s3 250ms', ['skew s3 0ms']],
  ['hold MsgHeartbeat', null],
  ['config set client.lease-reads true', null],
])('%s is taken back, and what takes it back is recorded', async (line, back) => {
  const lab = await newLab();
  const before = standing(lab);
  expect(await lab.run(line)).toMatchObject({ ok: true });
  expect(equalPlain(standing(lab), before)).toBe(false);
  expect(await lab.run('undo')).toMatchObject({ ok: true, kind: 'text' });
  expect(standing(lab)).toEqual(before);
  const { commands } = lab.conductor.recording();
  const given = commands.slice(1).map(({ command }) => printCommand(command));
  expect(given.length).toBeGreaterThan(0);
  if (back !== null) expect(given).toEqual(back);
  expect(await lab.run('undo')).toMatchObject({
    ok: false,
    reason: 'There is nothing to take back.',
  });
  const again = await replay(lab.conductor.recording(), { hosts: memoryHosts() });
  expect(again.hash()).toBe(lab.hash());
});

test('one after the other, the newest first; what was mended by hand is not taken back again', async () => {
  const lab = await newLab();
  for (const line of ['kill s1', 'cut s2 s3', 'pause s3', 'mend s2 s3']) await lab.run(line);
  await lab.run('undo');
  expect(lab.world.nodes['s3']?.status).toBe('up');
  await lab.run('undo');
  expect(lab.world.nodes['s1']?.status).toBe('up');
  expect(await lab.run('undo')).toMatchObject({ ok: false });
});

test('healing is taken back link by link', async () => {
  const lab = await newLab();
  for (const line of ['cut s1 s2', 'cut s2 s3', 'heal', 'undo']) await lab.run(line);
  const cut = Object.values(lab.world.links).filter((link) => link.cut);
  expect(cut.map(({ from, to }) => `${from}>${to}`)).toEqual(['s1>s2', 's2>s3']);
});

test('what cannot be taken back says why, and changes nothing', async () => {
  const lab = await newLab();
  await lab.run('destroy s1');
  const answer = await lab.run('undo');
  expect(answer).toMatchObject({ ok: false });
  expect(answer.ok ? '' : answer.reason).toMatch(/disk of S1 is gone/);
  expect(lab.conductor.recording().commands).toHaveLength(1);
});
