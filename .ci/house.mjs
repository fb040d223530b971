// What every door of the house needs: where the house stands, that its tools are in, and how one of them is run.
// Uses nothing but Node, so that it works before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's top folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the doors keep what they can make again. */
export const cache = join(root, 'node_modules', '.cache', 'loom');

/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Stops here, in plain words, on a Node that is too old for the tools. */
export function ensureNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough =
    major > 22 || (major === 22 && minor >= 12) || major === 21 || (major === 20 && minor >= 19);
  if (enough && major !== 21) return;
  console.error(
    `Loom needs Node 20.19 or newer, or 22.12 or newer; this is ${process.versions.node}.`,
  );
  process.exit(1);
}

/** Installs what the lock file names, unless all of it is there in those versions. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.log('Installing packages (npm ci) …');
  const npm = process.env['npm_execpath'];
  const code = npm?.endsWith('npm-cli.js')
    ? await run(process.execPath, [npm, 'ci', '--no-audit', '--no-fund'])
    : await run('npm', ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
  if (code === 0) return;
  console.error('npm ci failed; what it says is above.');
  process.exit(1);
}

function isInstalled() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const installed = readJson(installedPath).packages;
  const wanted = readJson(join(root, 'package-lock.json')).packages;
  return Object.entries(wanted).every(
    // The optional ones are binaries for other machines.
    ([path, meta]) => path === '' || meta.optional || installed[path]?.version === meta.version,
  );
}

/**
 * Runs a program in the project's folder, its output going where ours goes. Answers its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, shell?: boolean }} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { env = {}, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      shell,
      env: { ...process.env, ...env },
    });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs an installed package's own program, the same way on every system.
 * @param {string} name the package, which is also the program's name unless `program` is given
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, program?: string }} [options]
 */
export function runTool(name, args, { env = {}, program = name } = {}) {
  const home = join(root, 'node_modules', name);
  const { bin } = readJson(join(home, 'package.json'));
  const file = typeof bin === 'string' ? bin : bin[program];
  return run(process.execPath, [join(home, file), ...args], { env });
}
