import { raftCommand } from '../testing/raft-commands.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../sim/command.ts';
import { readLine } from './console.ts';
import { printCommand, printDuration } from './print-command.ts';
import { VERBS } from './verbs/all.ts';

const names = { nodes: ['s1', 's2', 's3', 's4', 's5', 'pd1', 'c1', 'c2'], regions: [1] };

function commandOf(line: string): Command | string {
  const read = readLine(line, names);
  if (!read.ok) return read.reason;
  return read.action.type === 'command' ? read.action.command : read.action.type;
}

function refusalOf(line: string): { at: string | null; reason: string } {
  const read = readLine(line, names);
  if (read.ok) throw new Error(`${line} is fine`);
  return {
    at: read.from === null ? null : line.slice(read.from, read.to ?? read.from),
    reason: read.reason,
  };
}

describe('lines', () => {
  test.each<[string, Command | string]>([
    ['kill s1', { type: 'kill', node: 's1' }],
    ['KILL S1', { type: 'kill', node: 's1' }],
    ['  kill 1  # the leader', { type: 'kill', node: 's1' }],
    ['kill pd', { type: 'kill', node: 'pd1' }],
    ['tiup ctl tikv-ctl kill s1', { type: 'kill', node: 's1' }],
    ['partition s1,s2|s3', { type: 'partition', groups: [['s1', 's2'], ['s3']], oneWay: false }],
    [
      'partition 1 , c1 | 2,3 | 4 --oneway',
      { type: 'partition', groups: [['s1', 'c1'], ['s2', 's3'], ['s4']], oneWay: true },
    ],
    ['heal', { type: 'heal', node: null }],
    ['heal s2', { type: 'heal', node: 's2' }],
    [
      'latency s1 s2 40ms jitter 5ms',
      { type: 'latency', a: 's1', b: 's2', latency: 40_000, jitter: 5000 },
    ],
    ['loss s1 s2 12.5%', { type: 'loss', a: 's1', b: 's2', perMillion: 125_000 }],
    [
      'put ann 43',
      { type: 'request', client: 'c1', request: { type: 'put', key: 'ann', value: '43' } },
    ],
    [
      "c2: put 'two words' \"it's\" &",
      { type: 'request', client: 'c2', request: { type: 'put', key: 'two words', value: "it's" } },
    ],
    ['c2:get ann', { type: 'request', client: 'c2', request: { type: 'get', key: 'ann' } }],
    [
      'put ключ 1',
      {
        type: 'request',
        client: 'c1',
        request: { type: 'put', key: '\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87', value: '1' },
      },
    ],
    [
      "put a '\\xff\\x00'",
      { type: 'request', client: 'c1', request: { type: 'put', key: 'a', value: '\xff\x00' } },
    ],
    ['del ann', { type: 'request', client: 'c1', request: { type: 'delete', key: 'ann' } }],
    [
      'scan a',
      { type: 'request', client: 'c1', request: { type: 'scan', from: 'a', to: '', limit: 100 } },
    ],
    [
      "scan '' to z limit 5",
      { type: 'request', client: 'c1', request: { type: 'scan', from: '', to: 'z', limit: 5 } },
    ],
    [
      'scan a limit 5',
      { type: 'request', client: 'c1', request: { type: 'scan', from: 'a', to: '', limit: 5 } },
    ],
    [
      'cas ann 43 44',
      {
        type: 'request',
        client: 'c1',
        request: { type: 'cas', key: 'ann', previous: '43', value: '44' },
      },
    ],
    [
      'cas ann --absent 44',
      {
        type: 'request',
        client: 'c1',
        request: { type: 'cas', key: 'ann', previous: null, value: '44' },
      },
    ],
    ['begin', { type: 'request', client: 'c1', request: { type: 'begin', name: null } }],
    ['c2: begin as t1', { type: 'request', client: 'c2', request: { type: 'begin', name: 't1' } }],
    ['commit t1', { type: 'request', client: 'c1', request: { type: 'commit', name: 't1' } }],
    ['campaign s2', { type: 'campaign', node: 's2', region: 1 }],
    ['campaign s2 R1', { type: 'campaign', node: 's2', region: 1 }],
    ['drop s1#42', { type: 'drop', message: { node: 's1', n: 42 } }],
    ['hold msgappend from s1', { type: 'hold-kind', kind: 'MsgAppend', from: 's1', to: null }],
    ['release all', { type: 'release', message: null }],
    ['release RawPut', { type: 'release-kind', kind: 'raw-put', from: null, to: null }],
    ['release all to s2', { type: 'release-kind', kind: null, from: null, to: 's2' }],
    ['disk s2 slow 200ms', { type: 'disk', node: 's2', fault: { type: 'slow', by: 200_000 } }],
    ['skew s3 -250ms drift -40', { type: 'skew', node: 's3', offset: -250_000, ppm: -40 }],
    [
      'tiup ctl:v8.5.0 pd -u http://127.0.0.1:2379 transfer-leader 1 2 at 1',
      {
        type: 'admin',
        node: 's1',
        region: 1,
        request: { type: 'transfer-leader', to: 2 },
      },
    ],
    [
      'tikv-ctl --host 127.0.0.1:20160 compact 1 8 at s2',
      { type: 'admin', node: 's2', region: 1, request: { type: 'compact-log', index: 8 } },
    ],
    [
      'compact 8 at s2',
      { type: 'admin', node: 's2', region: 1, request: { type: 'compact-log', index: 8 } },
    ],
    ['set-timer 1 1500ms', { type: 'set-timer', region: 1, timers: [['s1', 1_500_000]] }],
    [
      'get ann --path=replica --store=2',
      {
        type: 'request',
        client: 'c1',
        request: { type: 'get', key: 'ann', read: { type: 'replica', store: 2 } },
      },
    ],
    ['speed 250ms', 'pace'],
    ['link', 'link'],
    ['share', 'link'],
    ['', 'nothing'],
    ['# only a remark', 'nothing'],
    ['step', 'step'],
    ['help kill', 'help'],
  ])('%s', (line, command) => {
    expect(commandOf(line)).toEqual(command);
  });

  test.each([
    ["wait until {leader('r1')} within 10s", "leader('r1')", 12, 10_000_000],
    ["wait until leader('r1') == 's2'", "leader('r1') == 's2'", 11, null],
    ["wait until leader('r1') within 10s", "leader('r1')", 11, 10_000_000],
    ["wait until {key('}').value}", "key('}').value", 12, null],
  ])('%s', (line, expression, from, within) => {
    expect(readLine(line, names)).toEqual({
      ok: true,
      background: false,
      action: { type: 'until', expression, from, within },
    });
    expect(line.slice(from, from + expression.length)).toBe(expression);
  });

  test.each([
    ['wait 500ms', 500_000],
    ['wait 1.5s', 1_500_000],
    ['wait 2m', 120_000_000],
    ['wait 250us', 250],
  ])('%s', (line, micros) => {
    expect(readLine(line, names)).toMatchObject({ action: { type: 'wait', for: micros } });
  });
});

