// npm start: everything between a fresh clone and an open page. Installs what is missing, builds what has changed, serves.
//   --port N   the port to use (4173, or the next free one)      --exact   that port or none
//   --host H   the address to listen on (localhost); `--host 0.0.0.0` lets other machines in
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled, ensureNode, root } from './house.mjs';

ensureNode();
const options = readOptions();
await ensureInstalled();
if (!(await ensureBuilt())) process.exit(1);

const { preview } = await import('vite');
const server = await preview({
  configFile: false,
  root,
  base: './',
  build: { outDir: 'dist' },
  preview: { port: options.port, strictPort: options.exact, host: options.host, open: false },
});
const urls = server.resolvedUrls;
console.log('\nLoom is at');
for (const url of [...(urls?.local ?? []), ...(urls?.network ?? [])]) console.log(`    ${url}`);
console.log('\nCtrl-C ends it.');

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '4173' },
        host: { type: 'string', default: 'localhost' },
        exact: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65535)
      throw new Error(`${values.port} is not a port`);
    return { port, host: values.host, exact: values.exact };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error('npm start takes: -- --port N --host ADDRESS');
    process.exit(1);
  }
}
