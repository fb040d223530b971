// What a peer is made with, what it answers, and what waits in it. (TiKV: raftstore/src/store/peer.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { DiskUsage } from './disk-usage.ts';
import type { Settings } from '../config.ts';
import type { PeerId, RegionId, StoreId } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import type { Config } from '../raft/config.ts';
import type { Entry } from '../raft/entry.ts';
import type { Message } from '../raft/message.ts';
import type { ApplyObserver, SlowExec } from './apply.ts';
import type { Engines } from './engines.ts';
import type { RaftstoreEvent, RegionRaftEvent } from './event.ts';
import type { RaftMessage, RegionError, SnapshotMessage } from './message.ts';
import type { Peer, Region } from './region.ts';
import type { Verdict } from './rules.ts';

/** `snapshot/REGION/PEER`: a snapshot for that peer is ready. */
export const SNAPSHOT_TIMER = 'snapshot/';

export type PeerSink = Sink<RaftMessage | SnapshotMessage, RegionRaftEvent | RaftstoreEvent>;

/** What became of what the layer above asked for; `tag` is its own word for it. */
export type PeerResult =
  /** Committed and applied. */
  | { readonly type: 'applied'; readonly tag: number }
  /** The engine may be read now, as of `readIndex`; `term` is the one in which the read was asked. */
  | {
      readonly type: 'readable';
      readonly tag: number;
      readonly readIndex: number;
      readonly term: number;
      readonly path: 'local' | 'read-index' | 'replica';
    }
  /** A definite refusal: it did not happen and will not. */
  | { readonly type: 'refused'; readonly tag: number; readonly error: RegionError };

export interface PeerOptions {
  readonly sink: PeerSink;
  readonly engines: Engines;
  readonly storeId: StoreId;
  readonly regionId: RegionId;
  readonly incarnation: number;
  readonly settings: Settings;
  /** Rules that are broken on purpose, now. */
  readonly broken: { readonly rules: readonly string[] };
  /** Whose disk is full. */
  readonly disk: DiskUsage;
  /** The peer itself, where a message has made it and its store knows nothing of it. */
  readonly created?: { readonly peer: Peer; readonly verdict: Verdict };
  /** Raft's settings, but for what the peer knows itself. */
  readonly raft: Omit<Config, 'id' | 'applied'>;
  /** Where results go. */
  readonly results: PeerResult[];
  readonly observer: ApplyObserver;
  readonly peerWithoutData: (regionId: RegionId) => PeerId | null;
  /** The way that snapshots go. */
  readonly snapshots: { send(envelope: RaftMessage): void };
  /** Regions in whose peer something may be new since its store looked. */
  readonly touched: Set<RegionId>;
  /** Splits for which PD has to be asked. */
  readonly splitAsks: SplitAsk[];
  /** Splits that are on the disk here, for the store to bring the new peers up. */
  readonly splits: RegionSplit[];
}

/** A split that needs ids of new Regions. */
export interface SplitAsk {
  /** As it was then: only to that one the split applies. */
  readonly region: Region;
  readonly keys: readonly Bytes[];
}

/** A Region has been split on this store. */
export interface RegionSplit {
  readonly parent: RegionId;
  /** All parts in the order of their keys. */
  readonly regions: readonly Region[];
  readonly skipped: readonly RegionId[];
  /** The peer of the Region that was split leads it. */
  readonly leads: boolean;
}

/** A Ready whose write is under way, and what waits for it. */
export interface Unpersisted {
  /** Of this Ready, or of a later one that had nothing to write. */
  number: number;
  readonly write: number;
  readonly last: { readonly index: number; readonly term: number } | null;
  readonly messages: Message[];
}

/** Entries up to `index` go from the raft engine once the write of the kv engine that says so is durable. */
export interface Compacted {
  readonly write: number;
  readonly index: number;
}

/** A membership change or a split that is applied and on its way to the disk: until it is there, nobody may see it. */
export interface Changing {
  readonly entry: Entry;
  readonly exec: SlowExec;
  /** The Region as it was: so it is told until then. */
  readonly before: Region;
  /** Committed entries that come after it. */
  readonly rest: Entry[];
}

/** Why a peer has to go. */
export type Doom = 'removed' | 'replaced' | 'told' | 'forgotten';
