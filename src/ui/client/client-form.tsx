// What client c1 asks for: a verb, its words, Send. The answer is shown at the client in the ring and in the line below.

import { Select } from 'radix-ui';
import { useRef, useState, type FormEvent } from 'react';
import { Icon } from '../chart/icon.tsx';
import { PathSelect, pathOf, type PathWord } from '../raft/path-select.tsx';
import { useSession } from '../session/live.ts';
import { act } from '../session/tools.ts';
import { requestOf, type Verb } from './request-of.ts';
import './client.css';

interface VerbForm {
  readonly verb: Verb;
  readonly means: string;
  /** Labels of the inputs, in order. */
  readonly inputs: readonly {
    readonly name: string;
    readonly label: string;
    readonly hint: string;
  }[];
}

const KEY = { name: 'key', label: 'Key', hint: 'key' };

const VERBS: readonly VerbForm[] = [
  {
    verb: 'put',
    means: 'write a value',
    inputs: [KEY, { name: 'value', label: 'Value', hint: 'value' }],
  },
  { verb: 'get', means: 'read a value', inputs: [KEY] },
  { verb: 'delete', means: 'remove a key', inputs: [KEY] },
  {
    verb: 'scan',
    means: 'read a range',
    inputs: [
      { name: 'key', label: 'From key', hint: 'from' },
      { name: 'to', label: 'To key, left out', hint: 'to' },
    ],
  },
  {
    verb: 'cas',
    means: 'compare and swap',
    inputs: [
      KEY,
      { name: 'previous', label: 'Only where the value is (empty: no such key)', hint: 'was' },
      { name: 'value', label: 'New value', hint: 'becomes' },
    ],
  },
];

/** The id of the first input: key W goes there. */
export const FIRST_INPUT = 'client-key';

export function ClientForm({ stacked = false }: { stacked?: boolean }) {
  const session = useSession();
  const [verb, setVerb] = useState<Verb>('put');
  const [words, setWords] = useState<Record<string, string>>({ key: 'a', value: '1' });
  const [path, setPath] = useState<PathWord>('set');
  const inputs = useRef<HTMLFormElement>(null);
  const form = VERBS.find((each) => each.verb === verb) ?? VERBS[0];
  const send = (event: FormEvent) => {
    event.preventDefault();
    const request = requestOf(verb, words, pathOf(path));
    if (typeof request === 'string') {
      inputs.current?.querySelector<HTMLInputElement>(`[name="${request}"]`)?.focus();
      return;
    }
    void act(session, { type: 'request', client: 'c1', request });
    if (verb === 'put') setWords((old) => ({ ...old, value: nextValue(old['value'] ?? '') }));
  };
  return (
    <form
      ref={inputs}
      className={stacked ? 'client-form client-stacked' : 'client-form'}
      aria-label="Client c1"
      onSubmit={send}
    >
      <span className="client-label">Client c1</span>
      <VerbSelect verb={verb} onChoose={setVerb} />
      {form?.inputs.map((input, i) => (
        <input
          key={input.name}
          {...(i === 0 ? { id: FIRST_INPUT } : {})}
          className="input client-input"
          name={input.name}
          aria-label={input.label}
          title={input.label}
          placeholder={input.hint}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={64}
          value={words[input.name] ?? ''}
          onChange={({ target }) => setWords((old) => ({ ...old, [input.name]: target.value }))}
        />
      ))}
      {(verb === 'get' || verb === 'scan') && <PathSelect path={path} onChoose={setPath} />}
      <button type="submit" className="button button-primary">
        <Icon name="send" />
        Send
      </button>
    </form>
  );
}

/** The next number after a number: so that one can press Send again and see the value change. */
const nextValue = (value: string): string =>
  /^\d{1,9}$/.test(value) ? String(Number(value) + 1) : value;

function VerbSelect({ verb, onChoose }: { verb: Verb; onChoose: (verb: Verb) => void }) {
  return (
    <Select.Root value={verb} onValueChange={(value) => onChoose(value as Verb)}>
      <Select.Trigger className="select" aria-label="What the client asks for">
        <Select.Value />
        <Select.Icon>
          <Icon name="down" />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Content className="menu" position="popper" sideOffset={4}>
          <Select.Viewport>
            {VERBS.map((each) => (
              <Select.Item key={each.verb} value={each.verb} className="menu-item">
                <Select.ItemText>{each.verb}</Select.ItemText>
                <span className="menu-aside">{each.means}</span>
              </Select.Item>
            ))}
          </Select.Viewport>
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  );
}
