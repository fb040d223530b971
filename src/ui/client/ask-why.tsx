// Why? asked of a chosen thing: the console's line, its answer in the console's log.

import { wordOf } from '../../lab/line-tokens.ts';
import type { RunAnswer } from '../../lab/page-api.ts';
import type { RegionId } from '../../tikv/ids.ts';
import { useLive, type Live } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { runLine } from '../session/tools.ts';
import { setViewer, useViewer, type Selection } from '../session/viewer-store.ts';
import { Hint } from '../shell/hint.tsx';
import { closeEntry, openEntry } from './console-log.ts';

/** Runs a line and keeps what came of it in the console's log. */
export async function runLogged({ session, source }: Live, line: string): Promise<RunAnswer> {
  const entry = openEntry(line.trim(), source.history);
  const { said, answer } = await runLine(session, line);
  closeEntry(entry, answer, said.answer);
  return answer;
}

/** The line that asks why; null where nothing is known of such a thing. */
export function whyLine(selection: Selection, region: RegionId): string | null {
  switch (selection.type) {
    case 'node':
      if (selection.node.startsWith('c')) return `why ${selection.node}`;
      if (selection.node.startsWith('pd')) return `why pd r${region}`;
      return selection.node.startsWith('s') ? `why ${selection.node} r${region}` : null;
    case 'entry':
      return `why entry ${selection.index} r${region}`;
    case 'key':
      return `why key ${wordOf(selection.key)}`;
    default:
      return null;
  }
}

/** Asks of the chosen thing, and shows the answer. */
export function askWhy(live: Live): void {
  const { selection } = useViewer.getState();
  const line = selection === null ? null : whyLine(selection, firstRegion(live.source.world));
  if (line === null) {
    const answer = 'Choose a store, an entry, a client or a key first.';
    return setViewer({ said: { line: 'why', answer, refused: true, op: null } });
  }
  setViewer({ consoleOpen: true, sheet: 'client' });
  void runLogged(live, line);
}

/** For the inspector; nothing where there is nothing to ask. */
export function WhyButton({ selection }: { selection: Selection }) {
  const live = useLive();
  if (whyLine(selection, 1) === null) return null;
  return (
    <Hint words="The rule and the record behind it" shortcut="Y">
      <button type="button" className="button button-small why-button" onClick={() => askWhy(live)}>
        Why?
      </button>
    </Hint>
  );
}
