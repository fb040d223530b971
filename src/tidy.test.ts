// The laws of the house, as a test that names file and reason. What a compiler or a linter can hold, they hold; this is the rest.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The floors, from the ground up: what each may import besides itself, and which packages. */
const FLOORS: Record<string, { below: string[]; packages: string[] }> = {
  base: { below: [], packages: ['sorted-btree'] },
  tikv: { below: ['base'], packages: [] },
  sim: { below: ['tikv', 'base'], packages: [] },
  projections: { below: ['sim', 'tikv', 'base'], packages: [] },
  lab: { below: ['projections', 'sim', 'tikv', 'base'], packages: ['fflate', 'yaml', 'valibot'] },
  lessons: { below: ['lab', 'base'], packages: [] },
  browser: { below: ['lab', 'projections', 'sim', 'tikv', 'base'], packages: ['idb'] },
  ui: {
    below: ['browser', 'lessons', 'lab', 'projections', 'sim', 'tikv', 'base'],
    packages: [
      'react',
      'react-dom',
      'd3',
      'zustand',
      'radix-ui',
      'codemirror',
      '@codemirror',
      '@fontsource',
      '@fontsource-variable',
    ],
  },
};

/** The chapters of tikv: an import goes to its own chapter or to a lower step, never sideways. */
const CHAPTERS: Record<string, number> = {
  node: 5,
  client: 4,
  pd: 3,
  txn: 3,
  raftstore: 2,
  mvcc: 2,
  raft: 1,
  kv: 1,
};

const OUTSIDE_THE_FLOORS = /^src\/(testing\/|lab\/node\/|[^/]*$)/;
const isTest = (path: string) => /\.test\.tsx?$/.test(path);
const isCode = (path: string) => /\.(tsx?|mjs|css)$/.test(path);
const isGiven = (path: string) => /(^|\/)(testdata|screenshots)(\/|$)/.test(path);

