// Picking a tool up, pointing it at something, putting it down. It stays in hand while it is kept there, or while Shift is
// held at the touch.

import type { Command } from '../../sim/command.ts';
import type { NodeId } from '../../tikv/ids.ts';
import type { Live } from '../session/live.ts';
import { refusesTools } from '../session/past-guard.ts';
import { actAll } from '../session/tools.ts';
import { select, setViewer, useViewer, type Target, type Tool } from '../session/viewer-store.ts';
import { commandsOf } from './tool-work.ts';

export const EMPTY_HAND = { tool: null, toolKept: false, toolEnd: null } as const;

/** A tool key or button: acts on the chosen thing at once, else picks the tool up, or puts it down again. */
export function takeTool({ session, source }: Live, tool: Tool): void {
  if (refusesTools(source)) return;
  const { selection, tool: inHand } = useViewer.getState();
  if (inHand === tool) return setViewer(EMPTY_HAND);
  const chosen: Target | null =
    selection?.type === 'node' || selection?.type === 'message' ? selection : null;
  const commands = chosen === null ? null : commandsOf(source.world, tool, chosen);
  if (commands !== null) {
    void actAll(session, commands);
    return setViewer(EMPTY_HAND);
  }
  setViewer({ ...EMPTY_HAND, tool, sheet: 'stage' });
}

/** Points the tool in hand at the target; false: there is none, or it cannot be pointed there. */
export function touch({ session, source }: Live, target: Target, keep = false): boolean {
  const { tool, toolKept } = useViewer.getState();
  if (tool === null) return false;
  const commands = commandsOf(source.world, tool, target);
  if (commands === null) return false;
  void actAll(session, commands);
  setViewer(toolKept || keep ? { toolEnd: null } : EMPTY_HAND);
  return true;
}

/** A store by its number: chosen, or pointed at. A tool for links wants two of them. */
export function pointAtNumber(live: Live, node: NodeId): void {
  const { tool, toolEnd } = useViewer.getState();
  if (tool === null || tool === 'drop') return select({ type: 'node', node });
  if (touch(live, { type: 'node', node })) return;
  if (toolEnd === null || toolEnd === node) return setViewer({ toolEnd: node });
  touch(live, { type: 'link', from: toolEnd, to: node, both: true });
}

/** Chooses a message; time stands still, so that it does not arrive meanwhile. */
export function chooseMessage({ session }: Live, id: string): void {
  session.stop();
  setViewer({ selection: { type: 'message', id }, panelOpen: true });
}

/** Gives the commands in order. */
export function give({ session }: Live, commands: readonly Command[]): void {
  void actAll(session, commands);
}
