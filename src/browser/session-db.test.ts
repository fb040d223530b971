import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import type { Command } from '../sim/command.ts';
import { RECORDING_FORMAT, type TimedCommand } from '../sim/recording.ts';
import { deleteSession, SessionDb, sessionName, type Head } from './session-db.ts';

let clusters = 0;
const freshCluster = () => `test${clusters++}`;
const head: Head = {
  build: 'b1',
  recording: {
    format: RECORDING_FORMAT,
    seed: 7,
    cluster: { stores: 3, clients: 1, settings: {} },
  },
};
const kill: Command = { type: 'kill', node: 's1' };
const timed = (at: number): TimedCommand => ({ at, after: [at - 5, 3, 1, 0], command: kill });

test('what is stored of a generation comes back: its beginning, its commands in order, its clock', async () => {
  const cluster = freshCluster();
  const session = await SessionDb.open(cluster);
  await session.begin(1, head);
  for (let i = 0; i < 12; i++) await session.command(1, i, [timed(1000 * i + 10)]);
  await session.clock(1, { at: 99_000, after: [98_000, 2, 1, 5] });
  session.close();
  const again = await SessionDb.open(cluster);
  expect(await again.read(1)).toEqual({
    head,
    commands: Array.from({ length: 12 }, (_, i) => timed(1000 * i + 10)),
    clock: { at: 99_000, after: [98_000, 2, 1, 5] },
  });
});

test('the clock never stands before a stored command', async () => {
  const session = await SessionDb.open(freshCluster());
  await session.begin(1, head);
  await session.command(1, 0, [timed(50_000)]);
  expect((await session.read(1))?.clock).toEqual({ at: 50_000, after: [49_995, 3, 1, 0] });
});

test('generations do not mix, and one can be taken out', async () => {
  const session = await SessionDb.open(freshCluster());
  await session.begin(1, head);
  await session.command(1, 0, [timed(10)]);
  await session.begin(2, { ...head, build: 'b2' });
  expect((await session.read(2))?.commands).toEqual([]);
  await session.forget(1);
  expect(await session.read(1)).toBeNull();
  expect((await session.read(2))?.head.build).toBe('b2');
});

test('a command may take the place of the last one: the host died before it was carried out', async () => {
  const session = await SessionDb.open(freshCluster());
  await session.begin(1, head);
  await session.command(1, 0, [timed(10)]);
  const crash: TimedCommand = { ...timed(10), command: { type: 'crash', node: 's1', kept: null } };
  await session.command(1, 0, [crash]);
  expect((await session.read(1))?.commands).toEqual([crash]);
});

const put = (store: string, key: IDBValidKey, value: unknown) => async (cluster: string) => {
  const database = await openDB(sessionName(cluster));
  await database.put(store, value, key);
  database.close();
};

test.each([
  ['a beginning', put('heads', 1, { recording: 5 }), /heads, 1/],
  ['a clock', put('clocks', 1, { at: 'noon' }), /clocks, 1/],
  ['a command', put('commands', [1, 0], { at: 3 }), /commands, 0/],
  ['a gap between commands', put('commands', [1, 2], timed(20)), /commands, 1/],
  ['a format', put('loom', 'format', null), /loom/],
])('%s that cannot be read is told as damage, with its place', async (_what, change, place) => {
  const cluster = freshCluster();
  const session = await SessionDb.open(cluster);
  await session.begin(1, head);
  await session.command(1, 0, [timed(10)]);
  session.close();
  await change(cluster);
  const error = await SessionDb.open(cluster)
    .then((again: SessionDb) => again.read(1))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'DamagedData', later: false });
  expect((error as { where: string }).where).toMatch(place);
});

test('a later format is told as such', async () => {
  const cluster = freshCluster();
  (await SessionDb.open(cluster)).close();
  await put('loom', 'format', 2)(cluster);
  await expect(SessionDb.open(cluster)).rejects.toMatchObject({ later: true });
});

test('a deleted session is gone', async () => {
  const cluster = freshCluster();
  (await SessionDb.open(cluster)).close();
  await deleteSession(cluster);
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(sessionName(cluster));
});
