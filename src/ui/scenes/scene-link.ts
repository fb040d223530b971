// A scene by link: `?scene=elect`, and `&step=3` for one of its steps.

import { setViewer } from '../session/viewer-store.ts';
import { openSceneNamed } from './scene-player.ts';

/** Opens the scene that the page's address names, if it names one. */
export function openSceneOf(query: URLSearchParams): void {
  const id = query.get('scene');
  if (id === null) return;
  const step = /^\d{1,2}$/.test(query.get('step') ?? '') ? Number(query.get('step')) : 1;
  const opened = openSceneNamed(id, step);
  if (opened.ok) return;
  setViewer({
    said: { line: `scene ${id.slice(0, 40)}`, answer: opened.reason, refused: true, op: null },
  });
}
