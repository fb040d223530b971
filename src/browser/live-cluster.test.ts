import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { below, between, newChance, pick, type Chance } from '../base/chance.ts';
import type { Command } from '../sim/command.ts';
import { imageDigest } from '../sim/memory-disk.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { replay } from '../sim/replay.ts';
import { DisksDiffer } from './disks.ts';
import { deleteDisk, diskName, IdbDisk } from './idb-disk.ts';
import {
  disksOf,
  startAgain,
  startFromDisks,
  startFromRecording,
  startNew,
  type Home,
  type LiveCluster,
  type Surroundings,
} from './live-cluster.ts';
import { SessionDb } from './session-db.ts';

const cluster = { stores: 3, clients: 1, settings: {} };
const NODES = ['s1', 's2', 's3', 'pd1', 'c1'];
let clusters = 0;

async function home(): Promise<Home> {
  const id = `live${clusters++}`;
  return { entry: { id, generation: 1 }, session: await SessionDb.open(id) };
}

function surroundings(records: JournalRecord[] = []): Surroundings {
  return {
    locks: {
      exclusive: false,
      hold: () => Promise.resolve(() => undefined),
      held: () => Promise.resolve(new Set()),
    },
    spawn: null,
    build: 'b1',
    onRecords: (batch) => void records.push(...batch),
    onProgress: () => Promise.resolve(),
    onDeath: () => undefined,
    onNotStored: (reason) => expect.fail(reason),
    wallMs: () => 0,
  };
}

// A dead tab's connections are closed by the browser; here, by hand.
const connections: IdbDisk[] = [];
for (const name of ['open', 'openExisting'] as const) {
  const open = Object.getOwnPropertyDescriptor(IdbDisk, name)?.value as typeof IdbDisk.openExisting;
  const value = async (...args: Parameters<typeof open>) => {
    const disk = await open.apply(IdbDisk, args);
    if (disk !== null) connections.push(disk);
    return disk;
  };
  Object.defineProperty(IdbDisk, name, { value });
}

/** The tab dies at the commit after `commits` others: that one is on the disk or not, and nothing answers any more. */
function dieAfter(
  commits: number,
  thatOneToo: boolean,
): { died: Promise<void>; restore: () => void } {
  let left = commits;
  let tell: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const never = new Promise<never>(() => undefined);
  const original = Object.getOwnPropertyDescriptor(IdbDisk.prototype, 'commit');
  const commit = original?.value as IdbDisk['commit'];
  async function die(this: IdbDisk, ...args: Parameters<IdbDisk['commit']>): Promise<void> {
    if (left === 0 && thatOneToo) await commit.apply(this, args);
    left -= 1;
    if (left >= 0) return commit.apply(this, args);
    tell();
    return never;
  }
  Object.defineProperty(IdbDisk.prototype, 'commit', { ...original, value: die });
  const restore = () => {
    Object.defineProperty(IdbDisk.prototype, 'commit', original ?? {});
    for (const disk of connections.splice(0)) disk.close();
  };
  return { died, restore };
}

function randomCommand(chance: Chance): Command {
  const node = pick(chance, NODES);
  switch (below(chance, 9)) {
    case 0:
      return { type: 'kill', node };
    case 1:
    case 2:
      return { type: 'restart', node };
    case 3:
      return { type: 'pause', node };
    case 4:
      return { type: 'resume', node };
    case 5:
      return { type: 'destroy', node: pick(chance, ['s1', 's2']) };
    case 6:
      return { type: 'join', node: pick(chance, ['s8', 's9']), labels: [] };
    case 7:
      return { type: 'kill', node: pick(chance, ['s8', 's9']) };
    default:
      return { type: 'isolate', node };
  }
}

/** Uses the cluster for a while; a tab that dies meanwhile leaves this hanging, as it would be. */
async function use(live: LiveCluster, chance: Chance): Promise<void> {
  const { conductor } = live;
  for (let i = 0; i < 12; i++) {
    if (below(chance, 3) === 0) await conductor.step();
    else await conductor.advance(conductor.now + between(chance, 1, 120_000));
    if (below(chance, 2) === 0) await conductor.give(randomCommand(chance));
    if (below(chance, 3) === 0) live.noteClock(true);
  }
}

async function reopen(at: Home, around: Surroundings): Promise<LiveCluster> {
  const stored = await at.session.read(at.entry.generation);
  if (stored === null) return expect.fail('the session is stored');
  const disks = await disksOf(at, stored, around.locks);
  return startAgain(at, { stored, disks }, around);
}

/** What the databases hold now, and what the recording says that they hold. */
async function bothDisks({ conductor }: LiveCluster, at: Home): Promise<[unknown, unknown]> {
  const model = memoryHosts();
  const again = await replay(conductor.recording(), { hosts: model });
  expect(again.hash()).toBe(conductor.hash());
  const images = new Map(model.images());
  const lives = conductor.generations();
  const digests = await Promise.all(
    lives.map(async ([node, life]) => {
      const disk = await IdbDisk.openExisting(diskName(at.entry.id, 1, node, life));
      const image = disk === null ? {} : await disk.load();
      disk?.close();
      return [node, imageDigest(image)];
    }),
  );
  return [digests, lives.map(([node]) => [node, imageDigest(images.get(node) ?? {})])];
}

