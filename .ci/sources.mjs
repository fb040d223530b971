// A fingerprint of what a build is made from: equal sources, equal fingerprint, on any machine.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './house.mjs';

const ingredients = ['package-lock.json', 'public', 'src', 'vite.config.ts'];

/** Tests, prose and expected answers do not end up in a build. @param {string} path */
const matters = (path) => !/\.test\.tsx?$|\.md$|(^|\/)testdata\//.test(path);

/** @returns {string} 16 hexadecimal digits */
export function fingerprint() {
  const hash = createHash('sha256');
  for (const path of ingredients.flatMap(filesUnder).filter(matters)) {
    const text = readFileSync(join(root, path));
    hash.update(`${path} ${text.length}\n`).update(text);
  }
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} path relative to the root, with slashes @returns {string[]} in one order everywhere */
function filesUnder(path) {
  try {
    const names = readdirSync(join(root, path)).toSorted();
    return names.flatMap((name) => filesUnder(`${path}/${name}`));
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}
