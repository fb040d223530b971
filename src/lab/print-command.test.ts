import { raftCommand } from '../testing/raft-commands.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../sim/command.ts';
import { readLine } from './console.ts';
import { printCommand } from './print-command.ts';
import { printDuration } from './print-duration.ts';

const names = { nodes: ['s1', 's2', 's3', 's4', 's5', 'pd1', 'c1', 'c2'], regions: [1] };

function commandOf(line: string): Command | string {
  const read = readLine(line, names);
  if (!read.ok) return read.reason;
  return read.action.type === 'command' ? read.action.command : read.action.type;
}

const node = fc.constantFrom(...names.nodes);
const store = fc.constantFrom('s1', 's2', 's3');
const bytes = fc.oneof(
  fc.constantFrom(
    'a',
    'to',
    'limit',
    'from',
    '--absent',
    '-',
    "it's",
    'x y',
    '\\x41',
    '#',
    '{a}',
    '\xd0\xba',
    '\xff\xfe',
    '\n',
  ),
  fc
    .array(fc.integer({ min: 0, max: 255 }), { maxLength: 8 })
    .map((units) => String.fromCharCode(...units)),
);
const key = bytes.filter((value) => value !== '');
const micros = fc.oneof(
  fc.integer({ min: 1, max: 60_000_000 }),
  fc.integer({ min: 1, max: 60_000 }).map((ms) => ms * 1000),
);
const share = fc.integer({ min: 0, max: 1_000_000 });
const message = fc.record({ node, n: fc.nat() });
const txnName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,30}$/);
const storeNumber = fc.constantFrom(1, 2, 3);
const request = fc.oneof(
  fc.record({ type: fc.constant('put' as const), key, value: bytes }),
  fc.record({ type: fc.constant('get' as const), key }),
  fc.record({
    type: fc.constant('get' as const),
    key,
    read: fc.oneof(
      fc.record({ type: fc.constantFrom('lease', 'read-index') }),
      fc.record({ type: fc.constant('replica' as const), store: storeNumber }),
    ),
  }),
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.record({
    type: fc.constant('scan' as const),
    from: bytes,
    to: bytes,
    limit: fc.integer({ min: 1, max: 10_000 }),
  }),
  fc.record({ type: fc.constant('cas' as const), key, previous: fc.option(bytes), value: bytes }),
  fc.record({ type: fc.constantFrom('begin', 'commit', 'rollback'), name: fc.option(txnName) }),
  fc.record({ type: fc.constant('txn-put' as const), key, value: bytes }),
  fc.record({ type: fc.constantFrom('txn-get', 'txn-delete'), key }),
  fc.record({
    type: fc.constant('txn-scan' as const),
    from: bytes,
    to: bytes,
    limit: fc.integer({ min: 1, max: 10_000 }),
  }),
);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    type: fc.constantFrom('kill', 'restart', 'pause', 'resume', 'destroy', 'isolate'),
    node,
  }),
  fc.record({ type: fc.constant('heal' as const), node: fc.option(node) }),
  raftCommand,
  fc.record({ type: fc.constant('campaign' as const), node: store, region: fc.constant(1) }),
  fc.record({
    type: fc.constant('partition' as const),
    groups: fc
      .shuffledSubarray([...names.nodes], { minLength: 2 })
      .map((all) => [all.slice(0, 1), all.slice(1)]),
    oneWay: fc.boolean(),
  }),
  fc.record({ type: fc.constantFrom('cut', 'mend'), from: node, to: node }),
  fc.record({
    type: fc.constant('latency' as const),
    a: node,
    b: node,
    latency: micros,
    jitter: fc.oneof(fc.constant(0), micros),
  }),
  fc.record({ type: fc.constant('loss' as const), a: node, b: node, perMillion: share }),
  fc.record({
    type: fc.constant('link' as const),
    from: node,
    to: node,
    latency: micros,
    jitter: fc.oneof(fc.constant(0), micros),
    lossPerMillion: share,
    duplicatePerMillion: share,
    reorderPerMillion: share,
  }),
  fc.record({ type: fc.constantFrom('drop', 'duplicate', 'deliver', 'hold'), message }),
  fc.record({ type: fc.constant('delay' as const), message, by: micros }),
  fc.record({ type: fc.constant('release' as const), message: fc.option(message) }),
  fc.record({
    type: fc.constant('hold-kind' as const),
    kind: fc.option(fc.constantFrom('MsgAppend', 'raw-put')),
    from: fc.option(node),
    to: fc.option(node),
  }),
  fc.record({
    type: fc.constant('release-kind' as const),
    kind: fc.constantFrom('MsgAppend', 'kv-prewrite'),
    from: fc.option(node),
    to: fc.option(node),
  }),
  fc.record({
    type: fc.constant('disk' as const),
    node,
    fault: fc.oneof(
      fc.record({ type: fc.constantFrom('none', 'stuck', 'lying', 'full') }),
      fc.record({ type: fc.constant('slow' as const), by: micros }),
    ),
  }),
  fc.record({
    type: fc.constant('skew' as const),
    node,
    offset: fc.integer({ min: -60_000_000, max: 60_000_000 }),
    ppm: fc.integer({ min: -100_000, max: 100_000 }),
  }),
  fc.record({
    type: fc.constant('request' as const),
    client: fc.constantFrom('c1', 'c2'),
    request,
  }),
);

describe('printing', () => {
  test('what is printed reads back as the same command', () => {
    fc.assert(
      fc.property(command, (given) => {
        expect(commandOf(printCommand(given))).toEqual(given);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    [1_500_000, '1.5s'],
    [500_000, '500ms'],
    [40_000, '40ms'],
    [1_234_567, '1234567us'],
    [250, '250us'],
    [0, '0ms'],
    [60_000_000, '60s'],
    [-1_500_000, '-1.5s'],
  ])('%d', (value, text) => {
    expect(printDuration(value)).toBe(text);
  });

  test('what only hosts give is printed as a remark', () => {
    expect(commandOf(printCommand({ type: 'power-cut', kept: [] }))).toBe('nothing');
    expect(commandOf(printCommand({ type: 'crash', node: 's1', kept: null }))).toBe('nothing');
  });
});
