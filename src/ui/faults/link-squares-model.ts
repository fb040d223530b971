// The squares of the links: from each store to each other, in what state and how busy. Plain data, made from a world.

import { linkWords } from '../../projections/broken.ts';
import { newLink } from '../../projections/fold-network.ts';
import { nodeName, plural } from '../../projections/words/format.ts';
import { linkKey, type World } from '../../projections/world.ts';
import type { NodeId } from '../../tikv/ids.ts';
import { nodesOf } from '../session/readings.ts';

export interface LinkSquare {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly state: 'self' | 'down' | 'cut' | 'open';
  readonly slow: boolean;
  /** It loses, doubles or reorders. */
  readonly lossy: boolean;
  /** Messages in the last whole virtual second. */
  readonly rate: number;
  /** `S1 to S2, cut`. */
  readonly name: string;
  /** The line below the squares: `S1 to S2: 30 ms ± 10 ms, 14 messages a second`. */
  readonly words: string;
}

export interface LinkSquaresModel {
  readonly stores: readonly NodeId[];
  /** By store that sends, then by store that receives. */
  readonly rows: readonly (readonly LinkSquare[])[];
}

export function linkSquares(world: World): LinkSquaresModel {
  const stores = nodesOf(world, 'store').map((node) => node.id);
  return {
    stores,
    rows: stores.map((from) => stores.map((to) => square(world, from, to))),
  };
}

function square(world: World, from: NodeId, to: NodeId): LinkSquare {
  const way = `${nodeName(from)} to ${nodeName(to)}`;
  const link = world.links[linkKey(from, to)] ?? newLink(world, from, to);
  const usual = newLink(world, from, to);
  const gone = [from, to].find((node) => isGone(world, node));
  const slow = link.latency > usual.latency || link.jitter > usual.jitter;
  const lossy = link.lossPerMillion + link.duplicatePerMillion + link.reorderPerMillion > 0;
  const second = Math.floor(world.at / 1_000_000);
  const rate =
    link.rateSecond === second
      ? link.rateBefore
      : link.rateSecond === second - 1
        ? link.rateNow
        : 0;
  if (from === to)
    return {
      from,
      to,
      state: 'self',
      slow,
      lossy,
      rate: 0,
      name: `${nodeName(from)} itself`,
      words: '',
    };
  const state = link.cut ? 'cut' : gone === undefined ? 'open' : 'down';
  const marks = [
    state === 'cut' ? 'cut' : state === 'down' ? `${nodeName(gone ?? '')} is down` : '',
    slow ? 'slow' : '',
    lossy ? 'unfaithful' : '',
    state === 'open' ? `${plural(rate, 'message')} a second` : '',
  ].filter((mark) => mark !== '');
  const quality = state === 'cut' ? 'cut' : linkWords(link);
  const busy = state === 'open' ? `, ${plural(rate, 'message')} a second` : '';
  return {
    ...{ from, to, state, slow, lossy, rate },
    name: `${way}, ${marks.join(', ')}`,
    words: `${way}: ${quality}${busy}`,
  };
}

const isGone = (world: World, node: NodeId): boolean => {
  const status = world.nodes[node]?.status;
  return status === 'down' || status === 'destroyed';
};
