// Members come and go: through the log, one at a time or through a joint configuration, with the checks of TiKV.
import { expect, test } from 'vitest';
import { QUIET_PD } from '../../testing/quiet-pd.ts';
import { TinyWorld } from '../../testing/tiny-world.ts';
import type { ClientRequest } from '../client/request.ts';
import type { NodeId } from '../ids.ts';
import type { WantedChange } from '../raftstore/admin-command.ts';

const put = (key: string, value: string): ClientRequest => ({ type: 'put', key, value });

/** Five stores; the Region begins on three of them. */
function world(options: { reloads?: number; seed?: number } = {}): TinyWorld {
  const made = new TinyWorld({
    stores: 5,
    ...options,
    settings: { ...QUIET_PD, 'replication.max-replicas': 3 },
  });
  made.untilLeader();
  made.run(500);
  return made;
}

function change(w: TinyWorld, ...changes: WantedChange[]): void {
  w.admin(w.leader() as NodeId, { type: 'change-peer', changes });
}

const changed = (w: TinyWorld) => w.eventsOf(w.leader(), 'raftstore/region-changed').at(-1);
const roles = (w: TinyWorld) =>
  changed(w)
    ?.to.peers.map(({ storeId, role }) => `s${storeId} ${role}`)
    .toSorted();
const refused = (w: TinyWorld) => w.eventsOf(null, 'raftstore/admin-refused').at(-1)?.reason;
const last = (w: TinyWorld, store: NodeId) =>
  Math.max(
    w.eventsOf(store, 'raftstore/applied').at(-1)?.index ?? 0,
    w.eventsOf(store, 'raftstore/snapshot-installed').at(-1)?.index ?? 0,
  );

function settle(w: TinyWorld, ...stores: NodeId[]): void {
  w.until(() => stores.every((store) => last(w, store) === last(w, w.leader() as NodeId)), 20_000);
}

test('stores without a part in the first Region stand ready', () => {
  const w = world();
  expect(w.eventsOf('s4', 'raftstore/store-started')).toMatchObject([{ regions: [] }]);
  expect(w.eventsOf('s4', 'raftstore/start-refused')).toEqual([]);
});

test('a learner comes, catches up by a snapshot, votes, and is taken out again', () => {
  const w = world();
  expect(w.do(put('a', '1')).status).toBe('ok');
  change(w, { do: 'add-learner', store: 4 });
  w.until(() => w.eventsOf('s4', 'raftstore/snapshot-installed').length > 0, 10_000);
  settle(w, 's4');
  expect(roles(w)).toContain('s4 Learner');
  expect(w.eventsOf('s4', 'raftstore/peer-created')).toHaveLength(1);
  expect(changed(w)?.to.epoch.confVer).toBe(2);
  change(w, { do: 'promote', store: 4 });
  w.until(() => roles(w)?.includes('s4 Voter') === true, 5000);
  expect(w.do(put('b', '2')).status).toBe('ok');
  change(w, { do: 'remove-peer', store: 4 });
  w.until(() => w.eventsOf('s4', 'raftstore/peer-destroyed').length > 0, 20_000);
  w.run(1000);
  expect(w.disk('s4').raft_log ?? []).toEqual([]);
  expect(w.disk('s4').region_state).toMatchObject([[1, { state: 'Tombstone' }]]);
  expect(w.disk('s4').cf_default ?? []).toEqual([]);
  // It may come back, under another id.
  change(w, { do: 'add-peer', store: 4 });
  w.until(() => w.eventsOf('s4', 'raftstore/snapshot-installed').length > 1, 20_000);
  const [first, second] = w.eventsOf('s4', 'raftstore/peer-created');
  expect(second?.peer).toBeGreaterThan(first?.peer ?? 0);
  settle(w, 's4');
});

