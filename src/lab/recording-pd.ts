// Commands of a recording that are about PD, loads and stores that join, checked.

import * as v from 'valibot';
import { RATE_MAX } from '../tikv/client/load.ts';
import { SCHEDULER_NAMES } from '../tikv/pd/schedulers.ts';
import { bytes, labels, micros, missed, node, whole } from './recording-atoms.ts';

const region = whole(1, Number.MAX_SAFE_INTEGER);
const store = whole(1, 9999);
const literal = <Word extends string>(word: Word) => v.literal(word);
const scheduler = v.picklist(SCHEDULER_NAMES, 'is no scheduler of PD');
/** Keys of one split. */
const KEYS_MAX = 64;

const onStore = (type: 'transfer-leader' | 'add-peer' | 'add-learner' | 'remove-peer') =>
  v.strictObject({ type: literal(type), region, store });

const request = v.variant(
  'type',
  [
    onStore('transfer-leader'),
    onStore('add-peer'),
    onStore('add-learner'),
    onStore('remove-peer'),
    v.strictObject({ type: literal('transfer-peer'), region, from: store, to: store }),
    v.strictObject({
      type: literal('split-region'),
      region: v.nullable(region),
      policy: v.picklist(['approximate', 'scan', 'usekey'], 'is no policy of a split'),
      keys: v.pipe(v.array(bytes), v.maxLength(KEYS_MAX, `has more than ${KEYS_MAX} keys`)),
      space: v.picklist(['raw', 'txn'], 'is no key space'),
    }),
    v.strictObject({ type: literal('scatter-region'), region }),
    v.strictObject({ type: literal('remove-operator'), region }),
    v.strictObject({
      type: v.picklist(['add-scheduler', 'remove-scheduler']),
      name: scheduler,
      store: v.nullable(store),
    }),
    v.strictObject({ type: literal('pause-scheduler'), name: scheduler, duration: micros }),
    v.strictObject({ type: literal('resume-scheduler'), name: scheduler }),
    v.strictObject({ type: v.picklist(['delete-store', 'cancel-delete-store']), store }),
    v.strictObject({ type: literal('label-store'), store, labels }),
    v.strictObject({
      type: literal('location-labels'),
      labels: v.pipe(
        v.array(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_-]{0,30}$/i, 'is no name of a label'))),
        v.maxLength(16, 'has more than 16 labels'),
      ),
    }),
  ],
  'is nothing that PD can be asked',
);

const load = v.strictObject({
  kind: v.picklist(['uniform', 'hot', 'append'], 'is no load that this Loom knows'),
  rate: whole(1, RATE_MAX),
  duration: v.nullable(micros),
});

export const PD_COMMANDS = [
  v.strictObject({ type: literal('pd'), request }),
  v.strictObject({ type: literal('join'), node, labels, missed }),
  v.strictObject({ type: literal('load'), client: node, load }),
  v.strictObject({ type: literal('load-stop'), client: node }),
] as const;
