// Since when a peer has heard of no leader, and whom it asks then whether it is still a member: the peers that it knows,
// or newer ones that a peer which is gone has named. (TiKV: peer.rs check_stale_state, bcast_check_stale_peer_message)

import { microsOf, type Settings } from '../config.ts';
import type { Micros } from '../ids.ts';
import type { Peer, Region } from './region.ts';

/** `MaybeLeaderMissing`: a peer that knows nothing yet, or a learner, may miss nothing. */
export type StaleState = 'Valid' | 'MaybeLeaderMissing' | 'LeaderMissing' | 'ToValidate';

export interface SavedStaleState {
  readonly silentSince: Micros | null;
  readonly confVer: number;
  readonly peers: readonly Peer[];
}

export class StaleCheck {
  /** On the node's own clock; null: it has just heard of a leader, or leads. */
  #silentSince: Micros | null;
  /** The newest members that it has been told of, and in which version of theirs. */
  #confVer: number;
  #peers: readonly Peer[];

  constructor(saved?: SavedStaleState) {
    this.#silentSince = saved?.silentSince ?? null;
    this.#confVer = saved?.confVer ?? 0;
    this.#peers = saved?.peers ?? [];
  }

  get silentSince(): Micros | null {
    return this.#silentSince;
  }

  /** A leader spoke, or this is one. */
  heard(): void {
    this.#silentSince = null;
  }

  /** Time passes, and no leader has spoken. */
  silent(now: Micros): void {
    this.#silentSince ??= now;
  }

  /** `promotable`: it knows its Region, and votes. Where PD is asked, the time begins anew: PD is not asked again and again. */
  check(now: Micros, promotable: boolean, settings: Settings): StaleState {
    if (this.#silentSince === null) return 'Valid';
    const silent = now - this.#silentSince;
    if (silent >= microsOf(settings['raftstore.max-leader-missing-duration'])) {
      this.#silentSince = now;
      return 'ToValidate';
    }
    if (silent < microsOf(settings['raftstore.abnormal-leader-missing-duration'])) return 'Valid';
    return promotable ? 'LeaderMissing' : 'MaybeLeaderMissing';
  }

  /** Whom to ask. */
  others(me: Peer, { epoch, peers }: Region): Peer[] {
    this.told(epoch.confVer, peers);
    return this.#peers.filter(({ id }) => id !== me.id);
  }

  /** A peer that is gone names the members that it knew, of this `conf_ver`. (on_check_stale_peer_response) */
  told(confVer: number, peers: readonly Peer[]): void {
    if (confVer <= this.#confVer) return;
    this.#confVer = confVer;
    this.#peers = peers;
  }

  save(): SavedStaleState {
    return { silentSince: this.#silentSince, confVer: this.#confVer, peers: this.#peers };
  }
}
