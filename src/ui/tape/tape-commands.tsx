// On the tape: what somebody commanded, loud where it broke something; and when Regions split.

import { textWidth } from '../chart/text-width.ts';
import { placeTexts } from './tape-layout.ts';
import type { CommandModel } from './tape-model.ts';
import type { PartProps } from './tape-parts.ts';

export function Commands({ model, layout, rows }: PartProps) {
  const texts = placeTexts(
    model.commands.map((command) => ({
      key: command.key,
      x: layout.x(command.at),
      width: textWidth(command.text, 12) + 2,
    })),
    { left: layout.left, right: layout.right },
    9,
  );
  const of = new Map(model.commands.map((command) => [command.key, command]));
  return (
    <g>
      {model.commands.map((command) => (
        <CommandMarkView key={command.key} command={command} x={layout.x(command.at)} rows={rows} />
      ))}
      {texts.map(({ key, x }) => (
        <text key={key} className={`fault-text command-${of.get(key)?.kind}`} x={x} y="11">
          {of.get(key)?.text}
        </text>
      ))}
    </g>
  );
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

/** Dashed ticks; their words are beside the pointer. */
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
