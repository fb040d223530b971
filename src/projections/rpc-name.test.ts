import { expect, test } from 'vitest';
import type { Message } from '../tikv/node/message.ts';
import { encodeRawKey } from '../tikv/raftstore/raw-codec.ts';
import { traitsOf } from './message-kind.ts';
import { rpcName } from './rpc-name.ts';

const context = {
  regionId: 1,
  regionEpoch: { version: 1, confVer: 1 },
  peer: { id: 1, storeId: 1, role: 'Voter' },
  term: 6,
} as const;
const CASES: readonly (readonly [Message, string])[] = [
  [
    { type: 'kv-request', id: 1, context, request: { type: 'raw-put', key: 'a', value: '1' } },
    'RawPut',
  ],
  [
    {
      type: 'kv-request',
      id: 1,
      context,
      request: { type: 'raw-cas', key: 'a', previous: null, value: '1' },
    },
    'RawCompareAndSwap',
  ],
  [
    {
      type: 'kv-response',
      id: 1,
      regionId: 1,
      result: { ok: true, response: { type: 'raw-get', value: null } },
    },
    'RawGetResponse',
  ],
  [
    {
      type: 'kv-response',
      id: 1,
      regionId: 1,
      result: { ok: false, error: { type: 'NotLeader', regionId: 1, leader: null } },
    },
    'NotLeader',
  ],
  [{ type: 'pd-request', id: 1, call: { type: 'tso', count: 1 } }, 'Tso'],
  [{ type: 'pd-request', id: 1, call: { type: 'get-region-by-id', regionId: 1 } }, 'GetRegionByID'],
  [{ type: 'pd-response', id: 1, answer: { type: 'store-heartbeat' } }, 'StoreHeartbeatResponse'],
];

test.each(CASES)('a message has the name of its call', (message, name) => {
  expect(rpcName(message)).toBe(name);
});

test('a question to PD names the key as people write it', () => {
  const call = { type: 'get-region', key: encodeRawKey('ann') } as const;
  expect(traitsOf({ type: 'pd-request', id: 1, call }).label).toBe('which Region holds ann?');
});
