// Looking back: which past instant the page draws. The cluster goes on, or stands, as it was; nothing that is done here
// is a command. The world of a past instant is folded once a frame at most, however fast somebody drags.

import type { Session } from '../../browser/session-types.ts';
import { Past, recordsUntil } from '../../projections/past.ts';
import type { World } from '../../projections/world.ts';
import type { Micros } from '../../tikv/ids.ts';
import { setViewer } from './viewer-store.ts';

/** What is drawn while somebody looks back. */
export interface Looking {
  readonly at: Micros;
  /** How many records of the journal led there. */
  readonly records: number;
  readonly world: World;
  /** It runs on by itself, up to now. */
  readonly replaying: boolean;
}

interface Place {
  readonly at: Micros;
  /** Null: all records up to the instant. */
  readonly records: number | null;
}

/** A replay goes no faster than this, whatever the cluster does: it is for watching. */
const FASTEST: Micros = 2_000_000;
const LONGEST_FRAME_MS = 100;

export class LookBack {
  looking: Looking | null = null;
  readonly #session: Session;
  readonly #changed: () => void;
  readonly #past = new Past();
  #wanted: Place | null = null;
  #wallMs: number | null = null;
  /** Virtual time that was due, less than a microsecond. */
  #rest = 0;

  constructor(session: Session, changed: () => void) {
    this.#session = session;
    this.#changed = changed;
  }

  /** Another history begins. */
  reset(): void {
    this.#past.reset();
    this.backToNow();
  }

  /** The newest world has been folded on. */
  note(world: World): void {
    this.#past.note(world);
  }

  /** The earliest instant that can be drawn; 0: the beginning. */
  begins(): Micros {
    return this.#past.begins(this.#session.kept())?.at ?? this.#session.shownAt();
  }

  /** To an instant, as it was once everything at it had happened. At or after now is now. */
  to(at: Micros): void {
    if (at >= this.#session.shownAt()) return this.backToNow();
    this.#want({ at: Math.max(Math.round(at), this.begins()), records: null });
  }

  /** To the moment right after a record, by its number in the journal. */
  toRecord(n: number): void {
    const kept = this.#session.kept();
    const record = kept[n - (kept[0]?.n ?? 0)];
    if (record === undefined || n + 1 < this.#firstCount()) return this.to(this.begins());
    return this.#want({ at: record.at, records: n + 1 });
  }

  /** By so much time, backward below 0. */
  by(micros: Micros): void {
    this.to((this.#wanted?.at ?? this.looking?.at ?? this.#session.shownAt()) + micros);
  }

  /** One record back or forward. */
  step(by: 1 | -1): void {
    const kept = this.#session.kept();
    const newest = (kept.at(-1)?.n ?? -1) + 1;
    const place = this.#wanted ?? this.looking;
    const shown = place === null ? newest : (place.records ?? recordsUntil(kept, place.at));
    const count = shown + by;
    if (count >= newest) return this.backToNow();
    if (count < Math.max(1, this.#firstCount())) return undefined;
    return this.toRecord(count - 1);
  }

  /** Runs on from the past instant, or holds it. */
  toggleReplay(): void {
    if (this.looking === null) return;
    this.looking = { ...this.looking, replaying: !this.looking.replaying };
    this.#wallMs = null;
    this.#changed();
  }

  backToNow(): void {
    this.#wanted = null;
    this.#wallMs = null;
    if (this.looking === null) return;
    this.looking = null;
    this.#changed();
  }

  /** Once an animation frame. */
  frame(wallMs: number): void {
    const { looking } = this;
    if (looking?.replaying === true && this.#wanted === null) this.#replay(looking, wallMs);
    const place = this.#wanted;
    if (place === null) return;
    this.#wanted = null;
    this.#show(place, this.looking?.replaying ?? false);
  }

  #want(place: Place): void {
    if (this.looking === null) setViewer({ tool: null });
    this.#wanted = place;
    this.#wallMs = null;
  }

  #firstCount(): number {
    return this.#past.begins(this.#session.kept())?.records ?? Infinity;
  }

  #replay(looking: Looking, wallMs: number): void {
    const elapsed = Math.min(wallMs - (this.#wallMs ?? wallMs), LONGEST_FRAME_MS);
    this.#wallMs = wallMs;
    const { speed } = this.#session.state();
    const due =
      (elapsed * Math.min(speed === 'max' ? FASTEST : speed, FASTEST)) / 1000 + this.#rest;
    this.#rest = due - Math.floor(due);
    const at = looking.at + Math.floor(due);
    if (at >= this.#session.shownAt()) return this.backToNow();
    this.#wanted = { at, records: null };
  }

  #show({ at, records }: Place, replaying: boolean): void {
    const kept = this.#session.kept();
    // What is kept has moved on since somebody asked.
    const begins = this.#past.begins(kept);
    if (begins === null) return this.backToNow();
    const count = Math.max(records ?? recordsUntil(kept, at), begins.records);
    const world = this.#past.worldAfter(kept, count, this.looking?.world ?? null);
    this.looking = { at: Math.max(at, begins.at), records: count, world, replaying };
    this.#changed();
  }
}