test('a joint change needs both majorities until it is left', () => {
  const w = world();
  const leader = w.leader() as NodeId;
  const away = ['s1', 's2', 's3'].find((id) => id !== leader) as NodeId;
  const storeId = Number(away.slice(1));
  change(w, { do: 'add-peer', store: 4 }, { do: 'demote', store: storeId });
  w.until(() => changed(w) !== undefined, 5000);
  expect(roles(w)).toContain('s4 IncomingVoter');
  expect(roles(w)).toContain(`${away} DemotingVoter`);
  settle(w, 's4');
  change(w, { do: 'add-peer', store: 5 });
  w.run(100);
  expect(refused(w)).toContain('leave it first');
  change(w);
  w.until(() => roles(w)?.includes('s4 Voter') === true, 5000);
  expect(roles(w)).toContain(`${away} Learner`);
  expect(changed(w)?.to.epoch.confVer).toBe(1 + 2 + 2);
  change(w, { do: 'remove-peer', store: storeId });
  w.until(() => w.eventsOf(away, 'raftstore/peer-destroyed').length > 0, 20_000);
  expect(w.do(put('c', '3')).status).toBe('ok');
});

test('what TiKV refuses is refused, with the reason', () => {
  const w = world();
  const leader = Number((w.leader() as NodeId).slice(1));
  change(w, { do: 'remove-peer', store: leader });
  expect(refused(w)).toContain('transfer its leadership first');
  change(w, { do: 'promote', store: 2 });
  expect(refused(w)).toContain('no learner');
  change(w);
  expect(refused(w)).toContain('no joint configuration');
  w.admin(leader === 1 ? 's2' : 's1', { type: 'change-peer', changes: [] });
  expect(refused(w)).toContain('does not lead');
  change(w, { do: 'add-learner', store: 4 });
  change(w, { do: 'add-learner', store: 5 });
  w.run(50);
  expect(refused(w)).toContain('not applied yet');
});

test('a peer that was removed while it was away is told when it asks', () => {
  const w = world();
  const leader = w.leader() as NodeId;
  const away = ['s1', 's2', 's3'].find((id) => id !== leader) as NodeId;
  w.kill(away);
  change(w, { do: 'remove-peer', store: Number(away.slice(1)) });
  w.until(() => changed(w) !== undefined, 5000);
  w.restart(away);
  w.until(() => w.eventsOf(away, 'raftstore/peer-destroyed').length > 0, 20_000);
  expect(w.eventsOf(away, 'raftstore/peer-destroyed')[0]?.reason).toBe('told');
});

test('nobody hears of a membership change before the disk of the teller has it', () => {
  const w = world();
  const leader = w.leader() as NodeId;
  const behind = ['s1', 's2', 's3'].find((id) => id !== leader) as NodeId;
  // That the change is committed, this one learns with the next entry: its disk takes both at once.
  w.lose = (_from, to, message) =>
    to === behind && message.type === 'raft' && message.message.entries.length === 0;
  change(w, { do: 'add-learner', store: 4 });
  w.until(() => changed(w) !== undefined, 5000);
  const told: { readonly confVer: number; readonly known: boolean }[] = [];
  w.watch = (from, _to, message) => {
    if (from !== behind || message.type !== 'raft') return;
    const known = w.eventsOf(behind, 'raftstore/region-changed').length > 0;
    told.push({ confVer: message.regionEpoch.confVer, known });
  };
  expect(w.do(put('a', '1')).status).toBe('ok');
  w.lose = () => false;
  w.run(400);
  expect(told.filter(({ known }) => !known).length).toBeGreaterThan(0);
  for (const { confVer, known } of told) expect(confVer).toBe(known ? 2 : 1);
  expect(told.at(-1)?.known).toBe(true);
});

