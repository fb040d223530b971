// What travels in the lanes: a thread for each pair that belongs together, and the messages on it. Pure.

import { isHeartbeat } from '../../projections/message-kind.ts';
import { raftFlightsOf } from '../../projections/flights.ts';
import type { Flight } from '../../projections/messages.ts';
import { holdsUnsplit } from '../../projections/region-map.ts';
import { linkKey, type World } from '../../projections/world.ts';
import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';
import type { Box } from '../chart/geometry.ts';
import { lookOf } from '../ring/message-look.ts';
import { progressOf } from '../ring/message-path.ts';
import type { RegionSight } from './cell-model.ts';
import type { Column } from './columns.ts';
import type { FlyingModel, ThreadLook, ThreadModel } from './paint-messages.ts';
import { threadWay, type Way } from './threads.ts';
import { cellBox, laneOf, type Row } from './weave-layout.ts';

/** Raft messages of a Region that are under way at `now`. */
export const trafficOf = (world: World, region: RegionId, now: Micros): Flight[] =>
  raftFlightsOf(world, region).filter(({ sentAt }) => sentAt <= now);

/** A message in a lane, with what the label beside it needs. */
export interface LaneMessage extends FlyingModel {
  readonly flight: Flight;
}

export interface LaneModel {
  readonly threads: readonly ThreadModel[];
  readonly messages: readonly LaneMessage[];
}

export interface LaneInput {
  readonly world: World;
  readonly now: Micros;
  readonly sight: RegionSight;
  readonly flights: readonly Flight[];
  readonly heartbeats: boolean;
  /** Of a message, in the units of the drawing. */
  readonly radius: number;
  /** From one store's cell of the Region to another's; null where one of them has none in the picture. */
  readonly wayOf: (from: NodeId, to: NodeId) => Way | null;
}

export function laneModel(input: LaneInput): LaneModel {
  const { sight, flights, radius, world, now, wayOf } = input;
  const hub = hubOf(sight);
  const looks = new Map<NodeId, ThreadLook>();
  if (hub !== null)
    for (const store of sight.replicas.keys())
      if (store !== hub) looks.set(store, restLook(world, hub, store));
  const messages: LaneMessage[] = [];
  const extra: ThreadModel[] = [];
  for (const flight of flights) {
    const part = progressOf(flight, now);
    const way = wayOf(flight.from, flight.to);
    if (part === null || way === null) continue;
    const beat = isHeartbeat(flight.kind);
    const look = lookOf(flight);
    if (!beat) {
      const other = flight.from === hub ? flight.to : flight.to === hub ? flight.from : null;
      const tone = flight.doomed?.reason === 'cut' ? 'cut' : look.tone;
      if (other === null) extra.push({ way, look: tone });
      else if (looks.get(other) !== 'cut') looks.set(other, tone);
    }
    if (beat && !input.heartbeats) continue;
    messages.push({ flight, way, part, look, radius });
  }
  const threads = [...looks].flatMap(([store, look]): ThreadModel[] => {
    const way = hub === null ? null : wayOf(hub, store);
    return way === null ? [] : [{ way, look }];
  });
  const rank = ({ look }: ThreadModel) => (look === 'idle' || look === 'down' ? 0 : 1);
  return { threads: [...threads, ...extra].toSorted((a, b) => rank(a) - rank(b)), messages };
}

/** Threads begin at the leader; where nobody leads, at whoever asks for votes. */
function hubOf({ leader, replicas }: RegionSight): NodeId | null {
  if (leader !== null) return leader.store;
  for (const replica of replicas.values()) if (replica.campaign !== null) return replica.store;
  return null;
}

function restLook(world: World, hub: NodeId, store: NodeId): ThreadLook {
  const status = world.nodes[store]?.status;
  if (status === 'down' || status === 'destroyed') return 'down';
  const cut =
    world.links[linkKey(hub, store)]?.cut === true ||
    world.links[linkKey(store, hub)]?.cut === true;
  return cut ? 'cut' : 'idle';
}

/** Ways in the lane beside a column. To a store that has nothing of the Region yet, a way ends at the edge of its row. */
export const waysBeside =
  (column: Column<RegionId>, rows: ReadonlyMap<NodeId, Row>, sight: RegionSight) =>
  (from: NodeId, to: NodeId): Way | null => {
    const [a, b] = [rows.get(from), rows.get(to)];
    if (a === undefined || b === undefined) return null;
    const lane = laneOf(column);
    const way = threadWay(cellBox(column, a), cellBox(column, b), lane);
    if (sight.replicas.has(to)) return way;
    const y = b.y > a.y ? b.cellY : b.cellY + b.cellHeight;
    return [...way.slice(0, 2), { x: lane, y }, { x: lane, y }];
  };

/** The boxes of the cells of a column, for words that must keep off them; before a split is applied they reach further. */
export function cellsOf(
  column: Column<RegionId>,
  sight: RegionSight,
  rows: ReadonlyMap<NodeId, Row>,
  left: { readonly column: Column<RegionId>; readonly sight: RegionSight } | null,
): Box[] {
  return [...sight.replicas].flatMap(([store, replica]) => {
    const row = rows.get(store);
    if (row === undefined) return [];
    const box = cellBox(column, row);
    if (left === null || !holdsUnsplit(replica, left.sight.mapped)) return [box];
    const { x } = cellBox(left.column, row);
    return [{ ...box, x, width: box.x + box.width - x }];
  });
}
