// A drag from row to row is a wish to PD: a leader that is dropped where the Region has a follower shall lead there; a
// replica that is dropped on a store without one shall move there. The line is the one that the console would take.

import type { World } from '../../projections/world.ts';
import type { NodeId } from '../../tikv/ids.ts';
import type { Live } from '../session/live.ts';
import { runLine } from '../session/tools.ts';
import { setViewer } from '../session/viewer-store.ts';
import type { Place } from './twin-model.ts';

/** The console line of a drag; null where it means nothing. */
export function lineOfDrag(world: World, { store, region }: Place, to: NodeId): string | null {
  const replica = world.replicas[store]?.[region];
  if (replica === undefined || store === to) return null;
  const there = world.replicas[to]?.[region];
  if (there === undefined) return `operator add transfer-peer r${region} ${store} ${to}`;
  return replica.role === 'leader' ? `operator add transfer-leader r${region} ${to}` : null;
}

export async function askForMove(
  { session, source }: Live,
  from: Place,
  to: NodeId,
): Promise<void> {
  const line = lineOfDrag(source.world, from, to);
  if (line === null) {
    const answer =
      'Drag a leader to a follower of its Region, or a replica to a store without one.';
    setViewer({ said: { line: '', answer, refused: true, op: null } });
    return;
  }
  await runLine(session, line);
}
