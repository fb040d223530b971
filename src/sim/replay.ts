// Running a recording again: the same seed, the same cluster, each command after the same input. What follows is the
// same journal, byte for byte.

import type { Micros } from '../tikv/ids.ts';
import { Conductor, type ConductorOptions } from './conductor.ts';
import { compareKeys, justAfter, startOf, type InputKey } from './key.ts';
import type { Recording, TimedCommand } from './recording.ts';

export interface ReplayOptions extends Omit<ConductorOptions, 'seed' | 'cluster' | 'base'> {
  /** Stop before this key in place of the recording's end; commands that stand later are left out. */
  readonly until?: InputKey;
  /** Called between stretches with what share of the commands and the time is done; may give the thread away. */
  readonly onProgress?: (done: { commands: number; at: number }) => void | Promise<void>;
}

/** Time runs in stretches of this length between two calls of `onProgress`. */
const STRETCH = 1_000_000;

/** A refused command means that the recording was made by another engine, or changed by hand. */
export class ReplayRefused extends Error {
  override readonly name = 'ReplayRefused';
}

/**
 * The conductor at the recording's end (or before `until`).
 * @throws ReplayRefused with the number of the command that cannot be done where it stands.
 */
export async function replay(recording: Recording, options: ReplayOptions): Promise<Conductor> {
  const { until, onProgress, ...rest } = options;
  const { seed, cluster, base } = recording;
  const conductor = await Conductor.start({
    ...rest,
    seed,
    cluster,
    ...(base === undefined ? {} : { base }),
  });
  const run = async (to: InputKey, commands: number): Promise<void> => {
    for (
      let stop = startOf(conductor.now + STRETCH);
      compareKeys(stop, to) < 0;
      stop = startOf(stop[0] + STRETCH)
    ) {
      await conductor.advanceBefore(stop);
      await onProgress?.({ commands, at: stop[0] });
    }
    await conductor.advanceBefore(to);
  };
  for (const [i, timed] of recording.commands.entries()) {
    const stand = timed.after === null ? startOf(timed.at) : justAfter(timed.after);
    if (until !== undefined && compareKeys(stand, until) > 0) break;
    await run(stand, i);
    conductor.moveTo(timed.at);
    await giveAgain(conductor, timed, i + 1);
    await onProgress?.({ commands: i + 1, at: timed.at });
  }
  if (until !== undefined) await run(until, recording.commands.length);
  else if (recording.end !== null) {
    await run(
      recording.end.after === null ? startOf(0) : justAfter(recording.end.after),
      recording.commands.length,
    );
    conductor.moveTo(recording.end.at);
  }
  return conductor;
}

async function giveAgain(
  conductor: Conductor,
  { command }: TimedCommand,
  number: number,
): Promise<void> {
  const given = await conductor.give(command);
  if (!given.ok)
    throw new ReplayRefused(
      `Command ${number} (${command.type}) cannot be done here: ${given.reason}`,
    );
}

/** A past moment of a recording: everything up to the instant, or up to so many records of its journal. */
export interface Cut {
  readonly at: Micros;
  /** How many records there were; the last of them is of this instant, or of one before. Null: all up to the instant. */
  readonly records: number | null;
}

/**
 * The conductor at a past moment: its recording is the recording up to there. An input is run whole or not at all, so
 * where the last record is in the midst of what one input told, what else that input told is there too.
 */
export async function replayTo(
  recording: Recording,
  { at, records }: Cut,
  options: Omit<ReplayOptions, 'until'>,
): Promise<Conductor> {
  const last = records === null ? at + 1 : at;
  const before = recording.commands.filter((timed) => timed.at < last);
  const history = { ...recording, commands: before, end: null };
  const conductor = await replay(history, { ...options, until: startOf(last) });
  if (records !== null) {
    const then = recording.commands.filter((timed) => timed.at === at);
    while (conductor.records < records && (await oneMore(conductor, then, at)));
  }
  conductor.moveTo(at);
  return conductor;
}

/** One command or one input of the instant, whichever stands first; false: there is none left. */
async function oneMore(conductor: Conductor, then: TimedCommand[], at: Micros): Promise<boolean> {
  const [next] = then;
  const after = conductor.recording().end?.after ?? null;
  const isDue =
    next !== undefined &&
    (next.after === null || (after !== null && compareKeys(next.after, after) <= 0));
  if (isDue) {
    then.shift();
    conductor.moveTo(at);
    await giveAgain(conductor, next, conductor.recording().commands.length + 1);
    return true;
  }
  return conductor.nextAt() === at && conductor.step();
}
