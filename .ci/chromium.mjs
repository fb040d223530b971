// Finds a Chromium for the page tests: the one that LOOM_CHROMIUM names, else Playwright's own, else the system's. The
// headless shell comes first: it is the same browser without windows, and opens a page in half the time.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { run } from './house.mjs';

const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
];

/** @returns {Promise<string | null>} the program's path */
export async function findChromium() {
  const named = process.env['LOOM_CHROMIUM'];
  if (named) return existsSync(named) ? named : null;
  const { chromium } = await import('playwright');
  return (
    [chromium.executablePath(), ...onPath(), ...usualPlaces()].find(
      (path) => path && existsSync(path),
    ) ?? null
  );
}

/** As findChromium; where none is found and Debian's package manager is ours to use, installs one. */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  if (process.env['LOOM_CHROMIUM']) {
    console.error(
      `LOOM_CHROMIUM names ${process.env['LOOM_CHROMIUM']}, and there is no such file.`,
    );
    return null;
  }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    // Not every release has the shell.
    for (const name of ['chromium-headless-shell', 'chromium']) {
      console.log(`No Chromium here: apt-get install ${name} fonts-noto-core …`);
      await run('apt-get', ['install', '-y', '-qq', name, 'fonts-noto-core'], { env });
      const installed = await findChromium();
      if (installed) return installed;
    }
  }
  console.error('The page tests need a Chromium, and none was found. This installs one:\n');
  console.error('    npx playwright install chromium\n');
  console.error('or set LOOM_CHROMIUM to the path of one that you have.');
  return null;
}

function onPath() {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return names.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
}

function usualPlaces() {
  if (process.platform === 'darwin') {
    const apps = [
      'Chromium.app/Contents/MacOS/Chromium',
      'Google Chrome.app/Contents/MacOS/Google Chrome',
    ];
    return apps.flatMap((app) => [
      join('/Applications', app),
      join(homedir(), 'Applications', app),
    ]);
  }
  if (process.platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map(
      (name) => process.env[name],
    );
    const programs = [
      'Google/Chrome/Application/chrome.exe',
      'Chromium/Application/chrome.exe',
      'Microsoft/Edge/Application/msedge.exe',
    ];
    return roots.flatMap((folder) =>
      folder ? programs.map((program) => join(folder, program)) : [],
    );
  }
  return ['/usr/bin/chromium', '/snap/bin/chromium', '/opt/google/chrome/chrome'];
}
