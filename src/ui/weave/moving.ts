// A drag from row to row, asked of PD and answered under the stage.

import type { NodeId } from '../../tikv/ids.ts';
import type { Live } from '../session/live.ts';
import { act } from '../session/tools.ts';
import { setViewer } from '../session/viewer-store.ts';
import type { Place } from './twin-model.ts';
import { wishOfDrag } from './wishes.ts';

export async function askForMove(
  { session, source }: Live,
  from: Place,
  to: NodeId,
): Promise<void> {
  const request = wishOfDrag(source.world, from, to);
  if (request !== null) return act(session, { type: 'pd', request });
  const answer = 'Drag a leader to a follower of its Region, or a replica to a store without one.';
  setViewer({ said: { line: '', answer, refused: true, op: null } });
  return undefined;
}
