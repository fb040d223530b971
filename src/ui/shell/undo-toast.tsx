// The toast: what was just broken or thrown away, with its undo. Ctrl Z is the same without looking.

import { useEffect, useRef } from 'react';
import { printCommand } from '../../lab/print-command.ts';
import { newestUndo } from '../../projections/undo.ts';
import { capital, nodeName } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { Command } from '../../sim/command.ts';
import { Icon } from '../chart/icon.tsx';
import { useIsPast, useLive, useLiveModel, useSessionState, type Live } from '../session/live.ts';
import { runLine } from '../session/tools.ts';
import { setViewer } from '../session/viewer-store.ts';
import { closeToast, offerUndo, useToast } from './toast.ts';

const SHOWN_MS = 9000;

interface Undoable {
  readonly n: number;
  readonly words: string;
}

function newest(world: World): Undoable | null {
  const step = newestUndo(world);
  if (step === null || step.why !== null || step.done > 0) return null;
  return { n: step.n, words: doneWords(step.command) };
}

/** `S1 was killed`. */
function doneWords(command: Command): string {
  switch (command.type) {
    case 'kill':
      return `${nodeName(command.node)} was killed`;
    case 'restart':
      return `${nodeName(command.node)} was started`;
    case 'pause':
      return `${nodeName(command.node)} was paused`;
    case 'resume':
      return `${nodeName(command.node)} goes on`;
    case 'isolate':
      return `${nodeName(command.node)} was cut off`;
    case 'heal':
      return 'The network was healed';
    default:
      return capital(printCommand(command));
  }
}

export function UndoToast() {
  const live = useLive();
  const { toast } = useToast();
  const isPast = useIsPast();
  useFaults();
  useEffect(() => {
    if (toast === null) return undefined;
    const timer = setTimeout(closeToast, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  if (toast === null || isPast) return null;
  return (
    <div className="toast" role="group" aria-label="Undo">
      <span>{toast.words}.</span>
      <button type="button" className="button button-small" onClick={() => void undoNewest(live)}>
        <Icon name="undo" />
        Undo
        <kbd className="key">Ctrl Z</kbd>
      </button>
      <button
        type="button"
        className="button button-bare button-small"
        aria-label="Close"
        onClick={closeToast}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

/** Each fault is offered once, from the moment on that the cluster runs before us. */
function useFaults(): void {
  const { phase, cluster } = useSessionState();
  const step = useLiveModel(newest);
  const seen = useRef<{ cluster: string; n: number } | null>(null);
  const id = phase.name === 'running' ? (cluster?.id ?? null) : null;
  useEffect(() => {
    if (id === null) {
      seen.current = null;
      return;
    }
    const n = step?.n ?? -1;
    const before = seen.current;
    seen.current = { cluster: id, n: Math.max(n, before?.cluster === id ? before.n : -1) };
    if (before?.cluster === id && step !== null && n > before.n)
      offerUndo({ key: `${id} ${n}`, words: step.words, undo: null });
    else if (useToast.getState().toast?.undo === null) closeToast();
  }, [id, step]);
}

/** What the toast offers, else the newest fault, else the start over. */
export async function undoNewest({ session, source }: Live): Promise<void> {
  const { toast } = useToast.getState();
  closeToast();
  if (toast?.undo) return toast.undo();
  if (newestUndo(source.live) === null && session.state().cluster?.canUndo === true) {
    const done = await session.clusters.undoStartOver();
    const answer = done.ok ? 'What was before the start over is back.' : done.reason;
    return setViewer({ said: { line: 'undo', answer, refused: !done.ok, op: null } });
  }
  await runLine(session, 'undo');
}
