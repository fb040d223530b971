// S4, S6, S7: who is who, and which version of a Region is the newest.

import type { NodeId, PeerId, RegionId } from '../../tikv/ids.ts';
import { storeNode } from '../../tikv/ids.ts';
import type { Region, RegionEpoch } from '../../tikv/raftstore/region.ts';
import type { RecordId } from '../record-id.ts';
import { partOf } from '../../tikv/raftstore/apply.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';

type Epochs = Map<string, { readonly epoch: RegionEpoch; readonly by: RecordId }>;

/**
 * While a store runs, it never goes back behind what it knows. After a power loss, not behind what its messages have
 * told others: a change that reached neither disk nor wire never was.
 */
export function epochMonotonic(): Judge {
  const known: Epochs = new Map();
  const told: Epochs = new Map();
  return judgeOf({
    id: 'inv:S4',
    name: 'epoch-monotonic',
    says: 'The epoch of a Region never goes back, on no store.',
    reads: [
      'raftstore/peer-started',
      'raftstore/region-changed',
      'raftstore/region-split',
      'raftstore/snapshot-installed',
      'network/sent',
    ],
    find({ event, id }) {
      if (event.type === 'network/sent') {
        const { message } = event;
        if (message.type === 'raft') raise(told, message.regionId, message.regionEpoch, id);
        return null;
      }
      const region =
        event.type === 'raftstore/region-split'
          ? partOf(event.regions, event.region)
          : 'to' in event
            ? event.to
            : event.region;
      const place = `${id.node} ${region.id}`;
      const before = (event.type === 'raftstore/peer-started' ? told : known).get(place);
      known.set(place, { epoch: region.epoch, by: id });
      return before === undefined ? null : wentBack(before, region, id);
    },
  });
}

/** Each half of the epoch, as far as it has come. */
function raise(epochs: Epochs, region: RegionId, epoch: RegionEpoch, by: RecordId): void {
  const place = `${by.node} ${region}`;
  const before = epochs.get(place)?.epoch;
  if (before === undefined) return void epochs.set(place, { epoch, by });
  if (epoch.confVer <= before.confVer && epoch.version <= before.version) return;
  const confVer = Math.max(epoch.confVer, before.confVer);
  const version = Math.max(epoch.version, before.version);
  epochs.set(place, { epoch: { confVer, version }, by });
}

function wentBack(
  before: { readonly epoch: RegionEpoch; readonly by: RecordId },
  { id: region, epoch }: Region,
  { node }: RecordId,
): Finding | null {
  const { confVer, version } = before.epoch;
  if (epoch.confVer >= confVer && epoch.version >= version) return null;
  return {
    text: `${called(node)} knew Region ${region} in version ${version} with conf_ver ${confVer}, and now in version ${epoch.version} with conf_ver ${epoch.confVer}.`,
    facts: { node, region, before: [version, confVer], now: [epoch.version, epoch.confVer] },
    witnesses: [before.by],
  };
}

interface Going {
  readonly peer: PeerId;
  readonly node: NodeId;
  readonly by: RecordId;
  /** The write of the kv queue that makes it final; null: the next one. */
  readonly write: number | null;
}

/**
 * A store that is destroyed takes its peers with it. A peer that a living store takes out is gone once the disk says so:
 * a power loss before that undoes it.
 */
export function noZombie(): Judge {
  const gone = new Map<PeerId, RecordId>();
  let going: readonly Going[] = [];
  const leave = (node: NodeId, left: readonly Going[]): void => {
    going = going.filter((each) => each.node !== node).concat(left);
  };
  return judgeOf({
    id: 'inv:S6',
    name: 'no-zombie',
    says: 'A peer that is gone for good never comes back under its id.',
    reads: [
      'node/destroyed',
      'node/killed',
      'node/panicked',
      'raftstore/peer-destroyed',
      'disk/write-started',
      'disk/durable',
      'raftstore/peer-created',
      'raftstore/peer-started',
    ],
    find({ event, id }, past) {
      const mine = going.filter(({ node }) => node === id.node);
      switch (event.type) {
        case 'node/destroyed':
          for (const peer of past.peersOn(event.node)) gone.set(peer.id, id);
          return null;
        case 'node/killed':
        case 'node/panicked':
          leave(event.node, []);
          return null;
        case 'raftstore/peer-destroyed':
          leave(id.node, [...mine, { peer: event.peer, node: id.node, by: id, write: null }]);
          return null;
        case 'disk/write-started':
        case 'disk/durable': {
          if (event.queue !== 'kv' || mine.length === 0) return null;
          const { write } = event;
          if (event.type === 'disk/write-started') {
            leave(
              id.node,
              mine.map((each) => (each.write === null ? { ...each, write } : each)),
            );
            return null;
          }
          const isDone = (each: Going) => each.write !== null && each.write <= write;
          for (const each of mine) if (isDone(each)) gone.set(each.peer, each.by);
          leave(
            id.node,
            mine.filter((each) => !isDone(each)),
          );
          return null;
        }
        default: {
          const death = gone.get(event.peer);
          if (death === undefined) return null;
          const region = event.type === 'raftstore/peer-started' ? event.region.id : event.region;
          return {
            text: `${called(id.node)} starts peer ${event.peer}, which was gone for good.`,
            facts: { node: id.node, region, peer: event.peer },
            witnesses: [death],
          };
        }
      }
    },
  });
}

interface Home {
  readonly region: RegionId;
  readonly node: NodeId;
  readonly by: RecordId;
}

export function peerIdentity(): Judge {
  const homes = new Map<PeerId, Home>();
  return judgeOf({
    id: 'inv:S7',
    name: 'peer-identity',
    says: 'A peer belongs to one Region and one store, and a store has one peer of a Region.',
    reads: ['raftstore/peer-started'],
    find({ event, id }, past) {
      const { peer, region } = event;
      const { node } = id;
      const home = homes.get(peer);
      if (home === undefined) homes.set(peer, { region: region.id, node, by: id });
      else if (home.region !== region.id || home.node !== node)
        return {
          text: `Peer ${peer} belongs to Region ${home.region} on ${called(home.node)}, and starts in Region ${region.id} on ${called(node)}.`,
          facts: { peer, regions: [home.region, region.id], nodes: [home.node, node] },
          witnesses: [home.by],
        };
      const other = past.peer(region.id, node);
      const begins = other?.id === peer && !other.initialized;
      if (other?.alive === true && !begins)
        return {
          text:
            other.id === peer
              ? `${called(node)} starts peer ${peer} of Region ${region.id} twice.`
              : `${called(node)} starts peer ${peer} of Region ${region.id} beside peer ${other.id}.`,
          facts: { node, region: region.id, peers: [other.id, peer] },
          witnesses: [other.startedBy],
        };
      const stores = region.peers.map(({ storeId }) => storeId);
      const crowded = stores.find((store, i) => stores.indexOf(store) !== i);
      if (crowded === undefined) return null;
      return {
        text: `Region ${region.id} names two peers on ${called(storeNode(crowded))}.`,
        facts: { region: region.id, store: crowded, peers: region.peers.map((each) => each.id) },
        witnesses: [],
      };
    },
  });
}
