// Commands of the Raft chapter, any of them, for tests of what is printed and read.

import fc from 'fast-check';
import type { Command } from '../sim/command.ts';

const store = fc.constantFrom('s1', 's2', 's3');
const storeNumber = fc.constantFrom(1, 2, 3);
const micros = fc.integer({ min: 1, max: 60_000_000 });

export const raftCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    type: fc.constant('admin' as const),
    node: store,
    region: fc.constant(1),
    request: fc.oneof(
      fc.record({
        type: fc.constant('compact-log' as const),
        index: fc.option(fc.integer({ min: 1, max: 10_000 })),
      }),
      fc.record({ type: fc.constant('transfer-leader' as const), to: storeNumber }),
      fc.record({ type: fc.constant('request-snapshot' as const) }),
      fc.record({
        type: fc.constant('change-peer' as const),
        changes: fc.oneof(
          fc.constant([]),
          fc.tuple(
            fc.record({
              do: fc.constantFrom('add-peer', 'add-learner', 'promote', 'demote', 'remove-peer'),
              store: storeNumber,
            }),
          ),
          fc.array(fc.record({ do: fc.constantFrom('join', 'demote'), store: storeNumber }), {
            minLength: 2,
            maxLength: 3,
          }),
        ),
      }),
    ),
  }),
  fc.record({
    type: fc.constant('set-timer' as const),
    region: fc.constant(1),
    timers: fc.array(fc.tuple(store, micros), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('mutate' as const),
    rule: fc.constantFrom('mut:M03', 'mut:M29', 'raft/vote-log', 'raftstore/lease-valid'),
    on: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('config-set' as const),
    name: fc.constantFrom('raftstore.raft-log-gc-threshold', 'client.rpc-timeout'),
    value: fc.integer({ min: 1, max: 10_000 }),
  }),
  fc.record({
    type: fc.constant('config-set' as const),
    name: fc.constant('client.lease-reads' as const),
    value: fc.boolean(),
  }),
);
