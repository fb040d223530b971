import { describe, expect, test } from 'vitest';
import type { Glyph, Line } from '../../projections/words/line.ts';
import { announcement } from './announce.ts';

let n = 0;
const line = (glyph: Glyph, text: string, node: string, rest: Partial<Line> = {}): Line => ({
  n: n++,
  lastN: n,
  at: 1_866_000,
  glyph,
  family: 'elections',
  parts: [{ text, tone: 'plain' }],
  nodes: [node],
  region: 1,
  index: null,
  op: null,
  ...rest,
});

describe('what those who listen are told', () => {
  test('an election, with the votes in one sentence', () => {
    const said = announcement([
      line('timer', 'S3 waited 1.6 s, starts a pre-vote', 's3'),
      line('vote-asked', 'S3 asks S1 and S2 for votes', 's3'),
      line('vote-yes', 'S2 votes for S3 in term 6', 's2'),
      line('vote-yes', 'S1 votes for S3 in term 6', 's1'),
      line('leader', 'S3 leads term 6, elected by S2 and S3', 's3'),
    ]);
    expect(said).toBe(
      '1.866 seconds: S3 waited 1.6 s, starts a pre-vote. S3 asks S1 and S2 for votes. ' +
        'S2 votes for S3 in term 6, and so does S1. S3 leads term 6, elected by S2 and S3.',
    );
  });

  test('heartbeats and lost messages are not read out', () => {
    expect(
      announcement([
        line('heartbeats', '20 heartbeats, all on time', '', { nodes: [] }),
        line('lost', 'lost, S1 to S3: entry 8', 's1', { family: 'messages' }),
      ]),
    ).toBe('');
  });

  test('of too much, what matters is kept, and the rest is counted', () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      line('append', `S1 sends ${i} to S2`, 's1', { family: 'replication' }),
    );
    const said = announcement([
      ...many.slice(0, 15),
      line('leader', 'S2 leads term 9', 's2'),
      ...many.slice(15),
      line('fault', 'You killed S2', 's2', { family: 'faults' }),
    ]);
    expect(said).toContain('S2 leads term 9.');
    expect(said).toContain('You killed S2.');
    expect(said).toMatch(/26 more in the event log\.$/);
    expect(said.split('. ').length).toBeLessThanOrEqual(7);
  });
});
