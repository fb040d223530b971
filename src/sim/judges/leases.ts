// R14: a leader that answers without asking anybody has to be alone.

import { KNOBS } from '../../tikv/config.ts';
import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';
import { newClock, readClock, setClock, type Clock } from '../clock.ts';
import type { RecordId } from '../record-id.ts';
import type { Chronicle } from './chronicle.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';
import type { PeerPast } from './peer-past.ts';

const LEASE_READS = 'client.lease-reads';

interface Lease {
  /** On the holder's own clock. */
  readonly until: Micros;
  readonly by: RecordId;
}

/**
 * A lease is good while the holder's clock says so, and of use once the holder has applied an entry of its own term:
 * before that it answers nothing from it. It rests on followers that refuse to vote for so long, and on clocks that run
 * alike: check-quorum switched off, elections by hand and clocks that jump take that away. While clients ask for no
 * reads from leases (`client.lease-reads`), only a read that is answered from one counts.
 */
export function leaseExclusivity(): Judge {
  let isUsed = KNOBS[LEASE_READS].teach;
  const clocks = new Map<NodeId, Clock>();
  const leases = new Map<string, Lease>();
  const held = (peer: PeerPast, at: Micros): Lease | null => {
    const lease = leases.get(`${peer.region} ${peer.node}`);
    if (!isUsed || lease === undefined || !peer.alive || peer.appliedTerm !== peer.term)
      return null;
    const clock = clocks.get(peer.node);
    return lease.until > (clock === undefined ? at : readClock(clock, at)) ? lease : null;
  };
  return judgeOf({
    id: 'inv:R14',
    name: 'lease-exclusivity',
    says: 'While a lease is good, or a read is answered from one, nobody else leads a later term.',
    reads: [
      'world/started',
      'command/given',
      'node/clock-set',
      'raftstore/peer-started',
      'raftstore/lease-changed',
      'raft/became-leader',
      'raftstore/read-served',
    ],
    find({ event, id, at }, past) {
      const { node } = id;
      switch (event.type) {
        case 'world/started':
          isUsed = event.cluster.settings[LEASE_READS] ?? isUsed;
          return null;
        case 'command/given':
          if (event.command.type === 'config-set' && event.command.name === LEASE_READS)
            isUsed = event.command.value === true;
          return null;
        case 'node/clock-set': {
          const clock = clocks.get(event.node) ?? newClock();
          setClock(clock, at, event);
          clocks.set(event.node, clock);
          return null;
        }
        case 'raftstore/peer-started':
          leases.delete(`${event.region.id} ${node}`);
          return null;
        case 'raftstore/lease-changed': {
          const { region, state, until } = event;
          if (state !== 'valid' || until === null) {
            leases.delete(`${region} ${node}`);
            return null;
          }
          leases.set(`${region} ${node}`, { until, by: id });
          const peer = past.peer(region, node);
          return peer === undefined || held(peer, at) === null ? null : overtaken(peer, past);
        }
        case 'raft/became-leader': {
          const { region, term } = event;
          for (const peer of past.region(region)?.peers.values() ?? []) {
            if (peer.node === node || peer.term >= term) continue;
            const lease = held(peer, at);
            if (lease !== null) return beside(peer, { node, term, by: lease.by });
          }
          return null;
        }
        case 'raftstore/read-served':
          return event.path === 'local' ? servedAlone(event.region, node, past) : null;
      }
    },
  });
}

function servedAlone(region: RegionId, node: NodeId, past: Chronicle): Finding | null {
  const reader = past.peer(region, node);
  if (reader === undefined) return null;
  if (reader.role === 'Leader') return overtaken(reader, past);
  return {
    text: `${called(node)} answers a read from its lease and does not lead.`,
    facts: { node, region, term: reader.term },
    witnesses: [],
  };
}

/** Somebody leads a later term than the holder of a lease. */
function overtaken(holder: PeerPast, past: Chronicle): Finding | null {
  const region = past.region(holder.region);
  for (const other of region?.peers.values() ?? []) {
    if (!other.alive || other.role !== 'Leader' || other.term <= holder.term) continue;
    return beside(holder, {
      node: other.node,
      term: other.term,
      by: region?.leaders.get(other.term)?.by ?? null,
    });
  }
  return null;
}

function beside(
  holder: PeerPast,
  leader: { readonly node: NodeId; readonly term: number; readonly by: RecordId | null },
): Finding {
  return {
    text: `The lease of ${called(holder.node)} in term ${holder.term} is good while ${called(leader.node)} leads term ${leader.term}.`,
    facts: {
      region: holder.region,
      holder: holder.node,
      term: holder.term,
      leader: leader.node,
      leaderTerm: leader.term,
    },
    witnesses: [leader.by],
  };
}
