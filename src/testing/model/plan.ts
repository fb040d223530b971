// What the transactions of a small history set out to do, and which of the world's moves are allowed.

/** The keys in a text of one-letter keys. */
export const lettersOf = (keys: string): string[] => keys.split('');

/** How a transaction locks and commits. A reader writes nothing. */
export type Kind = 'reader' | 'two-phase' | 'async' | 'one-phase' | 'pessimistic';

export interface TxnPlan {
  readonly kind: Kind;
  /** Read in this order at start_ts. */
  readonly reads: string;
  /** One letter a key; the first is the primary. Written values name their author after what it read. */
  readonly writes: string;
}

export interface Profile {
  readonly name: string;
  readonly plans: readonly TxnPlan[];
  /** Locks carry a min_commit_ts that readers may push. */
  readonly pushable?: boolean;
  /** Versions are collected once, at a safe point chosen at any moment. */
  readonly gc?: boolean;
  /** A client may fall silent for ever. */
  readonly deaths?: boolean;
  /** Prewrites of a transaction that was given up may still arrive. */
  readonly late?: boolean;
  /** Compare each answer with the model of the Percolator paper. */
  readonly naive?: boolean;
  readonly broken?: readonly string[];
  /** Steps that are looked ahead; beyond, nothing is said. */
  readonly depth: number;
}

const reader = (reads: string): TxnPlan => ({ kind: 'reader', reads, writes: '' });
const writer = (writes: string, reads = '', kind: Kind = 'two-phase'): TxnPlan => ({
  kind,
  reads,
  writes,
});

/** Small enough for every run of the tests. */
export const SMALL: readonly Profile[] = [
  {
    name: 'paper: two writers',
    plans: [writer('ab'), writer('ba')],
    naive: true,
    late: true,
    depth: 99,
  },
  {
    name: 'paper: writer and reader',
    plans: [writer('ab'), reader('ba')],
    naive: true,
    late: true,
    depth: 99,
  },
  {
    name: 'paper: two that read and write one key',
    plans: [writer('a', 'a'), writer('a', 'a')],
    naive: true,
    late: true,
    depth: 99,
  },
  {
    name: 'pushed: writer and reader',
    plans: [writer('ab'), reader('ba')],
    pushable: true,
    depth: 99,
  },
  { name: 'async: writer and reader', plans: [writer('ab', '', 'async'), reader('ba')], depth: 99 },
  {
    name: 'one-phase: writer and reader',
    plans: [writer('ab', 'a', 'one-phase'), reader('ba')],
    depth: 99,
  },
  {
    name: 'pessimistic: two writers of one key',
    plans: [writer('a', '', 'pessimistic'), writer('a', 'a')],
    depth: 99,
  },
  {
    name: 'gc: writer and reader',
    plans: [writer('a'), reader('a')],
    gc: true,
    deaths: true,
    depth: 99,
  },
  {
    name: 'skew: each reads both and writes one',
    plans: [writer('a', 'ab'), writer('b', 'ab')],
    depth: 99,
  },
  {
    name: 'paper: two writers and a reader, up to a bound',
    plans: [writer('ab'), writer('b', 'b'), reader('ab')],
    naive: true,
    late: true,
    depth: 10,
  },
];

/** By script: three transactions on two keys, to the end or as far as the bound on states allows. */
export const LARGE: readonly Profile[] = [
  {
    name: 'paper: two writers and a reader',
    plans: [writer('ab'), writer('b', 'b'), reader('ab')],
    naive: true,
    late: true,
    depth: 99,
  },
  {
    name: 'paper: three writers',
    plans: [writer('ab'), writer('ba'), writer('a', 'a')],
    naive: true,
    late: true,
    depth: 99,
  },
  {
    name: 'pushed: two writers and a reader',
    plans: [writer('ab'), writer('b', 'b'), reader('ba')],
    pushable: true,
    depth: 99,
  },
  {
    name: 'async: two writers and a reader',
    plans: [writer('ab', '', 'async'), writer('b', 'b', 'async'), reader('ba')],
    depth: 99,
  },
  {
    name: 'mixed: async, two-phase, one-phase',
    plans: [writer('ab', '', 'async'), writer('ba'), writer('b', 'b', 'one-phase')],
    depth: 99,
  },
  {
    name: 'pessimistic: two writers of both keys, and a reader',
    plans: [writer('ab', '', 'pessimistic'), writer('ba', '', 'pessimistic'), reader('ab')],
    depth: 99,
  },
  {
    name: 'gc: two writers and a reader',
    plans: [writer('ab'), writer('a'), reader('a')],
    gc: true,
    deaths: true,
    depth: 99,
  },
];

/** For each mutation a history in which it is found, and the invariants that may be the first to break. */
export const MUTATED: readonly {
  readonly mutation: string;
  readonly breaks: readonly string[];
  readonly profile: Profile;
}[] = [
  {
    mutation: 'mut:M19',
    breaks: ['M8'],
    profile: {
      name: 'no write-conflict check',
      plans: [writer('a', 'a'), writer('a', 'a')],
      depth: 12,
    },
  },
  {
    mutation: 'mut:M20',
    breaks: ['M10'],
    profile: { name: 'readers ignore locks', plans: [writer('a'), reader('a')], depth: 10 },
  },
  {
    mutation: 'mut:M21',
    breaks: ['M4'],
    profile: { name: 'a secondary may commit first', plans: [writer('ab')], depth: 8 },
  },
  {
    mutation: 'mut:M22',
    breaks: ['M10'],
    profile: { name: 'an early commit_ts', plans: [writer('a'), reader('a')], depth: 10 },
  },
  {
    mutation: 'mut:M23',
    breaks: ['M5'],
    profile: { name: 'nobody asks the primary', plans: [writer('ab'), reader('b')], depth: 12 },
  },
  {
    mutation: 'mut:M24',
    breaks: ['M3', 'M5'],
    profile: {
      name: 'collecting before resolving',
      plans: [writer('ab'), writer('a')],
      gc: true,
      deaths: true,
      depth: 14,
    },
  },
  {
    mutation: 'mut:M25',
    breaks: ['M3'],
    profile: { name: 'a commit without its lock', plans: [writer('a'), reader('a')], depth: 10 },
  },
  {
    mutation: 'mut:M26',
    breaks: ['M5'],
    profile: { name: 'a rollback without a mark', plans: [writer('ab'), reader('b')], depth: 12 },
  },
  {
    mutation: 'mut:M27',
    breaks: ['M10'],
    profile: {
      name: 'commit_ts below a read',
      plans: [writer('ab', '', 'async'), reader('a')],
      depth: 12,
    },
  },
  {
    mutation: 'mut:M28',
    breaks: ['M9'],
    profile: {
      name: 'collecting under a reader',
      plans: [writer('a'), reader('a'), writer('a')],
      gc: true,
      depth: 13,
    },
  },
];
