// Every order of moves, breadth first: the first breach that is found is one of the shortest.

import { breachOf, isWriteSkew, remember } from './invariants.ts';
import type { Breach } from './invariants.ts';
import { movesOf, nameOf } from './moves.ts';
import type { Move } from './moves.ts';
import type { Profile } from './plan.ts';
import { initialState, keyOfState } from './state.ts';
import type { State } from './state.ts';
import { after } from './steps.ts';

export interface Found {
  readonly states: number;
  readonly steps: number;
  /** States from which nothing more happens. */
  readonly ends: number;
  /** Steps of the longest history that was looked at. */
  readonly depth: number;
  /** True where nothing was left out. */
  readonly complete: boolean;
  /** Ends that are write skews: allowed, and counted. */
  readonly skews: number;
  readonly breach: (Breach & { readonly moves: readonly string[] }) | null;
}

interface Visited {
  readonly state: State;
  readonly from: Visited | null;
  readonly move: Move | null;
}

export function search(profile: Profile, statesMax = Number.POSITIVE_INFINITY): Found {
  const first = initialState(profile);
  const seen = new Set([keyOfState(first)]);
  let frontier: Visited[] = [{ state: first, from: null, move: null }];
  const count = { steps: 0, ends: 0, depth: 0, skews: 0 };
  while (frontier.length > 0 && count.depth < profile.depth && seen.size < statesMax) {
    const next: Visited[] = [];
    for (const visited of frontier) {
      const moves = movesOf(visited.state, profile);
      if (moves.length === 0) {
        count.ends++;
        if (isWriteSkew(visited.state, profile)) count.skews++;
      }
      for (const move of moves) {
        count.steps++;
        const state = remember(after(visited.state, profile, move));
        const key = keyOfState(state);
        if (seen.has(key) && state.mismatch === null) continue;
        const breach = breachOf(visited.state, state, { profile, move });
        const reached: Visited = { state, from: visited, move };
        if (breach !== null) {
          const found = { ...breach, moves: pathOf(reached) };
          return { states: seen.size, ...count, complete: false, breach: found };
        }
        seen.add(key);
        next.push(reached);
      }
    }
    frontier = next;
    count.depth++;
  }
  return { states: seen.size, ...count, complete: frontier.length === 0, breach: null };
}

function pathOf(visited: Visited): string[] {
  const names: string[] = [];
  for (let at: Visited | null = visited; at?.move; at = at.from) names.unshift(nameOf(at.move));
  return names;
}
