import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { settingsFrom } from '../tikv/config.ts';
import { newClock } from '../sim/clock.ts';
import { HostDied, type Boot, type RunRequest } from '../sim/host.ts';
import { startOf } from '../sim/key.ts';
import {
  browserHosts,
  CannotStart,
  type HostsOptions,
  type NodeCalls,
  type NodeThread,
} from './hosts.ts';
import { diskName, IdbDisk } from './idb-disk.ts';
import { IdbNode } from './idb-node.ts';
import type { Locks, Release } from './locks.ts';
import { serve } from './rpc.ts';

/** Exclusive locks that a thread's end lets go of. */
function fakeLocks() {
  const tails = new Map<string, Promise<void>>();
  const hold = async (name: string): Promise<Release> => {
    const before = tails.get(name);
    let release: Release = () => undefined;
    tails.set(
      name,
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    await before;
    return release;
  };
  const locks: Locks = { exclusive: true, hold, held: () => Promise.resolve(new Set()) };
  return locks;
}

/** A worker in this thread: its node, and an end that comes without a word. */
function fakeThread(locks: Locks, threads: NodeThread[]): NodeThread {
  const { port1, port2 } = new MessageChannel();
  const held: Release[] = [];
  const own: Locks = {
    ...locks,
    async hold(name) {
      const release = await locks.hold(name);
      held.push(release);
      return release;
    },
  };
  let node: IdbNode | null = null;
  serve<NodeCalls>(port1, {
    async start(boot, place, saved) {
      node = await IdbNode.start(boot, { ...place, locks: own }, saved);
    },
    run: (request) =>
      node === null
        ? { ok: false, reason: 'never started', storageFull: false }
        : node.run(request),
  });
  const thread: NodeThread = {
    postMessage: (message) => port2.postMessage(message),
    addEventListener: (type: string, listener: (event: MessageEvent) => void) =>
      port2.addEventListener(type as 'message', listener),
    start: () => port2.start(),
    terminate() {
      port1.close();
      port2.close();
      node?.stop();
      for (const release of held) release();
    },
  };
  threads.push(thread);
  return thread;
}

let clusters = 0;

function setUp(change: Partial<HostsOptions> = {}) {
  const locks = fakeLocks();
  const threads: NodeThread[] = [];
  const deaths: string[] = [];
  const cluster = `hosts${clusters++}`;
  const hosts = browserHosts({
    cluster,
    generation: 1,
    locks,
    spawn: () => fakeThread(locks, threads),
    era: () => 0,
    opening: () => false,
    onDeath: (node, reason) => void deaths.push(`${node}: ${reason}`),
    ...change,
  });
  return { hosts, threads, deaths, name: diskName(cluster, 1, 'pd1') };
}

const boot: Boot = {
  node: 'pd1',
  seed: 1,
  incarnation: 1,
  generation: 1,
  settings: settingsFrom({}),
  labels: [],
  stores: 1,
  broken: [],
  clock: newClock(),
  diskFault: { type: 'none' },
  at: 0,
  nextRecord: 0,
};
const cause = { node: 'world', n: 0 } as const;
const window = (from: number, until: number): RunRequest => ({
  type: 'window',
  from: startOf(from),
  until: startOf(until),
  arrivals: [],
});

/** Holds back the next commit of a disk until told; it has then happened, or not. */
function holdCommit(): Promise<(happens: boolean) => Promise<void>> {
  const original = Object.getOwnPropertyDescriptor(IdbDisk.prototype, 'commit');
  const commit = original?.value as IdbDisk['commit'];
  return new Promise((reached) => {
    function hold(this: IdbDisk, ...args: Parameters<IdbDisk['commit']>): Promise<void> {
      Object.defineProperty(IdbDisk.prototype, 'commit', original ?? {});
      reached(async (happens) => (happens ? commit.apply(this, args) : undefined));
      return new Promise<never>(() => undefined);
    }
    Object.defineProperty(IdbDisk.prototype, 'commit', { ...original, value: hold });
  });
}

test('a node lives, loses its power, and comes back with what was on its disk', async () => {
  const { hosts, name, deaths } = setUp();
  const first = await hosts.start(boot);
  const booted = await first.run({ type: 'boot', cause });
  expect(hosts.workers()).toEqual(['pd1']);
  for (let at = 0; at < 3000; at += 10) await first.run(window(at * 1000, (at + 10) * 1000));
  await first.stop();
  expect(hosts.workers()).toEqual([]);
  const disk = await IdbDisk.open(name);
  expect(Object.keys(await disk.load())).not.toEqual([]);
  disk.close();
  const second = await hosts.start({ ...boot, incarnation: 2 });
  const again = await second.run({ type: 'boot', cause });
  expect(again.digest).not.toBe(booted.digest);
  await second.stop();
  expect(deaths).toEqual([]);
});

test.each([
  ['is on its disk', true],
  ['never reached it', false],
])(
  'a worker that ends inside a window whose write %s is a HostDied that says so',
  async (_how, happens) => {
    const { hosts, deaths } = setUp();
    const host = await hosts.start(boot);
    await host.run({ type: 'boot', cause });
    const held = holdCommit();
    let at = 0;
    const running = (async () => {
      for (; ; at += 10_000) await host.run(window(at, at + 10_000));
    })().catch((error: unknown) => error);
    const finish = await held;
    await finish(happens);
    expect(hosts.terminate('pd1')).toBe(true);
    const error = await running;
    expect(error).toBeInstanceOf(HostDied);
    expect((error as HostDied).kept).toEqual(happens ? startOf(at + 10_000) : null);
    expect(deaths).toHaveLength(1);
  },
);

test('a worker that ends while nothing is asked of it is noticed, and the next question says so', async () => {
  const { hosts, deaths } = setUp();
  const host = await hosts.start(boot);
  await host.run({ type: 'boot', cause });
  hosts.terminate('pd1');
  await expect.poll(() => deaths).toHaveLength(1);
  await expect(host.run(window(0, 1000))).rejects.toMatchObject({ name: 'HostDied', kept: null });
  expect(deaths).toHaveLength(1);
});

test('a worker that never comes up is a crash of its node, or, at the opening, a failure of the whole', async () => {
  const broken = (): NodeThread => ({
    postMessage: () => undefined,
    terminate: () => undefined,
    addEventListener(type, listener) {
      if (type === 'error')
        queueMicrotask(() => listener({ message: 'no such script' } as unknown as MessageEvent));
    },
  });
  const later = setUp({ spawn: broken });
  await expect(later.hosts.start(boot)).rejects.toBeInstanceOf(HostDied);
  expect(later.deaths).toContain('pd1: no such script');
  const opening = setUp({ spawn: broken, opening: () => true });
  await expect(opening.hosts.start(boot)).rejects.toBeInstanceOf(CannotStart);
});

test('a disk that refuses a commit ends its node, in a worker or not', async () => {
  for (const spawn of ['worker', null]) {
    const { hosts, deaths } = setUp(spawn === null ? { spawn } : {});
    const host = await hosts.start(boot);
    await host.run({ type: 'boot', cause });
    const original = Object.getOwnPropertyDescriptor(IdbDisk.prototype, 'commit');
    const full = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));
    Object.defineProperty(IdbDisk.prototype, 'commit', { ...original, value: full });
    const running = (async () => {
      for (let at = 0; ; at += 10_000) await host.run(window(at, at + 10_000));
    })();
    await expect(running).rejects.toMatchObject({ name: 'HostDied', kept: null });
    Object.defineProperty(IdbDisk.prototype, 'commit', original ?? {});
    expect(deaths).toEqual(['pd1: QuotaExceededError: no room']);
    await hosts.stop();
  }
});
