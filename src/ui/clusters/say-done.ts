// What the menus and dialogs do when they are done: a line under the stage, or a file.

import type { Done } from '../../browser/session-types.ts';
import { setViewer } from '../session/viewer-store.ts';

/** Says under the stage what came of it. */
export function say(line: string, done: Done, words: string): void {
  setViewer({
    said: { line, answer: done.ok ? words : done.reason, refused: !done.ok, op: null },
    ...(done.ok ? { selection: null, tool: null } : {}),
  });
}

/** Lets the browser save a text as a file. */
export function offerFile(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Lets the user choose a file; its text, or null where the choice was given up. */
export function askForFile(accept: string): Promise<string | null> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  return new Promise((resolve) => {
    input.addEventListener('cancel', () => resolve(null));
    input.addEventListener('change', () => resolve(input.files?.[0]?.text() ?? null));
    input.click();
  });
}
