// Console and `lab.run` leave the line of the table that the page's tests use as well.

import { expect, test } from 'vitest';
import { labOf, runAll } from '../testing/lab-of.ts';
import { SAME_LINES, STAND, type SameLine } from '../testing/same-line.ts';
import type { Command } from '../sim/command.ts';
import { readLine } from './console.ts';
import type { Lab } from './lab.ts';
import { printCommand } from './print-command.ts';

async function stand(): Promise<Lab> {
  const { seed, stores, clients, lines } = STAND;
  const lab = await labOf(seed, { stores, clients });
  await runAll(lab, lines);
  return lab;
}

/** A Raft message that is under way. */
async function messageOf(lab: Lab): Promise<string> {
  await lab.until("messages().some(m => m.kind == 'heartbeat')");
  const flight = Object.values(lab.world.flights).find(({ kind }) => kind === 'heartbeat');
  return flight?.id ?? '';
}

async function given(row: SameLine): Promise<{ lab: Lab; line: string; recorded: string }> {
  const lab = await stand();
  const message = row.line.includes('MESSAGE') ? await messageOf(lab) : '';
  const at = (line: string) => line.replace('MESSAGE', message);
  await runAll(lab, (row.before ?? []).map(at));
  return { lab, line: at(row.line), recorded: at(row.recorded ?? row.line) };
}

test.each(SAME_LINES)('$name: $line', async (row) => {
  const typed = await given(row);
  expect(await typed.lab.run(typed.line)).toMatchObject({
    ok: true,
    kind: 'command',
    line: typed.recorded,
  });
  const command = typed.lab.conductor.recording().commands.at(-1)?.command as Command;
  expect(printCommand(command)).toBe(typed.recorded);
  expect(readLine(typed.recorded, typed.lab.names())).toMatchObject({
    ok: true,
    action: { type: 'command', command },
  });
  // What a button gives is the command itself: the same line, and the same recording.
  const pressed = await given(row);
  expect(await pressed.lab.give(command)).toMatchObject({ ok: true, line: typed.recorded });
  expect(pressed.lab.export()).toBe(typed.lab.export());
});

/** Hosts alone give these. */
const NEVER_TYPED: readonly Command['type'][] = ['power-cut', 'crash'];

test('every command that people can give has a row', async () => {
  const lab = await stand();
  const types = new Set<string>();
  for (const { line } of SAME_LINES) {
    const read = readLine(line.replace('MESSAGE', 's1#1'), lab.names());
    if (read.ok && read.action.type === 'command') types.add(read.action.command.type);
  }
  const all: Record<Command['type'], true> = {
    ...{ kill: true, restart: true, pause: true, resume: true, destroy: true, partition: true },
    ...{ isolate: true, heal: true, latency: true, loss: true, cut: true, mend: true, link: true },
    ...{ drop: true, duplicate: true, delay: true, deliver: true, hold: true, release: true },
    ...{
      'hold-kind': true,
      'release-kind': true,
      disk: true,
      skew: true,
      request: true,
      campaign: true,
      admin: true,
    },
    ...{ pd: true, join: true, load: true, 'load-stop': true },
    ...{ 'set-timer': true, mutate: true, 'config-set': true, 'power-cut': true, crash: true },
  };
  const missing = (Object.keys(all) as Command['type'][]).filter(
    (type) => !types.has(type) && !NEVER_TYPED.includes(type),
  );
  expect(missing).toEqual([]);
});
