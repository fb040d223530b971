// A store in the ring: name, role, term, log and commit, its election timer, its votes, its disk. A button: choosing it
// opens the inspector, or points the tool in hand at it.

import { memo, type KeyboardEvent, type ReactNode } from 'react';
import { commas } from '../../projections/words/format.ts';
import { RAFT_INIT_LOG_INDEX, RAFT_INIT_LOG_TERM } from '../../tikv/raftstore/bootstrap.ts';
import { textWidth } from '../chart/text-width.ts';
import type { Box } from '../chart/geometry.ts';
import { cardPlaces, type CardPlaces } from './card-places.ts';
import type { CardSize } from './cluster-layout.ts';
import { CardMore } from './card-more.tsx';
import { Dial, LeaseDial, WritingMark } from './dial.tsx';
import type { StoreCardModel, VoteDot } from './ring-model.ts';

export interface StoreCardProps {
  readonly card: StoreCardModel;
  readonly box: Box;
  readonly size: CardSize;
  readonly selected: boolean;
  /** The tool in hand can be used on it. */
  readonly target: boolean;
  readonly onChoose: (node: string, keep: boolean) => void;
}

export const StoreCard = memo(function StoreCard(props: StoreCardProps) {
  const { card, box, size, selected, target, onChoose } = props;
  const down = card.look === 'down' || card.look === 'destroyed';
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(card.node, event.shiftKey);
  };
  return (
    <g className="card-place" transform={`translate(${box.x} ${box.y})`}>
      <g
        className={`card card-${card.look}${card.learner ? ' card-learner' : ''}${target ? ' card-target' : ''}`}
        role="button"
        tabIndex={0}
        aria-label={card.says}
        aria-pressed={selected}
        data-node={card.node}
        data-mark={card.learner ? 'learner' : card.look}
        onClick={({ shiftKey }) => onChoose(card.node, shiftKey)}
        onKeyDown={onKey}
      >
        <rect
          className="card-focus"
          x="-6"
          y="-6"
          width={box.width + 12}
          height={box.height + 12}
          rx="10"
        />
        {selected && (
          <rect
            className="card-selected"
            x="-6"
            y="-6"
            width={box.width + 12}
            height={box.height + 12}
            rx="10"
          />
        )}
        <rect className="card-halo" width={box.width} height={box.height} rx="6" />
        <rect className="card-ground" width={box.width} height={box.height} rx="6" />
        {down ? (
          <DownFace card={card} box={box} size={size} />
        ) : (
          <LivingFace card={card} box={box} size={size} />
        )}
        <rect className="card-border" width={box.width} height={box.height} rx="6" />
      </g>
      <CardMore card={card} box={box} size={size} />
    </g>
  );
});

interface FaceProps {
  readonly card: StoreCardModel;
  readonly box: Box;
  readonly size: CardSize;
}

function LivingFace({ card, box, size }: FaceProps) {
  const at = cardPlaces(size, card.learner);
  const word = wordFor(card, size);
  const electing = card.look === 'candidate' || card.look === 'pre-candidate';
  return (
    <>
      {card.paused && <Bars box={box} size={size} />}
      <text className="card-name" x={at.pad} y={at.nameY}>
        {card.name}
      </text>
      <text className="card-word" x={at.wordX} y={at.nameY} style={{ fontSize: at.wordSize }}>
        {word}
      </text>
      {card.timer && at.dial && !card.paused && (
        <Dial
          {...card.timer}
          x={box.width - at.dial.fromRight}
          y={at.dial.y}
          radius={at.dial.radius}
          numberX={at.figures && card.look !== 'pre-candidate' ? box.width - 41 : null}
          colour={electing ? 'var(--el)' : 'var(--ink2)'}
          hollow={card.look === 'pre-candidate'}
        />
      )}
      {card.lease && at.dial && !card.paused && (
        <LeaseDial
          {...card.lease}
          x={box.width - at.dial.fromRight}
          y={at.dial.y}
          radius={at.dial.radius}
          words={at.figures ? { x: box.width - 41, y: at.termY } : null}
        />
      )}
      {card.term !== null && (
        <g>
          <title>{FIRST_TERM}</title>
          <text className="card-small" x={at.pad} y={at.termY}>
            term
          </text>
          <text className="card-term" x={at.termX} y={at.termY}>
            {commas(card.term)}
          </text>
        </g>
      )}
      {card.note !== null && size === 'large' && (
        <text
          className="card-small"
          x={at.noteX + textWidth(commas(card.term ?? 0), 17) - 8}
          y={at.termY}
        >
          {card.note}
        </text>
      )}
      <LastLine card={card} at={at} width={box.width} />
      {card.writing && (
        <WritingMark {...card.writing} x={box.width - at.pad - 13} y={at.lastY - 12} />
      )}
    </>
  );
}

/** Why no Region begins with term 1. */
const FIRST_TERM = `Terms count elections. TiKV writes a new Region down as if it had a log up to entry ${RAFT_INIT_LOG_INDEX} of term ${RAFT_INIT_LOG_TERM}, so the first election is for term ${RAFT_INIT_LOG_TERM + 1}.`;

function wordFor(card: StoreCardModel, size: CardSize): string {
  if (size === 'large') return card.word;
  const narrow = size !== 'middle' && card.look === 'candidate' && !card.paused;
  return narrow ? 'cand.' : card.shortWord;
}

