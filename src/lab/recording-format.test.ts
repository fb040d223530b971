import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { RECORDING_FORMAT, type Recording } from '../sim/recording.ts';
import { Lab } from './lab.ts';
import {
  canonicalJson,
  clusterProblem,
  readRecording,
  seedProblem,
  writeRecording,
} from './recording-format.ts';

let real: Recording;

beforeAll(async () => {
  const lab = new Lab({ loom: 'test', build: 'test' });
  const hosts = memoryHosts();
  const cluster = {
    stores: 3,
    clients: 2,
    settings: { 'network.latency': 20, 'raftstore.prevote': false },
  };
  lab.attach(
    await Conductor.start({ seed: 7, cluster, hosts, onRecords: (records) => lab.take(records) }),
  );
  const lines = [
    'wait 3s',
    'put ann 43',
    "put 'ä' 'ö'",
    'c2: cas ann 43 44',
    'scan a limit 7',
    'wait 40ms',
    'kill s1',
    'pause s2',
    'partition s1|s2,s3',
    'latency s1 s2 40ms jitter 5ms',
    'loss s2 s3 10%',
    'wait 1s',
    'resume s2',
    'heal',
    'restart s1',
    'disk s3 slow 20ms',
    'skew s2 5ms',
    'hold MsgAppend from s1',
    'release all',
    'link s1 s2 20ms',
    'cut s1 s2',
    'mend s1 s2',
    'campaign s3',
    'wait 1s',
  ];
  for (const line of lines) {
    const answer = await lab.run(line);
    if (!answer.ok && !answer.reason.includes('Nothing is held'))
      throw new Error(`${line}: ${answer.reason}`);
  }
  real = lab.conductor.recording();
});

const broken = (change: (draft: Record<string, unknown>) => void): string => {
  const draft = JSON.parse(writeRecording(real)) as Record<string, unknown>;
  change(draft);
  const read = readRecording(draft);
  return read.ok ? 'it was taken' : read.reason;
};

type Draft = Record<string, unknown>;
const commands = (draft: Draft) =>
  draft['commands'] as { at: number; after: unknown; command: Draft & { request: Draft } }[];

describe('reading', () => {
  test('what was written is read as it was, as text and as data', () => {
    const text = writeRecording(real);
    expect(readRecording(text)).toEqual({ ok: true, recording: real });
    expect(readRecording(JSON.parse(text))).toEqual({ ok: true, recording: real });
    expect(real.commands.length).toBeGreaterThan(18);
  });

  test('equal recordings are equal texts, whatever the order of their fields', () => {
    const { seed, format, cluster, commands: all, end } = real;
    expect(writeRecording({ end, commands: all, cluster, format, seed })).toBe(
      writeRecording(real),
    );
    expect(canonicalJson({ b: 1, a: [{ d: null, c: 'ä' }] })).toBe(
      '{"a":[{"c":"ä","d":null}],"b":1}',
    );
  });

  test('whose hosts died at a command is read as it was', () => {
    const told = { at: 0, after: null };
    const commands = [
      { ...told, command: { type: 'restart', node: 's1', missed: ['s1'] } },
      { ...told, command: { type: 'join', node: 's4', labels: [], missed: ['s4'] } },
      { ...told, command: { type: 'power-cut', kept: [], missed: ['s1', 'pd1'] } },
    ] as const;
    const recording = { ...real, commands, end: { at: 0, after: null } };
    expect(readRecording(writeRecording(recording))).toEqual({ ok: true, recording });
  });

  test('an empty session is a recording', () => {
    const empty = {
      format: RECORDING_FORMAT,
      seed: 0,
      cluster: { stores: 1, clients: 1, settings: {} },
      commands: [],
      end: null,
    };
    expect(readRecording(empty)).toEqual({ ok: true, recording: empty });
  });
});

