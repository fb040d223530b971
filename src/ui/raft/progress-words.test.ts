import { describe, expect, test } from 'vitest';
import type { PeerProgress } from '../../projections/raft.ts';
import { newWorld } from '../../projections/world.ts';
import { progressCells, progressWords, shortProgress } from './progress-words.ts';

const line: PeerProgress = {
  peer: 102,
  store: 's2',
  matched: 11,
  next: 13,
  state: 'replicate',
  inflight: 1,
  paused: false,
  pendingSnapshot: 0,
  recentActive: true,
};

describe('what a leader knows of a follower', () => {
  test.each([
    [{}, 'Replicate, 1 in flight', 'Repl 1/4', 'Replicate'],
    [{ paused: true, inflight: 4 }, 'Replicate, window full', 'Repl 4/4', 'Replicate, paused'],
    [{ state: 'probe', paused: true }, 'Probe, waits', 'Probe ‖', 'Probe, paused'],
    [
      { state: 'snapshot', paused: true, pendingSnapshot: 40 },
      'Snapshot to 40',
      'Snap 40',
      'Snapshot, to 40',
    ],
  ] as const)('%j', (change, full, short, cell) => {
    const known = { ...line, ...change };
    const world = newWorld();
    expect(progressWords(known)).toBe(full);
    expect(shortProgress(world, known)).toBe(short);
    expect(progressCells(world, known)[0]).toBe(cell);
  });
});
