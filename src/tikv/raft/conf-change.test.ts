import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hexOf } from '../../base/bytes.ts';
import { conf } from '../../testing/raft-network.ts';
import {
  confStateOf,
  enterJoint,
  leaveJoint,
  membershipOf,
  simpleChange,
  type Membership,
} from './configuration.ts';
import {
  decodeConfChange,
  encodeConfChange,
  entryTypeOf,
  type ConfChange,
  type ConfChangeSingle,
} from './conf-change.ts';
import { RaftError } from './error.ts';

const single = fc.record<ConfChangeSingle>({
  type: fc.constantFrom('AddNode', 'RemoveNode', 'AddLearnerNode'),
  nodeId: fc.integer({ min: 1, max: 6 }),
});
const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)),
  minLength: 1,
});
const change: fc.Arbitrary<ConfChange> = fc.oneof(
  fc.record({ v1: single }),
  fc.record({ v1: single, context: bytes }),
  fc.record({
    transition: fc.constantFrom('Auto' as const, 'Implicit' as const, 'Explicit' as const),
    changes: fc.array(single, { maxLength: 4 }),
    context: bytes,
  }),
);

const asEntry = (of: ConfChange) => ({
  entryType: entryTypeOf(of),
  term: 1,
  index: 1,
  data: encodeConfChange(of),
});

describe('the bytes of a conf change', () => {
  test.each([
    [{ v1: { type: 'AddNode', nodeId: 3 } }, '1803'],
    [{ v1: { type: 'AddLearnerNode', nodeId: 300 }, context: 'c' }, '100218ac02220163'],
    [{ transition: 'Auto', changes: [] }, ''],
    [
      {
        transition: 'Explicit',
        changes: [
          { type: 'AddNode', nodeId: 4 },
          { type: 'RemoveNode', nodeId: 1 },
        ],
      },
      '080212021004120408011001',
    ],
  ] as [ConfChange, string][])('%j', (of, hex) => {
    expect(hexOf(encodeConfChange(of))).toBe(hex);
  });

  test('what was written is read', () => {
    fc.assert(
      fc.property(change, (of) => {
        expect(decodeConfChange(asEntry(of))).toEqual(of);
      }),
    );
  });

  test.each(['\x18', '\x18\x80', '\x22\x05ab', '\x10\x09', '\x1c'])('%j is none', (data) => {
    const entry = { entryType: 'EntryConfChange', term: 1, index: 1, data } as const;
    expect(() => decodeConfChange(entry)).toThrow(RaftError);
  });
});

describe('memberships', () => {
  const step = fc.oneof(
    fc.record({ how: fc.constant('simple' as const), changes: fc.array(single, { maxLength: 3 }) }),
    fc.record({ how: fc.constant('enter' as const), changes: fc.array(single, { maxLength: 3 }) }),
    fc.record({ how: fc.constant('leave' as const), changes: fc.constant([]) }),
  );

  /** The changer asserts on every way that voters and learners are disjoint and so on; here it only has to be asked. */
  test('whatever is asked, each is sound, and voters stay', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let members: Membership = membershipOf(conf([1, 2, 3]));
        for (const { how, changes } of steps) {
          const before = confStateOf(members);
          try {
            const next =
              how === 'simple'
                ? simpleChange(members, changes)
                : how === 'enter'
                  ? enterJoint(members, changes, false)
                  : leaveJoint(members);
            members = next.to;
          } catch (error) {
            expect(error).toBeInstanceOf(RaftError);
            expect(confStateOf(members)).toEqual(before);
          }
          expect(members.incoming.length).toBeGreaterThan(0);
          expect(membershipOf(confStateOf(members))).toEqual(members);
        }
      }),
    );
  });
});
