// All settings of the cluster under TiKV's and PD's names: the value now, the one that Loom begins with, the one of a
// default TiKV. What may change while a cluster runs is changed here; what is wrong with a value is said at its field.

import { Dialog } from 'radix-ui';
import { useState, type FormEvent } from 'react';
import { commas } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import { changeableKnobs } from '../../tikv/changeable-settings.ts';
import { KNOBS, type Knob, type KnobName } from '../../tikv/config.ts';
import { Icon } from '../chart/icon.tsx';
import { useModel, useSession } from '../session/live.ts';
import './raft.css';
import './settings.css';

const NAMES = Object.keys(KNOBS) as KnobName[];
const GROUPS = [...new Set(NAMES.map((name) => name.split('.')[0] ?? ''))];

const settingsOf = (world: World) => world.settings;

export function SettingsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog settings">
          <Dialog.Title className="dialog-title">Settings of this cluster</Dialog.Title>
          <Dialog.Description className="dialog-text">
            Loom’s values are scaled so that one can watch. A change holds from now on, on every
            node, and stands in the recording.
          </Dialog.Description>
          <Settings />
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close settings">
            <Icon name="close" />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Settings() {
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const shown = (name: KnobName) =>
    wanted === '' || `${name} ${KNOBS[name].what}`.toLowerCase().includes(wanted);
  const groups = GROUPS.filter((group) =>
    NAMES.some((name) => name.startsWith(`${group}.`) && shown(name)),
  );
  return (
    <>
      <input
        className="input settings-filter"
        type="search"
        aria-label="Find a setting"
        placeholder="Find a setting"
        value={filter}
        onChange={({ target }) => setFilter(target.value)}
      />
      {groups.length === 0 && <p className="panel-empty">No setting has these words.</p>}
      {groups.map((group) => (
        <section key={group} aria-label={group}>
          <h3 className="settings-group">{group}</h3>
          <ul>
            {NAMES.filter((name) => name.startsWith(`${group}.`) && shown(name)).map((name) => (
              <SettingRow key={name} name={name} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

const unitOf = ({ unit }: Knob): string => (unit === 'ms' || unit === 'bytes' ? unit : '');

function valueWords(knob: Knob, value: number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  const unit = unitOf(knob);
  return unit === '' ? commas(value) : `${commas(value)}\u00a0${unit}`;
}

function SettingRow({ name }: { name: KnobName }) {
  const knob: Knob = KNOBS[name];
  const value = useModel(settingsOf)[name];
  const same = value === knob.teach;
  return (
    <li className="setting">
      <div className="setting-words">
        <p className="setting-name">{name}</p>
        <p className="setting-what">{knob.what}</p>
        <p className="setting-defaults">
          {same ? '' : `Loom begins with ${valueWords(knob, knob.teach)}. `}
          TiKV: {valueWords(knob, knob.tikv)}.
        </p>
      </div>
      {changeableKnobs.includes(name) ? (
        <SettingForm key={String(value)} name={name} value={value} />
      ) : (
        <p className="setting-fixed" title="It holds for the life of the cluster.">
          {valueWords(knob, value)}
        </p>
      )}
    </li>
  );
}

function SettingForm({ name, value }: { name: KnobName; value: number | boolean }) {
  const session = useSession();
  const knob: Knob = KNOBS[name];
  const [text, setText] = useState(String(value));
  const [problem, setProblem] = useState<string | null>(null);
  const set = async (wanted: number | boolean): Promise<void> => {
    const given = await session.give({ type: 'config-set', name, value: wanted });
    setProblem(given.ok ? null : given.reason);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = Number(text.replaceAll(',', ''));
    if (text.trim() === '' || Number.isNaN(wanted)) return setProblem('A number is wanted here.');
    return void set(wanted);
  };
  const told = problem === null ? {} : { 'aria-describedby': `problem-${name}` };
  return (
    <form className="setting-form" onSubmit={submit}>
      {typeof value === 'boolean' ? (
        <label className="setting-switch">
          <input
            type="checkbox"
            aria-label={name}
            checked={value}
            onChange={() => void set(!value)}
            {...told}
          />
          {value ? 'on' : 'off'}
        </label>
      ) : (
        <>
          <input
            className="input setting-value"
            aria-label={name}
            inputMode="decimal"
            aria-invalid={problem !== null}
            value={text}
            onChange={({ target }) => setText(target.value)}
            {...told}
          />
          <span className="setting-unit">{unitOf(knob)}</span>
          <button type="submit" className="button button-small" disabled={text === String(value)}>
            Set
          </button>
        </>
      )}
      {problem !== null && (
        <p className="setting-problem" id={`problem-${name}`} role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
