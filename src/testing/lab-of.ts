// A lab over a cluster in memory, for tests.

import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { ClusterConfig } from '../sim/recording.ts';
import { Lab } from '../lab/lab.ts';

/** `watch` hears of every record after the lab has. */
export async function labOf(
  seed = 7,
  cluster: Partial<ClusterConfig> = {},
  watch: (records: readonly JournalRecord[]) => void = () => undefined,
): Promise<Lab> {
  const lab = new Lab({ loom: 'test', build: 'test', paced: true });
  lab.attach(
    await Conductor.start({
      seed,
      cluster: { stores: 3, clients: 2, settings: {}, ...cluster },
      hosts: memoryHosts(),
      onRecords: (records) => {
        lab.take(records);
        watch(records);
      },
    }),
  );
  return lab;
}

/** Runs lines that must be taken. */
export async function runAll(lab: Lab, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const answer = await lab.run(line);
    if (!answer.ok) throw new Error(`${line}: ${answer.reason}`);
  }
}
