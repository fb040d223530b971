// The line under the stage: the command that the last button was, and what came of it. A slash opens it for typing: the same
// language as on the command line and in scenes.

import { useRef, useState, type KeyboardEvent } from 'react';
import { operation } from '../../projections/questions.ts';
import { answerWords } from '../../projections/words/explain-client.ts';
import type { World } from '../../projections/world.ts';
import { nodeName } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { useModel, useSession } from '../session/live.ts';
import { runLine } from '../session/tools.ts';
import { setViewer, useViewer, type SaidLine } from '../session/viewer-store.ts';
import './client.css';

export function ConsoleLine() {
  const open = useViewer((viewer) => viewer.consoleOpen);
  const said = useViewer((viewer) => viewer.said);
  return (
    <div className="console-place">
      <div className="console-line" data-testid="console-line">
        <Icon name="console" />
        {open ? (
          <ConsoleInput />
        ) : (
          <output className="console-said">{said && <Said said={said} />}</output>
        )}
        {!open && (
          <button
            type="button"
            className="text-button console-open"
            onClick={() => setViewer({ consoleOpen: true })}
          >
            Type a command <kbd className="key">/</kbd>
          </button>
        )}
      </div>
    </div>
  );
}

function Said({ said }: { said: SaidLine }) {
  const ended = useModel((world) => outcomeOf(world, said.op));
  return (
    <>
      <code className="console-code">{said.line}</code>
      <span className={said.refused ? 'console-answer console-refused' : 'console-answer'}>
        {ended ?? said.answer}
      </span>
    </>
  );
}

function outcomeOf(world: World, op: number | null): string | null {
  const found = op === null ? null : operation(world, op);
  if (found === null) return null;
  if (found.outcome !== null)
    return `${found.client} is told: ${answerWords(found.request, found.outcome)}`;
  if (found.waiting !== null)
    return `${found.client} waits and will ask again: ${found.waiting.kind}.`;
  return found.to === null
    ? `${found.client} asks PD where to send it.`
    : `${found.client} waits for ${nodeName(found.to)}.`;
}

/** Lines typed before, newest last: arrow up brings them back. */
const typed: string[] = [];

/** It was asked for by a key or a button: typing goes on there. The same function each time, so that it happens once. */
const takeFocus = (element: HTMLInputElement | null) => element?.focus();

function ConsoleInput() {
  const session = useSession();
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<{ text: string; refused: boolean } | null>(null);
  const hasLines = answer?.text.includes('\n') === true;
  const place = useRef(typed.length);
  const recall = (by: number) => {
    place.current = Math.min(typed.length, Math.max(0, place.current + by));
    setText(typed[place.current] ?? '');
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return setViewer({ consoleOpen: false });
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      return recall(event.key === 'ArrowUp' ? -1 : 1);
    }
    if (event.key !== 'Enter' || text.trim() === '') return undefined;
    event.preventDefault();
    typed.push(text);
    place.current = typed.length;
    void runLine(session, text).then((said) => {
      setAnswer({ text: said.answer, refused: said.refused });
      if (!said.refused) setText('');
    });
    return undefined;
  };
  return (
    <>
      <input
        className="console-input"
        aria-label="Command"
        placeholder="put a 4 · get a · kill s1 · restart s1 · wait 1s"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        ref={takeFocus}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKey}
        onBlur={() => text === '' && answer === null && setViewer({ consoleOpen: false })}
      />
      <output
        className={answer?.refused ? 'console-answer console-refused' : 'console-answer'}
        title={answer?.refused ? answer.text : undefined}
      >
        {hasLines ? 'The answer stands above.' : answer?.text}
      </output>
      <kbd className="key">Esc</kbd>
      {hasLines && (
        <pre className="console-text" role="region" aria-label="Answer" tabIndex={0}>
          {answer?.text}
        </pre>
      )}
    </>
  );
}
