// Scissors over the ruler: between two keys a click asks PD to split the Region there. The card of a Region has the same
// without a pointer: in the middle.

import { useRef, useState, type PointerEvent } from 'react';
import { bytesOf } from '../../base/bytes.ts';
import { useLive } from '../session/live.ts';
import { act } from '../session/tools.ts';
import { cutAt, type CutAt } from './wishes.ts';
import type { WeaveLayout } from './weave-layout.ts';
import type { WeaveShape } from './weave-shape.ts';
import type { RegionId } from '../../tikv/ids.ts';
import { Icon } from '../chart/icon.tsx';

export interface ScissorsProps {
  readonly shape: WeaveShape;
  readonly layout: WeaveLayout<RegionId>;
}

const px = (value: number) => `calc(${value} * var(--px))`;

export function WeaveScissors({ shape, layout }: ScissorsProps) {
  const { session } = useLive();
  const strip = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<CutAt | null>(null);
  if (shape.keys.length < 2 || layout.level > 1) return null;
  const { cloth, rulerY } = layout;
  const move = (event: PointerEvent) => {
    const box = strip.current?.getBoundingClientRect();
    if (box === undefined) return;
    setAt(
      cutAt(layout, shape.keys, cloth.x + ((event.clientX - box.left) / box.width) * cloth.width),
    );
  };
  return (
    <>
      <div
        ref={strip}
        className="weave-strip"
        data-cutting={at !== null}
        title={at === null ? undefined : `Split before ${at.mark.key}`}
        style={{ left: px(cloth.x), top: px(rulerY - 8), width: px(cloth.width), height: px(18) }}
        onPointerMove={move}
        onPointerLeave={() => setAt(null)}
        onClick={() => {
          if (at === null) return;
          const { key, space } = at.mark;
          const keys = [bytesOf(key)];
          const wish = {
            type: 'split-region',
            region: null,
            policy: 'usekey',
            keys,
            space,
          } as const;
          void act(session, { type: 'pd', request: wish });
          setAt(null);
        }}
      />
      {at !== null && (
        <div className="weave-cut-here" style={{ left: px(at.x - 8), top: px(rulerY - 4) }}>
          <Icon name="cut" />
          <span>before {at.mark.key}</span>
        </div>
      )}
    </>
  );
}
