// The reactions of a client to everything that a store or PD may answer, fed to one operation by hand.
import { describe, expect, test } from 'vitest';
import { firstRegion } from '../raftstore/bootstrap.ts';
import type { RegionError } from '../raftstore/message.ts';
import { encodeRawKey } from '../raftstore/raw-codec.ts';
import type { Peer, Region } from '../raftstore/region.ts';
import { operation } from './operation.ts';
import type { ClientOutcome, ClientRequest } from './request.ts';
import type { Answer, Wait } from './wait.ts';

const region = firstRegion(3);
const [p1, p2, p3] = region.peers as [Peer, Peer, Peer];
const located = (leader: Peer | null = p1): Answer => ({
  type: 'located',
  region,
  leader,
  cached: true,
});
const error = (error: RegionError): Answer => ({ type: 'region-error', error });
const notLeader = (leader: Peer | null) => error({ type: 'NotLeader', regionId: 1, leader });
const PUT: ClientRequest = { type: 'put', key: 'a', value: '1' };
const GET: ClientRequest = { type: 'get', key: 'a' };
const putDone: Answer = { type: 'response', response: { type: 'raw-put' } };

/** Feeds answers in turn, waits and cache changes answered at once; returns what was asked, and the end. */
function play(request: ClientRequest, answers: readonly Answer[], maxBackoff = 20_000) {
  const body = operation(request, maxBackoff);
  const asked: string[] = [];
  const left = [...answers];
  let step = body.next();
  while (step.done !== true) {
    asked.push(short(step.value));
    const at = answerAtOnce(step.value) ?? left.shift();
    if (at === undefined) return { asked, outcome: null };
    step = body.next(at);
  }
  return { asked, outcome: step.value };
}

function short(wait: Wait): string {
  if (wait.type === 'call') return `call s${wait.peer.storeId}`;
  if (wait.type === 'back-off') return `${wait.kind} ${wait.attempt}`;
  if (wait.type === 'set-leader') return `leader s${wait.leader.storeId}`;
  return wait.type;
}

function answerAtOnce(wait: Wait): Answer | null {
  if (wait.type === 'back-off') return { type: 'waited', ms: 100 };
  return wait.type === 'call' || wait.type === 'locate' ? null : { type: 'done' };
}

test('the straight way: look up, call the leader, done', () => {
  expect(play(PUT, [located(), putDone])).toEqual({
    asked: ['locate', 'call s1'],
    outcome: { status: 'ok', result: { type: 'put' } },
  });
});

test('an unknown leader is guessed, and remembered once it has answered', () => {
  const { asked } = play(PUT, [located(null), putDone]);
  expect(asked).toEqual(['locate', 'call s1', 'leader s1']);
});

describe('definite refusals are tried again', () => {
  const cases: [string, readonly Answer[], readonly string[]][] = [
    ['NotLeader with a leader: at once', [notLeader(p3)], ['leader s3', 'call s3']],
    [
      'NotLeader without: the next replica, after a wait',
      [notLeader(null)],
      ['regionScheduling 0', 'call s2', 'leader s2'],
    ],
    [
      'StaleCommand: the same one',
      [error({ type: 'StaleCommand' })],
      ['staleCommand 0', 'call s1'],
    ],
    [
      'ServerIsBusy: the same one, after a long wait',
      [error({ type: 'ServerIsBusy', reason: '', backoffMs: 0 })],
      ['serverBusy 0', 'call s1'],
    ],
    [
      'no connection: the next replica',
      [{ type: 'unreachable' }],
      ['tikvRPC 0', 'call s2', 'leader s2'],
    ],
    [
      'RegionNotFound: PD is asked',
      [error({ type: 'RegionNotFound', regionId: 1 }), located(p2)],
      ['invalidate', 'regionMiss 0', 'locate', 'call s2'],
    ],
    [
      'EpochNotMatch with Regions: they are taken in, and the key is looked up again',
      [
        error({
          type: 'EpochNotMatch',
          currentRegions: [{ ...region, epoch: { confVer: 1, version: 2 } }],
        }),
        located(p2),
      ],
      ['invalidate', 'insert', 'locate', 'call s2'],
    ],
    [
      'EpochNotMatch without: PD is asked',
      [error({ type: 'EpochNotMatch', currentRegions: [] }), located(p2)],
      ['invalidate', 'regionMiss 0', 'locate', 'call s2'],
    ],
    [
      'EpochNotMatch of a store that lags behind: wait',
      [
        error({
          type: 'EpochNotMatch',
          currentRegions: [{ ...region, epoch: { confVer: 1, version: 0 } }],
        }),
      ],
      ['regionMiss 0', 'call s1'],
    ],
    [
      'every replica in vain: PD is asked',
      [notLeader(null), notLeader(null), notLeader(null), located(p2)],
      [
        'regionScheduling 0',
        'call s2',
        'regionScheduling 1',
        'call s3',
        'regionScheduling 2',
        'invalidate',
        'locate',
        'call s2',
      ],
    ],
  ];
  test.each(cases)('%s', (_name, answers, expected) => {
    const { asked, outcome } = play(PUT, [located(), ...answers, putDone]);
    expect(asked).toEqual(['locate', 'call s1', ...expected]);
    expect(outcome?.status).toBe('ok');
  });

  test('PD that does not answer is asked again', () => {
    const { asked } = play(GET, [{ type: 'timed-out' }, { type: 'unreachable' }, located()]);
    expect(asked).toEqual(['locate', 'pdRPC 0', 'locate', 'pdRPC 1', 'locate', 'call s1']);
  });

  test('two stores that point at each other do not hold a client for ever', () => {
    const circle = Array.from({ length: 40 }, (_, i) => notLeader(i % 2 === 0 ? p2 : p1));
    const { asked } = play(PUT, [located(), ...circle]);
    const calls = asked.slice(0, asked.indexOf('locate', 1)).filter((wait) => /^call/.test(wait));
    expect(calls.length).toBe(20);
  });
});

