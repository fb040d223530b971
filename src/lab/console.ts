// One line of the console language, read: in the page, in scenes, on the command line and through `lab.run` it is the same.
//
//   line = [ client ":" ] word { argument } [ "&" ] [ "#" remark ]

import type { NodeId } from '../tikv/ids.ts';
import { Args, nodeOf, type Names } from './line-args.ts';
import { LineProblem, readWords, type Token } from './line-tokens.ts';
import { unknownWord, verbOf } from './verbs/all.ts';
import type { Action } from './verbs/verb.ts';

export type LineRead =
  | { readonly ok: true; readonly action: Action; readonly background: boolean }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly from: number | null;
      readonly to: number | null;
    };

const LONGEST = 100_000;

/** Tools of TiKV whose names may stand before a line that was pasted from a manual. */
const TOOLS: readonly string[] = ['tikv-ctl', 'pd-ctl', 'tiup', 'ctl'];
/** Where such a tool finds its server. */
const TOOL_OPTIONS: readonly string[] = ['-u', '--pd', '--host', '--data-dir', '--config'];

/** Reads a line over the names that exist. Never throws for what somebody typed. */
export function readLine(line: string, names: Names): LineRead {
  if (line.length > LONGEST)
    return { ok: false, reason: `A line has at most ${LONGEST} characters.`, from: null, to: null };
  try {
    const braced = bracesAroundCondition(line);
    const { tokens, background } = readWords(braced);
    const action = actionOf(tokens, names, line.length);
    return { ok: true, action: withoutBraces(action, braced !== line), background };
  } catch (thrown) {
    if (!(thrown instanceof LineProblem)) throw thrown;
    return { ok: false, reason: thrown.message, from: thrown.from, to: thrown.to };
  }
}

const CONDITION =
  /^(\s*(?:c\d+\s*:\s*)?(?:wait|sleep)\s+until\s+)([^{\s][^]*?)(\s+within\s+\S+\s*)?$/i;

/** `wait until x == 1` may leave the braces out; then the expression goes to the end of the line, or to `within`. */
function bracesAroundCondition(line: string): string {
  const parts = CONDITION.exec(line);
  return parts === null ? line : `${parts[1]}{${parts[2]}}${parts[3] ?? ''}`;
}

/** Places in the line as typed, where braces were put in. */
function withoutBraces(action: Action, shifted: boolean): Action {
  return shifted && action.type === 'until' ? { ...action, from: action.from - 1 } : action;
}

function actionOf(tokens: readonly Token[], names: Names, end: number): Action {
  const words = [...tokens];
  const client = takeClient(words, names);
  dropTools(words);
  const word = words.shift();
  if (word === undefined) return { type: 'nothing' };
  const verb = word.type === 'word' ? verbOf(word.text.toLowerCase()) : null;
  if (verb === null) throw new LineProblem(unknownWord(word.text), word);
  const args = new Args(words, { end, usage: verb.usage, names });
  const action = verb.read(args, client);
  args.end();
  return action;
}

const isTool = ({ type, text }: Token): boolean =>
  type === 'word' && TOOLS.includes(text.toLowerCase().replace(/:.*$/, ''));

/** `tiup ctl:v8 pd -u http://127.0.0.1:2379` before the command says nothing here: there is one cluster, and it is this. */
export function dropTools(words: Token[]): void {
  if (words[0] === undefined || !isTool(words[0])) return;
  while (words[0] !== undefined && isTool(words[0])) words.shift();
  while (words[0]?.type === 'word' && ['pd', 'tikv'].includes(words[0].text)) words.shift();
  while (words[0]?.type === 'word' && TOOL_OPTIONS.includes(words[0].text)) words.splice(0, 2);
}

/** `c2:` before the command; c1 where nothing is said. */
export function takeClient(words: Token[], names: Names): NodeId {
  const first = words[0];
  const parts = first?.type === 'word' ? /^([a-z]+\d*):(.*)$/i.exec(first.text) : null;
  if (first === undefined || parts === null) return 'c1';
  const name = { ...first, text: parts[1] as string, to: first.from + (parts[1] as string).length };
  words.shift();
  const rest = parts[2] as string;
  if (rest !== '') words.unshift({ ...first, text: rest, from: name.to + 1 });
  return nodeOf(name, ['client'], names);
}
