// What happens in a store. Events of the Raft core are wrapped with the Region and peer that they belong to.

import type { Bytes } from '../../base/bytes.ts';
import type { Micros, PeerId, RegionId, StoreId } from '../ids.ts';
import type { RaftEvent } from '../raft/event.ts';
import type { RegionError } from './message.ts';
import type { Region } from './region.ts';
import type { Verdict } from './rules.ts';
import type { StaleState } from './stale-state.ts';

/**
 * Every event of the Raft core carries its Region. Whose peer it is says the record's node: a store has one peer of a
 * Region. (`peer` in `raft/progress-changed` is the follower that the leader speaks of.)
 */
export type RegionRaftEvent = RaftEvent & { readonly region: RegionId };

/** What a committed entry asks the state machine to do; user keys and values, for showing. */
export type EntryContent =
  | { readonly type: 'empty' }
  | { readonly type: 'put'; readonly key: Bytes; readonly value: Bytes }
  | { readonly type: 'delete'; readonly key: Bytes }
  | {
      readonly type: 'cas';
      readonly key: Bytes;
      readonly previous: Bytes | null;
      readonly value: Bytes;
    }
  /** A batch of the transaction layer, as its observer words it. A timestamp of 2^64 − 1 is "max"; 0: none. */
  | {
      readonly type: 'txn';
      readonly does: 'prewrite' | 'commit' | 'rollback' | 'push' | 'lock' | 'unlock' | 'collect';
      readonly keys: readonly Bytes[];
      readonly startTs: number | 'max';
      readonly commitTs: number | 'max' | null;
    }
  /** `detail` says more, in a few words: `+s4`, `compact to 20`. */
  | { readonly type: 'admin'; readonly command: string; readonly detail?: string };