function LastLine({ card, at, width }: { card: StoreCardModel; at: CardPlaces; width: number }) {
  if (card.votes !== null) return <Votes votes={card.votes} at={at} width={width} />;
  if (card.look === 'starting') {
    const text = card.word.startsWith('starting') ? 'no Region yet' : 'holds no Region';
    return <Small x={at.pad} y={at.lastY} text={text} />;
  }
  if (card.installing !== null && width >= 180)
    return <Small x={at.pad} y={at.lastY} text={card.installing} />;
  const room = width - 2 * at.pad - 14;
  const log = commas(card.lastIndex);
  const commit = commas(card.commit);
  const wordings = [`log to ${log}, commit ${commit}`, `log ${log}, commit ${commit}`];
  const fits = wordings.find((words, i) => textWidth(words, 12) < room && (width >= 180 || i > 0));
  if (fits !== undefined) return <Small x={at.pad} y={at.lastY} text={fits} />;
  return (
    <>
      <Small x={at.pad} y={at.lastY} text={`log ${log}`} />
      <g transform={`translate(${at.pad + textWidth(`log ${log}`, 12) + 6} ${at.lastY})`}>
        <path d="M0 -4.5l3 3 5 -6.5" className="card-tick" />
        <Small x={11} y={0} text={commit} />
      </g>
    </>
  );
}

const Small = ({ x, y, text }: { x: number; y: number; text: string }) => (
  <text className="card-small" x={x} y={y}>
    {text}
  </text>
);

function Votes({ votes, at, width }: { votes: readonly VoteDot[]; at: CardPlaces; width: number }) {
  const start = at.pad + 41;
  const names = at.voteNames && start + votes.length * 38 <= width;
  const step = names ? 38 : Math.min(2 * at.voteRadius + 5, (width - start - 4) / votes.length);
  if (step < 2 * at.voteRadius + 1) {
    const has = votes.filter(({ state }) => state === 'has').length;
    return (
      <g data-mark="votes">
        <Small x={at.pad} y={at.lastY} text={`votes ${has} of ${votes.length}`} />
      </g>
    );
  }
  return (
    <g data-mark="votes">
      <Small x={at.pad} y={at.lastY} text="votes" />
      {votes.map((vote, i) => (
        <g
          key={vote.name}
          transform={`translate(${start + i * step + at.voteRadius} ${at.lastY - 4})`}
        >
          <VoteMark state={vote.state} radius={at.voteRadius} />
          {names && <Small x={at.voteRadius + 4} y={4} text={vote.name} />}
        </g>
      ))}
    </g>
  );
}

/** ● has it · ◐ on its way · dashed ring: no answer · ring with a stroke: refused */
export function VoteMark({
  state,
  radius: r,
}: {
  state: VoteDot['state'];
  radius: number;
}): ReactNode {
  switch (state) {
    case 'has':
      return <circle r={r} fill="var(--el)" />;
    case 'coming':
      return (
        <>
          <circle r={r - 0.75} className="vote-ring" />
          <path d={`M0 ${-r}A${r} ${r} 0 0 0 0 ${r}Z`} fill="var(--el)" />
        </>
      );
    case 'refused':
      return (
        <>
          <circle r={r - 0.75} className="vote-ring" />
          <path d={`M${-r * 0.5} 0H${r * 0.5}`} className="vote-ring" />
        </>
      );
    case 'none':
      return <circle r={r - 0.75} className="vote-none" />;
  }
}

function DownFace({ card, box, size }: FaceProps) {
  const at = cardPlaces(size, card.learner);
  const inset = size === 'large' ? 12 : 6;
  const tight = size === 'small' || size === 'tiny';
  const [first, second] = card.diskLines;
  const x = inset + (size === 'large' ? 12 : 7);
  return (
    <>
      <rect className="card-hatch" width={box.width} height={box.height} rx="6" />
      <rect
        className="card-plate"
        x={inset}
        y={inset}
        width={box.width - 2 * inset}
        height={box.height - 2 * inset}
      />
      <text className="card-name" x={x} y={size === 'large' ? 38 : at.nameY}>
        {card.name}
      </text>
      <text
        className="card-down-word"
        x={x + (size === 'large' ? 30 : 26)}
        y={size === 'large' ? 38 : at.nameY}
      >
        {card.look === 'destroyed' ? 'no disk' : 'down'}
      </text>
      <Small
        x={x}
        y={size === 'large' ? 59 : at.termY}
        text={tight || size === 'middle' ? shortDisk(first) : (first ?? '')}
      />
      {size !== 'tiny' && second !== undefined && !tight && (
        <Small x={x} y={size === 'large' ? 75 : at.lastY} text={second} />
      )}
    </>
  );
}

/** `disk: term 6, log to 11` → `disk: to 11` */
const shortDisk = (line: string | undefined): string =>
  (line ?? '').replace(/term [\d,]+, log /, '').replace('its disk is gone', 'disk gone');

function Bars({ box, size }: { box: Box; size: CardSize }) {
  const height = size === 'large' ? 20 : 14;
  return (
    <g className="card-bars" data-mark="paused" transform={`translate(${box.width - 30} 12)`}>
      <rect width="5" height={height} />
      <rect x="11" width="5" height={height} />
    </g>
  );
}
