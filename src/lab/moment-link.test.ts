import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mutated } from '../testing/mutated.ts';
import { resum } from '../testing/resum-link.ts';
import { labOf, runAll } from '../testing/lab-of.ts';
import type { JournalRecord } from '../sim/record.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { replay } from '../sim/replay.ts';
import { readLink, writeLink } from './moment-link.ts';
import { readRecording } from './recording-format.ts';

async function linkOf(lines: readonly string[] = []): Promise<string> {
  const lab = await labOf(11);
  await runAll(lab, ["wait until {leader('r1')}", 'put ann 43', 'kill s2', 'wait 1s', ...lines]);
  const made = lab.link();
  if (!made.ok) throw new Error(made.reason);
  return made.fragment;
}

describe('a link to a moment', () => {
  test('leads to the same journal', async () => {
    const lab = await labOf(11);
    await runAll(lab, ["wait until {leader('r1')}", "put 'ключ' '\\xff'", 'wait 777ms', 'kill s2']);
    const made = lab.link();
    if (!made.ok) throw new Error(made.reason);
    expect(made.fragment).toMatch(/^#m=1\.[\w-]+\.[0-9a-f]{8}$/);
    const read = readLink(`https://loom.example/${made.fragment}`);
    if (!read.ok) throw new Error(read.reason);
    const { recording, hash, build } = read.moment;
    expect(recording).toEqual(lab.conductor.recording());
    const again = await replay(recording, { hosts: memoryHosts() });
    expect([again.hash(), again.now, build]).toEqual([hash, lab.conductor.now, 'test']);
  });

  test('leads to a past moment: its commands, its instant, the hash of the records up to it', async () => {
    const records: JournalRecord[] = [];
    const lab = await labOf(11, {}, (batch) => records.push(...batch));
    await runAll(lab, ["wait until {leader('r1')}", 'put ann 43', 'kill s2', 'wait 1s']);
    const then = { hash: lab.hash(), at: lab.conductor.now, commands: 2 };
    await runAll(lab, ['wait 1ms', 'restart s2', 'put ann 44', 'wait 2s']);
    const now = lab.hash();
    const answer = await lab.run(`share at ${then.at / 1000}ms`);
    if (!answer.ok || answer.kind !== 'link') throw new Error(JSON.stringify(answer));
    expect(answer.moment * 1000).toBe(then.at);
    const read = readLink(answer.fragment);
    if (!read.ok) throw new Error(read.reason);
    const { recording, hash } = read.moment;
    expect([hash, recording.end?.at, recording.commands.length]).toEqual([
      then.hash,
      then.at,
      then.commands,
    ]);
    const again = await replay(recording, { hosts: memoryHosts() });
    expect([again.hash(), again.now]).toEqual([then.hash, then.at]);
    // Nothing was done to what is now.
    expect([lab.hash(), lab.conductor.recording().commands.length]).toEqual([now, 4]);

    // By a record in the midst of what one input told: to the end of that input.
    const vote = records.find(({ event }) => event.type === 'raft/became-leader')?.n ?? 0;
    const made = await lab.linkTo({ at: records[vote]?.at ?? 0, records: vote + 1 });
    if (!made.ok) throw new Error(made.reason);
    expect(made.at).toBe(records[vote]?.at);
    const led = readLink(made.fragment);
    expect(led.ok && led.moment.recording.commands).toEqual([]);
  });

  test('a moment that has not been is refused; whoever leaves the making is told so', async () => {
    const lab = await labOf(11);
    await runAll(lab, ['wait 3s']);
    expect(await lab.run('share at 4s')).toMatchObject({
      ok: false,
      reason: 'It is 3.000 s: a link leads to a moment that has been.',
    });
    const making = lab.linkTo({ at: 2_500_000, records: null });
    lab.cancel();
    expect(await making).toEqual({
      ok: false,
      reason: 'The link was not waited for.',
      recording: null,
    });
  });

  test('the same moment gives the same link, and a short one', async () => {
    const link = await linkOf();
    expect(await linkOf()).toBe(link);
    expect(link.length).toBeLessThan(600);
  });

  test('damaged, cut short, of another format: what is so and what can be done', async () => {
    const link = await linkOf();
    const reasonOf = (text: string) => {
      const read = readLink(text);
      return read.ok ? 'it was read' : read.reason;
    };
    const at = link.indexOf('.') + 40;
    const flipped = `${link.slice(0, at)}${link[at] === 'A' ? 'B' : 'A'}${link.slice(at + 1)}`;
    expect(reasonOf(flipped)).toMatch(/^This link is damaged: its checksum does not match\. Copy/);
    expect(reasonOf(link.slice(0, 60))).toMatch(/^This link is cut short: its end is missing\./);
    expect(reasonOf(link.slice(0, -3))).toMatch(/^This link is cut short/);
    expect(reasonOf('#m=')).toMatch(/^This is no link to a moment/);
    expect(reasonOf('')).toMatch(/^This is no link to a moment/);
    expect(reasonOf(`#m=${'x'.repeat(300_000)}`)).toMatch(/300000 characters/);
  });

  test('a link of another format says so', async () => {
    const lab = await labOf(11);
    const made = lab.link();
    if (!made.ok) throw new Error(made.reason);
    // Its own checksum holds: it is whole, and of another time.
    expect(readLink(resum(made.fragment.replace('#m=1.', '#m=0.')))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/format 0 of an older Loom; this one reads 1/),
    });
    expect(readLink(resum(made.fragment.replace('#m=1.', '#m=2.')))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/format 2; this Loom reads 1\. Open it with a newer Loom/),
    });
    expect(readLink(resum('#m=1.AAAA.00000000'))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/its content cannot be read/),
    });
  });

  test('a recording that is no good is refused in its own words', async () => {
    const lab = await labOf(11);
    const recording = { ...lab.conductor.recording(), seed: -1 };
    const made = writeLink({ recording, hash: '0'.repeat(16), build: 'test' });
    if (!made.ok) throw new Error(made.reason);
    expect(readLink(made.fragment)).toMatchObject({
      ok: false,
      reason: 'What this link holds is refused. seed: must be a whole number from 0 to 4294967295.',
    });
  });

  test('a history that is too long for an address says so', async () => {
    const lab = await labOf(3);
    for (let i = 0; i < 1500; i++)
      await lab.run(`put k${(i * 7919) % 104729} ${'abcdefghij'.slice(i % 9)}${i * 31}`);
    const made = lab.link();
    expect(made).toMatchObject({
      ok: false,
      reason: expect.stringMatching(
        /^The link would have \d+ characters.*as a file and send that\.$/,
      ),
    });
    // The file says the same.
    const file = made.ok ? '' : made.recording;
    expect(readRecording(file)).toEqual({ ok: true, recording: lab.conductor.recording() });
  });
});

test('1,000 mutated links: never a throw, never another moment', async () => {
  const link = await linkOf();
  const whole = readLink(link);
  let refused = 0;
  fc.assert(
    fc.property(mutated([link]), (text) => {
      const read = readLink(text);
      if (read.ok) {
        expect(read).toEqual(whole);
        return;
      }
      refused += 1;
      expect(read.reason).toMatch(/^This (is no )?link.*\.$/);
    }),
    { numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(800);
});