export type RaftstoreEvent =
  | {
      readonly type: 'raftstore/store-started';
      readonly store: StoreId;
      readonly regions: readonly RegionId[];
      /** Microseconds until its first Raft tick; the others follow at their interval. */
      readonly firstTickIn: Micros;
    }
  /** The store will not take part: PD has refused it, or knows another disk under its number. */
  | { readonly type: 'raftstore/start-refused'; readonly store: StoreId; readonly reason: string }
  | { readonly type: 'raftstore/store-bootstrapped'; readonly store: StoreId }
  | {
      readonly type: 'raftstore/peer-started';
      readonly region: Region;
      readonly peer: PeerId;
      readonly term: number;
      readonly vote: PeerId;
      readonly commit: number;
      readonly applied: number;
      readonly firstIndex: number;
      readonly lastIndex: number;
      /** The log that was read back, [index, term, digest, content]. */
      readonly log: readonly {
        readonly index: number;
        readonly term: number;
        readonly digest: number;
        readonly content: EntryContent;
      }[];
    }
  /** The leader took a command into its log. `request` is the client's id of the call. */
  | {
      readonly type: 'raftstore/proposed';
      readonly region: RegionId;
      readonly index: number;
      readonly term: number;
      readonly client: string;
      readonly request: number;
    }
  /** Entries reached a log in memory: the content behind each index, for showing. */
  | {
      readonly type: 'raftstore/entries-taken';
      readonly region: RegionId;
      readonly entries: readonly {
        readonly index: number;
        readonly term: number;
        readonly digest: number;
        readonly content: EntryContent;
      }[];
    }
  /** A new term or vote went to the disk: it is durable when `disk/durable` names this write, or a later one, of the
   * raft queue. */
  | {
      readonly type: 'raftstore/hard-state-written';
      readonly region: RegionId;
      readonly write: number;
      readonly term: number;
      readonly vote: PeerId;
    }
  /** The log is durable up to and including `index` of `term`. */
  | {
      readonly type: 'raftstore/persisted';
      readonly region: RegionId;
      readonly index: number;
      readonly term: number;
    }
  | {
      readonly type: 'raftstore/applied';
      readonly region: RegionId;
      readonly index: number;
      readonly term: number;
      readonly digest: number;
      /** A rolling digest of the Region's data after this entry. */
      readonly state: number;
      /** The Region had changed since it was proposed: it has changed nothing. */
      readonly refused?: true;
    }
  | {
      readonly type: 'raftstore/read-served';
      readonly region: RegionId;
      readonly path: 'read-index' | 'local' | 'replica';
      readonly readIndex: number;
      readonly client: string;
      readonly request: number;
    }
  // The log is cut at its beginning
  /** This replica gives up its log to and including `index`; `firstIndex` is the first entry that it keeps. */
  | {
      readonly type: 'raftstore/log-compacted';
      readonly region: RegionId;
      readonly index: number;
      readonly term: number;
      readonly firstIndex: number;
    }
  // What a person, or PD, asks of a Region
  | {
      readonly type: 'raftstore/admin-proposed';
      readonly region: RegionId;
      readonly index: number;
      readonly term: number;
      readonly command: string;
      readonly detail: string;
    }
  | {
      readonly type: 'raftstore/admin-refused';
      readonly region: RegionId;
      readonly command: string;
      readonly reason: string;
    }
  // Membership
  /** The entry `index` has made this of the Region, on this replica. */
  | {
      readonly type: 'raftstore/region-changed';
      readonly region: RegionId;
      readonly index: number;
      readonly to: Region;
    }
  // Sleep
  /** Its peer ticks no more: everybody has everything, and all have agreed. */
  | { readonly type: 'raftstore/hibernated'; readonly region: RegionId }
  | {
      readonly type: 'raftstore/woken';
      readonly region: RegionId;
      readonly why: 'message' | 'request' | 'doubt';
    }
  // Splits
  /** The leader wants its Region split at these (encoded) keys, and asks PD for ids. */
  | {
      readonly type: 'raftstore/split-asked';
      readonly region: RegionId;
      readonly keys: readonly Bytes[];
      readonly why: 'size' | 'keys' | 'half' | 'command';
      /** Bytes and keys of the Region. */
      readonly size: number;
      readonly count: number;
    }
  /** The entry `index` has made these of the Region, on this replica: all parts in the order of their keys. The peers of new
   * ones tell `raftstore/peer-started` next, but for those in `skipped`, which this store knew already. */
  | {
      readonly type: 'raftstore/region-split';
      readonly region: RegionId;
      readonly index: number;
      readonly from: Region;
      readonly regions: readonly Region[];
      readonly skipped: readonly RegionId[];
    }
  /** PD wants something of a Region. Null: it is taken up; else why it is left. */
  | {
      readonly type: 'raftstore/order-received';
      readonly region: RegionId;
      readonly order: 'change-peer' | 'transfer-leader' | 'split';
      readonly detail: string;
      readonly refused: string | null;
    }
  /** A peer has heard of no leader since then, on its node's own clock: it asks the peers on these stores whether it is still
   * a member, and PD too in the state `ToValidate`. */
  | {
      readonly type: 'raftstore/leader-missing';
      readonly region: RegionId;
      readonly state: Exclude<StaleState, 'Valid'>;
      readonly since: Micros;
      readonly asked: readonly StoreId[];
    }
  /** A message has made a peer; it knows nothing until a snapshot comes, and tells `raftstore/peer-started` then. */
  | {
      readonly type: 'raftstore/peer-created';
      readonly region: RegionId;
      readonly peer: PeerId;
      readonly verdict: Verdict;
    }
  /** For good: under this id it never comes back. */
  | {
      readonly type: 'raftstore/peer-destroyed';
      readonly region: RegionId;
      readonly peer: PeerId;
      readonly reason: 'removed' | 'replaced' | 'told' | 'forgotten';
    }
  // Snapshots
  /** For the peer `to`, which needs what the log no longer has. It is ready after `microseconds`. */
  | {
      readonly type: 'raftstore/snapshot-generating';
      readonly region: RegionId;
      readonly to: PeerId;
      readonly microseconds: Micros;
    }
  | {
      readonly type: 'raftstore/snapshot-generated';
      readonly region: RegionId;
      readonly to: PeerId;
      readonly index: number;
      readonly term: number;
      readonly keys: number;
      readonly bytes: number;
    }
  | {
      readonly type: 'raftstore/snapshot-refused';
      readonly region: RegionId;
      readonly index: number;
      readonly verdict: Verdict;
    }
  /** To the peer `to`, in so many chunks of data behind the head. */
  | {
      readonly type: 'raftstore/snapshot-sending';
      readonly region: RegionId;
      readonly to: PeerId;
      readonly stream: number;
      readonly index: number;
      readonly chunks: number;
      readonly bytes: number;
    }
  /** `chunk` of `chunks` has come, in its turn; 0 is the head. */
  | {
      readonly type: 'raftstore/snapshot-receiving';
      readonly region: RegionId;
      readonly stream: number;
      readonly index: number;
      readonly chunk: number;
      readonly chunks: number;
    }
  /** The stream has ended before all had come; what had come is thrown away. */
  | {
      readonly type: 'raftstore/snapshot-broken';
      readonly region: RegionId;
      readonly side: 'sender' | 'receiver';
      readonly stream: number;
      readonly why: string;
    }
  /** `kv`: it is on its way to the kv engine; `raft`: the old log goes; `data`: the data are exchanged. */
  | {
      readonly type: 'raftstore/snapshot-installing';
      readonly region: RegionId;
      readonly stage: 'kv' | 'raft' | 'data';
      readonly index: number;
      readonly write: number;
    }
  /** The data are there, durably; only now it is acknowledged. `state` is the digest of the data. */
  | {
      readonly type: 'raftstore/snapshot-installed';
      readonly region: RegionId;
      readonly to: Region;
      readonly index: number;
      readonly term: number;
      readonly state: number;
    }
  /** The leader's lease; `until` is on the node's own clock, null: none. */
  | {
      readonly type: 'raftstore/lease-changed';
      readonly region: RegionId;
      readonly state: 'valid' | 'suspect' | 'none';
      readonly until: Micros | null;
    }
  | {
      readonly type: 'raftstore/request-refused';
      readonly region: RegionId;
      readonly client: string;
      readonly request: number;
      readonly error: RegionError;
    };
