import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { ClusterEntry } from './cluster-list.ts';
import { EngineRoom, planOf } from './engine-room.ts';
import { startNew, type Home } from './live-cluster.ts';
import type { News } from './protocol.ts';
import { SessionDb } from './session-db.ts';
import { databasesUnder } from './stored-rows.ts';

const entry: ClusterEntry = {
  ...{ id: 'room', name: 'Room', created: 0, seed: 1, stores: 3, clients: 1, settings: {} },
  ...{ generation: 1, last: 1, aside: null },
};

function newRoom(build: string) {
  const news: News[] = [];
  const room = new EngineRoom({
    post: (each) => void news.push(each),
    locks: {
      exclusive: false,
      hold: () => Promise.resolve(() => undefined),
      held: () => Promise.resolve(new Set()),
    },
    loom: '0',
    build,
    wallMs: () => 0,
    open: () => Promise.resolve({ ok: false, reason: 'not here' }),
  });
  return { room, news };
}

test('another build leaves the old generation as it is until the new one is complete', async () => {
  const home: Home = { entry, session: await SessionDb.open(entry.id) };
  const first = newRoom('yesterday');
  await first.room.run((around) => startNew(home, planOf(entry), around));
  await first.room.running?.live.conductor.advance(3_000_000);
  await first.room.end();

  const next = { ...entry, generation: 2, last: 2 };
  const { room, news } = newRoom('today');
  let flipped = false;
  await room.reopen(entry, home, {
    prepare: async () => ({ ...home, entry: next }),
    flip: async () => {
      flipped = true;
      // Everything of the new generation is stored, nothing of the old one is gone, and no time has passed.
      expect((await home.session.read(2))?.head.build).toBe('today');
      expect((await home.session.read(1))?.head.build).toBe('yesterday');
      expect(await databasesUnder('loom/room/1/')).toHaveLength(5);
      expect(await databasesUnder('loom/room/2/')).toHaveLength(5);
      expect(room.running).toBeNull();
    },
  });
  expect(flipped).toBe(true);
  expect(room.state).toMatchObject({
    phase: { name: 'running' },
    notices: [{ kind: 'history-begins-anew', why: 'other-build' }],
  });
  const [firstRecords] = news.filter((each) => each.news === 'records');
  expect(firstRecords?.batch[0]?.event.type).toBe('world/started');
  await room.end();
});

test('a notice is told once for the same thing, and can be dismissed', () => {
  const { room } = newRoom('today');
  room.notice({ kind: 'node-died', node: 's1', reason: 'a' });
  room.notice({ kind: 'node-died', node: 's1', reason: 'b' });
  room.notice({ kind: 'node-died', node: 's2', reason: 'c' });
  expect(room.state.notices.map((notice) => 'reason' in notice && notice.reason)).toEqual([
    'a',
    'c',
  ]);
  room.dismiss(room.state.notices[0]?.id ?? 0);
  expect(room.state.notices).toHaveLength(1);
});
