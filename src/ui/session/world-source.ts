// The page's world: folded from the session's records as they come, and read by every view. Panels hear of changes at a
// calm rate (`announce`); the cards of the stage hear of them with the frame (`announceStage`), so that they never lag
// behind the messages that are drawn between them; what moves reads it once a frame. Whoever looks back sees another
// world, folded to a past instant (look-back.ts), while this one goes on.

import type { Session } from '../../browser/session-types.ts';
import { RecordNumbers, type Told } from '../../projections/causes.ts';
import { newWorld, type World } from '../../projections/world.ts';
import type { Line } from '../../projections/words/line.ts';
import type { Micros } from '../../tikv/ids.ts';
import type { JournalRecord } from '../../sim/record.ts';
import { LookBack, type Looking } from './look-back.ts';
import { reportFailure, setViewer } from './viewer-store.ts';

/** What the world and its lines are made with. */
export interface Story {
  readonly world: World;
  /** The newest lines, oldest first. */
  readonly lines: readonly Line[];
  /** Where in the journal a record stands. */
  readonly numbers: RecordNumbers;
  tell(record: JournalRecord): void;
}

export interface WorldSource {
  /** As it is at the instant that is drawn. */
  readonly world: World;
  /** As it is now, whoever looks back. */
  readonly live: World;
  readonly lines: readonly Line[];
  /** The lines with the journal that they tell of: for what led to what. */
  told(): Told;
  /** The instant to draw. */
  shownAt(): Micros;
  /** The instant that the cluster has come to. */
  liveAt(): Micros;
  /** Which past instant is drawn; null: the newest. */
  readonly looking: Looking | null;
  readonly lookBack: LookBack;
  /** Counts up with each history that begins: records and operations are numbered anew in it. */
  readonly history: number;
  /** Counts up with each change of what is drawn. */
  readonly version: number;
  /** Counts up with each change of `live` and `lines`. */
  readonly liveVersion: number;
  /** At the calm rate of panels; the answer ends it. */
  subscribe(listener: () => void): () => void;
  /** In the frame that draws the change; the answer ends it. */
  subscribeStage(listener: () => void): () => void;
}

/** Of all sources of the page: a scene has one of its own. */
let histories = 0;

/** A round of the panels is spread over so many frames. */
const ROUND_FRAMES = 4;

/** Follows a session: each history is a new story. The `announce` methods tell the views, and are called at their rates. */
export class LiveWorld implements WorldSource {
  version = 0;
  liveVersion = 0;
  history = 0;
  readonly lookBack: LookBack;
  #story: Story | null = null;
  #announced = -1;
  #announcedToStage = -1;
  /** Of a round: who is still to be told, and how many in a frame. */
  #due: (() => void)[] = [];
  #share = 0;
  #reached: Micros = 0;
  readonly #empty = newWorld();
  readonly #session: Session;
  readonly #listeners = new Set<() => void>();
  readonly #stage = new Set<() => void>();

  constructor(session: Session, newStory: () => Story) {
    this.#session = session;
    this.lookBack = new LookBack(session, () => this.version++);
    session.onRecords({
      reset: () => {
        this.#story = newStory();
        this.history = ++histories;
        this.lookBack.reset();
        // What was chosen belonged to the history before.
        setViewer({ selection: null, tool: null, opened: null, region: null, view: null });
        this.version++;
        this.liveVersion++;
      },
      records: (batch, reached) => this.#take(batch, reached),
    });
  }

  #take(batch: readonly JournalRecord[], reached: Micros): void {
    try {
      for (const record of batch) {
        this.#story?.tell(record);
        this.lookBack.note(this.live);
      }
    } catch (error) {
      reportFailure(error);
    }
    if (batch.length > 0 || reached !== this.#reached) {
      this.liveVersion++;
      if (this.looking === null) this.version++;
    }
    this.#reached = reached;
  }

  get live(): World {
    return this.#story?.world ?? this.#empty;
  }

  get world(): World {
    return this.looking?.world ?? this.live;
  }

  get looking(): Looking | null {
    return this.lookBack.looking;
  }

  get lines(): readonly Line[] {
    return this.#story?.lines ?? [];
  }

  told(): Told {
    const { lines } = this;
    const numbers = this.#story?.numbers ?? new RecordNumbers();
    return { lines, kept: this.#session.kept(), numbers };
  }

  shownAt(): Micros {
    return this.looking?.at ?? this.#session.shownAt();
  }

  liveAt(): Micros {
    return this.#session.shownAt();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  subscribeStage(listener: () => void): () => void {
    this.#stage.add(listener);
    return () => this.#stage.delete(listener);
  }

  /** Tells the stage, where anything has changed since the last time. */
  announceStage(): void {
    if (this.#announcedToStage === this.version) return;
    this.#announcedToStage = this.version;
    for (const listener of this.#stage) listener();
  }

  /** Tells every view, where anything has changed since the last time. */
  announce(): void {
    this.announceStage();
    const now = this.version + this.liveVersion;
    if (this.#announced === now) return;
    this.#announced = now;
    this.#due = [];
    for (const listener of this.#listeners) listener();
  }

  /** Begins a round of the panels, where anything has changed: `announceSome` tells them, a few in each frame. */
  beginRound(): void {
    const now = this.version + this.liveVersion;
    if (this.#announced === now) return;
    this.#announced = now;
    this.#due = [...this.#listeners];
    this.#share = Math.ceil(this.#due.length / ROUND_FRAMES);
  }

  /** The next few of a round, so that no frame has to redraw every panel. */
  announceSome(): void {
    for (const listener of this.#due.splice(0, this.#share))
      if (this.#listeners.has(listener)) listener();
  }
}