describe('ends', () => {
  test('a write without an answer is undetermined, a read is asked again', () => {
    expect(play(PUT, [located(), { type: 'timed-out' }]).outcome).toMatchObject({
      status: 'undetermined',
    });
    const cas: ClientRequest = { type: 'cas', key: 'a', previous: null, value: '1' };
    expect(play(cas, [located(), { type: 'timed-out' }]).outcome?.status).toBe('undetermined');
    expect(
      play({ type: 'delete', key: 'a' }, [located(), { type: 'timed-out' }]).outcome?.status,
    ).toBe('undetermined');
    const read = play(GET, [located(), { type: 'timed-out' }]);
    expect(read.asked).toEqual(['locate', 'call s1', 'tikvRPC 0', 'call s2']);
  });

  test('an undetermined result of the store is one of the client', () => {
    const answer = error({ type: 'UndeterminedResult', reason: 'who knows' });
    expect(play(PUT, [located(), answer]).outcome).toEqual({
      status: 'undetermined',
      reason: 'who knows',
    });
  });

  test('patience ends: the last error is the reason', () => {
    const stale = Array.from({ length: 10 }, () => error({ type: 'StaleCommand' }));
    const { asked, outcome } = play(PUT, [located(), ...stale], 300);
    expect(asked.filter((wait) => wait.startsWith('staleCommand')).length).toBe(3);
    expect(outcome).toEqual({
      status: 'failed',
      reason: 'The client gives up after waiting 300 ms in all. Last: StaleCommand.',
    });
  });
});

test('a scan goes from Region to Region until it has enough', () => {
  const left: Region = { ...region, endKey: encodeRawKey('m') };
  const right: Region = { ...region, id: 2, startKey: encodeRawKey('m') };
  const at = (region: Region): Answer => ({ type: 'located', region, leader: p1, cached: true });
  const pairs = (...keys: string[]): Answer => ({
    type: 'response',
    response: { type: 'raw-scan', pairs: keys.map((key) => [key, key] as const) },
  });
  const scan = (from: string, to: string, limit: number): ClientRequest => ({
    type: 'scan',
    from,
    to,
    limit,
  });
  const both = [at(left), pairs('a', 'b'), at(right), pairs('n')];
  const keysOf = (outcome: ClientOutcome | null) =>
    outcome?.status === 'ok' && outcome.result.type === 'scan'
      ? outcome.result.pairs.map(([key]) => key)
      : null;
  expect(keysOf(play(scan('', '', 10), both).outcome)).toEqual(['a', 'b', 'n']);
  expect(keysOf(play(scan('', '', 2), both).outcome)).toEqual(['a', 'b']);
  expect(keysOf(play(scan('', 'm', 10), both).outcome)).toEqual(['a', 'b']);
});
