// A scene as a text file: YAML for people, or JSON, which is YAML too. What is wrong is said with line and column.

import { isAlias, isNode, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { Scene, ScenePath } from './scene-format.ts';
import { problemWords, readScene } from './scene-reader.ts';

const LONGEST = 200_000;

export type SceneTextRead =
  | { readonly ok: true; readonly scene: Scene }
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): SceneTextRead => ({ ok: false, reason });

/** Does this text want to be a scene? What is asked before it is read. */
export const isSceneText = (text: string): boolean =>
  /(^|[\s{,])["']?format["']?\s*:\s*["']?loom\/\d/.test(text.slice(0, 10_000));

/** Reads a scene's text. Never throws for what is in it. */
export function readSceneText(text: string): SceneTextRead {
  if (text.length > LONGEST)
    return refuse(`The scene has ${text.length} characters; ${LONGEST} are the most that is read.`);
  try {
    return readDocument(text);
  } catch (error) {
    // The parser runs out of room.
    if (error instanceof RangeError)
      return refuse(
        'This is no scene: it is nested too deeply. A scene has steps, and steps have fields.',
      );
    throw error;
  }
}

function readDocument(text: string): SceneTextRead {
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, stringKeys: true };
  const document = parseDocument(text, options);
  const error = document.errors[0];
  if (error !== undefined) {
    const [first = ''] = error.message.split('\n');
    const what = /stringKeys/.test(first)
      ? 'Here a record begins in the middle of a text. A text with { or [ in it stands in quotes'
      : first.replace(/ at line \d+, column \d+:?\s*$/, '').replace(/[.:]$/, '');
    return refuse(`${placeWords(lines, error.pos[0])}: ${what}. Mend it: a scene is YAML or JSON.`);
  }
  const alias = aliasIn(document);
  if (alias !== null)
    return refuse(
      `${placeWords(lines, alias)}: A scene has no anchors and aliases. Write it out, or put the text in quotes.`,
    );
  const data: unknown = document.toJS();
  const read = readScene(data);
  if (read.ok) return read;
  const place = offsetOf(document, read.problem.path);
  const words = problemWords(read.problem, data);
  return refuse(place === null ? words : `${placeWords(lines, place)}: ${words}`);
}

function aliasIn(document: Document.Parsed): number | null {
  let found: number | null = null;
  visit(document, (_, node) => {
    if (!isNode(node) || (!isAlias(node) && !('anchor' in node && node.anchor !== undefined)))
      return undefined;
    found = node.range?.[0] ?? 0;
    return visit.BREAK;
  });
  return found;
}

/** Where the thing at this path begins; where it is missing, what it is missing in. */
function offsetOf(document: Document.Parsed, path: ScenePath): number | null {
  for (let length = path.length; length >= 0; length--) {
    const found: unknown =
      length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(found) && found.range) return found.range[0];
  }
  return null;
}

function placeWords(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `Line ${line}, column ${col}`;
}
