// What happens in a store. Events of the Raft core are wrapped with the Region and peer that they belong to.

import type { Bytes } from '../../base/bytes.ts';
import type { Micros, PeerId, RegionId, StoreId } from '../ids.ts';
import type { RaftEvent } from '../raft/event.ts';
import type { RegionError } from './message.ts';
import type { Region } from './region.ts';

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
  | { readonly type: 'admin'; readonly command: string };

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
    }
  | {
      readonly type: 'raftstore/read-served';
      readonly region: RegionId;
      readonly path: 'read-index' | 'local' | 'replica';
      readonly readIndex: number;
      readonly client: string;
      readonly request: number;
    }
  | {
      readonly type: 'raftstore/request-refused';
      readonly region: RegionId;
      readonly client: string;
      readonly request: number;
      readonly error: RegionError;
    };
