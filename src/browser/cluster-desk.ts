// The clusters of this page: which one is open, and opening, making, deleting and starting over, with all that can go
// wrong. In the conductor's thread; calls are made one at a time. (determinism: rules 15, 16)

import type { Moment } from '../lab/moment-link.ts';
import { clusterProblem, seedProblem } from '../lab/recording-format.ts';
import type { Recording } from '../sim/recording.ts';
import { ReplayRefused } from '../sim/replay.ts';
import { ClusterList, rebuildList, type ClusterEntry } from './cluster-list.ts';
import { planOf, whole, type EngineRoom } from './engine-room.ts';
import { startAtBeginning, startFromRecording, startNew, type Home } from './live-cluster.ts';
import { claim, type Locks, type Release } from './locks.ts';
import { Playback } from './playback.ts';
import type { OpenRequest } from './protocol.ts';
import { SessionDb } from './session-db.ts';
import type { ClusterInfo, ClusterPlan, ClusterRow, Clusters, Done } from './session-types.ts';
import { deleteUnder, dumpUnder, sizeUnder } from './stored-rows.ts';
import { DamagedData, isQuotaExceeded, reasonOf } from './stored.ts';

const lockName = (id: string): string => `loom/${id}`;
const DONE: Done = { ok: true };
const refuse = (reason: string): Done => ({ ok: false, reason });

/** A stored cluster that is open here, running or damaged. */
interface Held {
  readonly release: Release;
  session: SessionDb | null;
}

export class ClusterDesk {
  readonly #room: EngineRoom;
  readonly #locks: Locks;
  /** Null: nothing is stored. */
  #list: ClusterList | null = null;
  /** The cluster that this page is about, open or not. */
  #entry: ClusterEntry | null = null;
  #held: Held | null = null;
  /** The cluster that is made where there is none. */
  #first: ClusterPlan = { stores: 3, clients: 1, seed: 1, settings: {} };

  constructor(room: EngineRoom, locks: Locks) {
    this.#room = room;
    this.#locks = locks;
  }

  /** The page's first call. `moment`: what its address leads to, in place of the cluster that was open last. */
  async open({ memory, first }: OpenRequest, moment: Moment | null): Promise<Done> {
    this.#first = first;
    const reason = memory ?? (await this.#openList());
    if (this.#room.state.phase.name === 'damaged')
      return refuse('The list of clusters is damaged.');
    if (reason !== null) this.#inMemory(reason);
    await this.#showDeleted();
    if (moment !== null) return this.openMoment(moment);
    await this.#openRecent();
    return DONE;
  }

  /** What was open last; a first cluster where there is none. */
  async #openRecent(): Promise<void> {
    const entry = await this.#recent();
    if (entry === null) await this.#make(this.#first);
    else await this.#open(entry);
  }

  /** Null: the list is open. Else why nothing can be stored. */
  async #openList(): Promise<string | null> {
    let list: ClusterList | null = null;
    try {
      list = await ClusterList.open();
      await list.all();
      this.#list = list;
      return null;
    } catch (error) {
      list?.close();
      if (!(error instanceof DamagedData)) return reasonOf(error);
      this.#damaged(error);
      return null;
    }
  }

  async #recent(): Promise<ClusterEntry | null> {
    if (this.#list === null) return null;
    const id = await this.#list.recent();
    const entries = await this.#list.all();
    return entries.find((entry) => entry.id === id) ?? entries.at(-1) ?? null;
  }