test('a voter that knows nothing of its Region yet keeps its vote over a power loss', () => {
  const w = world();
  const leader = w.leader() as NodeId;
  const other = ['s1', 's2', 's3'].find((id) => id !== leader) as NodeId;
  w.lose = (_from, to, message) => to === 's4' && message.type === 'snapshot-chunk';
  change(w, { do: 'add-peer', store: 4 });
  w.until(() => changed(w) !== undefined, 5000);
  w.kill(leader);
  w.run(3000);
  w.campaign(other);
  const voted = () =>
    w
      .eventsOf('s4', 'raft/voted')
      .filter(({ pre, granted }) => granted && !pre)
      .at(-1);
  w.until(() => voted() !== undefined, 20_000);
  w.run(100);
  const { term, candidate } = voted() ?? {};
  w.kill('s4');
  expect(w.disk('s4').raft_state).toMatchObject([[1, { hardState: { term, vote: candidate } }]]);
  w.restart('s4');
  w.until(() => w.eventsOf('s4', 'raftstore/peer-created').length > 1, 5000);
  w.run(3000);
  const again = w
    .eventsOf('s4', 'raft/voted')
    .filter((vote) => vote.term === term && vote.granted && !vote.pre);
  expect(again.every((vote) => vote.candidate === candidate)).toBe(true);
});

test('a snapshot is not asked for while the leader may need the log', () => {
  const w = world();
  const leader = w.leader() as NodeId;
  const [near, away] = ['s1', 's2', 's3'].filter((id) => id !== leader) as [NodeId, NodeId];
  w.kill(away);
  w.lose = (from, to) => from === near && to === leader;
  w.request(put('a', '1'));
  w.run(150);
  w.admin(near, { type: 'request-snapshot' });
  expect(refused(w)).toContain('not known to be committed');
});

test('a learner that was removed while it was away is told when it asks whether it is a member', () => {
  const w = world();
  change(w, { do: 'add-learner', store: 4 });
  w.until(() => w.eventsOf('s4', 'raftstore/snapshot-installed').length > 0, 10_000);
  w.run(2500);
  w.kill('s4');
  change(w, { do: 'remove-peer', store: 4 });
  w.run(500);
  w.restart('s4');
  w.until(() => w.eventsOf('s4', 'raftstore/peer-destroyed').length > 0, 40_000);
  expect(w.eventsOf('s4', 'raftstore/peer-destroyed')[0]?.reason).toBe('told');
});

test('leadership is handed over, without a gap of an election time-out', () => {
  const w = world();
  const leader = w.leader() as NodeId;
  const to = ['s1', 's2', 's3'].find((id) => id !== leader) as NodeId;
  w.admin(leader, { type: 'transfer-leader', to: Number(to.slice(1)) });
  w.until(() => w.leader() === to, 500);
  expect(w.eventsOf(leader, 'raftstore/lease-changed').map(({ state }) => state)).toContain(
    'suspect',
  );
  w.admin(to, { type: 'transfer-leader', to: 4 });
  expect(refused(w)).toContain('no peer');
});

test('the log is given up by hand, and a snapshot may be asked for', () => {
  const w = world();
  for (let i = 0; i < 6; i++) w.do(put(`k${i}`, 'v'));
  w.run(200);
  const leader = w.leader() as NodeId;
  w.admin(leader, { type: 'compact-log', index: 8 });
  w.run(500);
  expect(w.eventsOf(leader, 'raftstore/log-compacted')[0]).toMatchObject({ firstIndex: 9 });
  w.admin(leader, { type: 'compact-log', index: 900 });
  expect(refused(w)).toContain('only entries below');
  const follower = ['s1', 's2', 's3'].find((id) => id !== leader) as NodeId;
  w.admin(follower, { type: 'request-snapshot' });
  w.until(() => w.eventsOf(follower, 'raftstore/snapshot-installed').length > 0, 10_000);
  settle(w, follower);
});

test('a node that is made from what it saved goes on in the same way through all of it', () => {
  const run = (reloads: number) => {
    const w = world({ reloads });
    change(w, { do: 'add-peer', store: 4 }, { do: 'add-peer', store: 5 });
    w.run(3000);
    change(w);
    w.run(1000);
    const leader = w.leader() as NodeId;
    const gone = ['s1', 's2', 's3'].find((id) => id !== leader) as NodeId;
    change(w, { do: 'remove-peer', store: Number(gone.slice(1)) });
    w.run(3000);
    return w.told;
  };
  expect(run(200_000)).toEqual(run(0));
});
