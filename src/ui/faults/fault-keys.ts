// The keys of the tools. They act where no field has the focus (session/keys.ts).

import { mendAll } from '../../projections/broken.ts';
import type { Live } from '../session/live.ts';
import { refusesTools } from '../session/past-guard.ts';
import { firstRegion } from '../session/readings.ts';
import { select, setViewer, useViewer } from '../session/viewer-store.ts';
import { act } from '../session/tools.ts';
import { closeMessages } from './message-list.tsx';
import { stopOrStart } from './stop-start.ts';
import { TOOLS } from './tool-work.ts';
import { EMPTY_HAND, give, takeTool } from './touch.ts';

type Act = (live: Live) => void;

const PICKS: Readonly<Record<string, Act>> = Object.fromEntries(
  TOOLS.flatMap(({ tool, key }) =>
    key === null ? [] : [[key.toLowerCase(), (live: Live) => pickUp(live, tool)]],
  ),
);

/** With the tool for messages comes their list. */
function pickUp(live: Live, tool: (typeof TOOLS)[number]['tool']): void {
  takeTool(live, tool);
  if (useViewer.getState().tool === 'drop') showMessages(live);
}

/** The list opens, and time stands still for choosing. */
function showMessages({ session }: Live): void {
  session.stop();
  setViewer({ messagesOpen: true, panelOpen: true });
}

/** The whole story by one key: see stop-start.ts. */
function stopStart({ session, source }: Live): void {
  if (refusesTools(source)) return;
  const { world } = source;
  const { selection } = useViewer.getState();
  const chosen = selection?.type === 'node' ? selection.node : null;
  const command = stopOrStart(world, firstRegion(world), chosen);
  if (command !== null) return void act(session, command);
  const answer = 'Nobody leads, and no store is down. Choose a store first: 1 … 7.';
  return setViewer({ said: { line: '', answer, refused: true, op: null } });
}

export const FAULT_KEYS: Readonly<Record<string, Act>> = {
  ...PICKS,
  r: stopStart,
  h: ({ session }) => void act(session, { type: 'heal', node: null }),
  H: (live) => give(live, mendAll(live.source.world)),
  v: (live) => (useViewer.getState().messagesOpen ? closeMessages() : showMessages(live)),
  q: () => {
    const { tool, toolKept } = useViewer.getState();
    if (tool !== null) setViewer({ toolKept: !toolKept });
  },
};

/** Esc: puts the tool down, else lets the chosen thing go, else closes the list. */
export function putDown(): void {
  const { tool, selection, messagesOpen } = useViewer.getState();
  if (tool !== null)
    return setViewer({ ...EMPTY_HAND, ...(tool === 'drop' ? { messagesOpen: false } : {}) });
  if (selection === null && messagesOpen) return closeMessages();
  select(null);
}
