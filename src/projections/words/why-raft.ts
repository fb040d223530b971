// Why a store has the role that it has, why it voted as it did, and why an entry is committed or is not.

import type { NodeId, RegionId } from '../../tikv/ids.ts';
import type { JournalRecord } from '../../sim/record.ts';
import { entryAt } from '../log-window.ts';
import { isAlive, leaderOf, membersIn, replicasOf } from '../questions.ts';
import { majoritiesOf, type Majority } from '../membership.ts';
import type { Replica } from '../raft.ts';
import { linkKey } from '../world.ts';
import { clock, counted, duration, nodeName, nodeNames } from './format.ts';
import { decisive, newest, plainly, reason, type Asked, type Reason } from './why-parts.ts';

export function whyStore(
  asked: Asked,
  { store, region }: { readonly store: NodeId; readonly region: RegionId },
): Reason[] {
  const { world } = asked;
  const node = world.nodes[store];
  const me = nodeName(store);
  if (node === undefined) return [plainly(`There is no ${me}.`)];
  if (node.status !== 'up') return [notUp(asked, store)];
  const replica = world.replicas[store]?.[region];
  if (replica === undefined)
    return [plainly(`${me} has no replica of Region ${region}: it takes no part in it.`)];
  return [roleOf(asked, replica), ...refusals(asked, replica)];
}

function notUp(asked: Asked, store: NodeId): Reason {
  const me = nodeName(store);
  const status = asked.world.nodes[store]?.status ?? 'down';
  if (status === 'paused') {
    const [paused] = newest(asked, 'node/paused', { store });
    return paused === undefined
      ? plainly(`${me} is paused.`)
      : reason(
          `${me} was paused at ${clock(paused.at)}: it takes nothing in until it is resumed`,
          paused,
        );
  }
  const [gone] = newest(asked, status === 'destroyed' ? 'node/destroyed' : 'node/killed', {
    store,
  });
  const how =
    status === 'destroyed'
      ? 'lost its power and its disk'
      : gone?.event.type === 'node/killed' && gone.event.why !== 'command'
        ? 'lost its power when the page did'
        : 'was killed';
  return gone === undefined
    ? plainly(`${me} is down.`)
    : reason(`${me} ${how} at ${clock(gone.at)}`, gone);
}

function roleOf(asked: Asked, replica: Replica): Reason {
  const { store, region, role, term } = replica;
  const me = nodeName(store);
  if (role === 'leader') return leads(asked, replica);
  if (role !== 'follower') return campaigns(asked, replica);
  const leader = leaderOf(asked.world, region);
  if (replica.leader !== null && replica.leader === leader?.store) {
    const heard =
      replica.heardAt === null ? '' : `, heard ${duration(asked.world.at - replica.heardAt)} ago`;
    const sleeps = replica.sleep.asleep ? ' Its Region is idle, and sleeps.' : '';
    return plainly(
      `${me} follows ${nodeName(leader.store)}, who leads term ${term}${heard}.${sleeps}`,
    );
  }
  const [refused] = newest(asked, 'raft/campaign-refused', { store, region });
  if (refused !== undefined && refused.event.term === term)
    return reason(`${me} may not ask for votes`, refused, refused.event.verdict);
  const left =
    replica.timer === null || replica.sleep.asleep ? null : replica.timer.endsAt - asked.world.at;
  const wait = left === null || left < 0 ? '' : ` It asks for votes in ${duration(left)}.`;
  return plainly(`${me} follows nobody in term ${term}: it has heard no leader.${wait}`);
}

function leads(asked: Asked, replica: Replica): Reason {
  const { store, region, term } = replica;
  const me = nodeName(store);
  const won = newest(asked, 'raft/became-leader', { store, region }).find(
    ({ event }) => event.term === term,
  );
  const votes = newest(asked, 'raft/vote-received', { store, region }).filter(
    ({ n, event }) =>
      event.term === term &&
      !event.pre &&
      event.granted &&
      event.from !== replica.peer &&
      n < (won?.n ?? 0),
  );
  const newer = leaderOf(asked.world, region);
  const old =
    newer !== null && newer.store !== store
      ? ` ${nodeName(newer.store)} leads term ${newer.term} already, and ${me} has not heard of it.`
      : '';
  const yes = votes.length + 1;
  const needed = needs(majoritiesOf(membersIn(asked.world, region)));
  if (won === undefined) return plainly(`${me} leads term ${term}.${old}`);
  const { sentence, ...from } = reason(
    `${me} leads term ${term} since ${clock(won.at)}: it had ${yes} votes, its own among them, and needed ${needed}`,
    won,
  );
  const rule = votes[0]?.event.verdict.rule ?? null;
  return { ...from, rule, sentence: `${sentence}${old}` };
}

