// Idle Regions sleep: the leader asks all its peers, and when each has agreed nobody ticks any more. Whatever happens to
// the Region wakes its peers; a follower that hears nothing for two looks wakes by itself, for its leader may be gone.
// (TiKV: hibernate_state.rs; fsm/peer.rs on_raft_base_tick, all_agree_to_hibernate, reset_raft_tick)

import type { Settings } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { MessageType } from '../raft/message.ts';
import type { RawNode } from '../raft/raw-node.ts';
import type { Region } from './region.ts';

/** `PreChaos`: asleep, and a follower that has begun to doubt its leader. */
export type GroupState = 'Ordered' | 'PreChaos' | 'Idle';

export interface SavedHibernation {
  readonly state: GroupState;
  readonly agreed: readonly PeerId[];
  readonly asked: boolean;
}

/** What this file needs of its peer. */
export interface SleepingPeer {
  readonly raw: RawNode;
  readonly region: Region;
  readonly peerId: PeerId;
  readonly isLeader: boolean;
  readonly applied: number;
  /** Reads and writes that somebody waits for. */
  readonly asked: number;
  /** Nothing is under way beside Raft: no snapshot, no change of the Region, no write. */
  readonly calm: boolean;
}

export class Hibernation {
  readonly #peer: SleepingPeer;
  readonly #settings: Settings;
  #state: GroupState;
  /** Of a leader: who has agreed to sleep. Of a follower: itself, once it has. */
  #agreed: readonly PeerId[];
  /** The leader has asked since it was disturbed last. */
  #asked: boolean;

  constructor(peer: SleepingPeer, settings: Settings, saved?: SavedHibernation) {
    this.#peer = peer;
    this.#settings = settings;
    this.#state = saved?.state ?? 'Ordered';
    this.#agreed = saved?.agreed ?? [];
    this.#asked = saved?.asked ?? false;
  }

  get asleep(): boolean {
    return this.#state !== 'Ordered';
  }

  /** Something happens. True where it slept. */
  wake(): boolean {
    const slept = this.asleep;
    this.#state = 'Ordered';
    this.#agreed = [];
    this.#asked = false;
    return slept;
  }

  /** After a tick. `ask`: the peers have to be asked; `sleep`: it sleeps from now on. */
  afterTick(): 'ask' | 'sleep' | null {
    if (!this.#settings['raftstore.hibernate-regions'] || this.asleep) return null;
    return this.#peer.isLeader ? this.#leaderTicked() : this.#followerTicked();
  }

  #leaderTicked(): 'ask' | 'sleep' | null {
    if (!this.#upToDate()) return null;
    const { region, peerId } = this.#peer;
    const others = region.peers.filter(({ id }) => id !== peerId);
    if (this.#asked && others.every(({ id }) => this.#agreed.includes(id))) return this.#sleep();
    this.#asked = true;
    return 'ask';
  }

  /** Once in an election time-out, where everybody has everything and nothing waits. */
  #upToDate(): boolean {
    const { raw, applied, asked, calm } = this.#peer;
    const { raft } = raw;
    const election = this.#settings['raftstore.raft-election-timeout-ticks'];
    if (raft.electionElapsed + 1 < election || !calm || asked > 0) return false;
    const last = raft.log.lastIndex();
    if (applied < last || raft.leadTransferee !== 0) return false;
    return raft.tracker.peers.every(({ id, matched }) => id === raft.id || matched === last);
  }

  /** It has agreed, and its leader has stopped to speak. */
  #followerTicked(): 'sleep' | null {
    const { raw, peerId } = this.#peer;
    const quiet = this.#settings['raftstore.raft-heartbeat-ticks'] + 1;
    if (!this.#agreed.includes(peerId) || raw.raft.electionElapsed <= quiet) return null;
    return this.#sleep();
  }

  #sleep(): 'sleep' {
    this.#state = 'Idle';
    return 'sleep';
  }

  /** The leader asks: may it be? Only of the leader that it knows, with nothing that is not committed. */
  onRequest(from: PeerId): boolean {
    const { raw, peerId, applied, calm } = this.#peer;
    const { raft } = raw;
    if (!this.#settings['raftstore.hibernate-regions'] || !calm) return false;
    if (from !== raft.leaderId || applied < raft.log.lastIndex()) return false;
    this.#agreed = [peerId];
    return true;
  }

  onResponse(from: PeerId): void {
    if (this.#peer.isLeader && this.#asked && !this.#agreed.includes(from))
      this.#agreed = [...this.#agreed, from];
  }

  /** A message of Raft is here. A heartbeat takes no agreement back; one that asks for nothing lets sleep, and calms who had
   * doubts. True where it wakes. */
  onMessage(type: MessageType, plain: boolean): boolean {
    if (type === 'MsgHeartbeat' && (plain || !this.asleep)) {
      if (this.#state === 'PreChaos') this.#state = 'Idle';
      return false;
    }
    if (type === 'MsgHeartbeatResponse') return false;
    return this.wake();
  }

  /** Now and then, asleep: a leader says that it is there, a follower that has not heard that twice wakes. */
  onStaleTick(): 'ping' | 'wake' | null {
    if (!this.asleep) return null;
    if (this.#peer.isLeader) return 'ping';
    if (this.#state === 'Idle') {
      this.#state = 'PreChaos';
      return null;
    }
    this.wake();
    return 'wake';
  }

  save(): SavedHibernation {
    return { state: this.#state, agreed: this.#agreed, asked: this.#asked };
  }
}
