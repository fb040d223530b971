// What the menu of a store offers of its Region's group: leadership, membership, the log. Each entry is the commands that
// it is, and says why it cannot be chosen where it cannot.

import { isJoint, votersIn } from '../../projections/membership.ts';
import { leaderOf, membersIn } from '../../projections/questions.ts';
import { nodeName } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { Command } from '../../sim/command.ts';
import { parseNodeId, type NodeId, type RegionId } from '../../tikv/ids.ts';
import type { AdminRequest, WantedChange } from '../../tikv/raftstore/admin-command.ts';
import type { MenuEntry } from '../faults/menu-entry.ts';

/** One group for leadership and log, one for members; none where the node is no store. */
export function raftEntries(world: World, region: RegionId, node: NodeId): MenuEntry[][] {
  const store = parseNodeId(node);
  if (store?.kind !== 'store') return [];
  const leader = leaderOf(world, region)?.store ?? null;
  const nobody = leader === null ? `Nobody leads Region ${region}` : null;
  const ask = (to: NodeId | null, request: AdminRequest): Command[] =>
    to === null ? [] : [{ type: 'admin', node: to, region, request }];
  const change = (
    word: string,
    kind: WantedChange['do'],
    why: string | null = null,
  ): MenuEntry => ({
    word,
    icon: kind === 'remove-peer' || kind === 'demote' ? 'left' : 'add',
    commands: ask(leader, { type: 'change-peer', changes: [{ do: kind, store: store.number }] }),
    why: nobody ?? why,
  });
  return [
    leadership({ world, region, node, leader, ask }),
    [
      ...memberEntries(world, region, node, change),
      ...(isJoint(membersIn(world, region))
        ? [
            {
              word: 'Leave the joint configuration',
              icon: 'check',
              commands: ask(leader, { type: 'change-peer', changes: [] }),
              why: nobody,
            } as const,
          ]
        : []),
    ],
  ].filter((group) => group.length > 0);
}

function leadership(of: {
  readonly world: World;
  readonly region: RegionId;
  readonly node: NodeId;
  readonly leader: NodeId | null;
  readonly ask: (to: NodeId | null, request: AdminRequest) => Command[];
}): MenuEntry[] {
  const { world, region, node, leader, ask } = of;
  const replica = world.replicas[node]?.[region];
  if (replica === undefined) return [];
  const compact: MenuEntry = {
    word: 'Cut the log at its beginning',
    icon: 'cut',
    commands: ask(node, { type: 'compact-log', index: null }),
  };
  if (node === leader) return [compact];
  const votes = votersIn(membersIn(world, region)).includes(replica.peer);
  return [
    {
      word: `Hand leadership to ${nodeName(node)}`,
      icon: 'right',
      commands: ask(leader, { type: 'transfer-leader', to: Number(node.slice(1)) }),
      why: leader === null ? 'Nobody leads' : votes ? null : `${nodeName(node)} is no voter`,
    },
    {
      word: 'Ask its leader for a snapshot',
      icon: 'download',
      commands: ask(node, { type: 'request-snapshot' }),
      why: leader === null ? 'Nobody leads' : null,
    },
  ];
}

function memberEntries(
  world: World,
  region: RegionId,
  node: NodeId,
  change: (word: string, kind: WantedChange['do'], why?: string | null) => MenuEntry,
): MenuEntry[] {
  const me = nodeName(node);
  const peer = world.regions[region]?.region.peers.find(({ storeId }) => `s${storeId}` === node);
  if (peer === undefined)
    return [
      change(`Add ${me} as a voter`, 'add-peer'),
      change(`Add ${me} as a learner`, 'add-learner'),
    ];
  const remove = change(`Remove the replica of ${me}`, 'remove-peer');
  if (peer.role === 'Learner') return [change(`Make ${me} a voter`, 'promote'), remove];
  const leads = leaderOf(world, region)?.store === node;
  const why = leads ? 'A leader does not demote itself: hand its leadership over first' : null;
  return [change(`Make ${me} a learner`, 'demote', why), remove];
}
