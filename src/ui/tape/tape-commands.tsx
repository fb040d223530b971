// On the tape: what somebody commanded, loud where it broke something; and when Regions split.

import { useCallback } from 'react';
import type { Micros } from '../../tikv/ids.ts';
import { textWidth } from '../chart/text-width.ts';
import { useModel } from '../session/live.ts';
import { placeTexts, type TapeLayout } from './tape-layout.ts';
import type { CommandModel } from './tape-model.ts';
import type { PartProps } from './tape-parts.ts';

export function Commands({ model, layout, rows }: PartProps) {
  const head = usePlayheadX(layout);
  // Of the words, those of commands come first, and the newest of each.
  const wishes = [
    ...model.splits.map(({ key, at, words }) => ({ key, at, words, look: 'split-text' })),
    ...model.commands.map(({ key, at, text, kind }) => {
      return { key, at, words: text, look: `fault-text command-${kind}` };
    }),
  ];
  const texts = placeTexts(
    wishes.map(({ key, at, words }) => ({
      key,
      x: layout.x(at),
      width: textWidth(words, 12) + 2,
    })),
    { left: layout.left, right: layout.right },
    9,
    head,
  );
  const of = new Map(wishes.map((wish) => [wish.key, wish]));
  return (
    <g>
      {model.commands.map((command) => (
        <CommandMarkView key={command.key} command={command} x={layout.x(command.at)} rows={rows} />
      ))}
      {texts.map(({ key, x }) => (
        <text key={key} className={of.get(key)?.look} x={x} y="11">
          {of.get(key)?.words}
        </text>
      ))}
    </g>
  );
}

/** Words move out of its way in steps. */
const HEAD_STEP = 4;

function usePlayheadX(layout: TapeLayout): number {
  const make = useCallback(
    (_: unknown, now: Micros) => Math.round(layout.x(now) / HEAD_STEP) * HEAD_STEP,
    [layout],
  );
  return useModel(make);
}

function CommandMarkView({
  command,
  x,
  rows,
}: {
  command: CommandModel;
  x: number;
  rows: PartProps['rows'];
}) {
  const foot = rows.band + rows.bandHeight;
  if (command.kind === 'mend')
    return <path data-mark="mend" className="mend-line" d={`M${x} ${rows.band - 4}V${foot}`} />;
  if (command.kind === 'asked')
    return (
      <path data-mark="asked" className="asked-mark" d={`M${x - 4} 3.5H${x + 4}L${x} 10.5Z`} />
    );
  return (
    <g>
      <path
        data-mark="fault"
        className="fault-line"
        d={`M${x} ${rows.band - 2}V${rows.writes + 8}`}
      />
      <Cross x={x} y={7} arm={4} />
    </g>
  );
}

/** Dashed ticks. */
export function Splits({ model, layout, rows }: PartProps) {
  const top = model.bars === null ? rows.writes - 9 : rows.band;
  return model.splits.map(({ key, at }) => (
    <path
      key={key}
      data-mark="split"
      className="split-tick"
      d={`M${layout.x(at)} ${top}V${rows.writes + 9}`}
    />
  ));
}

export const Cross = ({ x, y, arm }: { x: number; y: number; arm: number }) => (
  <path
    className="fault-cross"
    d={`M${x - arm} ${y - arm}L${x + arm} ${y + arm}M${x - arm} ${y + arm}L${x + arm} ${y - arm}`}
  />
);