test.each(Array.from({ length: 30 }, (_, i) => i + 1))(
  'seed %i: a tab that dies again and again, inside windows, comes back with the disks that its recording says',
  async (seed) => {
    const chance = newChance(seed, 'deaths');
    const at = await home();
    let live = await startNew(at, { seed, cluster }, surroundings());
    for (let reload = 0; reload < 6; reload++) {
      const { died, restore } = dieAfter(below(chance, 25), below(chance, 2) === 0);
      await Promise.race([use(live, chance), died]);
      restore();
      live = await reopen(at, surroundings());
      // And again at once, before anything new is on a disk.
      if (below(chance, 2) === 0) {
        restore();
        live = await reopen(at, surroundings());
      }
      const [databases, model] = await bothDisks(live, at);
      expect(databases).toEqual(model);
    }
  },
);

test('after a reload the records start anew from the first, and end with the power cut', async () => {
  const at = await home();
  const before: JournalRecord[] = [];
  const live = await startNew(at, { seed: 3, cluster }, surroundings(before));
  await live.conductor.advance(live.conductor.now + 300_000);
  live.noteClock(true);
  const after: JournalRecord[] = [];
  await reopen(at, surroundings(after));
  expect(after.slice(0, before.length)).toEqual(before);
  const rest = after.slice(before.length).map(({ event }) => event.type);
  expect(rest[0]).toBe('command/given');
  expect(rest.filter((type) => type === 'node/booted')).toHaveLength(NODES.length);
});

test('disks that are not what the history says are noticed, and a new history begins from them', async () => {
  const at = await home();
  const live = await startNew(at, { seed: 5, cluster }, surroundings());
  const labels = [{ key: 'zone', value: 'z1' }];
  await live.conductor.give({ type: 'join', node: 's9', labels });
  await live.conductor.advance(live.conductor.now + 600_000);
  await live.stop();
  const disk = await IdbDisk.open(diskName(at.entry.id, 1, 's1'));
  const op = { type: 'put', store: 'cf_default', key: 'strange', value: 'v' } as const;
  await disk.commit([op], { from: [1, 0, 0, 0], to: [2, 0, 0, 0] });
  disk.close();
  await expect(reopen(at, surroundings())).rejects.toBeInstanceOf(DisksDiffer);

  const stored = await at.session.read(1);
  if (stored === null) return expect.fail('the session is stored');
  const disks = await disksOf(at, stored, surroundings().locks);
  const next: Home = { ...at, entry: { ...at.entry, generation: 2 } };
  const anew = await startFromDisks(next, { stored, disks }, surroundings());
  expect(anew.conductor.now).toBe(0);
  const { base, cluster: begun } = anew.conductor.recording();
  expect(begun.joined).toEqual([['s9', labels]]);
  expect(new Map(base).get('s9')?.meta).toBeDefined();
  expect(new Map(base).get('s1')?.cf_default).toContainEqual(['strange', 'v']);

  await anew.conductor.advance(400_000);
  anew.noteClock(true);
  await anew.stop();
  const again = await reopen(next, surroundings());
  expect(again.conductor.now).toBeGreaterThanOrEqual(400_000);
});

test('a recording that is opened goes on over databases with the same journal', async () => {
  const model = memoryHosts();
  const recorded = await startNew(await home(), { seed: 8, cluster }, surroundings());
  await use(recorded, newChance(8, 'use'));
  const recording = recorded.conductor.recording();
  const at = await home();
  const opened = await startFromRecording(at, recording, surroundings());
  expect(opened.conductor.hash()).toBe(recorded.conductor.hash());
  await opened.conductor.advance(recorded.conductor.now + 200_000);
  await recorded.conductor.advance(recorded.conductor.now + 200_000);
  expect(opened.conductor.hash()).toBe(recorded.conductor.hash());
  opened.noteClock(true);
  await opened.stop();
  await expect(reopen(at, surroundings())).resolves.toBeDefined();
  expect(model.images()).toEqual([]);
});

test('a store whose database is gone does not come back with an empty one', async () => {
  const at = await home();
  const deaths: string[] = [];
  const onDeath = (_node: string, reason: string) => void deaths.push(reason);
  const { conductor } = await startNew(at, { seed: 9, cluster }, { ...surroundings(), onDeath });
  await conductor.advance(conductor.now + 300_000);
  await conductor.give({ type: 'kill', node: 's1' });
  await deleteDisk(diskName(at.entry.id, 1, 's1'));
  const given = await conductor.give({ type: 'restart', node: 's1' });
  expect(given).toMatchObject({ ok: false, reason: expect.stringContaining('gone') });
  expect(deaths).toHaveLength(1);
  expect(conductor.nodes.get('s1')).toBe('down');
  expect(conductor.recording().commands.map(({ command }) => command)).toEqual([
    { type: 'kill', node: 's1' },
    { type: 'restart', node: 's1', missed: ['s1'] },
  ]);
});
