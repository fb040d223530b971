import { beforeEach, describe, expect, test, vi } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld } from '../../projections/world.ts';
import { ringStory } from '../../testing/ring-story.ts';
import type { Session, SessionState } from '../../browser/session-types.ts';
import { stillSession } from '../stills/still-session.ts';

vi.stubGlobal('matchMedia', () => ({ matches: false }));
const { LookBack } = await import('./look-back.ts');

const { records } = ringStory();
const NOW = 13_705_000;

function lookingAt(state: Partial<SessionState> = {}) {
  const session: Session = stillSession({ records, at: NOW, state });
  let changes = 0;
  return { lookBack: new LookBack(session, () => changes++), changes: () => changes };
}

describe('looking back', () => {
  let { lookBack, changes } = lookingAt();
  beforeEach(() => ({ lookBack, changes } = lookingAt()));

  test('to an instant: everything at it has happened, nothing after it', () => {
    lookBack.to(12_410_000);
    expect(lookBack.looking).toBeNull();
    lookBack.frame(0);
    expect(lookBack.looking).toMatchObject({ at: 12_410_000, replaying: false });
    expect(lookBack.looking?.world.nodes['s1']?.status).toBe('down');
    lookBack.to(12_409_999);
    lookBack.frame(16);
    expect(lookBack.looking?.world.nodes['s1']?.status).toBe('up');
    expect(changes()).toBe(2);
  });

  test('a frame folds once, however often it was dragged since the last', () => {
    for (let at = 13_000_000; at > 12_000_000; at -= 1000) lookBack.to(at);
    lookBack.frame(0);
    lookBack.frame(16);
    expect(changes()).toBe(1);
  });

  test('now and later are now', () => {
    lookBack.to(1_000_000);
    lookBack.frame(0);
    lookBack.to(NOW);
    expect(lookBack.looking).toBeNull();
  });

  test('one record back and forward, each as the world was after it', () => {
    lookBack.step(-1);
    lookBack.frame(0);
    expect(lookBack.looking?.records).toBe(records.length - 1);
    lookBack.step(-1);
    lookBack.frame(0);
    const expected = newWorld();
    for (const record of records.slice(0, -2)) foldRecord(expected, record);
    expect(lookBack.looking?.world).toEqual(expected);
    lookBack.step(1);
    lookBack.frame(0);
    lookBack.step(1);
    expect(lookBack.looking).toBeNull();
  });

  test('a record back is counted from where the keys before it lead, drawn or not', () => {
    lookBack.by(-100_000);
    lookBack.frame(0);
    lookBack.by(-1_000_000);
    lookBack.step(-1);
    lookBack.frame(16);
    const until = records.filter(({ at }) => at <= NOW - 1_100_000).length;
    expect(lookBack.looking?.records).toBe(until - 1);
  });

  test('a replay runs at the speed of time, and ends now', () => {
    ({ lookBack, changes } = lookingAt({ speed: 1_000_000 }));
    lookBack.to(13_500_000);
    lookBack.frame(0);
    lookBack.toggleReplay();
    for (let ms = 0; ms <= 160; ms += 16) lookBack.frame(ms);
    expect(lookBack.looking).toMatchObject({ at: 13_660_000, replaying: true });
    for (let ms = 176; ms <= 240; ms += 16) lookBack.frame(ms);
    expect(lookBack.looking).toBeNull();
  });
});
