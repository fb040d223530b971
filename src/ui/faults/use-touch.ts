// What a touch of a store or a lane of the stage does: the work of the tool in hand, or choosing it.

import { useMemo } from 'react';
import type { NodeId } from '../../tikv/ids.ts';
import { useLive } from '../session/live.ts';
import { select, type Tool } from '../session/viewer-store.ts';
import { openAt } from './open-menu.ts';
import { toolKind } from './tool-work.ts';
import { touch } from './touch.ts';

export interface AtPoint {
  readonly shiftKey: boolean;
  readonly x: number;
  readonly y: number;
}

export interface Touching {
  readonly chooseNode: (node: NodeId, keep?: boolean) => void;
  readonly chooseLink: (a: NodeId, b: NodeId, at: AtPoint) => void;
  /** The tool in hand can be pointed at stores. */
  readonly isNodeTarget: boolean;
}

export function useTouch(tool: Tool | null): Touching {
  const live = useLive();
  const isNodeTarget = tool !== null && toolKind(tool).on.startsWith('a store');
  return useMemo(
    () => ({
      isNodeTarget,
      chooseNode: (node, keep = false) => {
        if (!touch(live, { type: 'node', node }, keep)) select({ type: 'node', node });
      },
      chooseLink: (from, to, at) => {
        const target = { type: 'link', from, to, both: true } as const;
        if (!touch(live, target, at.shiftKey)) openAt(live, { what: 'menu', target }, at);
      },
    }),
    [live, isNodeTarget],
  );
}