describe('refusing names the place and the remedy', () => {
  test.each<[string, (draft: Draft) => void, string]>([
    ['no format', (draft) => delete draft['format'], 'its `format` is missing'],
    [
      'a later format',
      (draft) => (draft['format'] = 'loom-recording/2'),
      'Open it with a newer Loom.',
    ],
    [
      'another format',
      (draft) => (draft['format'] = 'har/1'),
      'format: "har/1" is not loom-recording/1',
    ],
    [
      'a seed below 0',
      (draft) => (draft['seed'] = -1),
      'seed: must be a whole number from 0 to 4294967295.',
    ],
    ['a seed with a fraction', (draft) => (draft['seed'] = 1.5), 'seed: must be a whole number'],
    [
      'too many stores',
      (draft) => ((draft['cluster'] as Draft)['stores'] = 8),
      'cluster.stores: must be a whole number from 1 to 7.',
    ],
    [
      'an unknown setting',
      (draft) => ((draft['cluster'] as Draft)['settings'] = { 'no.such': 1 }),
      'cluster: There is no setting no.such.',
    ],
    [
      'a setting out of bounds',
      (draft) => ((draft['cluster'] as Draft)['settings'] = { 'network.latency': 0 }),
      'cluster: network.latency: must be at least 1.',
    ],
    [
      'a field too many',
      (draft) => (draft['extra'] = 1),
      'extra: is nothing that a recording has there.',
    ],
    ['a field too few', (draft) => delete draft['commands'], 'commands: is missing.'],
    [
      'an unknown command',
      (draft) => ((commands(draft)[3] as Draft)['command'] = { type: 'explode' }),
      'commands[3].command.type: is no command that this Loom knows.',
    ],
    [
      'a command without its node',
      (draft) => delete commands(draft)[4]?.command['node'],
      'commands[4].command.node: is missing.',
    ],
    [
      'a node that is none',
      (draft) => ((commands(draft)[4] as { command: Draft }).command['node'] = 'x1'),
      'commands[4].command.node: must name a node, such as s1, pd1 or c1.',
    ],
    [
      'a node that is not there',
      (draft) => ((commands(draft)[4] as { command: Draft }).command['node'] = 's7'),
      'commands[4]: there is no node s7 in this cluster.',
    ],
    [
      'text where bytes stand',
      (draft) => ((commands(draft)[0]?.command.request ?? {})['key'] = 'ä☃'),
      'commands[0].command.request.key: must be a string of bytes',
    ],
    [
      'commands out of order',
      (draft) => commands(draft).reverse(),
      ': it stands before the command that it follows.',
    ],
    ['no end', (draft) => (draft['end'] = null), 'end: is missing, though there are commands.'],
    [
      'an end before the last command',
      (draft) => ((draft['end'] as Draft)['at'] = 1),
      'end: it stands before the last command.',
    ],
  ])('%s', (_, change, reason) => {
    expect(broken(change)).toContain(reason);
  });

  test.each([
    ['', 'This is no recording'],
    ['{"format"', 'This is no recording'],
    ['[]', 'its `format` is missing'],
    ['null', 'its `format` is missing'],
    ['7', 'its `format` is missing'],
  ])('%j', (text, reason) => {
    expect(readRecording(text)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason) as string,
    });
  });

  test('what is no plain data is refused', () => {
    const circle: Record<string, unknown> = { format: RECORDING_FORMAT };
    circle['self'] = circle;
    expect(readRecording(circle)).toMatchObject({ ok: false });
    expect(readRecording(undefined)).toMatchObject({ ok: false });
    expect(readRecording(() => 1)).toMatchObject({ ok: false });
  });

  test('no change of a recording throws, and what is taken is sound', () => {
    const text = writeRecording(real);
    const value = fc.constantFrom(
      'null',
      '-1',
      '1.5',
      '"x"',
      '[]',
      '{}',
      '99999999999999999999',
      '"s9"',
      'true',
      '{"__proto__":1}',
    );
    fc.assert(
      fc.property(
        fc.nat({ max: text.length - 1 }),
        fc.nat({ max: 12 }),
        value,
        (at, length, put) => {
          const read = readRecording(text.slice(0, at) + put + text.slice(at + length));
          if (!read.ok) return read.reason.length > 10 && read.reason.endsWith('.');
          return (
            clusterProblem(read.recording.cluster) === null &&
            seedProblem(read.recording.seed) === null
          );
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test('clusters', () => {
  expect(clusterProblem({ stores: 3, clients: 1, settings: {} })).toBeNull();
  expect(clusterProblem({ stores: 0, clients: 1, settings: {} })).toBe(
    'A cluster has 1 to 7 stores, not 0.',
  );
  expect(clusterProblem({ stores: 3, clients: 5, settings: {} })).toBe(
    'A cluster has 1 to 4 clients, not 5.',
  );
});