function campaigns(asked: Asked, { store, region, campaign, term }: Replica): Reason {
  const me = nodeName(store);
  if (campaign === null) return plainly(`${me} asks for votes of term ${term}.`);
  const of = (answer: string) =>
    campaign.votes.filter((vote) => vote.answer === answer).map((vote) => vote.store);
  const yes = of('own').length + of('granted').length;
  const silent = of('coming').map((other) => `${nodeName(other)} ${silence(asked, store, other)}`);
  const no = newest(asked, 'raft/voted', { region }).find(
    ({ id, event }) =>
      !event.granted && of('refused').includes(id.node) && event.term === campaign.term,
  );
  const what = campaign.kind === 'pre-vote' ? 'asks whether it could win' : 'asks for votes of';
  const head = `${me} ${what} term ${campaign.term} and has ${counted(yes)} ${yes === 1 ? 'vote' : 'votes'}; it needs ${needs(campaign.majorities)}`;
  if (no !== undefined)
    return reason(
      `${head}; ${nodeName(no.id.node)} refused`,
      no,
      decisive(no.event.verdicts, false),
    );
  return plainly(`${head}${silent.length === 0 ? '' : `; ${silent.join(', ')}`}.`);
}

/** `2 of 3`; joint: `2 of 3 old and 2 of 3 new voters`. */
const needs = (majorities: readonly Majority[]): string =>
  majorities
    .map(({ side, needed, voters }) =>
      side === 'only' ? `${needed} of ${voters.length}` : `${needed} of ${voters.length} ${side}`,
    )
    .join(' and ') + (majorities.length > 1 ? ' voters' : '');

function silence({ world }: Asked, from: NodeId, to: NodeId): string {
  if (!isAlive(world, to)) return 'is down';
  if (world.nodes[to]?.status === 'paused') return 'is paused';
  if (world.links[linkKey(from, to)]?.cut === true) return 'is behind a cut link';
  if (world.links[linkKey(to, from)]?.cut === true) return 'cannot answer: its link is cut';
  return 'has not answered yet';
}

/** What rules refused to this store lately, the newest of each kind. */
function refusals(asked: Asked, { store, region, term }: Replica): Reason[] {
  const me = nodeName(store);
  const where = { store, region };
  const found: (readonly [JournalRecord, Reason])[] = [];
  const [held] = newest(asked, 'raft/commit-held', where);
  if (held !== undefined)
    found.push([
      held,
      reason(`${me} held entry ${held.event.index} back`, held, held.event.verdict),
    ]);
  const [rejected] = newest(asked, 'raft/append-rejected', where);
  if (rejected !== undefined)
    found.push([
      rejected,
      reason(
        `${me} refused entries after ${rejected.event.index}`,
        rejected,
        rejected.event.verdict,
      ),
    ]);
  const [vote] = newest(asked, 'raft/voted', where);
  if (vote !== undefined && !vote.event.granted)
    found.push([
      vote,
      reason(
        `${me} refused ${peerName(asked, region, vote.event.candidate)} its vote for term ${vote.event.term}`,
        vote,
        decisive(vote.event.verdicts, false),
      ),
    ]);
  const [conf] = newest(asked, 'raft/conf-change-refused', where);
  if (conf !== undefined && conf.event.index >= 0)
    found.push([conf, reason(`${me} refused a change of members`, conf, conf.event.verdict)]);
  const [stale] = newest(asked, 'raft/stale-ignored', where);
  if (stale !== undefined && stale.event.term === term)
    found.push([
      stale,
      reason(
        `${me} passed over a ${stale.event.message} of term ${stale.event.messageTerm}: this is term ${stale.event.term}`,
        stale,
      ),
    ]);
  return found
    .toSorted(([a], [b]) => b.n - a.n)
    .slice(0, 2)
    .map(([, each]) => each);
}

/** The store of a peer. */
function peerName({ world }: Asked, region: RegionId, peer: number): string {
  const found = world.regions[region]?.region.peers.find(({ id }) => id === peer);
  return found === undefined ? `peer ${peer}` : nodeName(`s${found.storeId}`);
}

