// What the ring shows of a world: one plain card per store, client and driver, and the state of each lane. Messages are
// drawn apart, once a frame.

import type { ClientState, Operation } from '../../projections/clients.ts';
import type { NodeState } from '../../projections/cluster.ts';
import type { Replica } from '../../projections/raft.ts';
import type { World } from '../../projections/world.ts';
import { storeNode, type Micros, type NodeId, type RegionId } from '../../tikv/ids.ts';
import { flightsOf } from '../../projections/flights.ts';
import { majoritiesOf, votersIn } from '../../projections/membership.ts';
import { leaderOf, leaseOf, membersIn, replicasOf } from '../../projections/questions.ts';
import { backOffShort } from '../../projections/words/explain-client.ts';
import { commas, nodeName, plural } from '../../projections/words/format.ts';
import { installWords, memberWord } from '../raft/progress-words.ts';
import { outcomeWord, servedWord, requestWord } from '../chart/words.ts';
import { candidateOf, isCut, lastLeaderOf, nodesOf } from '../session/readings.ts';

/** What a card looks like. `starting`: it runs and has no replica. */
export type CardLook =
  | 'leader'
  | 'follower'
  | 'candidate'
  | 'pre-candidate'
  | 'starting'
  | 'down'
  | 'destroyed';

export interface VoteDot {
  readonly name: string;
  /** ● has it, ◐ on its way, ○ no answer, − refused. */
  readonly state: 'has' | 'coming' | 'none' | 'refused';
}

export interface StoreCardModel {
  readonly node: NodeId;
  readonly name: string;
  readonly look: CardLook;
  readonly paused: boolean;
  /** The role in a word, in full and for narrow cards. */
  readonly word: string;
  readonly shortWord: string;
  readonly term: number | null;
  readonly note: string | null;
  readonly lastIndex: number;
  readonly commit: number;
  readonly votes: readonly VoteDot[] | null;
  /** The election timer: when it was set and when it runs out. */
  readonly timer: { readonly from: Micros; readonly to: Micros } | null;
  /** Of a leader: until when it may answer reads alone. `none`: it has no lease. */
  readonly lease: LeaseDialModel | null;
  /** It learns and does not vote. */
  readonly learner: boolean;
  /** The snapshot that it takes in, and how far that is. */
  readonly installing: string | null;
  /** The oldest synced write under way. */
  readonly writing: { readonly from: Micros; readonly to: Micros } | null;
  /** Of a store that is down: what its disk holds. */
  readonly diskLines: readonly string[];
  /** The card in words, for those who listen. */
  readonly says: string;
}

export interface LeaseDialModel {
  readonly state: 'valid' | 'suspect' | 'none';
  readonly from: Micros;
  readonly to: Micros;
}

/** While the configuration is joint: who votes on one side, and how many of them decide. */
export interface VoterSet {
  readonly side: 'old' | 'new';
  readonly nodes: readonly NodeId[];
  /** `old 2 of 3` */
  readonly words: string;
}

export interface ClientCardModel {
  readonly node: NodeId;
  readonly status: NodeState['status'];
  /** The newest operation, in words. */
  readonly asks: string | null;
  readonly tone: 'quiet' | 'waits' | 'ok' | 'unsure' | 'failed';
  readonly answer: string | null;
  readonly says: string;
}

export interface PdCardModel {
  readonly node: NodeId;
  readonly status: NodeState['status'];
  readonly line: string;
  readonly says: string;
}

/** A pair of stores: talking (two lanes), quiet (dots), or cut one way or both. */
export interface LinkModel {
  readonly a: NodeId;
  readonly b: NodeId;
  readonly talking: boolean;
  readonly cutThere: boolean;
  readonly cutBack: boolean;
}

export interface RingModel {
  readonly region: RegionId;
  readonly stores: readonly StoreCardModel[];
  readonly clients: readonly ClientCardModel[];
  readonly pd: PdCardModel | null;
  readonly links: readonly LinkModel[];
  /** `3 replicas` · `3 voters, 1 learner` */
  readonly replicas: string;
  /** The old and the new voters; none where it is not joint. */
  readonly sets: readonly VoterSet[];
}

/** A follower that is further behind than this says so instead of its role. */
const LAG_WORTH_A_WORD = 4;

export function ringModel(world: World, region: RegionId): RingModel {
  const stores = nodesOf(world, 'store');
  const pd = nodesOf(world, 'pd')[0];
  return {
    region,
    stores: stores.map((node) => storeCard(world, node, region)),
    clients: nodesOf(world, 'client').map((node) => clientCard(world, node)),
    pd: pd === undefined ? null : pdCard(world, pd),
    links: linksOf(world, stores, region),
    replicas: replicasWords(world, region),
    sets: voterSets(world, region),
  };
}

