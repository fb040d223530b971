// S4, S6, S7: who is who, and which version of a Region is the newest.

import type { NodeId, PeerId, RegionId } from '../../tikv/ids.ts';
import { storeNode } from '../../tikv/ids.ts';
import type { RegionEpoch } from '../../tikv/raftstore/region.ts';
import type { RecordId } from '../record-id.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';

/** A store shows its epoch on every Raft message that it sends. */
export function epochMonotonic(): Judge {
  const known = new Map<string, { epoch: RegionEpoch; by: RecordId }>();
  const look = (region: RegionId, epoch: RegionEpoch, by: RecordId): Finding | null => {
    const key = `${by.node} ${region}`;
    const before = known.get(key);
    known.set(key, { epoch, by });
    if (before === undefined || before.epoch === epoch) return null;
    const { confVer, version } = before.epoch;
    if (epoch.confVer >= confVer && epoch.version >= version) return null;
    return {
      text: `${called(by.node)} knew Region ${region} in version ${version} with conf_ver ${confVer}, and now in version ${epoch.version} with conf_ver ${epoch.confVer}.`,
      facts: {
        node: by.node,
        region,
        before: [version, confVer],
        now: [epoch.version, epoch.confVer],
      },
      witnesses: [before.by],
    };
  };
  return judgeOf({
    id: 'inv:S4',
    name: 'epoch-monotonic',
    says: 'The epoch of a Region never goes back, on no store and not at PD.',
    reads: ['raftstore/peer-started', 'pd/bootstrapped', 'pd/region-learned', 'network/sent'],
    find({ event, id }) {
      if (event.type !== 'network/sent') return look(event.region.id, event.region.epoch, id);
      const { message } = event;
      return message.type === 'raft' ? look(message.regionId, message.regionEpoch, id) : null;
    },
  });
}

/** A store that is destroyed takes its peers with it: they may have promised anything. */
export function noZombie(): Judge {
  const gone = new Map<PeerId, RecordId>();
  return judgeOf({
    id: 'inv:S6',
    name: 'no-zombie',
    says: 'A peer that is gone for good never comes back under its id.',
    reads: ['node/destroyed', 'raftstore/peer-started'],
    find({ event, id }, past) {
      if (event.type === 'node/destroyed') {
        for (const peer of past.peersOn(event.node)) gone.set(peer.id, id);
        return null;
      }
      const death = gone.get(event.peer);
      if (death === undefined) return null;
      return {
        text: `${called(id.node)} starts peer ${event.peer}, which was destroyed with its store.`,
        facts: { node: id.node, region: event.region.id, peer: event.peer },
        witnesses: [death],
      };
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
      if (other !== undefined && other.alive && other.id !== peer)
        return {
          text: `${called(node)} starts peer ${peer} of Region ${region.id} beside peer ${other.id}.`,
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