describe('what is wrong, where, and what exists', () => {
  test.each([
    ['kil s1', 'kil', '`kil` is not a command. Did you mean `kill`?'],
    [
      'z'.repeat(10_000),
      'z'.repeat(10_000),
      `\`${'z'.repeat(23)}…\` is not a command. Type \`help\` for all of them.`,
    ],
    ['frobnicate', 'frobnicate', '`frobnicate` is not a command. Type `help` for all of them.'],
    ['kill', '', 'Here a node is missing: kill NODE'],
    ['kill s9', 's9', 'There is no store s9. Stores: s1 to s5.'],
    ['kill c9', 'c9', 'There is no client c9. Clients: c1, c2.'],
    ['kill moon', 'moon', 'There is no node moon. Nodes: s1, s2, s3, s4, s5, pd1, c1, c2.'],
    ['campaign c1', 'c1', 'There is no store c1. Stores: s1 to s5.'],
    ['c7: get a', 'c7', 'There is no client c7. Clients: c1, c2.'],
    ['kill s1 s2', 's2', '`s2` is too much here: kill NODE'],
    ['put a b c', 'c', 'A key or a value with a space in it stands in quotes.'],
    ["put '' 1", "''", 'A key has at least one byte.'],
    ['put a', '', 'Here a value is missing: put KEY VALUE'],
    ["put 'a 1", "'a 1", "This text has no end: ' is missing."],
    ["put 'a'b 1", 'b', 'After a quoted text comes a space.'],
    ["put '\\q' 1", '\\q', '`\\q` is not known.'],
    ['wait soon', 'soon', '`soon` is no duration. Durations are 40ms, 1.5s or 2m.'],
    ['wait 1.0000001s', '1.0000001s', 'is no duration'],
    ['wait until {a', '{a', 'This expression has no end: } is missing.'],
    ['loss s1 s2 110%', '110%', '`110%` is no share. Shares go from 0% to 100%.'],
    [
      'partition s1,s2',
      's1,s2',
      'A partition needs two sides or more, each with a node: partition s1,s2|s3',
    ],
    ['partition s1|s9', 's9', 'There is no store s9.'],
    ['campaign s1 r7', 'r7', 'There is no Region r7. Regions: r1.'],
    ['scan a limit 0', '0', '`0` is not a limit from 1 to 10000.'],
    ['drop 42', '42', '`42` names no message. Messages are named by sender and number: s1#42.'],
    ['disk s1 slwo 1ms', 'slwo', '`slwo` is not a state of a disk. Did you mean `slow`?'],
    ['speed 1us', '1us', 'A second of the wall is from 1ms to 30s of virtual time, or max.'],
    ['hold MsgFoo', 'MsgFoo', '`MsgFoo` is no kind of message. There are MsgAppend,'],
  ])('%s', (line, at, reason) => {
    const refused = refusalOf(line);
    expect(refused.at).toBe(at);
    expect(refused.reason).toContain(reason);
  });

  test('a line longer than any person types is refused', () => {
    expect(refusalOf(`put a ${'x'.repeat(200_000)}`).reason).toContain('at most 100000 characters');
  });

  test('nothing that people type throws', () => {
    const piece = fc.oneof(
      fc.constantFrom(...VERBS.map((verb) => verb.word)),
      fc.constantFrom(
        's1',
        's9',
        '1',
        'c2:',
        '&',
        '#',
        "'",
        '"',
        '{',
        '}',
        '|',
        's1,s2|s3',
        '40ms',
        '10%',
        '--oneway',
        '--absent',
        's1#4',
        'until',
        'within',
        'limit',
        'to',
        '\\x',
        '',
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const read = readLine(pieces.join(' '), names);
        return read.ok || read.reason.length > 10;
      }),
      { numRuns: 3000 },
    );
  });
});

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
      fc.record({ type: fc.constantFrom('none', 'stuck', 'lying') }),
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
