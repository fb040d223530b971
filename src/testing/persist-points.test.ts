import { expect, test } from 'vitest';
import { crashAt, persistPoints } from './persist-points.ts';
import { runStorm } from './storm-run.ts';

// One of so many points, and so many seeds here; LOOM_POINTS=1 tries every point.
const EVERY = Number(process.env['LOOM_POINTS'] ?? 12);
const SEEDS = Array.from({ length: Number(process.env['LOOM_SEEDS'] ?? 2) }, (_, i) => 11 + i);

test.each(SEEDS)('a power cut at a persist point breaks nothing: seed %d', async (seed) => {
  const plan = { seed, stores: 3, clients: 2, profile: 'raft', seconds: 6 } as const;
  const { recording } = await runStorm(plan);
  // Who waits for a snapshot that nobody can make stands still until its restart (see the raftstore's README).
  const commands = recording.commands.filter(
    ({ command }) => !(command.type === 'admin' && command.request.type === 'request-snapshot'),
  );
  const calm = { ...recording, commands };
  const points = await persistPoints(calm);
  expect(points.length).toBeGreaterThan(60);
  for (const point of points.filter((_, i) => i % EVERY === 0))
    expect(await crashAt(calm, point), `${point.node} at ${point.at}`).toEqual([]);
});
