// The way of each read: chosen in its line, taken by the store, and known of the operation afterwards.

import { expect, test } from 'vitest';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { Lab } from './lab.ts';
import { printCommand } from './print-command.ts';

async function newLab(): Promise<Lab> {
  const lab = new Lab({ loom: 'test', build: 'test' });
  const conductor = await Conductor.start({
    ...{ seed: 1, cluster: { stores: 3, clients: 1, settings: {} }, hosts: memoryHosts() },
    onRecords: (batch) => lab.take(batch),
  });
  lab.attach(conductor);
  await lab.run("until leader('r1')");
  await lab.run('wait 2s');
  return lab;
}

test.each([
  ['get a --path lease', 'local'],
  ['get a --path read-index', 'read-index'],
  ['get a --path replica --store FOLLOWER', 'replica'],
  ['scan a limit 5 --path lease', 'local'],
  ['scan a limit 5 --path read-index', 'read-index'],
  ['scan a limit 5 --path replica --store FOLLOWER', 'replica'],
])('%s', async (template, path) => {
  const lab = await newLab();
  await lab.run('put a 1');
  await lab.run('wait 1s');
  const leader = lab.names().value?.("leader('r1')");
  const store = leader !== undefined && 'text' in leader ? leader.text : '';
  const follower = ['s1', 's2', 's3'].find((each) => each !== store) ?? '';
  const line = template.replace('FOLLOWER', follower);
  const answer = await lab.run(line);
  if (!answer.ok || answer.kind !== 'command') expect.fail(JSON.stringify(answer));
  expect(printCommand(answer.command).replace(/^c1 /, '')).toBe(line);
  await lab.run('wait 2s');
  const operation = lab.world.clients['c1']?.ended.at(-1);
  expect(operation?.outcome?.status).toBe('ok');
  expect(operation?.served).toEqual({ store: path === 'replica' ? follower : store, path });
});
