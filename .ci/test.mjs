// npm test: everything that is checked, from a fresh clone, with one last line that counts it.
//   npm test                       checks, unit tests, build, page tests
//   npm test -- checks             one part of it: checks, unit or browser
//   npm test -- unit raft          what follows a part goes to its runner: here, the test files with `raft` in their path
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { checks } from './checks.mjs';
import { ensureChromium } from './chromium.mjs';
import { cache, ensureInstalled, ensureNode, runTool } from './house.mjs';

/** @typedef {{ passed: number, failed: number }} Count */

ensureNode();
await ensureInstalled();
mkdirSync(cache, { recursive: true });

const parts = { checks: runChecks, unit: runUnitTests, browser: runPageTests };
const [first = '', ...others] = process.argv.slice(2);
const wanted = Object.keys(parts).includes(first) ? [first] : Object.keys(parts);
const passedOn = wanted.length === 1 ? others : process.argv.slice(2);
/** @type {Count} */
const total = { passed: 0, failed: 0 };
for (const [name, part] of Object.entries(parts)) {
  if (!wanted.includes(name)) continue;
  const count = await part(passedOn).catch((error) => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  total.passed += count.passed;
  total.failed += count.failed;
}
process.exitCode = total.failed === 0 ? 0 : 1;
console.log(`\n${total.passed} passed, ${total.failed} failed`);

/** @returns {Promise<Count>} one for each check */
async function runChecks() {
  const count = { passed: 0, failed: 0 };
  for (const { name, run } of checks) {
    say(name);
    if ((await run()) === 0) count.passed++;
    else count.failed++;
  }
  return count;
}

/** @param {string[]} args @returns {Promise<Count>} */
async function runUnitTests(args) {
  say('unit tests');
  const report = join(cache, 'unit.json');
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runTool('vitest', ['run', '--passWithNoTests', ...reporters, ...args]);
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that does not even load has failed and holds no failed test.
  const unloadable = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  return settle({ passed: numPassedTests, failed: numFailedTests + unloadable }, code);
}

/** @param {string[]} args @returns {Promise<Count>} the build counts as one */
async function runPageTests(args) {
  say('page tests');
  const chromium = await ensureChromium();
  if (!chromium) return { passed: 0, failed: 1 };
  if (!(await ensureBuilt())) return { passed: 0, failed: 1 };
  const report = join(cache, 'page.json');
  rmSync(report, { force: true });
  const options = ['-c', 'e2e', '--pass-with-no-tests', '--reporter=list,json'];
  const env = { LOOM_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  const code = await runTool('playwright', ['test', ...options, ...args], { env });
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = stats.unexpected + stats.flaky + errors.length;
  return settle({ passed: stats.expected + 1, failed }, code);
}

/** A runner that ends badly has failed, whatever it counted. @param {Count} count @param {number} code */
function settle(count, code) {
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

/** @param {string} title */
function say(title) {
  console.log(`\n── ${title}`);
}
