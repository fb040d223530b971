// A cluster grows under faults until it has split fifty times, while PD spreads what grows. Then the weather passes, PD
// comes to rest, and everything is counted: what a client reads of all keys is what the writers were told; the Regions
// tile the key space, for PD and on the stores; the stores are as even as the schedulers promise.

import { below, between, luck, newChance, pick, type Chance } from '../base/chance.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { foldRecord } from '../projections/fold.ts';
import { openOperations } from '../projections/questions.ts';
import { newWorld, type World } from '../projections/world.ts';
import { Acknowledged } from './acknowledged.ts';
import { evennessProblems, ownersProblems } from './level.ts';
import { replayProblem } from './replays.ts';
import { StormChecks, type Breach } from './storm-checks.ts';
import { count, mend, noCounts, settle, untilLevel, type StormResult } from './storm-run.ts';
import { fault, newWeather, type Weather } from './storm-weather.ts';

export const SPLITS = 50;
const STORES = 5;
/** Virtual time that the filling may take. */
const FILL_MAX = 600_000_000;
/** PD rests when it has wanted nothing for so long: longer than its schedulers wait, and than a Region's heartbeat. */
const REST: Micros = 6_000_000;
/** Writers: one appends on its own, one puts and deletes at random. The third client reads. */
const [APPENDER, WRITER, READER] = ['c1', 'c2', 'c3'] as const;

export interface SplitsResult extends StormResult {
  readonly splits: number;
  readonly moves: { readonly leaders: number; readonly regions: number; readonly others: number };
}

/**
 * A few keys fill a Region, and PD does several things at a time. One seed of two lets idle Regions sleep, one of three
 * answers reads from leases.
 */
const settingsOf = (seed: number) => ({
  'replication.max-replicas': 3,
  'coprocessor.region-split-keys': 4,
  'coprocessor.region-max-keys': 6,
  'schedule.leader-schedule-limit': 4,
  'schedule.region-schedule-limit': 8,
  'schedule.max-snapshot-count': 8,
  'raftstore.hibernate-regions': seed % 2 === 1,
  'client.lease-reads': seed % 3 === 0,
});

export async function runSplits(plan: {
  readonly seed: number;
  readonly broken?: readonly string[];
}): Promise<SplitsResult> {
  const storm = await Storm.begin(plan.seed, plan.broken ?? []);
  const found = [...(await storm.fill()), ...(await storm.calm()), ...storm.verdict()];
  const { conductor, world } = storm;
  const recording = conductor.recording();
  const hash = conductor.hash();
  const other = await replayProblem(recording, hash);
  return {
    breaches: other === null ? found : [...found, other],
    recording,
    hash,
    counts: {
      ...storm.counts,
      commands: recording.commands.length,
      records: conductor.records,
      time: conductor.now,
    },
    splits: splitsIn(world),
    moves: storm.moves,
  };
}

/** No Region ever goes, so that each but the first was split off. */
const splitsIn = (world: World): number => Object.keys(world.regions).length - 1;

class Storm {
  readonly conductor: Conductor;
  readonly world: World;
  readonly counts = noCounts();
  readonly moves = { leaders: 0, regions: 0, others: 0 };
  readonly #checks = new StormChecks();
  readonly #written = new Acknowledged([APPENDER, WRITER]);
  readonly #weather: Weather;
  readonly #chance: Chance;
  /** Of the writer and the reader, the operations that they wait for. */
  readonly #waiting = new Map<NodeId, number>();
  #values = 0;

  private constructor(conductor: Conductor, world: World, seed: number) {
    this.conductor = conductor;
    this.world = world;
    this.#weather = newWeather(seed, 'splits');
    this.#chance = newChance(seed, 'splits storm');
  }

  static async begin(seed: number, broken: readonly string[]): Promise<Storm> {
    const world = newWorld();
    const early: JournalRecord[] = [];
    let storm: Storm | null = null;
    const onRecords = (records: readonly JournalRecord[]): void => {
      for (const record of records) foldRecord(world, record);
      if (storm === null) early.push(...records);
      else storm.#note(records);
    };
    const cluster = { stores: STORES, clients: 3, settings: settingsOf(seed), broken };
    const conductor = await Conductor.start({ seed, cluster, hosts: memoryHosts(), onRecords });
    storm = new Storm(conductor, world, seed);
    storm.#note(early);
    return storm;
  }

