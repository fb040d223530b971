// The console while it is open: the line with its editor, and above it what was typed and what came of it.

import type { EditorView } from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Icon } from '../chart/icon.tsx';
import { useLive, useSessionState, type Live } from '../session/live.ts';
import { setViewer } from '../session/viewer-store.ts';
import type { EditorWishes } from './console-editor.ts';
import { runLogged } from './ask-why.tsx';
import { addLine, linesOf, showLog, useLog } from './console-log.ts';
import { ConsoleOutput } from './console-output.tsx';

const close = () => setViewer({ consoleOpen: false });

/** The editor comes a moment after the page, and sooner than anybody types. */
const importEditor = () => import('./console-editor.ts');
type EditorModule = Awaited<ReturnType<typeof importEditor>>;

let loaded: EditorModule | null = null;

export async function loadEditor(): Promise<EditorModule> {
  loaded ??= await importEditor();
  return loaded;
}

interface Opened {
  readonly view: EditorView;
  readonly editor: EditorModule;
}

export function OpenConsole() {
  const live = useLive();
  const cluster = useSessionState().cluster?.id ?? '';
  const place = useRef<HTMLDivElement>(null);
  const early = useRef<HTMLInputElement>(null);
  const opened = useRef<Opened | null>(null);
  const entered = useRef(false);
  const [ready, setReady] = useState(loaded !== null);
  const { entries, shown } = useLog();
  useEffect(() => {
    let left = false;
    early.current?.focus();
    const mount = (editor: EditorModule) => {
      if (left || place.current === null) return;
      const typed = early.current?.value ?? '';
      // One line at a time: the early one goes before the editor comes.
      if (early.current !== null) flushSync(() => setReady(true));
      const wishes = wishesOf(live, cluster, () => opened.current);
      const view = editor.newEditor(place.current, wishes);
      opened.current = { view, editor };
      editor.setLine(view, typed);
      view.focus();
      if (entered.current) wishes.run(typed);
      entered.current = false;
    };
    if (loaded === null) void loadEditor().then(mount);
    else mount(loaded);
    return () => {
      left = true;
      opened.current?.view.destroy();
      opened.current = null;
    };
  }, [live, cluster]);
  const fill = (line: string) => {
    if (opened.current === null) return;
    const { view, editor } = opened.current;
    editor.setLine(view, line);
    view.focus();
  };
  return (
    <>
      <span className="console-prompt" aria-hidden="true">
        c1&gt;
      </span>
      {!ready && (
        <input
          className="console-early"
          aria-label="Command"
          ref={early}
          onKeyDown={({ key }) => {
            if (key === 'Escape') close();
            if (key === 'Enter') entered.current = true;
          }}
        />
      )}
      <div className="console-editor" ref={place} />
      {entries.length > 0 && (
        <button
          type="button"
          className="text-button console-fold"
          aria-expanded={shown}
          onClick={() => showLog(!shown)}
        >
          {shown ? 'Hide answers' : 'Answers'}
        </button>
      )}
      <button
        type="button"
        className="text-button console-open"
        aria-label="Close the console"
        onClick={close}
      >
        <kbd className="key">Esc</kbd>
        <Icon name="close" />
      </button>
      {shown && entries.length > 0 && <ConsoleOutput entries={entries} onFill={fill} />}
    </>
  );
}

function wishesOf(live: Live, cluster: string, current: () => Opened | null): EditorWishes {
  /** How many lines back; 0 is the one that is being written. */
  let back = 0;
  let draft = '';
  const run = async (line: string): Promise<void> => {
    back = 0;
    addLine(cluster, line.trim());
    // The next line may be typed while this one is being answered.
    const asked = current();
    asked?.editor.setLine(asked.view, '');
    const answer = await runLogged(live, line);
    const now = current();
    if (now === null) return;
    const { view, editor } = now;
    const typing = view.state.doc.length > 0;
    // What may come next may be something else now.
    if (typing && answer.ok) return editor.offer(view);
    if (typing || answer.ok) return;
    editor.setLine(view, line);
    if (answer.from !== null)
      editor.markWrong(view, { from: answer.from, to: answer.to ?? answer.from });
  };
  return {
    world: () => live.source.world,
    run: (line) => void run(line),
    leave: close,
    recall(by, line) {
      const lines = linesOf(cluster);
      const next = back - by;
      if (next < 0 || next > lines.length) return null;
      if (back === 0) draft = line;
      back = next;
      return back === 0 ? draft : (lines[lines.length - back] ?? null);
    },
  };
}
