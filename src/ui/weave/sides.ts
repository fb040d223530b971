// Clients and the placement driver, which have no row in the Weave: what each does, in a few words.

import { flightsOf } from '../../projections/flights.ts';
import { commas, plural } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { NodeId } from '../../tikv/ids.ts';
import { clientCard, type ClientCardModel } from '../ring/ring-model.ts';
import { nodesOf } from '../session/readings.ts';

interface Side {
  readonly node: NodeId;
  readonly kind: 'client' | 'pd';
  readonly name: string;
  readonly does: string;
  readonly tone: ClientCardModel['tone'];
}

/** More clients are counted. */
const CLIENTS = 3;

export function sidesOf(world: World): { sides: readonly Side[]; more: number } {
  const clients = nodesOf(world, 'client');
  const [pd] = nodesOf(world, 'pd');
  const sides = clients.slice(0, CLIENTS).map((node) => clientSide(world, clientCard(world, node)));
  if (pd !== undefined)
    sides.push({
      node: pd.id,
      kind: 'pd',
      name: 'PD',
      does: pd.status === 'up' ? pdDoes(world) : pd.status,
      tone: pd.status === 'up' ? 'quiet' : 'failed',
    });
  return { sides, more: Math.max(0, clients.length - CLIENTS) };
}

function clientSide(world: World, { node, asks, answer, tone }: ClientCardModel): Side {
  const client = world.clients[node];
  const base = { node, kind: 'client', name: node } as const;
  const load = client?.load?.load;
  if (load !== undefined) {
    const open = `${client?.open.length ?? 0} unanswered`;
    return { ...base, does: `load ${load.kind}, ${load.rate} a second, ${open}`, tone: 'waits' };
  }
  const does = [asks ?? 'asks nothing', answer].filter(Boolean).join(' · ');
  return { ...base, does, tone };
}

function pdDoes(world: World): string {
  const operators = Object.keys(world.pd.operators).length;
  const calls = flightsOf(world).filter(({ kind }) => kind === 'pd').length;
  const given = world.pd.given;
  return [
    operators === 0 ? 'wants nothing moved' : plural(operators, 'operator'),
    ...(given === 0 ? [] : [`timestamp ${commas(given)}`]),
    ...(calls === 0 ? [] : [`${plural(calls, 'call')} on the way`]),
  ].join(' · ');
}