  #damaged({ where, what, later }: DamagedData): void {
    this.#room.set({ phase: { name: 'damaged', damage: { where, what, later } } });
  }

  #show(entry: ClusterEntry): void {
    this.#entry = entry;
    this.#room.set({ cluster: infoOf(entry) });
  }

  /** Stores what is known of a cluster, and shows it where it is the one that is open. */
  async #keep(entry: ClusterEntry): Promise<void> {
    await this.#list?.put(entry);
    if (this.#entry?.id === entry.id) this.#show(entry);
  }

  /** Ends the cluster that is open. */
  async #leave(): Promise<void> {
    await this.#room.end();
    this.#held?.session?.close();
    this.#held?.release();
    this.#held = null;
  }

  /** Takes the cluster's lock and does `work` with its session database; what goes wrong is the phase that is shown. */
  async #hold(entry: ClusterEntry, work: (home: Home) => Promise<void>): Promise<void> {
    this.#show(entry);
    this.#room.set({ phase: { name: 'starting' } });
    const release = await claim(this.#locks, lockName(entry.id));
    if (release === null) return this.#room.set({ phase: { name: 'elsewhere' } });
    this.#held = { release, session: null };
    try {
      this.#held.session = await SessionDb.open(entry.id);
      await work({ entry, session: this.#held.session });
      // A full storage does not remember it, and that is all.
      await this.#list?.setRecent(entry.id).catch(() => undefined);
    } catch (error) {
      if (!(error instanceof DamagedData)) throw error;
      this.#damaged(error);
    }
  }

  #open(entry: ClusterEntry): Promise<void> {
    const next = { ...entry, generation: entry.last + 1, last: entry.last + 1 };
    return this.#hold(entry, (home) =>
      this.#room.reopen(entry, home, {
        prepare: async () => {
          await this.#clear(next);
          return { ...home, entry: next };
        },
        flip: () => this.#keep(next),
      }),
    );
  }

  /** Nothing is left of a generation that is about to begin. */
  async #clear({ id, generation }: Home['entry']): Promise<void> {
    await deleteUnder(`loom/${id}/${generation}/`);
    await deleteUnder(`loom/${id}/${generation}.`);
  }

  /** `Cluster 3`: a name that no cluster has, nor the one that was deleted last. */
  async #freeName(): Promise<string> {
    const deleted = await this.#list?.deleted();
    const taken = [...((await this.#list?.all()) ?? []), ...(deleted ? [deleted] : [])];
    const names = new Set(taken.map(({ name }) => name));
    let number = 1;
    while (names.has(`Cluster ${number}`)) number += 1;
    return `Cluster ${number}`;
  }

  async #newEntry(plan: ClusterPlan): Promise<ClusterEntry> {
    const { stores, clients, seed, settings } = plan;
    const name = plan.name?.trim() ?? '';
    return {
      id: newId(),
      name: name === '' ? await this.#freeName() : name,
      created: Date.now(),
      ...{ seed, stores, clients, settings },
      ...{ generation: 1, last: 1, aside: null },
    };
  }

  /** A new cluster; in memory, where the storage is full. */
  async #make(plan: ClusterPlan): Promise<void> {
    const entry = await this.#newEntry(plan);
    try {
      await this.#beginNew(entry);
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === null || this.#list === null) throw error;
      await this.#leave();
      this.#inMemory(reason);
      await this.#beginNew(entry);
    }
  }

  #beginNew(entry: ClusterEntry): Promise<void> {
    return this.#begin(entry, (home) =>
      this.#room.run((around) => startNew(home, planOf(entry), around)),
    );
  }

  /** From here on nothing is stored. */
  #inMemory(reason: string): void {
    this.#list?.close();
    this.#list = null;
    this.#room.set({ storage: { kind: 'memory', reason }, host: 'one' });
  }

  /** A new cluster, stored or not; `start` gets its home. */
  async #begin(entry: ClusterEntry, start: (home: Home | null) => Promise<void>): Promise<void> {
    if (this.#list === null) {
      this.#show(entry);
      return start(null);
    }
    await this.#list.put(entry);
    await this.#hold(entry, start);
  }

  async list(): Promise<Awaited<ReturnType<Clusters['list']>>> {
    const held = await this.#locks.held();
    const row = async (entry: ClusterEntry): Promise<ClusterRow> => ({
      ...infoOf(entry),
      bytes: this.#list === null ? null : await sizeUnder(`loom/${entry.id}/`),
      open: this.#isHere(entry.id) ? 'here' : held.has(lockName(entry.id)) ? 'elsewhere' : 'no',
    });
    const entries = (await this.#list?.all()) ?? (this.#entry === null ? [] : [this.#entry]);
    const clusters: ClusterRow[] = [];
    for (const entry of entries) clusters.push(await row(entry));
    const estimate = await estimateOf();
    return { clusters, usage: estimate.usage ?? null, quota: estimate.quota ?? null };
  }

  #isHere(id: string): boolean {
    return this.#entry?.id === id && (this.#list === null || this.#held !== null);
  }

  async create(plan: ClusterPlan): Promise<Done> {
    const problem = seedProblem(plan.seed) ?? clusterProblem(plan);
    if (problem !== null) return refuse(problem);
    const entry = await this.#newEntry(plan);
    return this.#instead(
      () => this.#beginNew(entry),
      () => this.#discard(entry.id),
    );
  }

  /** Something else in place of what is open; where that cannot be, what was open is opened again. */
  async #instead(begin: () => Promise<void>, discard: () => Promise<void>): Promise<Done> {
    const before = this.#entry;
    await this.#leave();
    try {
      await begin();
      return DONE;
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === null) throw error;
      await this.#leave();
      await discard();
      if (before === null) await this.#openRecent();
      else if (this.#list === null) await this.#beginNew(before);
      else await this.#open(before);
      return refuse(reason);
    }
  }

  async #discard(id: string): Promise<void> {
    await this.#list?.remove(id);
    await deleteUnder(`loom/${id}/`);
  }

  async openCluster(id: string): Promise<Done> {
    const entry = await this.#list?.get(id);
    if (entry === null || entry === undefined) return refuse('This cluster is gone.');
    if (this.#isHere(id)) return DONE;
    await this.#leave();
    await this.#open(entry);
    return DONE;
  }

  async rename(id: string, name: string): Promise<Done> {
    const entry = this.#entry?.id === id ? this.#entry : await this.#list?.get(id);
    if (entry === null || entry === undefined) return refuse('This cluster is gone.');
    if (name.trim() === '') return refuse('A cluster needs a name.');
    await this.#keep({ ...entry, name: name.trim().slice(0, 80) });
    return DONE;
  }

  async remove(id: string): Promise<Done> {
    const entry = await this.#list?.get(id);
    if (this.#list === null || entry === null || entry === undefined)
      return refuse('This cluster is gone.');
    const wasHere = this.#isHere(id);
    if (wasHere) await this.#leave();
    const release = await claim(this.#locks, lockName(id));
    if (release === null)
      return refuse(`${entry.name} is open in another tab. Close it there first.`);
    await this.forgetDeleted();
    await this.#list.putAside(entry);
    await this.#showDeleted();
    release();
    const { stores, clients, seed, settings } = entry;
    if (wasHere || this.#entry?.id === id) await this.#make({ stores, clients, seed, settings });
    return DONE;
  }

  /** The cluster that was deleted last, as it was, in place of what is open. */
  async undoRemove(): Promise<Done> {
    const entry = await this.#list?.deleted();
    if (entry === null || entry === undefined) return refuse('There is no cluster to bring back.');
    await this.#list?.bringBack(entry);
    await this.#showDeleted();
    return this.openCluster(entry.id);
  }

  /** Its databases go: from here on nothing brings it back. */
  async forgetDeleted(): Promise<Done> {
    const entry = await this.#list?.deleted();
    if (entry === null || entry === undefined) return DONE;
    await deleteUnder(`loom/${entry.id}/`);
    await this.#list?.forgetDeleted();
    await this.#showDeleted();
    return DONE;
  }

  async #showDeleted(): Promise<void> {
    const entry = (await this.#list?.deleted()) ?? null;
    const bytes = entry === null ? null : await sizeUnder(`loom/${entry.id}/`);
    this.#room.set({ deleted: entry === null ? null : { name: entry.name, bytes } });
  }

  async startOver(): Promise<Done> {
    const entry = this.#entry;
    if (entry === null) return refuse('No cluster is open.');
    const number = entry.last + 1;
    const next = { ...entry, generation: number, last: number, aside: entry.generation };
    if (this.#list === null) {
      await this.#leave();
      await this.#beginNew(entry);
      return DONE;
    }
    const begin = () =>
      this.#hold(entry, async (home) => {
        await this.#clear(next);
        await this.#forgetAllBut(home, entry);
        const empty = { ...home, entry: next };
        await this.#room.run((around) =>
          whole(startNew(empty, planOf(entry), around), () => this.#keep(next)),
        );
      });
    return this.#instead(begin, () => this.#clear(next));
  }

  /** Takes out every generation but the one that the cluster is now. */
  async #forgetAllBut(
    { session }: Home,
    { id, generation: kept, last }: ClusterEntry,
  ): Promise<void> {
    for (let generation = 1; generation <= last; generation++) {
      if (generation === kept) continue;
      await this.#clear({ id, generation });
      await session.forget(generation);
    }
  }

  async undoStartOver(): Promise<Done> {
    const entry = this.#entry;
    if (entry === null || entry.aside === null)
      return refuse('There is no start over to take back.');
    await this.#leave();
    const back = { ...entry, generation: entry.aside, aside: entry.generation };
    await this.#keep(back);
    await this.#open(back);
    return DONE;
  }

  /** Opens a new cluster with this recording: at its end, or at its beginning, to be watched. */
  async openRecording(
    recording: Recording,
    from: 'end' | 'beginning',
    name = 'Opened recording',
  ): Promise<Done> {
    const { stores, clients, settings } = recording.cluster;
    const plan = { stores, clients, settings, seed: recording.seed, name };
    const entry = await this.#newEntry(plan);
    const begin = () =>
      this.#begin(entry, (home) =>
        from === 'end'
          ? this.#room.run((around) => startFromRecording(home, recording, around))
          : this.#room.run(
              (around) => startAtBeginning(home, recording, around),
              (live) => new Playback(live.conductor, recording),
            ),
      );
    return this.#instead(begin, () => this.#discard(entry.id));
  }

  /** Opens a new cluster at the moment of a link. That it led elsewhere here is a notice, not a refusal. */
  async openMoment({ recording, hash, build }: Moment): Promise<Done> {
    const done = await this.openRecording(recording, 'end', 'From a link');
    if (!done.ok) return refuse(`This link cannot be followed here. ${done.reason}`);
    const lab = this.#room.running?.lab;
    if (lab !== undefined && lab.hash() !== hash)
      this.#room.notice({ kind: 'link-differs', otherBuild: lab.version.build !== build });
    return done;
  }

  dump(): Promise<string> {
    return dumpUnder(this.#entry === null ? 'loom/' : `loom/${this.#entry.id}/`);
  }

  /** Goes on with empty databases beside the damaged ones. */
  async freshStart(): Promise<Done> {
    const { phase } = this.#room.state;
    if (phase.name !== 'damaged') return refuse('Nothing is damaged.');
    const damaged = this.#entry;
    await this.#leave();
    if (damaged !== null) {
      await this.#make({ ...damaged, name: `${damaged.name}, afresh` });
      return DONE;
    }
    // It is the list itself.
    if (phase.damage.later) {
      this.#inMemory('A newer Loom keeps data for this page; this one leaves it alone.');
    } else {
      this.#list = await rebuildList();
    }
    const entry = await this.#recent();
    if (entry === null) await this.#make(this.#first);
    else await this.#open(entry);
    return DONE;
  }
}

/** What a person can do something about; null: a bug of ours. */
function refusalOf(error: unknown): string | null {
  if (error instanceof ReplayRefused) return error.message;
  return isQuotaExceeded(error) ? "The browser's storage is full. Delete a cluster first." : null;
}

function infoOf(entry: ClusterEntry): ClusterInfo {
  const { id, name, created, seed, stores, clients, settings, aside } = entry;
  return { id, name, created, seed, stores, clients, settings, canUndo: aside !== null };
}

/** Eight letters and digits. */
function newId(): string {
  const words = crypto.getRandomValues(new Uint32Array(2));
  return [...words].map((word) => word.toString(36).padStart(7, '0').slice(-4)).join('');
}

async function estimateOf(): Promise<StorageEstimate> {
  // Insecure origins have no storage manager.
  const storage = navigator.storage as StorageManager | undefined;
  return storage === undefined ? {} : storage.estimate().catch(() => ({}));
}