/** The last time that this store was asked for its vote. */
export function whyVote(
  asked: Asked,
  { store, region }: { readonly store: NodeId; readonly region: RegionId },
): Reason[] {
  const me = nodeName(store);
  const [voted] = newest(asked, 'raft/voted', { store, region });
  const [ignored] = newest(asked, 'raft/vote-ignored', { store, region });
  if (ignored !== undefined && ignored.n > (voted?.n ?? -1)) {
    const { candidate, term, verdict } = ignored.event;
    return [
      reason(
        `${me} did not look at ${peerName(asked, region, candidate)}’s request for term ${term}`,
        ignored,
        verdict,
      ),
    ];
  }
  if (voted === undefined)
    return [plainly(`Nobody has asked ${me} for its vote in Region ${region}.`)];
  const { candidate, term, pre, granted, verdicts } = voted.event;
  const what = pre ? 'told that it would vote for' : 'gave its vote to';
  const who = peerName(asked, region, candidate);
  return [
    granted
      ? reason(`${me} ${what} ${who} in term ${term}`, voted, decisive(verdicts, true))
      : reason(
          `${me} refused ${who} ${pre ? 'a pre-vote' : 'its vote'} for term ${term}`,
          voted,
          decisive(verdicts, false),
        ),
  ];
}

export function whyEntry(
  asked: Asked,
  { index, region }: { readonly index: number; readonly region: RegionId },
): Reason[] {
  const { world } = asked;
  const leader = leaderOf(world, region);
  const best = leader ?? replicasOf(world, region).toSorted((a, b) => b.commit - a.commit)[0];
  if (best === undefined) return [plainly(`Nobody has a replica of Region ${region} yet.`)];
  const { log } = best;
  const cut = newest(asked, 'raft/truncated', { region }).find(({ event }) => event.from <= index);
  if (index > log.lastIndex) {
    const gone = `Entry ${index} was taken out of ${cut === undefined ? '' : nodeName(cut.id.node)}’s log: it conflicted with the leader’s and was not committed`;
    return cut === undefined
      ? [
          plainly(
            `There is no entry ${index}: ${nodeName(best.store)}’s log ends at ${log.lastIndex}.`,
          ),
        ]
      : [reason(gone, cut)];
  }
  if (index < log.firstIndex)
    return [
      plainly(
        `Entry ${index} is committed and applied; ${nodeName(best.store)} has given its log up to ${log.firstIndex - 1} up.`,
      ),
    ];
  const committed = Math.max(0, ...replicasOf(world, region).map(({ commit }) => commit)) >= index;
  return committed ? [isCommitted(asked, region, index)] : [notCommitted(asked, best, index)];
}

function isCommitted(asked: Asked, region: RegionId, index: number): Reason {
  const moved = newest(asked, 'raft/committed', { region })
    .toReversed()
    .find(({ event }) => event.by === 'quorum' && event.index >= index);
  if (moved === undefined)
    return plainly(`Entry ${index} is committed; how is too long ago to be kept.`);
  const { event, id } = moved;
  const with_ =
    event.index === index ? '' : `, together with everything up to entry ${event.index}`;
  return reason(
    `Entry ${index} is committed since ${clock(moved.at)}, by ${nodeName(id.node)} in term ${event.term}${with_}`,
    moved,
    event.verdicts.find(({ rule }) => rule === 'raft/commit-quorum') ??
      decisive(event.verdicts, true),
  );
}

function notCommitted(asked: Asked, best: Replica, index: number): Reason {
  const { world } = asked;
  const { region, store } = best;
  const term = entryAt(best.log, index)?.term ?? 0;
  const held = newest(asked, 'raft/commit-held', { store, region }).find(
    ({ event }) => event.index >= index,
  );
  if (held !== undefined && best.role === 'leader')
    return reason(
      `Entry ${index} is not committed, though a majority has it`,
      held,
      held.event.verdict,
    );
  const holders = replicasOf(world, region).filter(
    (replica) => replica.persistedIndex >= index && entryAt(replica.log, index)?.term === term,
  );
  const needed = needs(majoritiesOf(membersIn(world, region)));
  const where =
    holders.length === 0
      ? 'on no disk'
      : `on the disk of ${nodeNames(holders.map((each) => each.store))}`;
  const lacking =
    best.role === 'leader' ? '' : ` Nobody leads Region ${region} now, and only a leader commits.`;
  const others = replicasOf(world, region)
    .filter((replica) => replica.store !== store && !holders.includes(replica))
    .map((replica) => `${nodeName(replica.store)} ${silence(asked, store, replica.store)}`);
  return {
    sentence: `Entry ${index} of term ${term} is not committed: it is ${where}, and it needs ${needed}.${lacking}${others.length === 0 || lacking !== '' ? '' : ` ${others.join(', ')}.`}`,
    rule: 'raft/commit-quorum',
    record: null,
    at: null,
  };
}
