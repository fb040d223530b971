// Every example that help shows runs, and an operation that it begins ends well.

import { expect, test } from 'vitest';
import { labOf, runAll } from '../testing/lab-of.ts';
import { completions } from './completions.ts';
import { exampleNow, helpText, VERBS } from './verbs/all.ts';

test.each(VERBS.map((verb) => ({ word: verb.word, verb })))('$word', async ({ verb }) => {
  const lab = await labOf(7, { clients: 1 });
  await runAll(lab, ["wait until {leader('r1')}", 'put ann 43', 'wait until {quiet()}']);
  await runAll(lab, ['put bob 1', 'wait until {messages().length > 0}']);
  for (const line of verb.before ?? []) await runAll(lab, [line, 'wait 100ms']);
  const line = exampleNow(verb, lab.world);
  expect(helpText(verb.word, lab.world)).toContain(`Try: ${line}`);
  const answer = await lab.run(line);
  expect(answer, JSON.stringify(answer)).toMatchObject({ ok: true });
  if (!answer.ok || answer.kind !== 'command' || answer.op === null) return;
  await lab.until(`op(${answer.op}).ended`, { within: '20s' });
  expect(await lab.until(`op(${answer.op}).ok`, { within: 0 })).toMatchObject({ met: true });
});

test('completion knows each word', async () => {
  const lab = await labOf(7, { clients: 1 });
  await lab.run('wait 3s');
  for (const { word } of VERBS)
    expect(completions(word, word.length, lab.world).options.map(({ text }) => text)).toContain(
      word,
    );
});

test.each([
  'pd-ctl -u http://127.0.0.1:2379 store 1',
  'pd-ctl operator add transfer-leader 1 2',
  'tiup ctl:v8.5.0 pd -u http://127.0.0.1:2379 region key ann',
  'pd-ctl scheduler show',
  'pd-ctl config show',
  'tikv-ctl --host 127.0.0.1:20160 compact 1 at s1',
])('a line from the manual runs: %s', async (line) => {
  const lab = await labOf(7, { clients: 1 });
  await runAll(lab, ["wait until {leader('r1')}", 'put ann 43', 'wait until {quiet()}']);
  const answer = await lab.run(line);
  expect(answer, JSON.stringify(answer)).toMatchObject({ ok: true });
});

test('no word stands for two things', () => {
  const words = VERBS.flatMap((verb) => [verb.word, ...verb.aliases]);
  expect(new Set(words).size).toBe(words.length);
});

test('help of a word, of a mistyped word, of all words', () => {
  expect(helpText('del')).toBe(
    'delete KEY\nTakes a key and its value away.\nAlso: del\nTry: delete ann',
  );
  expect(helpText('partion')).toContain('Did you mean `partition`?');
  expect(helpText(null)).toContain('  partition NODE,NODE|NODE,NODE [--oneway]');
});
