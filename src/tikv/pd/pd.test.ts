// PD as its callers see it: what it promises survives a power loss, what it has not written it has not said.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Plain } from '../../base/plain.ts';
import { settingsFrom } from '../config.ts';
import type { DiskImage, DiskWrite } from '../disk.ts';
import { Outbox } from '../outbox.ts';
import { firstRegion } from '../raftstore/bootstrap.ts';
import type { Region } from '../raftstore/region.ts';
import type { PdEvent } from './event.ts';
import type { PdAnswer, PdCall, PdOrder, PdResponse } from './message.ts';
import { PlacementDriver } from './pd.ts';

const region = firstRegion(3);
const leader = region.peers[1] as Region['peers'][number];

/** PD keeps everything in `meta`. */
class MetaDisk {
  readonly #rows = new Map<string, Plain>();

  load(): DiskImage {
    return { meta: [...this.#rows].toSorted(([a], [b]) => (a < b ? -1 : 1)) };
  }

  commit({ ops }: DiskWrite): void {
    for (const op of ops)
      if (op.type === 'put') this.#rows.set(op.key as string, op.value);
      else if (op.type === 'delete') this.#rows.delete(op.key as string);
  }
}

class Bench {
  readonly disk = new MetaDisk();
  readonly events: PdEvent[] = [];
  answers: PdAnswer[] = [];
  timers = new Map<string, number>();
  now = 1_000_000;
  #out = new Outbox<PdResponse | PdOrder, PdEvent>();
  #pd = new PlacementDriver(this.#out, { settings: settingsFrom({}) });
  #pending: DiskWrite[] = [];
  #calls = 0;

  constructor() {
    this.boot();
  }

  /** Power loss and restart: what was not durable is gone. */
  boot(): void {
    this.#out = new Outbox();
    this.#pd = new PlacementDriver(this.#out, { settings: settingsFrom({}) });
    this.#pending = [];
    this.#out.now = this.now;
    this.#pd.boot(this.disk.load());
    this.#take();
    this.persist();
  }

  /** Sends a call; the answer may have to wait for the disk. */
  send(call: PdCall): void {
    this.#out.now = this.now;
    this.#pd.onRequest('c1', { type: 'pd-request', id: ++this.#calls, call });
    this.#take();
  }

  call(call: PdCall): PdAnswer | undefined {
    this.answers = [];
    this.send(call);
    this.persist();
    return this.answers[0];
  }

  persist(): void {
    for (let write = this.#pending.shift(); write; write = this.#pending.shift()) {
      this.disk.commit(write);
      this.#pd.onPersisted(write.n);
      this.#take();
    }
  }

  /** Lets time pass, with all timers. */
  pass(ms: number): void {
    const end = this.now + ms * 1000;
    for (;;) {
      const [next] = [...this.timers].toSorted((a, b) => a[1] - b[1]);
      if (next === undefined || next[1] > end) break;
      this.timers.delete(next[0]);
      this.now = this.#out.now = next[1];
      this.#pd.onTimer(next[0]);
      this.#take();
      this.persist();
    }
    this.now = this.#out.now = end;
  }

  #take(): void {
    const { events, messages, writes, timers } = this.#out.take();
    this.events.push(...events);
    this.#pending.push(...writes);
    for (const { message } of messages)
      if (message.type === 'pd-response') this.answers.push(message.answer);
    for (const { name, at } of timers)
      if (at === null) this.timers.delete(name);
      else this.timers.set(name, at);
  }
}

let pd: Bench;
beforeEach(() => {
  pd = new Bench();
});
const bootstrap = (store = 1): PdCall => ({ type: 'bootstrap', store, region });
const beat = (over: Partial<Extract<PdCall, { type: 'region-heartbeat' }>> = {}): PdCall => ({
  type: 'region-heartbeat',
  region,
  leader,
  term: 6,
  pendingPeers: [],
  downPeers: [],
  writtenBytes: 0,
  writtenKeys: 0,
  readBytes: 0,
  readKeys: 0,
  approximateSize: 0,
  approximateKeys: 0,
  ...over,
});

describe('the first Region', () => {
  test('is accepted once for ever', () => {
    expect(pd.call({ type: 'is-bootstrapped' })).toMatchObject({ bootstrapped: false });
    expect(pd.call({ type: 'put-store', store: 1, labels: [] })).toMatchObject({ type: 'refused' });
    expect(pd.call(bootstrap())).toMatchObject({ alreadyBootstrapped: false });
    expect(pd.call(bootstrap(2))).toMatchObject({ alreadyBootstrapped: true });
    pd.boot();
    expect(pd.call(bootstrap(3))).toMatchObject({ alreadyBootstrapped: true });
    expect(pd.events.filter(({ type }) => type === 'pd/bootstrapped').length).toBe(1);
  });

  test('is answered only once it is on disk, to the second one too', () => {
    pd.send(bootstrap(1));
    pd.send(bootstrap(2));
    expect(pd.answers).toEqual([]);
    pd.persist();
    expect(pd.answers.length).toBe(2);
  });

  test('that never reached the disk was never accepted', () => {
    pd.send(bootstrap(1));
    pd.boot();
    expect(pd.call(bootstrap(2))).toMatchObject({ alreadyBootstrapped: false });
  });
});

describe('Regions', () => {
  beforeEach(() => {
    pd.call(bootstrap());
  });

  test('are found by key and by id; the leader is known from a heartbeat on', () => {
    expect(pd.call({ type: 'get-region', key: 'x' })).toMatchObject({ region, leader: null });
    expect(pd.call(beat())).toBeUndefined();
    expect(pd.call({ type: 'get-region', key: '' })).toMatchObject({ region, leader });
    expect(pd.call({ type: 'get-region-by-id', regionId: 1 })).toMatchObject({ leader });
    expect(pd.call({ type: 'get-region-by-id', regionId: 9 })).toMatchObject({ region: null });
  });

  test('a heartbeat of an older term or epoch changes nothing', () => {
    pd.call(beat({ term: 8 }));
    const other = region.peers[0] as Region['peers'][number];
    expect(pd.call(beat({ leader: other, term: 7 }))).toMatchObject({ type: 'refused' });
    const newer = { ...region, epoch: { confVer: 1, version: 2 } };
    pd.call(beat({ region: newer, term: 8 }));
    expect(pd.call(beat({ term: 9 }))).toMatchObject({ type: 'refused' });
    expect(pd.call({ type: 'get-region', key: '' })).toMatchObject({ region: newer, leader });
  });

  test('the description survives a restart, the leader is heard of again', () => {
    const newer = { ...region, epoch: { confVer: 1, version: 2 } };
    pd.call(beat({ region: newer }));
    pd.boot();
    expect(pd.call({ type: 'get-region', key: '' })).toMatchObject({ region: newer, leader: null });
  });

  test('a newer Region takes the place of those it overlaps, on disk too', () => {
    const left = { ...region, endKey: 'm', epoch: { confVer: 1, version: 2 } };
    const right = { ...region, id: 7, startKey: 'm', epoch: { confVer: 1, version: 2 } };
    pd.call(beat({ region: left }));
    pd.call(beat({ region: right }));
    const whole = { ...region, epoch: { confVer: 1, version: 3 } };
    pd.call(beat({ region: whole, term: 7 }));
    pd.boot();
    expect(pd.call({ type: 'get-region', key: 'z' })).toMatchObject({ region: whole });
    expect(pd.call({ type: 'get-region-by-id', regionId: 7 })).toMatchObject({ region: null });
  });
});

describe('stores', () => {
  const stats = {
    regionCount: 1,
    leaderCount: 0,
    usedBytes: 0,
    capacityBytes: 0,
    availableBytes: 0,
    sendingSnapCount: 0,
    receivingSnapCount: 0,
  };
  const states = () => {
    const answer = pd.call({ type: 'get-all-stores' });
    return answer?.type === 'get-all-stores' ? answer.stores.map(({ state }) => state) : [];
  };

  test('are up, then disconnected, then down, and up again with a heartbeat', () => {
    pd.call(bootstrap());
    pd.call({ type: 'put-store', store: 1, labels: [] });
    expect(states()).toEqual(['Up']);
    pd.pass(2999);
    expect(states()).toEqual(['Up']);
    pd.pass(1);
    expect(states()).toEqual(['Disconnected']);
    pd.pass(12_000);
    expect(states()).toEqual(['Down']);
    expect(pd.call({ type: 'store-heartbeat', store: 1, stats })).toEqual({
      type: 'store-heartbeat',
    });
    expect(states()).toEqual(['Up']);
    const told = pd.events.flatMap((event) =>
      event.type === 'pd/store-changed' ? [event.store.state] : [],
    );
    expect(told).toEqual(['Up', 'Disconnected', 'Down', 'Up']);
  });

  test('an unknown one is refused; a known one outlives PD', () => {
    pd.call(bootstrap());
    expect(pd.call({ type: 'store-heartbeat', store: 4, stats })).toMatchObject({
      type: 'refused',
    });
    pd.call({ type: 'put-store', store: 2, labels: [] });
    pd.call({ type: 'put-store', store: 1, labels: [] });
    pd.boot();
    expect(states()).toEqual(['Disconnected', 'Disconnected']);
    pd.call({ type: 'store-heartbeat', store: 2, stats });
    expect(states()).toEqual(['Disconnected', 'Up']);
  });
});

test('ids are never given twice, whenever PD loses its power', () => {
  const seen = new Set<number>();
  const next = () => {
    const answer = pd.call({ type: 'alloc-id' });
    expect(answer?.type).toBe('alloc-id');
    if (answer?.type !== 'alloc-id') return;
    expect(seen).not.toContain(answer.id);
    expect(answer.id).toBeGreaterThan(1000);
    seen.add(answer.id);
  };
  for (let i = 0; i < 1005; i++) next();
  pd.boot();
  next();
  pd.send({ type: 'alloc-id' });
  pd.boot();
  next();
  expect(seen.size).toBe(1007);
});

test('timestamps wait for the disk, and go on above everything given when PD comes back', () => {
  const ask = () => {
    const answer = pd.call({ type: 'tso', count: 1 });
    return answer?.type === 'tso' ? answer.timestamp : Number.NaN;
  };
  const first = ask();
  expect(Math.floor(first / 2 ** 18)).toBe(1000);
  pd.pass(5000);
  const second = ask();
  expect(Math.floor(second / 2 ** 18)).toBeGreaterThan(5900);
  pd.now = 100_000;
  pd.boot();
  expect(ask()).toBeGreaterThan(second);
  const bounds = pd.events.flatMap((event) =>
    event.type === 'pd/tso-bound-saved' ? [event.boundMs] : [],
  );
  expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
});
