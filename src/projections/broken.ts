// What is broken right now, thing by thing, each with the commands that mend it. Derived from the world alone: what is
// not listed here is whole.

import type { Command } from '../sim/command.ts';
import type { Hold, LinkProperties } from '../sim/network.ts';
import { nodeRank, type NodeId } from '../tikv/ids.ts';
import type { LinkState, NodeState } from './cluster.ts';
import { flightsOf } from './flights.ts';
import { newLink } from './fold-network.ts';
import { duration, nodeName, percent, plural } from './words/format.ts';
import { linkKey, type World } from './world.ts';

export interface Broken {
  /** The same as long as the same thing is broken in the same way. */
  readonly key: string;
  /** `S2 is down`: a few words. */
  readonly words: string;
  /** What mending it is called: `Restart S2`. */
  readonly mending: string;
  /** In order; none where nothing mends it. */
  readonly mend: readonly Command[];
}

/** More broken links than these are one item. */
const LINKS_APART = 4;

/** Nodes, then links, then what is held; the same order whatever came first. */
export function brokenThings(world: World): Broken[] {
  const nodes = Object.values(world.nodes).toSorted((a, b) => nodeRank(a.id) - nodeRank(b.id));
  return [...nodes.flatMap(ofNode), ...cuts(world, nodes), ...changed(world), ...held(world)];
}

/** The commands that mend everything that can be mended: links first, so that whoever starts is heard. */
export function mendAll(world: World): Command[] {
  const things = brokenThings(world);
  const commands: Command[] = [];
  if (Object.values(world.links).some((link) => link.cut))
    commands.push({ type: 'heal', node: null });
  for (const link of Object.values(world.links))
    if (link.changed) commands.push(asUsual(world, link));
  if (isHolding(world)) commands.push({ type: 'release', message: null });
  const ofNodes = things.flatMap((thing) => thing.mend).filter(isOfNode);
  // A disk and a clock are whole before their node goes on.
  return [...commands, ...ofNodes.filter(isRepair), ...ofNodes.filter((each) => !isRepair(each))];
}

const isRepair = (command: Command): boolean => command.type === 'disk' || command.type === 'skew';

const isOfNode = (command: Command): boolean =>
  isRepair(command) || command.type === 'restart' || command.type === 'resume';

function ofNode(node: NodeState): Broken[] {
  const { id } = node;
  const me = nodeName(id);
  const found: Broken[] = [];
  const add = (what: string, words: string, mending: string, mend: readonly Command[]) =>
    found.push({ key: `${what} ${id}`, words, mending, mend });
  // Before its first life a node is not broken, only not there yet.
  if (node.status === 'down' && node.incarnation > 0)
    add('down', `${me} is down`, `Restart ${me}`, [{ type: 'restart', node: id }]);
  if (node.status === 'destroyed') add('destroyed', `${me} lost its disk`, '', []);
  if (node.status === 'paused')
    add('paused', `${me} is paused`, `Resume ${me}`, [{ type: 'resume', node: id }]);
  if (node.diskFault.type !== 'none')
    add('disk', diskWords(node), `Mend the disk of ${me}`, [
      { type: 'disk', node: id, fault: { type: 'none' } },
    ]);
  const { offset, ppm } = node.clock;
  if (offset !== 0 || ppm !== 0)
    add('skew', clockWords(node), `Set the clock of ${me} right`, [
      { type: 'skew', node: id, offset: 0, ppm: 0 },
    ]);
  return found;
}

function diskWords({ id, diskFault }: NodeState): string {
  const disk = `disk of ${nodeName(id)}`;
  return diskFault.type === 'slow'
    ? `${disk} ${duration(diskFault.by)} slower`
    : `${disk} ${diskFault.type}`;
}

function clockWords({ id, clock: { offset, ppm } }: NodeState): string {
  const parts: string[] = [];
  if (offset !== 0) parts.push(`${duration(Math.abs(offset))} ${offset < 0 ? 'behind' : 'ahead'}`);
  if (ppm !== 0) parts.push(`${ppm < 0 ? 'loses' : 'gains'} ${duration(Math.abs(ppm))} a second`);
  return `clock of ${nodeName(id)} ${parts.join(', ')}`;
}

