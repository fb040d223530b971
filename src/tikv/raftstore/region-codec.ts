// Regions and peers as bytes, for entries and snapshots. (kvproto: metapb.proto)

import { must } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { ByteReader, sized, varint } from './byte-codec.ts';
import type { Peer, PeerRole, Region } from './region.ts';

const ROLES: readonly PeerRole[] = ['Voter', 'Learner', 'IncomingVoter', 'DemotingVoter'];

export const encodePeer = (peer: Peer): Bytes =>
  varint(peer.id) + varint(peer.storeId) + varint(ROLES.indexOf(peer.role));

export function decodePeer(reader: ByteReader): Peer {
  const id = reader.varint();
  const storeId = reader.varint();
  return { id, storeId, role: must(ROLES[reader.varint()], 'the role of a peer') };
}

export function encodeRegion(region: Region): Bytes {
  const { id, startKey, endKey, epoch, peers } = region;
  const head = varint(id) + sized(startKey) + sized(endKey);
  const body = varint(epoch.confVer) + varint(epoch.version) + varint(peers.length);
  return head + body + peers.map(encodePeer).join('');
}

export function decodeRegion(bytes: Bytes): Region {
  const reader = new ByteReader(bytes);
  const id = reader.varint();
  const [startKey, endKey] = [reader.sized(), reader.sized()];
  const epoch = { confVer: reader.varint(), version: reader.varint() };
  const peers = Array.from({ length: reader.varint() }, () => decodePeer(reader));
  return { id, startKey, endKey, epoch, peers };
}
