// How a snapshot that has arrived gets into a store: the kv engine says that it is under way, the raft engine drops the
// old log, and only then the data are exchanged. A power loss at any of these points is found at the next start and gone
// on from. Nothing is acknowledged before the data are there. (TiKV: peer_storage.rs apply_snapshot, worker/region.rs)
//
//   kv:   Applying, apply state, raft state to come, the data   synced
//   raft: log cleared, raft state                               synced, once the first is durable
//   kv:   old data out, new data in, Normal                     synced, once the second is durable

import { must } from '../../base/assert.ts';
import type { RegionId } from '../ids.ts';
import type { Message } from '../raft/message.ts';
import type { Ready } from '../raft/ready.ts';
import type { Engines } from './engines.ts';
import type { PeerStorage } from './peer-storage.ts';
import type { Region } from './region.ts';
import { decodeSnapshotData } from './snapshot-data.ts';
import { stageClear } from './stale-data.ts';

export interface Installing {
  readonly stage: 'kv' | 'raft' | 'data';
  /** The write that has to be durable before the next stage; 0: none. */
  readonly write: number;
  /** The Ready that brought it; 0: it was found on the disk. */
  readonly number: number;
  readonly index: number;
  readonly term: number;
  /** What may be said once it is done. */
  readonly messages: readonly Message[];
  /** The Region as it was here before; null: there was none. */
  readonly before: Region | null;
}

interface Place {
  readonly engines: Engines;
  readonly storage: PeerStorage;
  readonly regionId: RegionId;
}

/** The first write; in memory the snapshot has taken the place of the log from here on. */
export function beginInstall({ engines, storage, regionId }: Place, ready: Ready): Installing {
  const { data, metadata } = must(ready.snapshot, 'the snapshot of the Ready');
  const { index, term } = metadata;
  const { region } = decodeSnapshotData(data);
  const before = storage.initialized ? storage.region : null;
  const hardState = ready.hs ?? storage.hardState;
  storage.replace(ready.entries, hardState, index);
  const applyState = {
    appliedIndex: index,
    commitIndex: index,
    commitTerm: term,
    truncatedState: { index, term },
  };
  const write = engines.writeKv(
    {
      regionState: [regionId, { state: 'Applying', region }],
      applyState: [regionId, applyState],
      snapRaftState: [
        regionId,
        { hardState: { ...hardState, commit: index }, lastIndex: index, data },
      ],
    },
    true,
  );
  const { number, persistedMessages } = ready;
  return { stage: 'kv', write, number, index, term, messages: [...persistedMessages], before };
}

/** One that a power loss has interrupted. The raft engine has been brought up to date before. */
export function resumeInstall({ engines, storage, regionId }: Place, write: number): Installing {
  const { appliedIndex: index, commitTerm: term } = storage.applyState;
  const before = must(engines.regionState(regionId), 'the Region that was being installed').region;
  return { stage: 'raft', write, number: 0, index, term, messages: [], before };
}

/** The second write. */
export function clearLog({ engines, storage, regionId }: Place, at: Installing): Installing {
  const write = engines.writeRaft(
    { regionId, entries: [...engines.log(regionId)], state: storage.raftState, clear: true },
    true,
  );
  return { ...at, stage: 'raft', write };
}

/** The third write. */
export function exchangeData({ engines, regionId }: Place, at: Installing): Installing {
  const snap = must(engines.snapRaftState(regionId), 'the snapshot that is being installed');
  const { region, pairs } = decodeSnapshotData(snap.data);
  for (const range of at.before === null ? [region] : [at.before, region])
    stageClear(engines, range);
  for (const [cf, key, value] of pairs) engines.stage({ type: 'put', cf, key, value });
  const write = engines.writeKv(
    { regionState: [regionId, { state: 'Normal', region }], snapRaftState: [regionId, null] },
    true,
  );
  return { ...at, stage: 'data', write };
}
