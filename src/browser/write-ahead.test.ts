import { expect, test } from 'vitest';
import type { TimedCommand } from '../sim/recording.ts';
import type { Clock } from './session-db.ts';
import { WriteAhead } from './write-ahead.ts';

/** A session database that can be told to refuse. */
function fakeSession() {
  const commands: TimedCommand[] = [];
  const clocks: Clock[] = [];
  let full = false;
  const refuse = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  return {
    commands,
    clocks,
    fill: (is: boolean) => void (full = is),
    command(_generation: number, index: number, list: readonly TimedCommand[]) {
      if (full) return refuse();
      for (const [i, timed] of list.entries()) commands[index + i] = timed;
      return Promise.resolve();
    },
    clock(_generation: number, clock: Clock) {
      if (full) return refuse();
      clocks.push(clock);
      return Promise.resolve();
    },
  };
}

const kill = (at: number): TimedCommand => ({
  at,
  after: null,
  command: { type: 'kill', node: 's1' },
});

function setUp(stored = 0) {
  const session = fakeSession();
  const refusals: string[] = [];
  const onRefused = (reason: string) => void refusals.push(reason);
  return {
    session,
    refusals,
    ahead: new WriteAhead({ session, generation: 1, stored, onRefused }),
  };
}

test('what a full database refused is stored, in order, as soon as it takes something again', async () => {
  const { session, refusals, ahead } = setUp();
  await ahead.command(kill(1), 0);
  session.fill(true);
  await ahead.command(kill(2), 1);
  await ahead.command(kill(3), 2);
  expect(session.commands).toEqual([kill(1)]);
  expect(refusals).toHaveLength(2);
  session.fill(false);
  await ahead.command(kill(4), 3);
  expect(session.commands).toEqual([kill(1), kill(2), kill(3), kill(4)]);
});

test('a command may take the place of the last one, stored or not', async () => {
  const { session, ahead } = setUp();
  await ahead.command(kill(1), 0);
  await ahead.command(kill(2), 1);
  await ahead.command(kill(22), 1);
  session.fill(true);
  await ahead.command(kill(3), 2);
  await ahead.command(kill(33), 2);
  session.fill(false);
  await ahead.command(kill(4), 3);
  expect(session.commands).toEqual([kill(1), kill(22), kill(33), kill(4)]);
});

test('it goes on behind the commands that are stored already', async () => {
  const { session, ahead } = setUp(2);
  await ahead.command(kill(3), 2);
  expect(Object.keys(session.commands)).toEqual(['2']);
});

const stand = (at: number) => () => ({ at, after: null });

test('the clock is stored once a second of the wall, and at once when the page is left', () => {
  const { session, ahead } = setUp();
  for (let wall = 0; wall <= 2500; wall += 100) ahead.clock(stand(wall), wall);
  ahead.clock(stand(2510), 2510, true);
  ahead.clock(stand(2510), 9999, true);
  expect(session.clocks.map(({ at }) => at)).toEqual([0, 1000, 2000, 2510]);
});