function cuts(world: World, nodes: readonly NodeState[]): Broken[] {
  const isCut = (from: NodeId, to: NodeId) => world.links[linkKey(from, to)]?.cut === true;
  const alone = nodes.filter((node) =>
    nodes.every(
      (other) => other === node || (isCut(node.id, other.id) && isCut(other.id, node.id)),
    ),
  );
  const ids = alone.map((node) => node.id);
  const found: Broken[] = ids.map((node) => ({
    key: `isolated ${node}`,
    words: `${nodeName(node)} is cut off`,
    mending: `Heal the links of ${nodeName(node)}`,
    mend: [{ type: 'heal', node }],
  }));
  const others = Object.values(world.links).filter(
    (link) => link.cut && !ids.includes(link.from) && !ids.includes(link.to),
  );
  const pairs = inPairs(others);
  if (pairs.length > LINKS_APART)
    return [
      ...found,
      {
        key: 'cuts',
        words: `${plural(others.length, 'link')} cut`,
        mending: 'Heal the network',
        mend: [{ type: 'heal', node: null }],
      },
    ];
  return [
    ...found,
    ...pairs.map((links) => ({
      key: `cut ${wayWords(links)}`,
      words: `${wayWords(links)} cut`,
      mending: `Mend ${wayWords(links)}`,
      mend: links.map(({ from, to }) => ({ type: 'mend', from, to }) as const),
    })),
  ];
}

/** Links whose way back is in the same state stand together. */
function inPairs(links: readonly LinkState[]): LinkState[][] {
  const pairs: LinkState[][] = [];
  for (const link of links) {
    const back = pairs.find(
      ([first, second]) =>
        first !== undefined &&
        second === undefined &&
        first.from === link.to &&
        first.to === link.from &&
        (link.cut || linkWords(first) === linkWords(link)),
    );
    if (back === undefined) pairs.push([link]);
    else back.push(link);
  }
  return pairs;
}

/** `S1 to S2`, `S1–S2` where it holds both ways. */
function wayWords([link, back]: readonly LinkState[]): string {
  if (link === undefined) return '';
  const [from, to] = [nodeName(link.from), nodeName(link.to)];
  return back === undefined ? `${from} to ${to}` : `${from}–${to}`;
}

/** `400 ms, 20% lost`. */
export function linkWords(link: LinkProperties): string {
  const parts = [duration(link.latency)];
  if (link.jitter > 0) parts.push(`± ${duration(link.jitter)}`);
  const shares = [
    link.lossPerMillion === 0 ? '' : `, ${percent(link.lossPerMillion)} lost`,
    link.duplicatePerMillion === 0 ? '' : `, ${percent(link.duplicatePerMillion)} doubled`,
    link.reorderPerMillion === 0 ? '' : `, ${percent(link.reorderPerMillion)} overtaken`,
  ];
  return `${parts.join(' ')}${shares.join('')}`;
}

function asUsual(world: World, { from, to }: LinkState): Command {
  const { latency, jitter } = newLink(world, from, to);
  const faithful = { lossPerMillion: 0, duplicatePerMillion: 0, reorderPerMillion: 0 };
  return { type: 'link', from, to, latency, jitter, ...faithful };
}

function changed(world: World): Broken[] {
  const pairs = inPairs(Object.values(world.links).filter((link) => link.changed && !link.cut));
  const item = (key: string, words: string, way: string, links: readonly LinkState[]): Broken => ({
    key: `link ${key}`,
    words,
    mending: `Set ${way} back`,
    mend: links.map((link) => asUsual(world, link)),
  });
  if (pairs.length > LINKS_APART)
    return [item('many', `${plural(pairs.length, 'link')} changed`, 'these links', pairs.flat())];
  return pairs.map((links) => {
    const way = wayWords(links);
    const quality = links[0] === undefined ? '' : qualityWords(world, links[0]);
    return item(way, `${way} ${quality}`, way, links);
  });
}

/** What differs from the cluster's settings. */
function qualityWords(world: World, link: LinkState): string {
  const usual = newLink(world, link.from, link.to);
  const timing = link.latency !== usual.latency || link.jitter !== usual.jitter;
  const words = linkWords(link);
  return timing ? words : words.slice(words.indexOf(', ') + 2);
}

export const isHolding = (world: World): boolean =>
  world.holds.length > 0 || flightsOf(world).some((flight) => flight.heldAt !== null);

/** Whose messages are held: `hold MsgHeartbeat from S1`. */
export function holdWords({ kind, from, to }: Hold): string {
  const ends = `${from === null ? '' : ` from ${nodeName(from)}`}${to === null ? '' : ` to ${nodeName(to)}`}`;
  return `${kind ?? 'every message'}${ends}`;
}

function held(world: World): Broken[] {
  const rules = world.holds.map((hold): Broken => {
    const words = holdWords(hold);
    const whole = hold.kind === null && hold.from === null && hold.to === null;
    return {
      key: `hold ${words}`,
      words: `hold: ${words}`,
      mending: `Release ${words}`,
      mend: [whole ? { type: 'release', message: null } : { type: 'release-kind', ...hold }],
    };
  });
  const byHand = flightsOf(world).filter((flight) => flight.heldAt !== null);
  if (byHand.length === 0 || world.holds.length > 0) return rules;
  return [
    {
      key: 'held',
      words: `${plural(byHand.length, 'message')} held`,
      mending: 'Release all',
      mend: [{ type: 'release', message: null }],
    },
  ];
}
