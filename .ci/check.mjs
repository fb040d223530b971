// npm run check: the developer's one door. All checks and all unit tests, everything reported, red if any is red.
import { checks } from './checks.mjs';
import { ensureInstalled, ensureNode, runTool } from './house.mjs';

ensureNode();
await ensureInstalled();
const unit = {
  name: 'unit tests',
  run: () => runTool('vitest', ['run', ...process.argv.slice(2)]),
};
const failed = [];
for (const { name, run } of [...checks, unit]) {
  console.log(`\n── ${name}`);
  if ((await run()) !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nAll is well.' : `\nFailed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
