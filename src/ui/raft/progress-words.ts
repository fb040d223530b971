// What a leader knows of a follower, in words: raft-rs's states by their names, the window. In full, and
// for narrow places.

import type { PeerProgress, Replica } from '../../projections/raft.ts';
import type { World } from '../../projections/world.ts';
import { capital, commas } from '../../projections/words/format.ts';

const inWindow = (world: World, { inflight }: PeerProgress): string =>
  `${inflight} of ${world.settings['raftstore.raft-max-inflight-msgs']}`;

/** `Replicate, 2 in flight` · `Probe, waits` · `Snapshot to 40` */
export function progressWords(line: PeerProgress): string {
  switch (line.state) {
    case 'replicate':
      return line.paused ? `Replicate, window full` : `Replicate, ${line.inflight} in flight`;
    case 'probe':
      return `Probe${line.paused ? ', waits' : ''}`;
    case 'snapshot':
      return `Snapshot to ${commas(line.pendingSnapshot)}`;
  }
}

/** `Repl 2/4` · `Probe ‖` · `Snap 40` */
export function shortProgress(world: World, line: PeerProgress): string {
  switch (line.state) {
    case 'replicate':
      return `Repl ${inWindow(world, line).replace(' of ', '/')}`;
    case 'probe':
      return `Probe${line.paused ? ' ‖' : ''}`;
    case 'snapshot':
      return `Snap ${commas(line.pendingSnapshot)}`;
  }
}

/** Each part with its name, for the table of a leader. */
export const progressCells = (world: World, line: PeerProgress): string[] => [
  [
    capital(line.state),
    ...(line.state === 'snapshot' ? [`to ${commas(line.pendingSnapshot)}`] : []),
    ...(line.paused && line.state !== 'snapshot' ? ['paused'] : []),
  ].join(', '),
  commas(line.matched),
  commas(line.next),
  inWindow(world, line).replace(' of ', '/'),
  line.recentActive ? 'yes' : 'no',
];

/** What a replica that neither leads nor asks is to its Region. */
export function memberWord(replica: Replica): string {
  const { members, peer, initialized, arriving, installing } = replica;
  if (!initialized) return 'empty';
  if (arriving !== null || installing !== null) return 'snapshot';
  if (members.learners.includes(peer)) return 'learner';
  if (members.demoting.includes(peer)) return 'leaves';
  if (members.outgoing.length > 0 && !members.outgoing.includes(peer)) return 'new voter';
  return 'follower';
}

const STAGES = { kv: 1, raft: 2, data: 3 } as const;

/**
 * `snapshot to 44, 3 of 8 chunks` while it comes; then `snapshot to 44, step 2 of 3`: announced to the kv engine, the old log
 * cleared, the data exchanged.
 */
export function installWords({ arriving, installing }: Replica): string | null {
  if (installing !== null)
    return `snapshot to ${commas(installing.index)}, step ${STAGES[installing.stage]} of 3`;
  return arriving === null
    ? null
    : `snapshot to ${commas(arriving.index)}, ${arriving.chunk} of ${arriving.chunks} chunks`;
}
