// The settings of a link, one way or both: latency, jitter, loss, duplication, reordering; presets with their numbers. What
// is set becomes one command for each direction, and its line stands above the button.

import { Popover, Slider } from 'radix-ui';
import { useState } from 'react';
import { printCommand } from '../../lab/print-command.ts';
import { linkWords } from '../../projections/broken.ts';
import { newLink } from '../../projections/fold-network.ts';
import { nodeName } from '../../projections/words/format.ts';
import { linkKey } from '../../projections/world.ts';
import type { LinkProperties } from '../../sim/network.ts';
import { Icon } from '../chart/icon.tsx';
import { useLive } from '../session/live.ts';
import { setViewer, useViewer, type Opened, type Target } from '../session/viewer-store.ts';
import { LINK_PRESETS } from './link-presets.ts';
import { giveFocusBack } from './open-menu.ts';
import { wholeLink } from './tool-work.ts';
import { give } from './touch.ts';
import './faults.css';

type LinkTarget = Extract<Target, { type: 'link' }>;

export function LinkEditor() {
  const opened = useViewer((viewer) => viewer.opened);
  if (opened?.what !== 'link' || opened.target.type !== 'link') return null;
  return <OpenEditor opened={opened} target={opened.target} />;
}

function OpenEditor({ opened, target }: { opened: Opened; target: LinkTarget }) {
  const close = () => setViewer({ opened: null });
  const title = `Link ${nodeName(target.from)} to ${nodeName(target.to)}`;
  return (
    <Popover.Root open onOpenChange={(open) => !open && close()}>
      <Popover.Anchor asChild>
        <span className="menu-anchor" style={{ left: opened.x, top: opened.y }} />
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          className="link-editor"
          aria-label={title}
          sideOffset={8}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveFocusBack();
          }}
        >
          <Editor target={target} onDone={close} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Editor({ target, onDone }: { target: LinkTarget; onDone: () => void }) {
  const live = useLive();
  const { from, to } = target;
  const { world } = live.source;
  const [both, setBoth] = useState(target.both);
  const [link, setLink] = useState<LinkProperties>(
    () => world.links[linkKey(from, to)] ?? newLink(world, from, to),
  );
  const [usual] = useState(() => newLink(world, from, to));
  const commands = [
    wholeLink({ ...link, from, to }),
    ...(both ? [wholeLink({ ...link, from: to, to: from })] : []),
  ];
  const set = (change: Partial<LinkProperties>) => setLink((old) => ({ ...old, ...change }));
  return (
    <>
      <div className="link-editor-head">
        <h2 className="panel-heading">Link</h2>
        <div className="link-ways" role="group" aria-label="Direction">
          <button
            type="button"
            className="chip"
            aria-pressed={!both}
            onClick={() => setBoth(false)}
          >
            {nodeName(from)} to {nodeName(to)}
          </button>
          <button type="button" className="chip" aria-pressed={both} onClick={() => setBoth(true)}>
            both ways
          </button>
        </div>
      </div>
      <div className="link-presets" role="group" aria-label="Presets">
        {[{ name: 'As built', link: usual }, ...LINK_PRESETS].map((preset) => (
          <button
            key={preset.name}
            type="button"
            className="link-preset"
            aria-pressed={linkWords(preset.link) === linkWords(link)}
            onClick={() => setLink(preset.link)}
          >
            <span>{preset.name}</span>
            <small>{linkWords(preset.link)}</small>
          </button>
        ))}
      </div>
      <Quality
        {...{ name: 'Latency', unit: 'ms', most: 1000, least: 1, value: link.latency / 1000 }}
        onChange={(ms) =>
          set({ latency: ms * 1000, jitter: Math.min(link.jitter, (ms - 1) * 1000) })
        }
      />
      <Quality
        {...{ name: 'Jitter, more or less', unit: 'ms', value: link.jitter / 1000, least: 0 }}
        most={link.latency / 1000 - 1}
        onChange={(ms) => set({ jitter: ms * 1000 })}
      />
      {SHARES.map(({ name, of }) => (
        <Quality
          key={of}
          {...{ name, unit: '%', most: 100, least: 0, parts: 10, value: link[of] / 10_000 }}
          onChange={(share) => set({ [of]: Math.round(share * 10_000) })}
        />
      ))}
      <p className="link-note">Only Raft messages are doubled or overtaken.</p>
      <code className="link-line">{commands.map(printCommand).join('\n')}</code>
      <div className="dialog-actions link-done">
        <button type="button" className="button button-small" onClick={onDone}>
          Leave it
        </button>
        <button
          type="button"
          className="button button-small button-primary"
          onClick={() => {
            give(live, commands);
            onDone();
          }}
        >
          <Icon name="check" />
          Set
        </button>
      </div>
    </>
  );
}

const SHARES = [
  { name: 'Lost', of: 'lossPerMillion' },
  { name: 'Doubled', of: 'duplicatePerMillion' },
  { name: 'Overtaken', of: 'reorderPerMillion' },
] as const;

interface QualityProps {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  /** The number may be given to so many parts of one; the slider goes by ones. */
  readonly parts?: number;
  readonly onChange: (value: number) => void;
}

/** A slider, and the number beside it. */
function Quality({ name, unit, value, least, most, parts = 1, onChange }: QualityProps) {
  const within = (number: number) =>
    Math.min(Math.max(Math.round(number * parts) / parts, least), Math.max(least, most));
  const shown = within(value);
  const type = (text: string) => {
    const typed = Number(text);
    if (text !== '' && Number.isFinite(typed)) onChange(within(typed));
  };
  return (
    <div className="quality">
      <span className="quality-name">{name}</span>
      <Slider.Root
        className="slider quality-slider"
        value={[shown]}
        min={least}
        max={Math.max(most, least + 1)}
        disabled={most <= least}
        onValueChange={([next]) => next !== undefined && onChange(next)}
      >
        <Slider.Track className="slider-track">
          <Slider.Range className="slider-range" />
        </Slider.Track>
        <Slider.Thumb
          className="slider-thumb"
          aria-label={name}
          aria-valuetext={`${shown} ${unit}`}
        />
      </Slider.Root>
      <input
        className="input quality-number"
        type="number"
        min={least}
        max={most}
        aria-label={`${name}, ${unit}`}
        step={1 / parts}
        value={shown}
        onChange={({ target }) => type(target.value)}
      />
      <span className="quality-unit">{unit}</span>
    </div>
  );
}
