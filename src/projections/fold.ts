// One record more: the world as it is after it. Only records change a world, in journal order, each once.

import { assert } from '../base/assert.ts';
import { PD_NODE } from '../tikv/ids.ts';
import type { Command } from '../sim/command.ts';
import type { JournalRecord, LoomEvent } from '../sim/record.ts';
import { foldCall, foldClient, foldServed } from './fold-clients.ts';
import {
  foldInstalled,
  foldLoss,
  foldSplitVersions,
  foldTimestamps,
  foldTransactions,
  foldVersions,
} from './fold-mvcc.ts';
import { foldHolds, foldNetwork } from './fold-network.ts';
import { foldPd, foldPdDown } from './fold-pd.ts';
import { foldDisk, foldNode, foldStarted } from './fold-nodes.ts';
import { foldRaft, foldRaftstore } from './fold-raft.ts';
import { markFault } from './fold-timeline.ts';
import { foldUndo } from './undo.ts';
import type { World } from './world.ts';

type OfChapter<Chapter extends string> = Extract<LoomEvent, { type: `${Chapter}/${string}` }>;

const isOf = <Chapter extends string>(
  event: LoomEvent,
  chapter: Chapter,
): event is OfChapter<Chapter> => event.type.startsWith(chapter);

/** Changes `world` into what is true after `record`. Throws where a record is left out or folded twice. */
export function foldRecord(world: World, record: JournalRecord): void {
  assert(record.n === world.records, `record ${record.n} is folded where ${world.records} is due`);
  const { at, id, event } = record;
  world.at = at;
  world.records += 1;
  if (isOf(event, 'network')) {
    foldNetwork(world, at, id, event);
    if (event.type === 'network/sent') foldCall(world, event);
  } else if (isOf(event, 'raft/')) foldRaft(world, at, id.node, event);
  else if (isOf(event, 'raftstore')) {
    foldRaftstore(world, at, id.node, event);
    if (event.type === 'raftstore/read-served') foldServed(world, id.node, event);
    if (event.type === 'raftstore/snapshot-installed') foldInstalled(world, id.node, event.region);
    if (event.type === 'raftstore/region-split') foldSplitVersions(world, id.node, event);
  } else if (isOf(event, 'disk')) foldDisk(world, at, id.node, event);
  else if (isOf(event, 'client')) {
    foldClient(world, at, id.node, event);
    foldTransactions(world, at, id.node, event);
  } else if (isOf(event, 'mvcc') || isOf(event, 'txn')) foldVersions(world, at, id.node, event);
  else if (isOf(event, 'node')) {
    foldNode(world, at, event);
    foldLoss(world, at, event);
    if (event.node === PD_NODE && event.type === 'node/booted') foldPdDown(world.pd);
  } else if (isOf(event, 'pd')) {
    foldPd(world, at, event);
    foldTimestamps(world, event);
  } else if (event.type === 'command/given') {
    foldUndo(world, event.command);
    markFault(world, at, event.command);
    foldRules(world, event.command);
    foldHolds(world, event.command);
  } else if (event.type === 'world/started') foldStarted(world, at, event);
}

/** Rules that are broken, settings that are changed. */
function foldRules(world: World, command: Command): void {
  if (command.type === 'config-set')
    world.settings = { ...world.settings, [command.name]: command.value };
  if (command.type !== 'mutate') return;
  const others = world.broken.filter((rule) => rule !== command.rule);
  world.broken = command.on ? [...others, command.rule] : others;
}
