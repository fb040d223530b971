// Runs a TypeScript program of the project under Node: bundled when a source has changed, then started with the arguments
// that follow.
//   node .ci/run-entry.mjs src/lab/node/lab.ts --help
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cache, ensureInstalled, ensureNode, root } from './house.mjs';
import { fingerprint } from './sources.mjs';

ensureNode();
const [entry = '', ...args] = process.argv.slice(2);
if (!existsSync(join(root, entry))) {
  console.error(`There is no ${entry} in this version of Loom.`);
  process.exit(1);
}
await ensureInstalled();

const name = basename(entry, '.ts');
const folder = join(cache, name);
const program = join(folder, `${name}.mjs`);
const stamp = join(folder, 'sources');
const sources = fingerprint();
if (!existsSync(program) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources) {
  const { build } = await import('vite');
  await build({
    root: join(root, 'src'),
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: {
      ssr: join(root, entry),
      outDir: folder,
      emptyOutDir: true,
      copyPublicDir: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: `${name}.mjs`, format: 'es' } },
    },
  });
  writeFileSync(stamp, sources);
}
// The program finds itself and its own arguments where Node would have put them.
process.argv = [process.execPath, program, ...args];
await import(pathToFileURL(program).href);
