// The session as views get it: while somebody looks back, whatever would act is refused with the reason. The cluster
// itself is where it is; a command would act there, not at the moment that is drawn.

import type { Session } from '../../browser/session-types.ts';
import type { RunAnswer } from '../../lab/page-api.ts';
import { readLine } from '../../lab/console.ts';
import type { Action } from '../../lab/verbs/verb.ts';
import type { Cut } from '../../sim/replay.ts';
import { setViewer } from './viewer-store.ts';
import type { WorldSource } from './world-source.ts';

export const PAST_REASON =
  'You look at the past. Acting there comes later; End goes back to now, where you can act.';

/** `session`, without its acts while `source` is looked back at. */
export function guardPast(session: Session, source: WorldSource): Session {
  const refusal = { ok: false, reason: PAST_REASON } as const;
  const isPast = () => source.looking !== null;
  return {
    ...session,
    // Of the moment that is drawn.
    link: (past) => session.link(past ?? cutOf(source)),
    give: async (command) => (isPast() ? refusal : session.give(command)),
    check: async (command) => (isPast() ? PAST_REASON : session.check(command)),
    run: async (line) => {
      const { looking } = source;
      if (looking === null) return session.run(line);
      const action = actionOf(line);
      const at = session.shownAt() / 1000;
      // What is looked up would be told of now, not of the moment that is drawn: help alone is the same at any time.
      if (action?.type === 'help' || action?.type === 'nothing') return session.run(line);
      if (action?.type === 'link') {
        if (action.at !== null) return session.run(line);
        const made = await session.link(cutOf(source));
        return (
          made.ok
            ? { ok: true, kind: 'link', fragment: made.fragment, moment: made.at / 1000, at }
            : { ok: false, reason: made.reason, from: null, to: null, at }
        ) satisfies RunAnswer;
      }
      return { ...refusal, from: null, to: null, at } satisfies RunAnswer;
    },
  };
}

function cutOf({ looking }: WorldSource): Cut | null {
  return looking === null ? null : { at: looking.at, records: looking.records };
}

/** True while somebody looks back; then the line under the stage says why nothing can be taken in hand. */
export function refusesTools({ looking }: WorldSource): boolean {
  if (looking === null) return false;
  setViewer({ said: { line: '', answer: PAST_REASON, refused: true, op: null }, tool: null });
  return true;
}

/** Of a line that names nothing of the cluster; null: it cannot be read so. */
function actionOf(line: string): Action | null {
  const read = readLine(line, { nodes: [], regions: [], value: () => ({ problem: '' }) });
  return read.ok ? read.action : null;
}
