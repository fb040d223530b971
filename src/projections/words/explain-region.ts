// Members, snapshots and the beginning of the log, in words.

import { storeNode } from '../../tikv/ids.ts';
import type { RaftstoreEvent } from '../../tikv/raftstore/event.ts';
import { entriesWord, listed, nodeName } from './format.ts';
import type { Glyph, Part } from './line.ts';

type RegionEvent = Extract<
  RaftstoreEvent,
  {
    type:
      | 'raftstore/log-compacted'
      | 'raftstore/admin-proposed'
      | 'raftstore/admin-refused'
      | 'raftstore/region-changed'
      | 'raftstore/split-asked'
      | 'raftstore/region-split'
      | 'raftstore/order-received'
      | 'raftstore/leader-missing'
      | 'raftstore/peer-created'
      | 'raftstore/peer-destroyed'
      | 'raftstore/snapshot-generated'
      | 'raftstore/snapshot-sending'
      | 'raftstore/snapshot-receiving'
      | 'raftstore/snapshot-broken'
      | 'raftstore/snapshot-refused'
      | 'raftstore/snapshot-installing'
      | 'raftstore/snapshot-installed';
  }
>;

interface Words {
  readonly glyph: Glyph;
  readonly pieces: readonly (string | Part)[];
}

/** `me` is the store, as people read it. */
export function explainRegion(me: string, event: RegionEvent): Words {
  switch (event.type) {
    case 'raftstore/log-compacted':
      return say('append', `${me} gives up its log to entry ${event.index}`);
    case 'raftstore/admin-proposed':
      return say(
        'append',
        `${me} proposes ${event.detail}, ${entriesWord(event.index, event.index)}`,
      );
    case 'raftstore/admin-refused':
      return say('refused', `${me} does not do it: ${event.reason}`);
    case 'raftstore/region-changed': {
      const members = event.to.peers.map(
        ({ storeId, role }) => `${nodeName(storeNode(storeId))}${ROLES[role]}`,
      );
      return say('commit', `${me} knows the members as ${members.join(', ')}`);
    }
    case 'raftstore/split-asked':
      return say('append', `${me} asks PD for ids: Region ${event.region} ${SPLITS[event.why]}`);
    case 'raftstore/region-split': {
      const ids = event.regions.map(({ id }) => id).join(', ');
      return say('commit', `${me} has split Region ${event.region}: it is Regions ${ids} now`);
    }
    case 'raftstore/order-received':
      return event.refused === null
        ? say('append', `${me} does what PD wants: ${event.order} ${event.detail}`)
        : say('refused', `${me} leaves what PD wants: ${event.refused}`);
    case 'raftstore/leader-missing': {
      const others = event.asked.map((id) => nodeName(storeNode(id)));
      const whom = listed(event.state === 'ToValidate' ? [...others, 'PD'] : others);
      const miss = `${me} has heard of no leader of Region ${event.region} for long`;
      return say(
        'overdue',
        whom === '' ? miss : `${miss}: it asks ${whom} whether it still belongs to it`,
      );
    }
    case 'raftstore/peer-created':
      return say('start', `${me} makes a replica of Region ${event.region}; it knows nothing yet`);
    case 'raftstore/peer-destroyed':
      return say('refused', `${me} gives its replica up: ${REASONS[event.reason]}`);
    case 'raftstore/snapshot-generated':
      return say('append', `${me} has a snapshot ready, to entry ${event.index}`);
    case 'raftstore/snapshot-sending': {
      const { index, chunks } = event;
      const pieces = chunks === 1 ? 'one chunk' : `${chunks} chunks`;
      return say('append', `${me} sends the snapshot to entry ${index}, in ${pieces}`);
    }
    case 'raftstore/snapshot-receiving':
      return say('append', `${me} ${arrivalWords(event)}`);
    case 'raftstore/snapshot-broken':
      return event.side === 'sender'
        ? say('refused', `${me} could not send its snapshot: ${event.why}`)
        : say('refused', `${me} throws away what it has of a snapshot: ${event.why}`);
    case 'raftstore/snapshot-refused':
      return say('refused', `${me} does not take the snapshot at entry ${event.index}`);
    case 'raftstore/snapshot-installing':
      return say('append', `${me} ${STAGES[event.stage]}`);
    case 'raftstore/snapshot-installed':
      return say('commit', `${me} has the snapshot, to entry ${event.index}`);
  }
}

const arrivalWords = ({ chunk, chunks, index }: { chunk: number; chunks: number; index: number }) =>
  chunk === 0
    ? `hears that a snapshot to entry ${index} comes, in ${chunks} chunks`
    : `has ${chunk} of ${chunks} chunks of the snapshot`;

const say = (glyph: Glyph, text: string): Words => ({ glyph, pieces: [text] });

const SPLITS = {
  size: 'is too large',
  keys: 'has too many keys',
  half: 'is to be split in the middle',
  command: 'is to be split',
} as const;

const ROLES = {
  Voter: '',
  Learner: ' (learner)',
  IncomingVoter: ' (coming)',
  DemotingVoter: ' (leaving)',
} as const;

const REASONS = {
  removed: 'it is no member any more',
  replaced: 'another one takes its place',
  told: 'others say that it is no member any more',
  forgotten: 'PD says that it is no member any more',
} as const;

const STAGES = {
  kv: 'writes that a snapshot is coming',
  raft: 'clears its log for the snapshot',
  data: 'exchanges its data for those of the snapshot',
} as const;
