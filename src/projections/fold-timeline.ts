// The marks of the tape: terms with their leaders, campaigns, writes, faults, splits.

import type { Micros } from '../tikv/ids.ts';
import type { Command } from '../sim/command.ts';
import type { RaftstoreEvent } from '../tikv/raftstore/event.ts';
import type { Replica } from './raft.ts';
import { mapped } from './region-map.ts';
import { addMark, type TermSpan } from './timeline.ts';
import type { World } from './world.ts';

type SplitEvent = Extract<RaftstoreEvent, { type: 'raftstore/region-split' }>;

/** The span of a term, begun where nobody was in the term before. */
export function termSpan(world: World, region: number, term: number, at: Micros): TermSpan {
  const spans = (world.timeline.terms[region] ??= []);
  const known = spans.findLast((span) => span.term <= term);
  if (known?.term === term) return known;
  const span: TermSpan = { term, from: at, leader: null, leaderFrom: null, leaderTo: null };
  if (spans.length === 0 || (spans.at(-1) as TermSpan).term < term) addMark(spans, span);
  return span;
}

export function beginLeadership(world: World, replica: Replica, at: Micros): void {
  const span = termSpan(world, replica.region, replica.term, at);
  span.leader = replica.store;
  span.leaderFrom = at;
  span.leaderTo = null;
}

export function endLeadership(world: World, replica: Replica, at: Micros): void {
  const span = termSpan(world, replica.region, replica.term, at);
  if (span.leader === replica.store) span.leaderTo ??= at;
}

export function markCampaign(world: World, replica: Replica, at: Micros): void {
  const { campaign, region, store } = replica;
  if (campaign === null) return;
  const { kind, term } = campaign;
  addMark(world.timeline.campaigns, { at, region, store, kind, term, won: null });
}

/** The replica's open campaign was won or lost. */
export function endCampaign(world: World, replica: Replica, won: boolean): void {
  const { region, store } = replica;
  const mark = world.timeline.campaigns.findLast(
    (each) => each.region === region && each.store === store,
  );
  if (mark !== undefined) mark.won ??= won;
}

export function markFault(world: World, at: Micros, command: Command): void {
  if (command.type !== 'request') addMark(world.timeline.faults, { at, command });
}

/** A border for each two neighbours of the parts; the last part keeps the number. */
export function markSplit(world: World, at: Micros, event: SplitEvent): void {
  const { region, index, from: before } = event;
  const inOrder = event.regions.toSorted((a, b) => (a.startKey < b.startKey ? -1 : 1));
  for (const [i, part] of inOrder.entries()) {
    const left = inOrder[i - 1];
    const key = mapped(part).from;
    if (left === undefined || key === null) continue;
    const parts = [left, part] as const;
    addMark(world.timeline.splits, { at, region, made: left.id, key, index, before, parts });
  }
}
