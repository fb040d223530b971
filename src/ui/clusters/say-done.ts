// What the dialogs do when they are done: a line under the stage, or a file.

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