/** Every file under `folder`, as a path from the root with slashes, in one order. */
function filesUnder(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .flatMap((entry) =>
      entry.isDirectory() ? filesUnder(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    )
    .toSorted();
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** What a source names as its imports: statements, lazy imports, imported types, workers and other files by address. */
function importsOf(source: string): string[] {
  const forms = [
    /^\s*(?:import|export)\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]/g,
    /\bnew URL\(\s*['"](\.[^'"]+)['"]\s*,\s*import\.meta\.url/g,
  ];
  return forms.flatMap((form) => [...source.matchAll(form)].map(([, name = '']) => name));
}

/** Why `path` may not import `name`, or null where it may. */
function importBreach(path: string, name: string): string | null {
  if (OUTSIDE_THE_FLOORS.test(path)) return null;
  const [, floor = '', chapter = ''] = path.split('/');
  const law = FLOORS[floor];
  if (!law) return `${path}: ${floor} is no floor`;
  if (!name.startsWith('.')) return isTest(path) ? null : packageBreach(path, law.packages, name);
  const target = posix.join(posix.dirname(path), name);
  const [, targetFloor = '', targetChapter = ''] = target.split('/');
  if (isTest(path) && targetFloor === 'testing') return null;
  if (target.startsWith('src/lab/node/'))
    return `${path}: imports ${name}; lab/node is for the command line only`;
  if (targetFloor === floor)
    return floor === 'tikv' ? chapterBreach(path, chapter, targetChapter) : null;
  return law.below.includes(targetFloor)
    ? null
    : `${path}: imports ${name}, and ${floor} does not stand on ${targetFloor}`;
}

function packageBreach(path: string, allowed: string[], name: string): string | null {
  const [scope = ''] = name.split('/');
  return allowed.includes(scope)
    ? null
    : `${path}: imports the package ${name}, which is not for this floor`;
}

function chapterBreach(path: string, chapter: string, target: string): string | null {
  // Files that stand beside the chapters (ids, config) are the lowest step of all.
  const step = chapter.includes('.') ? 0 : CHAPTERS[chapter];
  const targetStep = target.includes('.') ? 0 : CHAPTERS[target];
  if (step === undefined) return `${path}: ${chapter} is no chapter of tikv`;
  if (targetStep === undefined)
    return `${path}: imports from ${target}, which is no chapter of tikv`;
  return chapter === target || targetStep < step || (step === 0 && targetStep === 0)
    ? null
    : `${path}: ${chapter} may not import ${target}`;
}

/** Lines that are neither blank nor comment. */
function codeLines(source: string): number {
  let inComment = false;
  return source.split('\n').filter((line) => {
    const text = line.trim();
    if (inComment) {
      inComment = !text.includes('*/');
      return false;
    }
    if (text.startsWith('/*') || text.startsWith('{/*')) {
      inComment = !text.includes('*/');
      return false;
    }
    return text !== '' && !text.startsWith('//');
  }).length;
}

/** The types of events that a file declares. */
const eventTypes = (source: string) =>
  [...source.matchAll(/\btype: '([a-z-]+\/[a-z-]+)'/g)].map(([, type = '']) => type);

const sources = filesUnder('src');
const everything = [
  ...sources,
  ...filesUnder('e2e'),
  ...filesUnder('.ci'),
  ...filesUnder('public'),
];
const stemOf = (path: string) => posix.basename(path).replace(/\..*$/, '');

describe('the floors', () => {
  test('an import goes down, or stays on its floor', () => {
    const code = sources.filter((path) => /\.tsx?$/.test(path));
    const breaches = code.flatMap((path) =>
      importsOf(read(path)).map((name) => importBreach(path, name)),
    );
    expect(breaches.filter((breach) => breach !== null)).toEqual([]);
  });

  test.each([
    ['src/tikv/raft/raft.ts', '../../base/assert.ts', true],
    ['src/tikv/raft/raft.ts', '../kv/engine.ts', false],
    ['src/tikv/raft/raft.ts', '../ids.ts', true],
    ['src/tikv/ids.ts', './raft/raft.ts', false],
    ['src/tikv/txn/commit.ts', '../mvcc/reader.ts', true],
    ['src/tikv/txn/commit.ts', '../pd/tso.ts', false],
    ['src/tikv/node/create-node.ts', '../client/backoff.ts', true],
    ['src/base/heap.ts', '../sim/journal.ts', false],
    ['src/base/heap.ts', 'node:fs', false],
    ['src/base/heap.test.ts', 'fast-check', true],
    ['src/sim/journal.ts', '../testing/cluster.ts', false],
    ['src/sim/journal.test.ts', '../testing/cluster.ts', true],
    ['src/lessons/catalogue.ts', '../sim/journal.ts', false],
    ['src/browser/idb-disk.ts', 'idb', true],
    ['src/browser/idb-disk.ts', 'react', false],
    ['src/ui/app.tsx', 'react-dom/client', true],
    ['src/ui/app.tsx', '@codemirror/view', true],
    ['src/lab/console.ts', './node/lab.ts', false],
    ['src/lab/node/lab.ts', 'node:process', true],
    ['src/extra/thing.ts', 'react', false],
  ])('%s imports %s: %s', (path, name, allowed) => {
    expect(importBreach(path, name) === null).toBe(allowed);
  });

  test('every form of import is seen', () => {
    const source = [
      "import type { A } from './a.ts';",
      "export {\n  b,\n} from './b.ts';",
      "import './c.css';",
      "const d = await import('./d.ts');",
      "let e: import('./e.ts').E;",
      "new Worker(new URL('./f.worker.ts', import.meta.url), { type: 'module' });",
    ].join('\n');
    expect(importsOf(source)).toEqual([
      './a.ts',
      './b.ts',
      './c.css',
      './d.ts',
      './e.ts',
      './f.worker.ts',
    ]);
  });
});

describe('names', () => {
  test('files and folders are written in kebab-case', () => {
    const isKebab = (name: string) =>
      /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(name) || name === 'README.md';
    expect(everything.filter((path) => !path.split('/').every(isKebab))).toEqual([]);
  });

  test('no name says nothing', () => {
    const empty = /(^|[/.-])(utils?|helpers?|managers?|common|misc|index\.tsx?)([/.-]|$)/;
    expect(everything.filter((path) => empty.test(path))).toEqual([]);
  });

  test("an event's prefix is the folder that declares it", () => {
    const chapters = sources.filter((path) => /^src\/tikv\/.*\/event\.ts$/.test(path));
    const abroad = chapters.flatMap((path) => {
      const folder = posix.basename(posix.dirname(path));
      return eventTypes(read(path))
        .filter((type) => !type.startsWith(`${folder}/`))
        .map((type) => `${path}: ${type}`);
    });
    expect(abroad).toEqual([]);
  });

  test("an event of the simulator begins with the name of one of its files, or of tikv's chapters", () => {
    const declaring = sources.filter((path) => /^src\/sim\/[^/]+\.ts$/.test(path) && !isTest(path));
    const names = new Set([...declaring.map(stemOf), ...Object.keys(CHAPTERS), 'world', 'judge']);
    const strangers = declaring.flatMap((path) =>
      eventTypes(read(path))
        .filter((type) => !names.has(type.split('/')[0] ?? ''))
        .map((type) => `${path}: ${type}`),
    );
    expect(strangers).toEqual([]);
  });
});

describe('sizes', () => {
  test('no file has more than 400 lines of code', () => {
    const lines = everything
      .filter((path) => isCode(path) && !isGiven(path))
      .map((path) => [path, codeLines(read(path))] as const);
    expect(lines.filter(([, count]) => count > 400)).toEqual([]);
  });

  test('the entry of a worker is glue', () => {
    const entries = sources.filter((path) => path.endsWith('.worker.ts'));
    expect(entries.filter((path) => codeLines(read(path)) > 150)).toEqual([]);
  });

  test('blank lines and comments are not code', () => {
    expect(codeLines('// a\n\n/* b\n c */\nconst d = 1; // e\n/** f */\ng();\n')).toBe(2);
  });
});

describe('texts', () => {
  test('every folder says what it is', () => {
    const folders = new Set(
      [...sources, ...filesUnder('e2e'), ...filesUnder('.ci')].map((path) => posix.dirname(path)),
    );
    const silent = [...folders].filter(
      (folder) => !isGiven(folder) && !existsSync(join(root, folder, 'README.md')),
    );
    expect(silent).toEqual([]);
  });

  test('nothing is left for later', () => {
    const marker = new RegExp(
      ['FIX', 'TO', 'X'].map((start, i) => `\\b${start}${['ME', 'DO', 'XX'][i]}\\b`).join('|'),
    );
    expect(everything.filter((path) => isCode(path) && marker.test(read(path)))).toEqual([]);
  });

  test('nothing depends on one machine', () => {
    const local = /(^|[\s"'`(=])\/(work|root|home|Users)\//m;
    const texts = [
      ...everything.filter((path) => /\.(tsx?|mjs|css|md|json|html|svg|ya?ml|txt)$/.test(path)),
      'README.md',
      'package.json',
    ];
    expect(texts.filter((path) => existsSync(join(root, path)) && local.test(read(path)))).toEqual(
      [],
    );
    expect(read('package-lock.json')).not.toMatch(/"resolved"|localhost/);
  });
});
