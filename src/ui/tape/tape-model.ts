// What the tape shows of a world inside a stretch of time: of one Region who led when, its campaigns and the writes; of all
// Regions how many elections and writes; and in both cases splits and commands.

import type { WriteMark } from '../../projections/timeline.ts';
import type { World } from '../../projections/world.ts';
import { nodeName, plural } from '../../projections/words/format.ts';
import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';
import type { TapeWindow } from './tape-layout.ts';
import { commandMark, type CommandMark } from './tape-words.ts';

export interface Band {
  readonly key: string;
  readonly from: Micros;
  /** Null: until now. */
  readonly to: Micros | null;
  readonly kind: 'led' | 'nobody' | 'before';
  readonly text: string;
  /** Terms alternate between two grounds. */
  readonly odd: boolean;
}

export interface CommandModel extends CommandMark {
  readonly key: string;
  readonly at: Micros;
}

/** Counts of all Regions, bucket after bucket. */
export interface TapeBars {
  readonly from: Micros;
  readonly bucket: Micros;
  /** Times that somebody asked for votes. */
  readonly elections: readonly number[];
  /** Writes that were answered with success, where they were begun. */
  readonly writes: readonly number[];
}

export interface TapeModel {
  readonly region: RegionId;
  readonly bands: readonly Band[];
  readonly campaigns: readonly {
    readonly key: string;
    readonly at: Micros;
    readonly store: NodeId;
    readonly won: boolean;
  }[];
  readonly writes: readonly {
    readonly key: string;
    readonly at: Micros;
    readonly client: NodeId;
    readonly outcome: WriteMark['outcome'];
  }[];
  /** Null: one Region is looked at, and the tape is of it. */
  readonly bars: TapeBars | null;
  readonly splits: readonly {
    readonly key: string;
    readonly at: Micros;
    readonly text: string;
    /** Short, for the tick itself. */
    readonly words: string;
  }[];
  readonly commands: readonly CommandModel[];
  /** Everything that has a place of its own, for whoever points at it. */
  readonly marks: readonly { readonly at: Micros; readonly text: string }[];
}

const MOST_MARKS = 400;

/** Of one Region; or (`all`) of all of them, whatever it is. */
export function tapeModel(
  world: World,
  named: RegionId,
  window: TapeWindow,
  all = false,
): TapeModel {
  const inside = (at: Micros) => at >= window.from && at <= window.to;
  const { faults, splits } = world.timeline;
  const model = {
    region: named,
    ...(all ? { bands: [], campaigns: [], writes: [] } : regionPart(world, named, window)),
    bars: all ? barsOf(world, window) : null,
    splits: splits
      .filter(({ at, region, made }) => inside(at) && (all || region === named || made === named))
      .slice(-MOST_MARKS)
      .map(({ at, region, made, key }) => ({
        key: `split ${at} ${made}`,
        at,
        text: `R${region} splits at ${key}`,
        words: `R${region} at ${key}`,
      })),
    commands: faults
      .map((mark, i) => ({ mark, key: `${mark.at} ${i}` }))
      .filter(({ mark }) => inside(mark.at))
      .slice(-MOST_MARKS)
      .map(({ mark, key }) => ({ key, at: mark.at, ...commandMark(mark.command) })),
  };
  return { ...model, marks: marksOf(model).filter(({ at }) => inside(at)) };
}

function regionPart(world: World, region: RegionId, window: TapeWindow) {
  const inside = (at: Micros) => at >= window.from && at <= window.to;
  const { campaigns, writes } = world.timeline;
  return {
    bands: bandsOf(world, region).filter(
      (band) => (band.to ?? window.to) >= window.from && band.from <= window.to,
    ),
    campaigns: campaigns
      .filter((mark) => mark.region === region && mark.kind === 'vote' && inside(mark.at))
      .map((mark) => ({
        key: `${mark.store} ${mark.term}`,
        at: mark.at,
        store: mark.store,
        won: mark.won === true,
      })),
    writes: writes
      .filter((mark) => inside(mark.startedAt))
      .slice(-MOST_MARKS)
      .map((mark) => ({
        key: String(mark.op),
        at: mark.startedAt,
        client: mark.client,
        outcome: mark.outcome,
      })),
  };
}

