// What is worth stopping at: elections, commits, faults, refusals, answers, changes of Regions. The same is said twice:
// as a question to a record, for looking back, and as an expression of the lab, for running on.

import type { LoomEvent } from '../sim/record.ts';

export type Interest = 'election' | 'commit' | 'fault' | 'refusal' | 'answer' | 'region';

interface Source {
  readonly type: LoomEvent['type'];
  /** A predicate on the event `e`; null: each of this type. */
  readonly when: string | null;
  readonly holds: (event: LoomEvent) => boolean;
}

const each = (...types: LoomEvent['type'][]): Source[] =>
  types.map((type) => ({ type, when: null, holds: () => true }));

function some<Type extends LoomEvent['type']>(
  type: Type,
  when: string,
  holds: (event: Extract<LoomEvent, { type: Type }>) => boolean,
): Source {
  return { type, when, holds: (event) => holds(event as Extract<LoomEvent, { type: Type }>) };
}

interface InterestInfo {
  readonly id: Interest;
  /** After `next`. */
  readonly word: string;
  readonly means: string;
  readonly sources: readonly Source[];
}

export const INTERESTS: readonly InterestInfo[] = [
  {
    id: 'election',
    word: 'election',
    means: 'A store asks for votes, or leads',
    sources: each('raft/became-candidate', 'raft/became-leader'),
  },
  {
    id: 'commit',
    word: 'commit',
    means: 'A leader commits entries, or a transaction is committed',
    sources: [
      some('raft/committed', 'e.by == "quorum"', (event) => event.by === 'quorum'),
      ...each('txn/committed'),
    ],
  },
  {
    id: 'fault',
    word: 'fault',
    means: 'Something is broken or mended, or a node dies',
    sources: [
      some(
        'command/given',
        'e.command.type != "request"',
        (event) => event.command.type !== 'request',
      ),
      ...each('node/killed', 'node/panicked', 'node/destroyed'),
    ],
  },
  {
    id: 'refusal',
    word: 'refusal',
    means: 'A vote, a request or a lock is refused',
    sources: [
      some('raft/voted', 'e.granted == false', (event) => !event.granted),
      ...each(
        'raft/append-rejected',
        'raft/commit-held',
        'raftstore/request-refused',
        'raftstore/admin-refused',
        'txn/prewrite-rejected',
        'txn/commit-rejected',
        'txn/read-rejected',
        'txn/lock-rejected',
      ),
    ],
  },
  {
    id: 'answer',
    word: 'answer',
    means: 'A client is told how its operation ended',
    sources: each('client/op-ended'),
  },
  {
    id: 'region',
    word: 'change of a Region',
    means: 'A Region is split, or its members change',
    sources: each('raftstore/region-changed', 'raftstore/region-split', 'raft/conf-changed'),
  },
];

const BY_TYPE = new Map<string, { readonly id: Interest; readonly source: Source }>(
  INTERESTS.flatMap(({ id, sources }) =>
    sources.map((source) => [source.type, { id, source }] as const),
  ),
);

/** Which kind of interest an event is; null: none. */
export function interestOf(event: LoomEvent): Interest | null {
  const found = BY_TYPE.get(event.type);
  return found?.source.holds(event) === true ? found.id : null;
}

/** Holds as soon as an event of one of these kinds has come with a number of at least `from`. */
export function expressionFor(kinds: readonly Interest[], from: number): string {
  return INTERESTS.filter(({ id }) => kinds.includes(id))
    .flatMap(({ sources }) => sources)
    .map(({ type, when }) => {
      const predicate = when === null ? '' : `, e => ${when}`;
      return `last("${type}"${predicate}).n >= ${from}`;
    })
    .join(' || ');
}
