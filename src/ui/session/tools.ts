// The verbs behind buttons, keys and touches: each is a command, given to the session, and its line is said under the
// stage.

import type { Session } from '../../browser/session-types.ts';
import type { RunAnswer } from '../../lab/page-api.ts';
import type { Pace } from '../../lab/verbs/verb.ts';
import { printCommand } from '../../lab/print-command.ts';
import type { Command } from '../../sim/command.ts';
import { clock, nodeName } from '../../projections/words/format.ts';
import { speedWords } from '../tape/speed.ts';
import { addressOf } from './page-link.ts';
import { select, setViewer, type SaidLine } from './viewer-store.ts';

/** Gives a command and says its line, with what came of it. */
export async function act(session: Session, command: Command): Promise<void> {
  const line = printCommand(command);
  const given = await session.give(command);
  setViewer({
    said: given.ok
      ? { line, answer: answerTo(command, session), refused: false, op: given.op }
      : { line, answer: given.reason, refused: true, op: null },
  });
}

/** Gives commands in order, and says all their lines; the first that is refused ends it. */
export async function actAll(session: Session, commands: readonly Command[]): Promise<void> {
  const [only] = commands;
  if (commands.length === 1 && only !== undefined) return act(session, only);
  const lines: string[] = [];
  for (const command of commands) {
    lines.push(printCommand(command));
    const given = await session.give(command);
    const line = lines.join(' · ');
    if (!given.ok)
      return setViewer({ said: { line, answer: given.reason, refused: true, op: null } });
  }
  if (commands.length === 0) return undefined;
  const answer = `${commands.length} commands at ${clock(session.shownAt())}.`;
  return setViewer({ said: { line: lines.join(' · '), answer, refused: false, op: null } });
}

function answerTo(command: Command, session: Session): string {
  const at = clock(session.shownAt());
  switch (command.type) {
    case 'kill':
      return `${nodeName(command.node)} killed at ${at}. Its memory is gone, its disk stays.`;
    case 'restart':
      return `${nodeName(command.node)} starts from its disk at ${at}.`;
    case 'pause':
      return `${nodeName(command.node)} paused at ${at}. Its clock runs on.`;
    case 'resume':
      return `${nodeName(command.node)} goes on at ${at}.`;
    case 'isolate':
      return `${nodeName(command.node)} is cut off from all others at ${at}.`;
    case 'partition':
      return `Cut at ${at}: ${command.groups.map((group) => group.map(nodeName).join(' ')).join(' | ')}.`;
    case 'heal':
      return `All links are whole again at ${at}.`;
    case 'destroy':
      return `${nodeName(command.node)} and its disk are gone at ${at}.`;
    case 'request':
      return 'waits for its answer.';
    default:
      return `Done at ${at}.`;
  }
}

/** Runs a console line as it was typed, and says what came of it. */
export async function runLine(
  session: Session,
  line: string,
): Promise<{ readonly said: SaidLine; readonly answer: RunAnswer }> {
  const answer = (await session.run(line)) as RunAnswer;
  const said = saidOf(line, answer);
  if (answer.ok && answer.kind === 'text' && answer.look?.type === 'versions')
    select({ type: 'key', key: answer.look.key });
  setViewer({ said });
  return { said, answer };
}

function saidOf(line: string, answer: RunAnswer): SaidLine {
  const plain = { line, refused: false, op: null };
  if (!answer.ok) return { ...plain, answer: answer.reason, refused: true };
  switch (answer.kind) {
    case 'command':
      return {
        line: answer.line,
        refused: false,
        op: answer.op,
        answer: `${answer.op === null ? 'Done' : 'Begun'} at ${clock(answer.at * 1000)}.`,
      };
    case 'time':
      return { ...plain, answer: `It is ${clock(answer.at * 1000)}\u00a0s.` };
    case 'text':
      return { ...plain, answer: answer.look === undefined ? answer.text : lookWords(answer) };
    case 'pace':
      return { ...plain, answer: paceWords(answer.pace) };
    case 'link':
      return {
        ...plain,
        answer: `Leads to ${clock(answer.moment * 1000)}\u00a0s: ${addressOf(answer.fragment)}`,
      };
    case 'nothing':
      return { ...plain, answer: '' };
  }
}

function paceWords(pace: Pace): string {
  if (pace.type === 'run') return 'Time runs.';
  if (pace.type === 'stop') return 'Time stands still.';
  return `Time runs at ${speedWords(pace.speed)}.`;
}

/** Versions have an inspector; the rest is said as it is. */
const lookWords = ({ text, look }: Extract<RunAnswer, { kind: 'text' }>): string =>
  look?.type === 'versions' ? (text.split('\n')[0] ?? '') : text;