function storeCard(world: World, node: NodeState, region: RegionId): StoreCardModel {
  const replica = world.replicas[node.id]?.[region] ?? null;
  const write = node.writes[0];
  const alive = node.status === 'up' || node.status === 'paused';
  const look = lookOf(node, replica);
  const word = roleWord(world, look, replica, region);
  const card = {
    node: node.id,
    name: nodeName(node.id),
    look,
    paused: node.status === 'paused',
    word: node.status === 'paused' ? `${word}, paused` : word,
    shortWord: node.status === 'paused' ? 'paused' : word === 'pre-candidate' ? 'pre-cand.' : word,
    term: alive ? (replica?.term ?? null) : null,
    note: alive ? noteOf(replica) : null,
    lastIndex: replica?.log.lastIndex ?? 0,
    commit: replica?.commit ?? 0,
    votes: alive ? votesOf(world, replica) : null,
    timer:
      alive && replica?.timer && replica.role !== 'leader' && !replica.sleep.asleep
        ? {
            from: replica.timer.setAt - replica.timer.elapsed * replica.timer.tickMicros,
            to: replica.timer.endsAt,
          }
        : null,
    lease: alive && replica !== null ? leaseDial(world, replica) : null,
    learner: replica !== null && replica.members.learners.includes(replica.peer),
    installing: alive && replica !== null ? installWords(replica) : null,
    writing: write && alive ? { from: write.startedAt, to: write.durableAt } : null,
    diskLines: alive ? [] : diskLines(node, replica),
  };
  return { ...card, says: cardSays(card, replica) };
}

function lookOf(node: NodeState, replica: Replica | null): CardLook {
  if (node.status === 'destroyed') return 'destroyed';
  if (node.status === 'down') return 'down';
  return replica?.role ?? 'starting';
}

function roleWord(world: World, look: CardLook, replica: Replica | null, region: RegionId): string {
  if (look === 'starting' && world.regions[region] !== undefined) return 'no replica';
  if (look !== 'follower' || replica === null) return look === 'destroyed' ? 'disk gone' : look;
  const member = memberWord(replica);
  if (member !== 'follower') return member;
  const leader = leaderOf(world, region);
  const lag = leader === null ? 0 : leader.log.lastIndex - replica.log.lastIndex;
  return lag > LAG_WORTH_A_WORD ? `lags ${commas(lag)}` : 'follower';
}

function leaseDial(world: World, replica: Replica): LeaseDialModel | null {
  if (replica.role !== 'leader') return null;
  const lease = leaseOf(world, replica);
  return lease === null
    ? { state: 'none', from: 0, to: 0 }
    : { state: lease.state, from: lease.from, to: lease.until };
}

/** Who votes on each side, while there are two. */
function voterSets(world: World, region: RegionId): VoterSet[] {
  const replicas = replicasOf(world, region);
  const stores = world.regions[region]?.region.peers ?? [];
  return majoritiesOf(membersIn(world, region)).flatMap(({ side, voters, needed }) => {
    if (side === 'only') return [];
    const nodes = voters.flatMap((peer) => {
      const known = stores.find(({ id }) => id === peer);
      return known === undefined
        ? replicas.filter((each) => each.peer === peer).map(({ store }) => store)
        : [storeNode(known.storeId)];
    });
    return [{ side, nodes, words: `${side} ${needed} of ${voters.length}` }];
  });
}

function replicasWords(world: World, region: RegionId): string {
  const { learners } = membersIn(world, region);
  const voters = votersIn(membersIn(world, region)).length;
  if (learners.length === 0) return plural(voters || replicasOf(world, region).length, 'replica');
  return `${plural(voters, 'voter')}, ${plural(learners.length, 'learner')}`;
}

function noteOf(replica: Replica | null): string | null {
  if (replica === null || replica.role !== 'follower') return null;
  if (replica.leader !== null || replica.votedFor === null) return null;
  return `voted for ${nodeName(replica.votedFor)}`;
}

/** True where a granted vote is under way to the candidate. */
function voteIsComing(world: World, candidate: Replica, voter: NodeId): boolean {
  const kind = candidate.campaign?.kind === 'vote' ? 'vote-answer' : 'pre-vote-answer';
  return flightsOf(world).some(
    (flight) =>
      flight.kind === kind &&
      flight.from === voter &&
      flight.to === candidate.store &&
      flight.sign === '+' &&
      flight.doomed === null,
  );
}

