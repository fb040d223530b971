// The messages under way as a list: those that are held, those that fly, those that were lost a moment ago. Plain data,
// made from a world.

import { flightsOf } from '../../projections/flights.ts';
import { isHeartbeat } from '../../projections/message-kind.ts';
import type { Flight, Loss } from '../../projections/messages.ts';
import { rpcName } from '../../projections/rpc-name.ts';
import { lossWords } from '../../projections/words/explain.ts';
import { clock, nodeName } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { Micros } from '../../tikv/ids.ts';
import { fateLine } from '../ring/message-words.ts';

export interface MessageRow {
  readonly id: string;
  readonly state: 'held' | 'flying' | 'doomed' | 'lost';
  /** `MsgAppend`, `RawPut`. */
  readonly name: string;
  /** `S1 to S2`. */
  readonly way: string;
  /** `entries 7 to 9`. */
  readonly label: string;
  /** `arrives in 19 ms`, `held since 3.120`, `lost at 3.120: you dropped it`. */
  readonly fate: string;
}

export interface MessageListModel {
  readonly rows: readonly MessageRow[];
  /** Under way, and not in the list. */
  readonly more: number;
}

/** Rows for what flies, and for what was lost. */
const MOST = 40;
const MOST_LOST = 6;

export function messageList(world: World, now: Micros): MessageListModel {
  const flights = flightsOf(world).filter((flight) => flight.sentAt <= now);
  const held = flights.filter((flight) => flight.heldAt !== null);
  const rank = (flight: Flight) => (isHeartbeat(flight.kind) ? 1 : 0);
  const flying = flights
    .filter((flight) => flight.heldAt === null)
    .toSorted((a, b) => rank(a) - rank(b) || endOf(a) - endOf(b));
  const lost = world.losses
    .filter((loss) => loss.at <= now)
    .slice(-MOST_LOST)
    .toReversed();
  const shown = [...held, ...flying].slice(0, MOST);
  return {
    rows: [...shown.map((flight) => flightRow(flight, now)), ...lost.map(lossRow)],
    more: held.length + flying.length - shown.length,
  };
}

const endOf = (flight: Flight): Micros => flight.arrivesAt ?? flight.lostAt ?? 0;

function flightRow(flight: Flight, now: Micros): MessageRow {
  const { heldAt, doomed } = flight;
  return {
    ...about(flight),
    id: flight.id,
    state: heldAt !== null ? 'held' : doomed !== null ? 'doomed' : 'flying',
    fate: heldAt !== null ? `held since ${clock(heldAt)}` : fateLine(flight, now).text,
  };
}

function lossRow({ flight, at, reason }: Loss): MessageRow {
  return {
    ...about(flight),
    id: flight.id,
    state: 'lost',
    fate: `lost at ${clock(at)}: ${lossWords(flight, reason)}`,
  };
}

const about = (flight: Flight): Pick<MessageRow, 'name' | 'way' | 'label'> => ({
  name: rpcName(flight.message),
  way: `${nodeName(flight.from)} to ${nodeName(flight.to)}`,
  label: flight.label,
});
