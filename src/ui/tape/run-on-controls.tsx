// Next and previous event worth seeing, with a menu of which; a field for a condition that time runs to.

import { DropdownMenu, Popover } from 'radix-ui';
import { useId, useState, type FormEvent } from 'react';
import { parseExpression } from '../../base/expression-parser.ts';
import { JournalTail } from '../../lab/journal-tail.ts';
import { vocabularyOf } from '../../lab/vocabulary.ts';
import { INTERESTS } from '../../projections/interest.ts';
import { newWorld } from '../../projections/world.ts';
import { Icon } from '../chart/icon.tsx';
import { useLive } from '../session/live.ts';
import { Hint } from '../shell/hint.tsx';
import { kindWords, lookAtPrevious, runToNext, runUntil, toggleKind, useRunOn } from './run-on.ts';

export function RunOnControls({ short }: { short: boolean }) {
  const live = useLive();
  const { kinds, running } = useRunOn();
  const words = kindWords(kinds);
  if (running !== null)
    return (
      <div className="run-on" role="status">
        <span className="run-on-words">runs to {running}</span>
        <button type="button" className="button button-small" onClick={() => live.session.cancel()}>
          Stop
        </button>
      </div>
    );
  return (
    <div className="run-on" role="group" aria-label="To an event">
      {!short && (
        <Hint words={`Look back at the ${words} before`} shortcut="Shift N">
          <button
            type="button"
            className="button button-bare"
            aria-label={`Look back at the ${words} before`}
            onClick={() => lookAtPrevious(live)}
          >
            <Icon name="previous" size={18} />
          </button>
        </Hint>
      )}
      <Hint words={`Run to the next ${words}`} shortcut="N">
        <button
          type="button"
          className="button button-bare"
          aria-label={`Run to the next ${words}`}
          onClick={() => void runToNext(live)}
        >
          <Icon name="next" size={18} />
        </button>
      </Hint>
      {!short && <Kinds words={words} />}
      {!short && <Until />}
    </div>
  );
}

function Kinds({ words }: { words: string }) {
  const kinds = useRunOn((state) => state.kinds);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        className="text-button run-on-kinds"
        aria-label={`What to look for: ${words}`}
      >
        {kinds.length > 1 && kinds.length < INTERESTS.length ? `${kinds.length} kinds` : words}
        <Icon name="down" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" side="top" sideOffset={6}>
          {INTERESTS.map(({ id, word, means }) => (
            <DropdownMenu.CheckboxItem
              key={id}
              className="menu-item"
              checked={kinds.includes(id)}
              onCheckedChange={() => toggleKind(id)}
              onSelect={(event) => event.preventDefault()}
            >
              <span className="menu-check">{kinds.includes(id) && <Icon name="check" />}</span>
              {word}
              <span className="menu-aside">{means}</span>
            </DropdownMenu.CheckboxItem>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const EXAMPLES: readonly string[] = [
  "leader('r1') != null",
  "region('r1').term >= 8",
  "seen('raft/append-rejected')",
  'now >= 20000',
];

/** Only names are looked up here: the lab has the values. */
const vocabulary = vocabularyOf({ world: newWorld(), journal: new JournalTail(), now: () => 0 });

export function problemOf(text: string): string | null {
  if (text.trim() === '') return null;
  const parsed = parseExpression(text, vocabulary);
  return parsed.ok ? null : `${parsed.problem.message} (character ${parsed.problem.from + 1})`;
}

function Until() {
  const live = useLive();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [known] = useState(() => EXAMPLES.filter((example) => problemOf(example) === null));
  const problem = problemOf(text);
  const about = useId();
  const run = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '' || problem !== null) return;
    setOpen(false);
    void runUntil(live, text.trim());
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="text-button">until …</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" align="start" side="top" sideOffset={8}>
          <form className="until-form" onSubmit={run}>
            <label className="popover-label" htmlFor={`${about}-field`}>
              Run until this holds
            </label>
            <div className="until-line">
              <input
                id={`${about}-field`}
                className="input"
                value={text}
                spellCheck={false}
                autoComplete="off"
                aria-invalid={problem !== null}
                aria-describedby={about}
                onChange={(event) => setText(event.target.value)}
              />
              <button
                type="submit"
                className="button button-primary"
                disabled={problem !== null || text.trim() === ''}
              >
                Run
              </button>
            </div>
            <p id={about} className={problem === null ? 'until-about' : 'until-about until-wrong'}>
              {problem ??
                'Time runs input by input and stands right after the one that made it so.'}
            </p>
            <ul className="until-examples" aria-label="Examples">
              {known.map((example) => (
                <li key={example}>
                  <button type="button" className="text-button" onClick={() => setText(example)}>
                    {example}
                  </button>
                </li>
              ))}
            </ul>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
