// The same recording gives the same journal: in Node, with all nodes in one worker, with a worker for each node over
// IndexedDB; stepped, at 1 s = 1 s, and as fast as it goes. LOOM_SEEDS says how many seeds.

import { expect, test, type Page } from 'playwright/test';
import { openLoom } from './live-page.ts';
import {
  countOf,
  eventfulRecording,
  growingRecording,
  inNode,
  MEMBERS_TOLD,
  membersRecording,
  type Recorded,
} from './recordings.ts';
import type { Recording } from '../src/sim/recording.ts';

test.describe.configure({ timeout: 480_000 });

/** Follows the recording on the page to its end; the hash there. */
async function followed(
  page: Page,
  recording: Recording,
  speed: number | 'max' | 'stepped',
): Promise<string> {
  await page.evaluate(() => window.lab.stop());
  const opened = await page.evaluate(
    (data) => window.lab.follow(data as Recording),
    recording as unknown,
  );
  expect(opened).toEqual({ ok: true });
  if (speed === 'stepped') {
    await page.evaluate(async () => {
      while ((await window.lab.step()).moved);
    });
  } else {
    await page.evaluate((at) => window.lab.play(at), speed);
    await page.waitForFunction(() => !window.lab.status().playing, null, { timeout: 400_000 });
  }
  expect(await page.evaluate(() => window.lab.now())).toBe((recording.end?.at ?? 0) / 1000);
  return page.evaluate(() => window.lab.hash());
}

const seeds = Array.from({ length: countOf('LOOM_SEEDS', 3) }, (_, i) => i + 1);

/** Every host and every speed comes to the hash that Node has. */
async function oneJournal(page: Page, { recording, hash }: Recorded): Promise<void> {
  const status = await openLoom(page);
  expect([status.host, status.storage.kind]).toEqual(['workers', 'indexeddb']);
  for (const speed of ['stepped', 1000, 'max'] as const)
    expect(await followed(page, recording, speed), `a worker for each node, ${speed}`).toBe(hash);
  const inWorkers = await page.evaluate(() => window.lab.hosts());
  expect(inWorkers.every(({ worker, status: is }) => worker === (is !== 'down'))).toBe(true);

  expect((await openLoom(page, '?host=one')).host).toBe('one');
  for (const speed of ['stepped', 'max'] as const)
    expect(await followed(page, recording, speed), `one worker, ${speed}`).toBe(hash);

  expect((await openLoom(page, '?storage=memory')).storage.kind).toBe('memory');
  expect(await followed(page, recording, 'max'), 'in memory').toBe(hash);
}

for (const seed of seeds) {
  test(`seed ${seed}: one journal in Node, in one worker, and in a worker for each node`, async ({
    page,
  }) => oneJournal(page, await eventfulRecording(seed)));

  test(`seed ${seed}: one journal while members, leaders, snapshots and clocks change`, async ({
    page,
  }) => {
    const recorded = await membersRecording(seed);
    const { hash, records } = await inNode(recorded.recording);
    expect(hash).toBe(recorded.hash);
    const told = new Set(records.map(({ event }) => event.type));
    expect(MEMBERS_TOLD.filter((type) => !told.has(type))).toEqual([]);
    await oneJournal(page, recorded);
  });
}

test('a cluster that splits, grows and is emptied: one journal, and disks of all stores, in every host', async ({
  page,
}) => {
  const { recording, hash } = await growingRecording(1);
  const { records } = await inNode(recording);
  const types = new Set(records.map(({ event }) => event.type));
  for (const type of ['pd/split-reported', 'raftstore/snapshot-installed', 'pd/operator-ended'])
    expect(types, 'the recording is eventful').toContain(type);
  await openLoom(page);
  expect(await followed(page, recording, 'max'), 'a worker for each node').toBe(hash);
  const nodes = await page.evaluate(() => window.lab.hosts());
  expect(nodes.map(({ node }) => node)).toContain('s5');
  expect(nodes.every(({ worker }) => worker)).toBe(true);
  await openLoom(page, '?host=one');
  expect(await followed(page, recording, 'max'), 'one worker').toBe(hash);
});
