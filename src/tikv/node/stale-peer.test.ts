// A peer that hears of no leader asks the other peers whether it is still one of them, and in the end PD.
// (TiKV: fsm/peer.rs on_check_peer_stale_state_tick, peer.rs check_stale_state)
import { expect, test } from 'vitest';
import { QUIET_PD } from '../../testing/quiet-pd.ts';
import { TinyWorld } from '../../testing/tiny-world.ts';
import type { SettingChanges } from '../config.ts';
import type { NodeId } from '../ids.ts';
import type { WantedChange } from '../raftstore/admin-command.ts';
import { newMessage } from '../raft/message.ts';

function world(settings: SettingChanges = {}): TinyWorld {
  const made = new TinyWorld({
    stores: 5,
    settings: { ...QUIET_PD, 'replication.max-replicas': 3, ...settings },
  });
  made.untilLeader();
  made.run(500);
  return made;
}

const members = (w: TinyWorld) =>
  w
    .eventsOf(w.leader(), 'raftstore/region-changed')
    .at(-1)
    ?.to.peers.map(({ storeId, role }) => `s${storeId}${role === 'Voter' ? '' : ' learns'}`)
    .toSorted()
    .join(' ');

function change(w: TinyWorld, wanted: WantedChange, until: string): void {
  w.admin(w.leader() as NodeId, { type: 'change-peer', changes: [wanted] });
  w.until(() => members(w) === until, 20_000);
  w.run(300);
}

const ends = (w: TinyWorld, store: NodeId) => w.eventsOf(store, 'raftstore/peer-destroyed');

/** S3 is away while its Region moves to S4 and S5, which leave it out last: S1 and S2 never hear of that. */
function movedOn(settings: SettingChanges = {}): TinyWorld {
  const w = world(settings);
  if (w.leader() === 's3') {
    w.admin('s3', { type: 'transfer-leader', to: 1 });
    w.until(() => w.leader() === 's1');
  }
  w.run(500);
  w.kill('s3');
  change(w, { do: 'add-learner', store: 4 }, 's1 s2 s3 s4 learns');
  w.run(2000);
  change(w, { do: 'promote', store: 4 }, 's1 s2 s3 s4');
  change(w, { do: 'add-learner', store: 5 }, 's1 s2 s3 s4 s5 learns');
  w.run(2000);
  change(w, { do: 'promote', store: 5 }, 's1 s2 s3 s4 s5');
  w.admin(w.leader() as NodeId, { type: 'transfer-leader', to: 4 });
  w.until(() => w.leader() === 's4');
  w.run(500);
  change(w, { do: 'remove-peer', store: 1 }, 's2 s3 s4 s5');
  change(w, { do: 'remove-peer', store: 2 }, 's3 s4 s5');
  change(w, { do: 'remove-peer', store: 3 }, 's4 s5');
  expect([ends(w, 's1').length, ends(w, 's2').length]).toEqual([1, 1]);
  return w;
}

test('whose Region has moved on to others asks its way to them, without PD', () => {
  const w = movedOn();
  const heard: string[] = [];
  w.watch = (from, to, message) => {
    if (message.type !== 'raft' || (from !== 's3' && to !== 's3')) return;
    const kind = message.isTombstone === true ? 'tombstone' : message.extra;
    if (kind !== undefined) heard.push(`${from} ${to} ${kind}`);
  };
  w.lose = (_from, _to, message) =>
    message.type === 'pd-request' && message.call.type === 'get-region-by-id';
  w.restart('s3');
  w.until(() => ends(w, 's3').length > 0, 9000);
  expect(ends(w, 's3')[0]?.reason).toBe('told');
  // The old members point to the new ones, which S3 did not know.
  expect(heard).toContain('s1 s3 check-stale-peer-response');
  expect(heard).toContain('s2 s3 check-stale-peer-response');
  expect(heard).not.toContain('s3 s1 tombstone');
  expect(heard.at(-1)).toMatch(/^s[45] s3 tombstone$/);
  expect(w.eventsOf('s3', 'raftstore/leader-missing')[0]).toMatchObject({
    region: 1,
    state: 'LeaderMissing',
  });
  w.run(500);
  expect(JSON.stringify(w.disk('s3'))).toContain('Tombstone');
});

test('who reaches no peer asks PD after max-leader-missing-duration, and not again at once', () => {
  const w = movedOn();
  const asked: number[] = [];
  w.lose = (from, to, message) => (from === 's3' || to === 's3') && message.type === 'raft';
  w.watch = (from, _to, message) => {
    if (from !== 's3' || message.type !== 'pd-request') return;
    if (message.call.type === 'get-region-by-id') asked.push(w.now);
  };
  const back = w.now;
  w.restart('s3');
  w.until(() => ends(w, 's3').length > 0, 20_000);
  expect(ends(w, 's3')[0]?.reason).toBe('forgotten');
  expect(asked).toHaveLength(1);
  expect((asked[0] as number) - back).toBeGreaterThanOrEqual(12_000_000);
  expect(w.eventsOf('s3', 'raftstore/leader-missing').map(({ state }) => state)).toEqual([
    'LeaderMissing',
    'LeaderMissing',
    'LeaderMissing',
    'LeaderMissing',
    'ToValidate',
  ]);
});

test('a member that nobody leads asks, is answered by nobody, and stays', () => {
  const w = world();
  const [other, left] = ['s1', 's2', 's3'].filter((id) => id !== w.leader()) as [NodeId, NodeId];
  w.kill(w.leader() as NodeId, other);
  w.run(40_000);
  const states = w.eventsOf(left, 'raftstore/leader-missing').map(({ state }) => state);
  expect(states.filter((state) => state === 'ToValidate').length).toBe(3);
  expect(ends(w, left)).toEqual([]);
});

test('a member that asks wakes a Region that sleeps', () => {
  const w = world({ 'raftstore.hibernate-regions': true });
  const leader = w.leader() as NodeId;
  const asleep = (store: NodeId) =>
    w.eventsOf(store, 'raftstore/hibernated').length > w.eventsOf(store, 'raftstore/woken').length;
  w.until(() => ['s1', 's2', 's3'].every(asleep), 20_000);
  const [other] = ['s1', 's2', 's3'].filter((id) => id !== leader) as [NodeId];
  const peers = w.eventsOf(leader, 'raftstore/peer-started')[0]?.region.peers ?? [];
  const at = (store: NodeId) => peers.find(({ storeId }) => `s${storeId}` === store);
  const [fromPeer, toPeer] = [at(other), at(leader)];
  if (fromPeer === undefined || toPeer === undefined) return expect.fail('no peers');
  w.inject(leader, {
    type: 'message',
    now: w.now,
    from: other,
    message: {
      type: 'raft',
      regionId: 1,
      fromPeer,
      toPeer,
      regionEpoch: { confVer: 1, version: 1 },
      message: newMessage('MsgHup', toPeer.id),
      extra: 'check-stale-peer',
    },
  });
  expect(asleep(leader)).toBe(false);
});
