// Words for nodes, their disks and their clocks.

import type { DiskFault } from '../../sim/disk.ts';
import type { Args } from '../line-args.ts';
import { anyNode, does, type Action, type Verb } from './verb.ts';

type Simple = 'kill' | 'restart' | 'pause' | 'resume' | 'destroy';

/** What has to have happened to s1 before it can be brought back. */
const BEFORE: Partial<Readonly<Record<Simple, readonly string[]>>> = {
  restart: ['kill s1'],
  resume: ['pause s1'],
};

const simple = (word: Simple, what: string, aliases: readonly string[] = []): Verb => ({
  word,
  aliases,
  before: BEFORE[word] ?? [],
  group: 'nodes',
  usage: `${word} NODE`,
  what,
  example: `${word} s1`,
  read: (args) => does({ type: word, node: anyNode(args) }),
});

export const NODE_VERBS: readonly Verb[] = [
  simple(
    'kill',
    'Power loss: memory is gone, and what was not synced; the rest of the disk stays.',
  ),
  simple('restart', 'Starts a node from its disk.', ['start']),
  simple('pause', 'Freezes a node: it takes nothing in, its clock runs on, nothing is lost.', [
    'freeze',
  ]),
  simple('resume', 'Lets a paused node go on; what waited is taken in at once.'),
  simple('destroy', 'Power loss, and the disk is gone too.'),
  {
    word: 'campaign',
    aliases: [],
    group: 'nodes',
    usage: 'campaign STORE [REGION]',
    what: 'A store starts an election now, without waiting for its timer.',
    example: 'campaign s2 r1',
    read: (args) => {
      const node = args.node(['store'], 'a store');
      return does({ type: 'campaign', node, region: args.done ? 1 : args.region() });
    },
  },
  {
    word: 'disk',
    aliases: [],
    group: 'nodes',
    usage: 'disk NODE ok | slow DURATION | full | stuck | lying',
    what: 'Makes a disk slow, full, stuck, or one that calls durable what is not; ok mends it.',
    example: 'disk s2 slow 200ms',
    read: (args) => does({ type: 'disk', node: anyNode(args), fault: diskFault(args) }),
  },
  {
    word: 'skew',
    aliases: [],
    group: 'nodes',
    usage: 'skew NODE DURATION|-DURATION [drift N]',
    what: 'Sets a node’s clock apart from virtual time; drift is in millionths.',
    example: 'skew s3 250ms',
    read: skew,
  },
];

function diskFault(args: Args): DiskFault {
  const word = args.oneOf(['ok', 'slow', 'full', 'stuck', 'lying'], 'a state of a disk');
  if (word === 'slow') return { type: 'slow', by: args.duration() };
  return { type: word === 'ok' ? 'none' : word };
}

function skew(args: Args): Action {
  const node = anyNode(args);
  const offset = args.signedDuration();
  const ppm = args.has('drift') ? args.signedCount('a drift', 100_000) : 0;
  return does({ type: 'skew', node, offset, ppm });
}
