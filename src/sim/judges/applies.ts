// R5, R10, S8: what state machines do with the log.

import { called, judgeOf, type Judge } from './judge.ts';
import { onDisk } from './commits.ts';

/** History counts: an entry that is applied again after a restart is compared as well. */
export const stateMachineSafety = (): Judge =>
  judgeOf({
    id: 'inv:R5',
    name: 'state-machine-safety',
    says: 'No two stores apply different entries at one index.',
    reads: ['raftstore/applied'],
    find({ event, id }, past) {
      const { region, index, term, digest } = event;
      const first = past.region(region)?.applied.at(index);
      if (first === undefined || (first.term === term && first.digest === digest)) return null;
      const other = called(first.by.node);
      return {
        text: `${called(id.node)} applies entry ${index} of term ${term}. ${other} has applied another one there, of term ${first.term}.`,
        facts: { region, index, node: id.node, term, first: first.by.node, firstTerm: first.term },
        witnesses: [first.by],
      };
    },
  });

/** No setting lets a store apply ahead of its own disk yet. */
export const appliedBound = (): Judge =>
  judgeOf({
    id: 'inv:R10',
    name: 'applied-bound',
    says: 'A store applies only what it knows committed and has on its disk.',
    reads: ['raftstore/applied', 'raftstore/peer-started'],
    find({ event, id }, past) {
      if (event.type === 'raftstore/peer-started') {
        const { region, applied, commit } = event;
        if (applied <= commit) return null;
        return {
          text: `${called(id.node)} starts with entry ${applied} applied, and knows only entry ${commit} committed.`,
          facts: { node: id.node, region: region.id, applied, committed: commit },
          witnesses: [],
        };
      }
      const { region, index, term, digest } = event;
      const peer = past.peer(region, id.node);
      if (peer === undefined) return null;
      const { committed } = peer;
      const facts = { node: id.node, region, index, committed, onDisk: peer.disk.last };
      if (index > committed)
        return {
          text: `${called(id.node)} applies entry ${index}, and knows only entry ${committed} committed.`,
          facts,
          witnesses: [peer.log.at(index)?.by],
        };
      if (onDisk(peer, { index, term, digest, by: id })) return null;
      return {
        text: `${called(id.node)} applies entry ${index} of term ${term}, which is not on its disk.`,
        facts,
        witnesses: [peer.log.at(index)?.by],
      };
    },
  });

export const replicaAgreement = (): Judge =>
  judgeOf({
    id: 'inv:S8',
    name: 'replica-agreement',
    says: 'Replicas of a Region that have applied the same entries hold the same data.',
    reads: ['raftstore/applied', 'raftstore/snapshot-installed'],
    find({ event, id }, past) {
      const { region, index, state } = event;
      const first = past.region(region)?.applied.at(index);
      if (first === undefined || first.state === state) return null;
      return {
        text: `${called(id.node)} and ${called(first.by.node)} have applied entry ${index} of Region ${region} and hold different data.`,
        facts: { region, index, nodes: [id.node, first.by.node], states: [state, first.state] },
        witnesses: [first.by],
      };
    },
  });
