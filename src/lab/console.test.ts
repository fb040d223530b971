import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../sim/command.ts';
import { readLine } from './console.ts';
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
    [
      'put a b c',
      'c',
      'too much here: put KEY VALUE. A key or a value with a space in it stands in quotes.',
    ],
    ['undo undo', 'undo', '`undo` is too much here: undo'],
    ['share at', '', 'Here the moment is missing: share [at DURATION]'],
    ['share now', 'now', '`now` is too much here: share [at DURATION]'],
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
