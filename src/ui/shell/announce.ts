// What those who listen are told of the newest lines: elections, commits, faults and answers always, the rest where there
// is time; the same thing done by several is one sentence. Pure.

import { clock, nodeName } from '../../projections/words/format.ts';
import { lineText, type Glyph, type Line } from '../../projections/words/line.ts';

/** Sentences in one announcement. */
const MOST = 6;

const ALWAYS: ReadonlySet<Glyph> = new Set<Glyph>([
  'fault',
  'bug',
  'leader',
  'answer',
  'refused',
  'undetermined',
]);
const OFTEN: ReadonlySet<Glyph> = new Set<Glyph>([
  'timer',
  'candidate',
  'vote-asked',
  'vote-yes',
  'vote-no',
  'commit',
  'conflict',
  'overdue',
  'heal',
  'start',
]);

const weightOf = ({ glyph }: Line): number => (ALWAYS.has(glyph) ? 2 : OFTEN.has(glyph) ? 1 : 0);

const isTold = (line: Line): boolean => line.glyph !== 'heartbeats' && line.family !== 'messages';

interface Sentence {
  readonly line: Line;
  /** What is said after the one who acts. */
  readonly rest: string;
  /** Who did the same besides. */
  readonly also: string[];
}

/** Empty: there is nothing to say. */
export function announcement(lines: readonly Line[]): string {
  const all = folded(lines.filter(isTold));
  const kept = all
    .map((sentence, place) => ({ ...sentence, place, weight: weightOf(sentence.line) }))
    .toSorted((a, b) => b.weight - a.weight || b.place - a.place)
    .slice(0, MOST)
    .toSorted((a, b) => a.place - b.place);
  const left = all.length - kept.length;
  const said = kept.map(({ line, also }, i) => {
    const when = i === 0 ? `${clock(line.at)} seconds: ` : '';
    const others = also.length === 0 ? '' : `, and so does ${also.join(', and ')}`;
    return `${when}${lineText(line)}${others}.`;
  });
  if (left > 0) said.push(`${left} more in the event log.`);
  return said.join(' ');
}

function folded(lines: readonly Line[]): Sentence[] {
  const sentences: Sentence[] = [];
  const first = new Map<string, Sentence>();
  for (const line of lines) {
    const who = nodeName(line.nodes[0] ?? '');
    const rest = lineText(line).replace(who, '');
    const key = `${line.glyph} ${rest}`;
    const same = first.get(key);
    if (same === undefined || who === '') {
      const sentence = { line, rest, also: [] };
      sentences.push(sentence);
      if (same === undefined) first.set(key, sentence);
    } else if (same.line.nodes[0] !== line.nodes[0]) same.also.push(who);
  }
  return sentences;
}
