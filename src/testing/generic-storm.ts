// The property of TinyKV's GenericTest (kv/test_raftstore/test_test.go): clients append to ranges of their own, and every
// scan of a range shows exactly what its client was told is written, whatever is switched on: several clients, messages
// lost and overtaken, partitions, crashes, members that change, Regions that split. Six switches, a bit of the seed each.

import { below, between, luck, newChance, pick, type Chance } from '../base/chance.ts';
import type { SettingChanges } from '../tikv/config.ts';
import { boundOf } from '../tikv/raftstore/key-space.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { replay } from '../sim/replay.ts';
import type { Operation } from '../projections/clients.ts';
import { foldRecord } from '../projections/fold.ts';
import { leaderOf, openOperations } from '../projections/questions.ts';
import { newWorld, type World } from '../projections/world.ts';
import { NO_SPLITS, QUIET_PD } from './quiet-pd.ts';
import { StormChecks, type Breach } from './storm-checks.ts';
import { count, mend, noCounts, settle, untilLevel, type StormResult } from './storm-run.ts';

export interface Switches {
  readonly clients: boolean;
  readonly losses: boolean;
  readonly partitions: boolean;
  readonly crashes: boolean;
  readonly members: boolean;
  readonly splits: boolean;
}

/** Sixty-four seeds in a row try every setting of the six. */
export const switchesOf = (seed: number): Switches => ({
  clients: (seed & 1) !== 0,
  losses: (seed & 2) !== 0,
  partitions: (seed & 4) !== 0,
  crashes: (seed & 8) !== 0,
  members: (seed & 16) !== 0,
  splits: (seed & 32) !== 0,
});

const STORES = 5;

export async function runGeneric(plan: {
  readonly seed: number;
  readonly seconds: number;
  readonly broken?: readonly string[];
}): Promise<StormResult> {
  const { seed, seconds, broken = [] } = plan;
  const switches = switchesOf(seed);
  const world = newWorld();
  const checks = new StormChecks();
  const counts = noCounts();
  const onRecords = (records: readonly JournalRecord[]): void => {
    for (const record of records) {
      foldRecord(world, record);
      count(counts, record);
    }
    checks.take(records);
  };
  const cluster = {
    stores: STORES,
    clients: switches.clients ? 4 : 1,
    settings: settingsOf(switches),
    ...(broken.length === 0 ? {} : { broken }),
  };
  const conductor = await Conductor.start({ seed, cluster, hosts: memoryHosts(), onRecords });
  const chance = newChance(seed, 'generic storm');
  const appenders = Array.from(
    { length: cluster.clients },
    (_, i) => new Appender(`c${i + 1}`, newChance(seed, `appender ${i + 1}`)),
  );
  const breaches: Breach[] = [];
  const work = async () => {
    for (const appender of appenders) breaches.push(...(await appender.work(conductor, world)));
  };
  if (switches.losses) await loseMessages(conductor, world);
  const faults = faultsOf(switches);
  while (conductor.now < seconds * 1_000_000) {
    await conductor.advance(conductor.now + between(chance, 1, 200_000));
    await work();
    if (faults.length > 0 && luck(chance, 150_000))
      await pick(chance, faults)({ chance, conductor, world });
  }
  await mend(conductor, world);
  const stuck = await finish(conductor, world, { appenders, work });
  breaches.push(...checks.verdict().breaches, ...(stuck === null ? [] : [stuck]));
  const recording = conductor.recording();
  const hash = conductor.hash();
  const again = await replay(recording, { hosts: memoryHosts() });
  if (again.hash() !== hash)
    breaches.push(`the same recording gives ${again.hash()} in place of ${hash}`);
  const commands = recording.commands.length;
  return {
    breaches,
    recording,
    hash,
    counts: { ...counts, commands, records: conductor.records, time: conductor.now },
  };
}

/** Members move by hand alone; where they do not, every store has a replica. */
const settingsOf = ({ members, splits }: Switches): SettingChanges => ({
  ...QUIET_PD,
  'replication.max-replicas': members ? 3 : STORES,
  ...(splits
    ? { 'coprocessor.region-split-keys': 6, 'coprocessor.region-max-keys': 9 }
    : NO_SPLITS),
});

/** Every operation ends, every client reads its range once more, and the replicas become equal. */
async function finish(
  conductor: Conductor,
  world: World,
  { appenders, work }: { appenders: readonly Appender[]; work: () => Promise<void> },
): Promise<Breach | null> {
  if (!(await settle(conductor, () => openOperations(world).length === 0)))
    return 'operations stay open in calm weather';
  for (const appender of appenders) appender.last();
  await work();
  for (let i = 0; i < 400 && appenders.some((appender) => !appender.done); i++) {
    await conductor.advance(conductor.now + 100_000);
    await work();
  }
  if (appenders.some((appender) => !appender.done))
    return 'a client does not get its range read in calm weather';
  return untilLevel(conductor, world);
}

/** One client: it writes its next key until it is told that it is written, or reads all of them. Nobody else writes there. */
class Appender {
  readonly #client: string;
  readonly #chance: Chance;
  /** Keys that are certainly written. */
  #written = 0;
  #op: number | null = null;
  #last = false;
  done = false;

