// `window.lab`, as lab/page-api.ts promises it: what it answers, that awaited calls are exact while time is stopped, and
// that bad input at any of its doors is refused in words and changes nothing.

import { expect, test, type Page } from 'playwright/test';
import { complete, openLoom, run, waitForPhase } from './live-page.ts';
import { eventfulRecording, inNode } from './recordings.ts';
import type { Recording } from '../src/sim/recording.ts';

/** A stopped cluster at its opening instant: the same on every page. */
async function stoppedAtOpening(page: Page): Promise<void> {
  await openLoom(page, '?seed=31');
  await page.evaluate(async () => {
    await window.lab.stop();
    await window.lab.clusters.startOver();
  });
}

/** What a person types, with what they wait for. */
const script = async (page: Page): Promise<string> => {
  await page.evaluate(async () => {
    await window.lab.until("leader('r1') == 's1' or leader('r1') == 's2' or leader('r1') == 's3'");
    await window.lab.run('put ann 43');
    await window.lab.until('op(1).ended', { within: '5s' });
    for (let i = 0; i < 20; i++) await window.lab.step();
    await window.lab.run('kill s2');
    await window.lab.run('get ann');
    await window.lab.run('wait 1500ms');
    await window.lab.run('restart s2');
    await window.lab.run('wait until {op(2).ended} within 20s');
  });
  return page.evaluate(() => window.lab.hash());
};

test('while time is stopped, awaited calls are exact: the same calls, the same journal', async ({
  page,
}) => {
  await stoppedAtOpening(page);
  const opening = await page.evaluate(() => window.lab.now());
  const first = await script(page);
  await page.evaluate(() => window.lab.clusters.startOver());
  expect(await page.evaluate(() => window.lab.now())).toBe(opening);
  expect(await script(page)).toBe(first);
  const recording = JSON.parse(await page.evaluate(() => window.lab.export())) as Recording;
  expect((await inNode(recording)).hash).toBe(first);
});

test('the opening stands shortly before the first election', async ({ page }) => {
  await stoppedAtOpening(page);
  const opening = await page.evaluate(() => window.lab.now());
  const first = await page.evaluate(async () => {
    await window.lab.run('wait 200ms');
    const { records } = await window.lab.events(0);
    return records.find(({ event }) => event.type === 'raft/became-pre-candidate')?.at;
  });
  expect(first).toBe(opening * 1000 + 150_000);
});

test('a write is read back, and every record of it can be looked up', async ({ page }) => {
  await stoppedAtOpening(page);
  expect(await complete(page, 'put ann 43')).toMatchObject({ status: 'ok' });
  const { first, next } = await page.evaluate(() => window.lab.events(0));
  expect(first).toBe(0);
  const newest = await page.evaluate((n) => window.lab.events(n), next - 5);
  expect(newest.records.map(({ n }) => n)).toEqual([5, 4, 3, 2, 1].map((back) => next - back));
  expect(await complete(page, 'get ann')).toMatchObject({ result: { value: '43' } });
  await page.waitForFunction(() => window.lab.idle().then(({ idle }) => idle), null, {
    polling: 50,
  });
  await run(page, 'get ann');
  expect(await page.evaluate(() => window.lab.idle())).toMatchObject({
    idle: false,
    why: expect.stringContaining('Operation 3'),
  });
});

test('looking, moving time and refused commands are not recorded', async ({ page }) => {
  await stoppedAtOpening(page);
  const commands = async () => {
    const text = await page.evaluate(() => window.lab.export());
    return (JSON.parse(text) as Recording).commands.length;
  };
  await page.evaluate(async () => {
    await window.lab.state();
    await window.lab.run('help');
    await window.lab.run('wait 100ms');
    await window.lab.run('restart s1');
    await window.lab.run('kil s1');
  });
  expect(await commands()).toBe(0);
  await run(page, 'kill s1');
  expect(await commands()).toBe(1);
});

test('a recording that is exported opens elsewhere with the same journal, and goes on', async ({
  page,
}) => {
  const { recording, hash } = await eventfulRecording(33);
  await openLoom(page, '?seed=31');
  await page.evaluate(() => window.lab.stop());
  const text = JSON.stringify(recording);
  expect(await page.evaluate((json) => window.lab.import(json), text)).toEqual({ ok: true });
  expect(await page.evaluate(() => window.lab.hash())).toBe(hash);
  expect(await complete(page, 'put zoe 1')).toMatchObject({ status: 'ok' });
  await page.reload();
  expect((await waitForPhase(page, 'running')).notices).toEqual([]);
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get zoe')).toMatchObject({ result: { value: '1' } });
});

test('bad input is refused in words, and nothing is lost', async ({ page }) => {
  await stoppedAtOpening(page);
  const before = await page.evaluate(async () => [
    await window.lab.hash(),
    window.lab.status().cluster?.id,
  ]);
  const lines = [
    'kil s1',
    'kill s9',
    'put',
    'put ann',
    'wait soon',
    'cut s1 s1',
    'restart s1',
    'x'.repeat(99_999),
  ];
  for (const line of lines) {
    const answer = await page.evaluate((text) => window.lab.run(text), line);
    expect(answer, line.slice(0, 20)).toMatchObject({ ok: false });
    expect(answer.ok ? '' : answer.reason.length, line.slice(0, 20)).toBeGreaterThan(10);
  }
  const { recording } = await eventfulRecording(1);
  const [firstCommand] = recording.commands;
  const recordings: unknown[] = [
    'no json',
    { format: 'loom-recording/9' },
    { ...recording, seed: -1 },
    { ...recording, cluster: { ...recording.cluster, stores: 40 } },
    { ...recording, commands: [{ ...firstCommand, command: { type: 'kill', node: 's9' } }] },
    { ...recording, commands: [{ ...firstCommand, command: { type: 'restart', node: 's1' } }] },
  ];
  for (const [i, bad] of recordings.entries()) {
    const answer = await page.evaluate((data) => window.lab.import(data), bad);
    expect(answer, `recording ${i}`).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/.{15}/),
    });
  }
  expect(await page.evaluate(() => window.lab.until('1 +'))).toMatchObject({ met: false });
  expect(await page.evaluate(() => window.lab.until('true', { within: 'soon' }))).toMatchObject({
    met: false,
  });
  for (const plan of [{ stores: 9 }, { clients: 0 }, { seed: 1.5 }, { settings: { nothing: 1 } }]) {
    const whole = { stores: 3, clients: 1, seed: 1, settings: {}, ...plan };
    const answer = await page.evaluate((what) => window.lab.clusters.create(what as never), whole);
    expect(answer, JSON.stringify(plan)).toMatchObject({ ok: false });
  }
  await waitForPhase(page, 'running');
  expect(await page.evaluate(() => window.lab.status().cluster?.id)).toBe(before[1]);
});

test('a condition that waits can be ended', async ({ page }) => {
  await stoppedAtOpening(page);
  const answer = await page.evaluate(async () => {
    const waiting = window.lab.until("leader('r1') == 's9'", { within: 80_000_000 });
    await window.lab.cancel();
    return waiting;
  });
  expect(answer).toMatchObject({ met: false, why: expect.stringContaining('ended') });
});
