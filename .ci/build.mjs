// npm run build: the production page in dist/, made again only when its sources have changed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, ensureNode, root, runTool } from './house.mjs';
import { fingerprint } from './sources.mjs';

/** Whether dist/ holds what the sources of this moment make, after building it where it does not. */
export async function ensureBuilt() {
  const stamp = join(root, 'dist', '.sources');
  const sources = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return true;
  if ((await runTool('vite', ['build'])) !== 0) return false;
  writeFileSync(stamp, sources);
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  ensureNode();
  await ensureInstalled();
  process.exitCode = (await ensureBuilt()) ? 0 : 1;
}
