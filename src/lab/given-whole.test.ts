// A command that several nodes take, and one that a single node takes: whatever host dies at it, the recording says
// exactly what happened. (rules 3, 14)

import { expect, test } from 'vitest';
import { readRecording, writeRecording } from './recording-format.ts';
import type { Command } from '../sim/command.ts';
import { Conductor } from '../sim/conductor.ts';
import { HostDied, type Hosts, type RunRequest } from '../sim/host.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { replay } from '../sim/replay.ts';

const cluster = { stores: 3, clients: 1, settings: {} };

/** Hosts of which one node's dies when it is asked for this, instead of doing it. */
function mortal(hosts: Hosts, dies: string, at: RunRequest['type'], armed: () => boolean): Hosts {
  return {
    wipe: (node, generation) => hosts.wipe(node, generation),
    async start(boot, saved) {
      const host = await hosts.start(boot, saved);
      return {
        stop: () => host.stop(),
        run(request) {
          if (boot.node !== dies || request.type !== at || !armed()) return host.run(request);
          throw new HostDied(boot.node, 'its worker ended', null);
        },
      };
    },
  };
}

const COMMANDS: readonly (readonly [Command, RunRequest['type']])[] = [
  [{ type: 'mutate', rule: 'mut:M10', on: true }, 'command'],
  [{ type: 'config-set', name: 'client.lease-reads', value: true }, 'command'],
  [
    {
      type: 'set-timer',
      region: 1,
      timers: [
        ['s1', 1_100_000],
        ['s2', 1_500_000],
        ['s3', 1_900_000],
      ],
    },
    'command',
  ],
  [{ type: 'skew', node: 's2', offset: 40_000, ppm: 0 }, 'skew'],
  [{ type: 'disk', node: 's2', fault: { type: 'slow', by: 10_000 } }, 'disk'],
  [{ type: 'pause', node: 's2' }, 'pause'],
];

test.each(COMMANDS)('%j', async (command, at) => {
  const memory = memoryHosts();
  let armed = false;
  const hosts = mortal(memory, 's2', at, () => armed);
  const live = await Conductor.start({ seed: 5, cluster, hosts });
  await live.advance(4_000_000);
  armed = true;
  await live.give(command);
  armed = false;
  expect(live.nodes.get('s2')).toBe('down');
  await live.advance(live.now + 3_000_000);
  await live.give({ type: 'restart', node: 's2' });
  await live.give({
    type: 'request',
    client: 'c1',
    request: { type: 'put', key: 'a', value: '1' },
  });
  await live.advance(live.now + 4_000_000);
  const others = memoryHosts();
  // As a file, too.
  const read = readRecording(writeRecording(live.recording()));
  if (!read.ok) expect.fail(read.reason);
  const again = await replay(read.recording, { hosts: others });
  expect(again.hash()).toBe(live.hash());
  expect(others.images()).toEqual(memory.images());
});
