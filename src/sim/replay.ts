// Running a recording again: the same seed, the same cluster, each command after the same input. What follows is the
// same journal, byte for byte.

import { Conductor, type ConductorOptions } from './conductor.ts';
import { compareKeys, justAfter, startOf, type InputKey } from './key.ts';
import type { Recording } from './recording.ts';

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
    const given = await conductor.give(timed.command);
    if (!given.ok)
      throw new ReplayRefused(
        `Command ${i + 1} (${timed.command.type}) cannot be done here: ${given.reason}`,
      );
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
