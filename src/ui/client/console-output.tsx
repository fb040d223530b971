// The console's answers: a log that can be scrolled and copied, beside each command what it caused first. Lines of help can
// be clicked into the console.

import { useCallback, useEffect, useRef } from 'react';
import type { RunAnswer } from '../../lab/page-api.ts';
import { exampleNow, GROUP_TITLES, VERBS, verbOf } from '../../lab/verbs/all.ts';
import type { Verb } from '../../lab/verbs/verb.ts';
import { Consequences } from '../../projections/consequences.ts';
import { clock } from '../../projections/words/format.ts';
import { lineText, type Line } from '../../projections/words/line.ts';
import type { World } from '../../projections/world.ts';
import { useLive, useModel } from '../session/live.ts';
import { addressOf } from '../session/page-link.ts';
import { clearLog, keepWith, type Caused, type CausedLine, type LogEntry } from './console-log.ts';
import { outcomeOf } from './operation-words.ts';

type Fill = (line: string) => void;

export function ConsoleOutput({ entries, onFill }: { entries: readonly LogEntry[]; onFill: Fill }) {
  const log = useRef<HTMLDivElement>(null);
  const newest = entries.at(-1);
  const reached =
    newest === undefined
      ? ''
      : `${newest.id} ${newest.answer !== null} ${newest.caused?.then.length ?? 0}`;
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
  if (answer.kind !== 'command') return <p className="console-words">{words}</p>;
  const waits = answer.op !== null && answer.background !== true;
  const own = answer.op === null ? (entry.caused?.own ?? null) : null;
  return (
    <>
      {waits && <Outcome entry={entry} op={answer.op} />}
      {!waits && own === null && <p className="console-words">{words}</p>}
      {!waits && own !== null && <Moment line={own} />}
      <CausedLines entry={entry} record={answer.record} />
    </>
  );
}

/** The operation's end, when it comes; from then on it stays, however old it gets. */
function Outcome({ entry, op }: { entry: LogEntry; op: number }) {
  const { source } = useLive();
  const { id, history } = entry;
  const now = useModel(
    useCallback(
      (world: World) => (source.history === history ? outcomeOf(world, op) : null),
      [op, source, history],
    ),
  );
  useEffect(() => {
    if (now !== null && source.looking === null) keepWith(id, { words: now });
  }, [id, now, source]);
  return <p className="console-words">{now ?? entry.words}</p>;
}

const Moment = ({ line: { at, text } }: { line: CausedLine }) => (
  <p className="console-words">
    <time className="console-time">{clock(at)}</time> {text}
  </p>
);

const causedBy = ({ own, lines, done }: Consequences): Caused => ({
  own: own === null ? null : plain(own),
  then: lines.map(plain),
  done,
});

const plain = (line: Line): CausedLine => ({ at: line.at, text: lineText(line) });

/** What the command caused first, as it comes; it stays when its journal has gone. */
function CausedLines({ entry, record }: { entry: LogEntry; record: number }) {
  const { source } = useLive();
  const { id, history, caused } = entry;
  const isDone = caused?.done ?? false;
  useEffect(() => {
    const what = new Consequences(record);
    let end = () => {};
    const look = () => {
      if (source.history !== history) return end();
      const found = what.look(source.told());
      if (found || what.done) keepWith(id, { caused: causedBy(what) });
      if (what.done) end();
    };
    if (isDone) return end;
    end = source.subscribe(look);
    look();
    return () => end();
  }, [source, id, history, record, isDone]);
  return caused?.then.map((line) => <Moment key={`${line.at} ${line.text}`} line={line} />);
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
