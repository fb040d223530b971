// The checks that need no run of the program: types, lint, format, dead code. One list for `check` and `test`.
import { runTool } from './house.mjs';

/** @type {{ name: string, run: () => Promise<number> }[]} */
export const checks = [
  { name: 'types', run: () => runTool('typescript', ['-b'], { program: 'tsc' }) },
  {
    name: 'lint',
    run: () => runTool('oxlint', ['src', 'e2e', '.ci', 'vite.config.ts']),
  },
  { name: 'format', run: () => runTool('oxfmt', ['--check']) },
  { name: 'dead code', run: () => runTool('knip', ['--no-progress', '--no-config-hints']) },
];