  #note(records: readonly JournalRecord[]): void {
    this.#checks.take(records);
    for (const record of records) {
      count(this.counts, record);
      this.#written.note(record);
      const { event, id } = record;
      if (event.type === 'client/op-ended' && this.#waiting.get(id.node) === event.op)
        this.#waiting.delete(id.node);
      if (event.type !== 'pd/operator-ended' || event.status !== 'SUCCESS') continue;
      if (event.desc === 'balance-leader') this.moves.leaders += 1;
      else if (event.desc === 'balance-region') this.moves.regions += 1;
      else this.moves.others += 1;
    }
  }

  /** Writes, reads and faults until there have been splits enough. */
  async fill(): Promise<Breach[]> {
    const roughness = between(this.#chance, 80_000, 250_000);
    const load = { kind: 'append', rate: between(this.#chance, 15, 30), duration: null } as const;
    await this.conductor.advance(2_000_000);
    await this.conductor.give({ type: 'load', client: APPENDER, load });
    while (splitsIn(this.world) < SPLITS) {
      if (this.conductor.now > FILL_MAX)
        return [`${splitsIn(this.world)} splits in ${FILL_MAX / 1_000_000} s of weather`];
      await this.conductor.advance(this.conductor.now + between(this.#chance, 1, 200_000));
      await this.#work();
      if (luck(this.#chance, roughness))
        await this.conductor.give(fault(this.#weather, this.world));
    }
    return [];
  }

  async #work(): Promise<void> {
    const chance = this.#chance;
    const key = `key${String(below(chance, 400)).padStart(3, '0')}`;
    this.#values += 1;
    await this.#ask(
      WRITER,
      luck(chance, 800_000)
        ? { type: 'put', key, value: `v${this.#values}` }
        : { type: 'delete', key },
    );
    const from = pick(chance, ['key', 'log', key]);
    if (luck(chance, 200_000)) await this.#ask(READER, { type: 'scan', from, to: '', limit: 30 });
  }

  async #ask(client: NodeId, request: Parameters<typeof requestOf>[1]): Promise<void> {
    if (this.#waiting.has(client)) return;
    const given = await this.conductor.give(requestOf(client, request));
    if (given.ok && given.op !== null) this.#waiting.set(client, given.op);
  }

  /** The weather passes. All operations end, PD comes to rest, and then everything is counted. */
  async calm(): Promise<Breach[]> {
    const { conductor, world } = this;
    await mend(conductor, world);
    await conductor.give({ type: 'load-stop', client: APPENDER });
    if (!(await settle(conductor, () => openOperations(world).length === 0)))
      return ['operations stay open in calm weather'];
    if (!(await this.#rest())) return ['PD does not come to rest in calm weather'];
    if (!(await settle(conductor, () => ownersProblems(world).length === 0)))
      return ownersProblems(world);
    const stuck = await untilLevel(conductor, world);
    return [
      ...(stuck === null ? [] : [stuck]),
      ...evennessProblems(world),
      ...(await this.#readAll()),
    ];
  }

  /** True once PD has wanted nothing for a while. */
  #rest(): Promise<boolean> {
    let since = this.conductor.now;
    return settle(this.conductor, () => {
      if (Object.keys(this.world.pd.operators).length > 0) since = this.conductor.now;
      return this.conductor.now - since >= REST;
    });
  }

  async #readAll(): Promise<Breach[]> {
    const { conductor, world } = this;
    await this.#ask(READER, { type: 'scan', from: '', to: '', limit: 10_000 });
    await settle(conductor, () => !this.#waiting.has(READER));
    const outcome = world.clients[READER]?.ended.at(-1)?.outcome;
    return outcome?.status === 'ok' && outcome.result.type === 'scan'
      ? this.#written.problems(outcome.result.pairs)
      : [`the last scan ends with ${JSON.stringify(outcome)}`];
  }

  verdict(): readonly Breach[] {
    const { breaches, undecided } = this.#checks.verdict();
    this.counts.undecided = Number(undecided);
    return breaches;
  }
}

type Request =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string }
  | {
      readonly type: 'scan';
      readonly from: string;
      readonly to: string;
      readonly limit: number;
    };

const requestOf = (client: NodeId, request: Request) =>
  ({ type: 'request', client, request }) as const;