/** About so many buckets in the stretch that is shown. */
const BUCKETS = 100;

function barsOf(world: World, { from, to }: TapeWindow): TapeBars {
  const bucket = Math.max(1, Math.round((to - from) / BUCKETS));
  const counts = (ats: readonly Micros[]): number[] => {
    const found = Array.from({ length: BUCKETS }, () => 0);
    for (const at of ats) {
      const place = Math.floor((at - from) / bucket);
      if (place >= 0 && place < BUCKETS) found[place] = (found[place] ?? 0) + 1;
    }
    return found;
  };
  const { campaigns, writes } = world.timeline;
  const asked = campaigns.filter(({ kind }) => kind === 'vote');
  const done = writes.filter(({ outcome }) => outcome === 'ok');
  return {
    from,
    bucket,
    elections: counts(asked.map(({ at }) => at)),
    writes: counts(done.map(({ startedAt }) => startedAt)),
  };
}

function marksOf(model: Omit<TapeModel, 'marks'>): { at: Micros; text: string }[] {
  return [
    ...model.bands
      .filter((band) => band.kind !== 'before')
      .map((band) => ({ at: band.from, text: band.text })),
    ...model.campaigns
      .filter((mark) => !mark.won)
      .map((mark) => ({ at: mark.at, text: `${nodeName(mark.store)} asks for votes` })),
    ...model.writes.map((mark) => ({ at: mark.at, text: `${mark.client} asks` })),
    ...model.splits.map((mark) => ({ at: mark.at, text: mark.text })),
    ...model.commands.map((mark) => ({ at: mark.at, text: mark.text })),
  ];
}

/** `: kill S1`: what stands on the tape at an instant; empty where nothing does. */
export function markAt(model: TapeModel, at: Micros): string {
  const texts = model.marks.filter((mark) => mark.at === at).map((mark) => mark.text);
  const named = [...new Set(texts)];
  const { bars } = model;
  if (bars !== null) {
    const place = Math.floor((at - bars.from) / bars.bucket);
    const [elections, writes] = [bars.elections[place] ?? 0, bars.writes[place] ?? 0];
    if (elections > 0) named.push(plural(elections, 'candidacy', 'candidacies'));
    if (writes > 0) named.push(plural(writes, 'write'));
  }
  return named.length === 0 ? '' : `: ${named.join('; ')}`;
}

/** Leaders one after the other, and the time between them in which nobody led. */
function bandsOf(world: World, region: RegionId): Band[] {
  const led = (world.timeline.terms[region] ?? []).filter((span) => span.leaderFrom !== null);
  const bands: Band[] = [];
  let end: Micros = 0;
  led.forEach((span, i) => {
    const from = Math.max(span.leaderFrom ?? 0, end);
    if (from > end)
      bands.push({
        key: `to ${from}`,
        from: end,
        to: from,
        kind: i === 0 ? 'before' : 'nobody',
        text: i === 0 ? 'no leader yet' : 'no leader',
        odd: false,
      });
    const next = led[i + 1]?.leaderFrom ?? null;
    const to = span.leaderTo ?? next;
    const until = to === null ? null : Math.max(from, next === null ? to : Math.min(to, next));
    const leader = span.leader === null ? 'nobody' : nodeName(span.leader);
    bands.push({
      key: `term ${span.term}`,
      from,
      to: until,
      kind: 'led',
      text: `term ${span.term}, ${leader} leads`,
      odd: i % 2 === 1,
    });
    end = until ?? Number.POSITIVE_INFINITY;
  });
  if (end !== Number.POSITIVE_INFINITY)
    bands.push({
      key: 'now',
      from: end,
      to: null,
      kind: end === 0 ? 'before' : 'nobody',
      text: end === 0 ? 'no leader yet' : 'no leader',
      odd: false,
    });
  return bands;
}