  constructor(client: string, chance: Chance) {
    this.#client = client;
    this.#chance = chance;
  }

  /** What is asked for next is the whole range, and then nothing. */
  last(): void {
    this.#last = true;
  }

  /** Takes an answer, where one has come, and asks for the next thing. Says what was wrong with the answer. */
  async work(conductor: Conductor, world: World): Promise<Breach[]> {
    if (this.done) return [];
    const breaches: Breach[] = [];
    let again = false;
    if (this.#op !== null) {
      const ended = world.clients[this.#client]?.ended.find(({ op }) => op === this.#op);
      if (ended === undefined) return [];
      this.#op = null;
      again = ended.outcome?.status !== 'ok' && ended.request.type === 'put';
      const wrong = this.#take(ended);
      if (wrong !== null) breaches.push(wrong);
      if (this.done) return breaches;
    }
    const writes = again || (!this.#last && luck(this.#chance, 500_000));
    const key = this.#key(this.#written);
    const given = await conductor.give({
      type: 'request',
      client: this.#client,
      request: writes
        ? { type: 'put', key, value: `value of ${key}` }
        : { type: 'scan', from: `${this.#client}:`, to: `${this.#client};`, limit: 1000 },
    });
    if (given.ok) this.#op = given.op;
    return breaches;
  }

  #key(i: number): string {
    return `${this.#client}:${String(i).padStart(4, '0')}`;
  }

  #take({ op, outcome }: Operation): Breach | null {
    if (outcome?.status !== 'ok') return null;
    if (outcome.result.type === 'put') this.#written += 1;
    if (outcome.result.type !== 'scan') return null;
    this.done = this.#last;
    const keys = outcome.result.pairs.map(([key]) => key);
    const wanted = Array.from({ length: this.#written }, (_, i) => this.#key(i));
    return keys.join() === wanted.join()
      ? null
      : `operation ${op}: ${this.#client} was told of ${wanted.length} keys and reads ${keys.length}: ${keys.join(' ')}`;
  }
}

// ---- what is switched on -------------------------------------------------------------------------------------------

interface Hand {
  readonly chance: Chance;
  readonly conductor: Conductor;
  readonly world: World;
}
type Fault = (hand: Hand) => Promise<void>;

const faultsOf = ({ partitions, crashes, members, splits }: Switches): Fault[] => [
  ...(partitions ? [partition] : []),
  ...(crashes ? [crash] : []),
  ...(members ? [changeMember] : []),
  ...(splits ? [split] : []),
];

/** One of ten messages is lost on every link, and one of three is overtaken. */
async function loseMessages(conductor: Conductor, world: World): Promise<void> {
  await conductor.advance(conductor.now + 1);
  for (const { from, to, latency, jitter } of Object.values(world.links))
    await conductor.give({
      type: 'link',
      from,
      to,
      latency,
      jitter,
      lossPerMillion: 100_000,
      duplicatePerMillion: 0,
      reorderPerMillion: 333_000,
    });
}

/** Two parts, clients and PD in either; half of the time all is whole again. */
const partition: Fault = async ({ chance, conductor, world }) => {
  if (luck(chance, 500_000)) return void (await conductor.give({ type: 'heal', node: null }));
  const groups: string[][] = [[], []];
  for (const node of Object.keys(world.nodes)) groups[below(chance, 2)]?.push(node);
  await conductor.give({ type: 'partition', groups, oneWay: false });
};

/** All stores lose their power at once and start again, or one does. */
const crash: Fault = async ({ chance, conductor, world }) => {
  const stores = Object.values(world.nodes).filter(({ kind }) => kind === 'store');
  const all = luck(chance, 300_000);
  const dying = all ? stores : [pick(chance, stores)];
  for (const { id } of dying) await conductor.give({ type: 'kill', node: id });
  await conductor.advance(conductor.now + between(chance, 1, 1_500_000));
  for (const { id } of dying) await conductor.give({ type: 'restart', node: id });
};

/** A replica comes to a store or leaves it. */
const changeMember: Fault = async ({ chance, conductor, world }) => {
  const { region } = pick(chance, Object.values(world.regions)) ?? {};
  const leader = region === undefined ? null : leaderOf(world, region.id);
  if (region === undefined || leader === null) return;
  const store = between(chance, 1, STORES);
  const member = region.peers.some(({ storeId }) => storeId === store);
  if (member && region.peers.length < 3) return;
  await conductor.give({
    type: 'admin',
    node: leader.store,
    region: region.id,
    request: {
      type: 'change-peer',
      changes: [{ do: member ? 'remove-peer' : 'add-peer', store }],
    },
  });
};

/** A Region is cut at a key that somebody may have written. */
const split: Fault = async ({ chance, conductor, world }) => {
  const { region } = pick(chance, Object.values(world.regions)) ?? {};
  const leader = region === undefined ? null : leaderOf(world, region.id);
  if (region === undefined || leader === null) return;
  const key = `c${between(chance, 1, 4)}:${String(below(chance, 40)).padStart(4, '0')}`;
  await conductor.give({
    type: 'admin',
    node: leader.store,
    region: region.id,
    request: { type: 'split', policy: 'usekey', keys: [boundOf('raw', key)] },
  });
};
