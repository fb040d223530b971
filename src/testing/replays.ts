// A recording run again: as it was lived, with time cut into other windows, and with everything saved and loaded in
// between. Each way gives the hash of the journal.

import { below, between, newChance } from '../base/chance.ts';
import { Conductor } from '../sim/conductor.ts';
import { justAfter } from '../sim/key.ts';
import { memoryHosts, type MemoryHostsOptions } from '../sim/memory-hosts.ts';
import type { Recording, TimedCommand } from '../sim/recording.ts';
import { replay } from '../sim/replay.ts';

/** To the place of a command; nothing behind it has run. */
async function goTo(
  conductor: Conductor,
  place: Pick<TimedCommand, 'at' | 'after'>,
): Promise<void> {
  if (place.after !== null) await conductor.advanceBefore(justAfter(place.after));
  conductor.moveTo(place.at);
}

/** What is wrong with a journal that has this hash; null: the recording gives it again. */
export async function replayProblem(recording: Recording, hash: string): Promise<string | null> {
  const again = (await replay(recording, { hosts: memoryHosts() })).hash();
  return again === hash ? null : `the same recording gives ${again} in place of ${hash}`;
}

/** One input at a time or in random windows between its commands. */
export async function inCuts(
  recording: Recording,
  seed: number,
  options: MemoryHostsOptions = {},
): Promise<string> {
  const { cluster } = recording;
  const hosts = memoryHosts(options);
  const conductor = await Conductor.start({ seed: recording.seed, cluster, hosts });
  const chance = newChance(seed, 'cuts');
  for (const timed of recording.commands) {
    for (;;) {
      const next = conductor.nextAt();
      // An input at the command's own instant may stand on either side of it.
      if (next === null || next >= timed.at) break;
      if (below(chance, 2) === 0) await conductor.step();
      else
        await conductor.advance(Math.min(timed.at - 1, conductor.now + between(chance, 1, 40_000)));
    }
    await goTo(conductor, timed);
    await conductor.give(timed.command);
  }
  if (recording.end !== null) await goTo(conductor, recording.end);
  return conductor.hash();
}

/** At random events the whole simulation becomes JSON text, and a new one goes on from it. */
export async function withSaves(
  recording: Recording,
  seed: number,
  options: MemoryHostsOptions = {},
): Promise<string> {
  const { cluster } = recording;
  const chance = newChance(seed, 'saves');
  let hosts = memoryHosts(options);
  let conductor = await Conductor.start({ seed: recording.seed, cluster, hosts });
  const reload = async (): Promise<void> => {
    const saved = JSON.parse(JSON.stringify(await conductor.save()));
    hosts = memoryHosts({ ...options, images: JSON.parse(JSON.stringify(hosts.images())) });
    conductor = await Conductor.load({ seed: recording.seed, cluster, hosts }, saved);
  };
  for (const timed of recording.commands) {
    while (below(chance, 3) > 0 && (conductor.nextAt() ?? timed.at) < timed.at) {
      await conductor.step();
      if (below(chance, 4) === 0) await reload();
    }
    await goTo(conductor, timed);
    await reload();
    await conductor.give(timed.command);
  }
  if (recording.end !== null) await goTo(conductor, recording.end);
  return conductor.hash();
}
