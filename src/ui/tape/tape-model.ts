// What the tape shows of a world: who led when, the campaigns, the writes and the faults inside a stretch of time.

import type { AdminRequest, WantedChange } from '../../tikv/raftstore/admin-command.ts';
import { brokenName } from '../../projections/words/mutation-words.ts';
import type { WriteMark } from '../../projections/timeline.ts';
import type { World } from '../../projections/world.ts';
import { nodeName, nodeNames } from '../../projections/words/format.ts';
import type { Command } from '../../sim/command.ts';
import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';
import type { TapeWindow } from './tape-layout.ts';

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

export interface FaultModel {
  readonly key: string;
  readonly at: Micros;
  readonly text: string;
  /** It mends something: drawn quietly. */
  readonly mends: boolean;
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
  readonly faults: readonly FaultModel[];
  /** Everything that has a place of its own, for whoever points at it. */
  readonly marks: readonly { readonly at: Micros; readonly text: string }[];
}

const MOST_MARKS = 400;

export function tapeModel(world: World, region: RegionId, window: TapeWindow): TapeModel {
  const inside = (at: Micros) => at >= window.from && at <= window.to;
  const { campaigns, writes, faults } = world.timeline;
  const bands = bandsOf(world, region).filter(
    (band) => (band.to ?? window.to) >= window.from && band.from <= window.to,
  );
  const model = {
    region,
    bands,
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
    faults: faults
      .map((mark, i) => ({ mark, key: `${mark.at} ${i}` }))
      .filter(({ mark }) => inside(mark.at))
      .slice(-MOST_MARKS)
      .map(({ mark, key }) => ({ key, at: mark.at, ...faultWords(mark.command) })),
  };
  return { ...model, marks: marksOf(model).filter(({ at }) => inside(at)) };
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
    ...model.faults.map((mark) => ({ at: mark.at, text: mark.text })),
  ];
}

/** `: kill S1`: what stands on the tape at an instant; empty where nothing does. */
export function markAt(model: TapeModel, at: Micros): string {
  const texts = model.marks.filter((mark) => mark.at === at).map((mark) => mark.text);
  return texts.length === 0 ? '' : `: ${[...new Set(texts)].join('; ')}`;
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

/** A fault in two or three words. */
export function faultWords(command: Command): { text: string; mends: boolean } {
  switch (command.type) {
    case 'kill':
    case 'pause':
    case 'destroy':
    case 'isolate':
    case 'crash':
    case 'skew':
      return { text: `${command.type} ${nodeName(command.node)}`, mends: false };
    case 'restart':
    case 'resume':
    case 'campaign':
      return { text: `${command.type} ${nodeName(command.node)}`, mends: true };
    case 'heal':
      return {
        text: command.node === null ? 'heal' : `heal ${nodeName(command.node)}`,
        mends: true,
      };
    case 'partition':
      return {
        text: `cut ${command.groups.map((group) => nodeNames(group)).join(' | ')}`,
        mends: false,
      };
    case 'latency':
      return { text: `slow ${nodeName(command.a)}–${nodeName(command.b)}`, mends: false };
    case 'loss':
      return {
        text: `loss ${nodeName(command.a)}–${nodeName(command.b)}`,
        mends: command.perMillion === 0,
      };
    case 'power-cut':
      return { text: 'reload', mends: false };
    case 'disk':
      return {
        text: `disk ${nodeName(command.node)}`,
        mends: command.fault.type === 'none',
      };
    case 'hold-kind':
      return { text: `hold ${command.kind ?? 'all'}`, mends: false };
    case 'release-kind':
      return { text: 'release', mends: true };
    case 'mend':
    case 'release':
      return { text: command.type, mends: true };
    case 'admin':
      return { text: adminWord(command.request), mends: true };
    case 'set-timer':
      return { text: 'timers', mends: true };
    case 'config-set':
      return { text: 'setting', mends: true };
    case 'mutate':
      return command.on
        ? { text: `break ${brokenName(command.rule)}`, mends: false }
        : { text: `mend ${brokenName(command.rule)}`, mends: true };
    default:
      return { text: command.type, mends: false };
  }
}

/** What a Region is asked for, in a word or two: `+S4`, `to S2`. */
function adminWord(request: AdminRequest): string {
  switch (request.type) {
    case 'compact-log':
      return 'compact';
    case 'request-snapshot':
      return 'snapshot';
    case 'transfer-leader':
      return `lead to S${request.to}`;
    case 'split':
      return 'split';
    case 'change-peer':
      return request.changes.length === 0
        ? 'leave joint'
        : request.changes.map(({ do: kind, store }) => `${MEMBER_SIGNS[kind]}S${store}`).join(' ');
  }
}

const MEMBER_SIGNS: Readonly<Record<WantedChange['do'], string>> = {
  join: '+',
  'add-peer': '+',
  'add-learner': '+ learner ',
  promote: 'promote ',
  demote: 'demote ',
  'remove-peer': '−',
};
