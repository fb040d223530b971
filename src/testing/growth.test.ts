// The cluster grows, shrinks and is mended by PD alone, over real nodes: nobody but the schedulers and checkers moves
// anything. What was acknowledged is there at every stage, and how even the stores are is what PD promises.

import { expect, test } from 'vitest';
import type { Lab } from '../lab/lab.ts';
import { Bench } from '../sim/judges/bench.ts';
import type { JournalRecord } from '../sim/record.ts';
import { LEADER_TOLERANCE } from '../tikv/pd/balance.ts';
import { labOf, runAll } from './lab-of.ts';

/** A cluster of three stores that was filled until it split many times. */
async function filled(seed: number): Promise<Growth> {
  const growth = await Growth.begin(seed);
  await runAll(growth.lab, ["wait until {leader('r1')}", 'load append 40/s for 6s', 'wait 12s']);
  return growth;
}

class Growth {
  readonly lab: Lab;
  readonly #written = new Map<string, string>();

  private constructor(lab: Lab) {
    this.lab = lab;
  }

  static async begin(seed: number): Promise<Growth> {
    const bench = new Bench();
    const growths: Growth[] = [];
    const judge = (records: readonly JournalRecord[]): void => {
      const [objection] = bench.observe(records);
      expect(objection, JSON.stringify(objection)).toBeUndefined();
      for (const { event } of records) growths[0]?.note(event);
    };
    const settings = { 'replication.max-replicas': 3 };
    const lab = await labOf(seed, { stores: 3, clients: 2, settings }, judge);
    const growth = new Growth(lab);
    growths.push(growth);
    return growth;
  }

  note(event: JournalRecord['event']): void {
    if (event.type !== 'client/op-ended' || event.outcome.status !== 'ok') return;
    const { request } = event;
    if (request.type === 'put') this.#written.set(request.key, request.value);
  }

  get written(): [string, string][] {
    return [...this.#written].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What a client reads of everything. */
  async scanned(): Promise<unknown> {
    const answer = await this.lab.run("c2: scan '' limit 10000");
    if (!answer.ok || answer.kind !== 'command') return expect.fail('the scan is taken');
    await this.lab.until(`op(${answer.op}).ended`, { within: '20s' });
    const client = this.lab.world.clients['c2'];
    const outcome = client?.ended.at(-1)?.outcome;
    return outcome?.status === 'ok' && outcome.result.type === 'scan'
      ? outcome.result.pairs
      : outcome;
  }

  get regions() {
    return Object.values(this.lab.world.pd.regions).map(({ region }) => region);
  }

  leadersOn(store: number): number {
    return Object.values(this.lab.world.pd.regions).filter(({ leader }) => leader.storeId === store)
      .length;
  }

  bytesOn(store: number): number {
    const on = this.regions.filter(({ peers }) => peers.some(({ storeId }) => storeId === store));
    return on.reduce((sum, { id }) => sum + this.sizeOf(id), 0);
  }

  sizeOf(region: number): number {
    return Math.max(128, this.lab.world.pd.flow[region]?.approximateSize ?? 0);
  }

  /** No move and no transfer that PD would make is left. */
  expectEven(stores: readonly number[]): void {
    const bytes = stores.map((store) => this.bytesOn(store));
    const largest = Math.max(...this.regions.map(({ id }) => this.sizeOf(id)));
    expect(Math.max(...bytes) - Math.min(...bytes)).toBeLessThanOrEqual(largest);
    for (const { leader, region } of Object.values(this.lab.world.pd.regions))
      for (const { storeId } of region.peers)
        expect(this.leadersOn(leader.storeId) - this.leadersOn(storeId)).toBeLessThanOrEqual(
          LEADER_TOLERANCE,
        );
  }

  /** PD has nothing to do, and has had nothing to do for a while. */
  async rest(within: string): Promise<void> {
    for (let i = 0; i < 3; i++) {
      const answer = await this.lab.until('operators().length == 0', { within });
      expect(answer).toMatchObject({ met: true });
      await runAll(this.lab, ['wait 4s']);
    }
    expect(Object.keys(this.lab.world.pd.operators)).toEqual([]);
  }
}

/** Minutes of virtual time with every judge watching. */
const LONG = { timeout: 240_000 };

test(
  'stores that join take their share; a store that is emptied ends as a tombstone; nothing is lost',
  LONG,
  async () => {
    const growth = await filled(3);
    const { lab } = growth;
    expect(growth.regions.length).toBeGreaterThan(10);
    expect(growth.written.length).toBeGreaterThan(200);
    expect(await growth.scanned()).toEqual(growth.written);
    await growth.rest('20s');
    growth.expectEven([1, 2, 3]);

    await runAll(lab, ['join s4 zone=z4', 'join s5', 'wait 2s']);
    await growth.rest('60s');
    growth.expectEven([1, 2, 3, 4, 5]);
    expect(await growth.scanned()).toEqual(growth.written);
    const moved = lab.world.pd.ended.filter(({ plan }) => plan.desc === 'balance-region');
    expect(moved.length).toBeGreaterThan(5);
    for (const { plan, status, stepsAt } of moved)
      expect([status, stepsAt.length]).toEqual(['SUCCESS', plan.steps.length]);

    await runAll(lab, ['store delete s1']);
    expect(await lab.until("store('s1').pd == 'Tombstone'", { within: '90s' })).toMatchObject({
      met: true,
    });
    expect(await growth.scanned()).toEqual(growth.written);
    for (const { peers } of growth.regions) {
      const on = peers.map(({ storeId }) => storeId);
      expect(new Set(on).size).toBe(3);
      expect(on).not.toContain(1);
    }
  },
);

test(
  'a store that dies for good is replaced after PD’s patience; with two of three gone, nothing answers, and a store that comes back brings everything',
  LONG,
  async () => {
    const growth = await filled(4);
    const { lab } = growth;
    await runAll(lab, ['join s4', 'wait 2s']);
    await growth.rest('60s');
    const written = growth.written;

    await runAll(lab, ['kill s2', 'wait 14s']);
    const onDead = () =>
      growth.regions.filter(({ peers }) => peers.some(({ storeId }) => storeId === 2)).length;
    expect(onDead()).toBeGreaterThan(5);
    expect(lab.world.pd.ended.some(({ plan }) => plan.desc === 'replace-down-replica')).toBe(false);
    await runAll(lab, ['wait 60s']);
    expect(onDead()).toBe(0);
    expect(lab.world.pd.stores[2]?.state).toBe('Down');
    const replaced = lab.world.pd.ended.filter(({ plan }) => plan.desc === 'replace-down-replica');
    expect(replaced.length).toBeGreaterThan(5);
    expect(replaced.every(({ plan }) => plan.reason.type === 'store-down')).toBe(true);
    expect(await growth.scanned()).toEqual(written);

    await runAll(lab, ['kill s3', 'kill s4']);
    const given = await lab.run('put log000000 new');
    if (!given.ok || given.kind !== 'command') return expect.fail('the put is taken');
    await lab.until(`op(${given.op}).ended`, { within: '60s' });
    expect(lab.evaluate(`op(${given.op}).ok`)).toMatchObject({ value: false });
    await runAll(lab, ['restart s3', 'wait 5s']);
    expect((await growth.scanned()) as unknown[]).toHaveLength(written.length);
  },
);
