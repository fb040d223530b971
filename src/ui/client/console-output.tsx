// The console's answers: a log that can be scrolled and copied. Lines of help can be clicked into the console.

import { useCallback, useEffect, useRef } from 'react';
import type { RunAnswer } from '../../lab/page-api.ts';
import { exampleNow, GROUP_TITLES, VERBS, verbOf } from '../../lab/verbs/all.ts';
import type { Verb } from '../../lab/verbs/verb.ts';
import { clock } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import { useLive, useModel } from '../session/live.ts';
import { addressOf } from '../session/page-link.ts';
import { clearLog, keepWords, type LogEntry } from './console-log.ts';
import { outcomeOf } from './operation-words.ts';

type Fill = (line: string) => void;

export function ConsoleOutput({ entries, onFill }: { entries: readonly LogEntry[]; onFill: Fill }) {
  const log = useRef<HTMLDivElement>(null);
  const newest = entries.at(-1);
  const reached = newest === undefined ? '' : `${newest.id} ${newest.answer !== null}`;
  useEffect(() => {
    const element = log.current;
    if (element === null || reached === '') return;
    // Long answers are read from their beginning.
    const last = element.lastElementChild as HTMLElement | null;
    element.scrollTop = last === null ? 0 : last.offsetTop - element.offsetTop;
  }, [reached]);
  const copy = () => void navigator.clipboard?.writeText(log.current?.innerText ?? '');
  return (
    <section className="console-out" aria-label="Console answers">
      <div className="console-out-head">
        <button type="button" className="text-button" onClick={copy}>
          Copy
        </button>
        <button type="button" className="text-button" onClick={clearLog}>
          Clear
        </button>
      </div>
      <div className="console-log" role="log" aria-label="Answers" tabIndex={0} ref={log}>
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} onFill={onFill} />
        ))}
      </div>
    </section>
  );
}

function Entry({ entry, onFill }: { entry: LogEntry; onFill: Fill }) {
  const { line, answer } = entry;
  return (
    <div className="console-entry">
      <p className="console-typed">
        <code>{line}</code>
        {answer?.ok === true &&
          answer.kind === 'command' &&
          answer.line !== line.replace(/\s*&$/, '') && (
            <span className="console-meant"> = {answer.line}</span>
          )}
      </p>
      {answer === null ? (
        <p className="console-words">…</p>
      ) : (
        <Answer answer={answer} entry={entry} onFill={onFill} />
      )}
    </div>
  );
}

interface AnswerProps {
  readonly answer: RunAnswer;
  readonly entry: LogEntry;
  readonly onFill: Fill;
}

function Answer({ answer, entry, onFill }: AnswerProps) {
  const { words } = entry;
  if (!answer.ok) return <p className="console-words console-refused">{words}</p>;
  if (answer.kind === 'text' && answer.look?.type === 'help')
    return <HelpAnswer word={answer.look.word} words={answer.text} onFill={onFill} />;
  if (answer.kind === 'text') return <pre className="console-words">{answer.text}</pre>;
  if (answer.kind === 'link') return <LinkAnswer {...answer} />;
  if (answer.kind === 'command' && answer.op !== null && answer.background !== true)
    return <Outcome entry={entry} op={answer.op} />;
  return <p className="console-words">{words}</p>;
}

/** The operation's end, when it comes; from then on it stays, however old it gets. */
function Outcome({ entry, op }: { entry: LogEntry; op: number }) {
  const { source } = useLive();
  const now = useModel(useCallback((world: World) => outcomeOf(world, op), [op]));
  useEffect(() => {
    if (now !== null && source.looking === null) keepWords(entry.id, now);
  }, [entry.id, now, source]);
  return <p className="console-words">{now ?? entry.words}</p>;
}

function LinkAnswer({ fragment, moment }: { fragment: string; moment: number }) {
  const address = addressOf(fragment);
  return (
    <p className="console-words">
      Leads to {clock(moment * 1000)}&nbsp;s, and stands there.{' '}
      <button
        type="button"
        className="button button-small"
        onClick={() => void navigator.clipboard?.writeText(address)}
      >
        Copy the link
      </button>
      <code className="console-address">{address}</code>
    </p>
  );
}

function HelpAnswer({ word, words, onFill }: { word: string | null; words: string; onFill: Fill }) {
  const verb = word === null ? null : verbOf(word.toLowerCase());
  if (word === null) return <HelpGroups words={words} onFill={onFill} />;
  if (verb === null) return <p className="console-words">{words}</p>;
  return <HelpVerb verb={verb} onFill={onFill} />;
}

function HelpVerb({ verb, onFill }: { verb: Verb; onFill: Fill }) {
  const { source } = useLive();
  const lines = [...(verb.before ?? []), exampleNow(verb, source.world)];
  return (
    <div className="console-words">
      <p>
        <code>{verb.usage}</code>
      </p>
      <p>{verb.what}</p>
      {verb.aliases.length > 0 && <p>Also: {verb.aliases.join(', ')}</p>}
      <p className="console-examples">
        {lines.map((line) => (
          <Example key={line} line={line} shown={line} onFill={onFill} />
        ))}
      </p>
    </div>
  );
}

function HelpGroups({ words, onFill }: { words: string; onFill: Fill }) {
  const { source } = useLive();
  return (
    <div className="console-words">
      {Object.entries(GROUP_TITLES).map(([group, title]) => {
        const verbs = VERBS.filter((verb) => verb.group === group);
        if (verbs.length === 0) return null;
        return (
          <div key={group} className="console-group">
            <h4>{title}</h4>
            <p className="console-examples">
              {verbs.map((verb) => (
                <Example
                  key={verb.word}
                  line={exampleNow(verb, source.world)}
                  shown={verb.word}
                  means={verb.what}
                  onFill={onFill}
                />
              ))}
            </p>
          </div>
        );
      })}
      {words
        .split('\n')
        .slice(-2)
        .map((line) => (
          <p key={line}>{line}</p>
        ))}
    </div>
  );
}

function Example({
  line,
  shown,
  means,
  onFill,
}: {
  line: string;
  shown: string;
  means?: string;
  onFill: Fill;
}) {
  return (
    <button
      type="button"
      className="console-example"
      title={means === undefined ? 'Puts this line into the console' : `${means}\n${line}`}
      onClick={() => onFill(line)}
    >
      {shown}
    </button>
  );
}