function votesOf(world: World, replica: Replica | null): VoteDot[] | null {
  if (replica === null || replica.campaign === null) return null;
  return replica.campaign.votes.map((vote) => ({
    name: nodeName(vote.store),
    state:
      vote.answer === 'own' || vote.answer === 'granted'
        ? 'has'
        : vote.answer === 'refused'
          ? 'refused'
          : voteIsComing(world, replica, vote.store)
            ? 'coming'
            : 'none',
  }));
}

function diskLines(node: NodeState, replica: Replica | null): string[] {
  if (node.status === 'destroyed') return ['its disk is gone'];
  if (node.panic !== null) return ['an error of ours stopped it', 'its disk is whole'];
  if (replica === null) return ['no replica here', 'memory is gone'];
  return [
    `disk: term ${commas(replica.disk.term)}, log to ${commas(replica.disk.lastIndex)}`,
    'memory is gone',
  ];
}

function cardSays(card: Omit<StoreCardModel, 'says'>, replica: Replica | null): string {
  const parts = [card.name, card.word];
  if (card.term !== null) parts.push(`term ${card.term}`);
  if (card.diskLines.length > 0) parts.push(...card.diskLines);
  else if (replica !== null)
    parts.push(`log to ${commas(card.lastIndex)}`, `commit ${commas(card.commit)}`);
  if (card.votes !== null) {
    const has = card.votes.filter((vote) => vote.state === 'has').length;
    parts.push(`${has} of ${card.votes.length} votes`);
  }
  return parts.join(', ');
}

export function clientCard(world: World, node: NodeState): ClientCardModel {
  const client = world.clients[node.id];
  const operation = client === undefined ? undefined : newestOf(client);
  const base = { node: node.id, status: node.status };
  if (node.status !== 'up')
    return {
      ...base,
      asks: node.status,
      answer: null,
      tone: 'failed',
      says: `Client ${node.id}, ${node.status}`,
    };
  if (operation === undefined)
    return {
      ...base,
      asks: null,
      answer: null,
      tone: 'quiet',
      says: `Client ${node.id}, asks nothing`,
    };
  const asks = requestWord(node.id, operation.request).replace(/ --path \S+( --store \S+)?/, '');
  const { tone, answer } = answerOf(operation);
  return { ...base, asks, tone, answer, says: `Client ${node.id}, ${asks}, ${answer}` };
}

const newestOf = (client: ClientState): Operation | undefined =>
  client.open.at(-1) ?? client.ended.at(-1);

function answerOf(operation: Operation): Pick<ClientCardModel, 'tone' | 'answer'> {
  if (operation.abandoned) return { tone: 'failed', answer: 'the client lost its power' };
  if (operation.outcome !== null)
    return {
      tone:
        operation.outcome.status === 'ok'
          ? 'ok'
          : operation.outcome.status === 'failed'
            ? 'failed'
            : 'unsure',
      answer:
        operation.outcome.status === 'undetermined'
          ? 'cannot know'
          : [outcomeWord(operation.outcome), servedWord(operation)].filter(Boolean).join(' · '),
    };
  if (operation.waiting !== null)
    return { tone: 'waits', answer: backOffShort(operation.waiting.kind) };
  return {
    tone: 'waits',
    answer:
      operation.to === null ? 'asks PD for the Region' : `waits for ${nodeName(operation.to)}`,
  };
}

function pdCard(world: World, node: NodeState): PdCardModel {
  const known = Object.values(world.pd.regions)[0];
  const line =
    node.status !== 'up'
      ? node.status
      : known === undefined
        ? 'no Region yet'
        : `leader: ${nodeName(`s${known.leader.storeId}`)}`;
  return { node: node.id, status: node.status, line, says: `Placement driver, ${line}` };
}

function linksOf(world: World, stores: readonly NodeState[], region: RegionId): LinkModel[] {
  const centre = candidateOf(world, region) ?? lastLeaderOf(world, region);
  const talk = (a: NodeId, b: NodeId) =>
    flightsOf(world).some(({ from, to }) => (from === a && to === b) || (from === b && to === a));
  const leaders = new Set([centre?.store, leaderOf(world, region)?.store]);
  return stores.flatMap((a, i) =>
    stores.slice(i + 1).map((b) => ({
      a: a.id,
      b: b.id,
      talking: stores.length <= 3 || leaders.has(a.id) || leaders.has(b.id) || talk(a.id, b.id),
      cutThere: isCut(world, a.id, b.id),
      cutBack: isCut(world, b.id, a.id),
    })),
  );
}
