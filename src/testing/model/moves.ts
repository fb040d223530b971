// The moves of the world: which steps could be next. A client follows its plan; whoever meets a lock settles it as the
// protocol's rules allow; messages of one client arrive in any order.

import {
  commitTsAfterPrewrite,
  primaryDecides,
  primaryFirst,
  resolvedBeforeGc,
  safePointBehindReaders,
} from '../../tikv/txn/rules.ts';
import { lettersOf } from './plan.ts';
import type { Profile, TxnPlan } from './plan.ts';
import { locksUpTo } from './settle.ts';
import type { Client, Met, State } from './state.ts';

/** One step: of a client, or (`client` −1) of the collector. */
export interface Move {
  readonly client: number;
  readonly verb:
    | 'begin'
    | 'read'
    | 'lock'
    | 'prewrite'
    | 'fetch-commit-ts'
    | 'commit'
    | 'roll-back'
    | 'check'
    | 'check-expired'
    | 'check-secondaries'
    | 'decide-alone'
    | 'resolve'
    | 'die'
    | 'choose-safe-point'
    | 'settle-lock'
    | 'collect';
  readonly key: string;
}

export const nameOf = ({ client, verb, key }: Move): string =>
  `${client < 0 ? 'gc' : `t${client + 1}`} ${verb}${key === '' ? '' : ` ${key}`}`;

export const planOf = (profile: Profile, client: number) => profile.plans[client] as TxnPlan;

/** Everything that could happen next. */
export function movesOf(state: State, profile: Profile): Move[] {
  const moves = state.clients.flatMap((client, i) => clientMoves(profile, client, i));
  return profile.gc === true ? [...moves, ...collectorMoves(state, profile)] : moves;
}

function clientMoves(profile: Profile, client: Client, i: number): Move[] {
  const plan = planOf(profile, i);
  const move = (verb: Move['verb'], key = ''): Move => ({ client: i, verb, key });
  const late = profile.late === true ? without(plan.writes, client.sent) : '';
  switch (client.phase) {
    case 'dead':
      return [];
    case 'over':
      return client.told || client.commitTs > 0
        ? []
        : lettersOf(late).map((key) => move('prewrite', key));
    case 'failed':
      return [move('roll-back')];
    case 'active':
      break;
  }
  if (client.startTs === 0) return [move('begin')];
  const deaths = profile.deaths === true ? [move('die')] : [];
  if (client.met !== null) return [...settlingMoves(profile, client.met, move), ...deaths];
  return [...planMoves(profile, client, { plan, move }), ...deaths];
}

function planMoves(
  profile: Profile,
  client: Client,
  at: { readonly plan: TxnPlan; readonly move: (verb: Move['verb'], key?: string) => Move },
): Move[] {
  const { plan, move } = at;
  const broken = profile.broken ?? [];
  const unread = lettersOf(plan.reads).find((key) => !(key in client.reads));
  if (unread !== undefined) return [move('read', unread)];
  const unlocked = plan.kind === 'pessimistic' ? without(plan.writes, client.locked) : '';
  if (unlocked !== '') return [move('lock', unlocked[0])];
  const missing = without(plan.writes, client.prewritten);
  const moves: Move[] = [];
  if (plan.kind === 'one-phase' && missing !== '') return [move('prewrite', plan.writes)];
  for (const key of lettersOf(missing)) moves.push(move('prewrite', key));
  const keys = plan.writes.length;
  const progress = { startTs: client.startTs, prewritten: keys - missing.length, keys };
  if (client.commitTs === 0 && commitTsAfterPrewrite(progress, broken).holds) {
    moves.push(move('fetch-commit-ts'));
  }
  if (client.commitTs === 0 || missing !== '') return moves;
  const primary = plan.writes.slice(0, 1);
  const primaryCommitted = client.committed.includes(primary) || plan.kind === 'async';
  for (const key of lettersOf(without(plan.writes, client.committed))) {
    if (primaryFirst([key], { primary, primaryCommitted }, broken).holds) {
      moves.push(move('commit', key));
    }
  }
  return moves;
}

function settlingMoves(
  profile: Profile,
  met: Met,
  move: (verb: Move['verb'], key?: string) => Move,
): Move[] {
  if (met.decided !== null) return lettersOf(met.toResolve).map((key) => move('resolve', key));
  const moves = [move('check'), move('check-expired')];
  if (met.secondaries !== null) moves.push(move('check-secondaries'));
  if (primaryDecides(met, false, profile.broken ?? []).holds) moves.push(move('decide-alone'));
  return moves;
}

const activeSince = (state: State): number | null => {
  const starts = state.clients
    .filter(({ phase, startTs }) => phase === 'active' && startTs > 0)
    .map(({ startTs }) => startTs);
  return starts.length === 0 ? null : Math.min(...starts);
};

/** The latest safe point that the rule allows; 0: none. */
export function safePointOf(state: State, broken: readonly string[]): number {
  const oldest = activeSince(state);
  if (oldest === null || safePointBehindReaders(state.tso, oldest, broken).holds) return state.tso;
  return oldest - 1;
}

function collectorMoves(state: State, profile: Profile): Move[] {
  const move = (verb: Move['verb']): Move => ({ client: -1, verb, key: '' });
  const broken = profile.broken ?? [];
  if (state.gc === null) {
    return safePointOf(state, broken) > 0 ? [move('choose-safe-point')] : [];
  }
  if (state.gc.done) return [];
  const left = locksUpTo(state, profile, state.gc.safePoint).length;
  const moves = left > 0 ? [move('settle-lock')] : [];
  if (resolvedBeforeGc(left, state.gc.safePoint, broken).holds) moves.push(move('collect'));
  return moves;
}

/** The letters of `keys` that are not in `gone`. */
export const without = (keys: string, gone: string): string =>
  lettersOf(keys)
    .filter((key) => !gone.includes(key))
    .join('');
