import { expect, test } from 'vitest';
import { RaftJournal } from '../../testing/raft-journal.ts';
import type { ClientOutcome, ClientRequest } from '../../tikv/client/request.ts';
import { WORLD } from '../record-id.ts';
import { ClientHistory, historyOf, historyText } from './history.ts';

const start = (journal: RaftJournal, client: string, op: number, request: ClientRequest) =>
  journal.tell(client, { type: 'client/op-started', op, request });

const end = (
  journal: RaftJournal,
  client: string,
  of: { op: number; request: ClientRequest; outcome: ClientOutcome },
) => journal.tell(client, { type: 'client/op-ended', ...of });

const put = { type: 'put', key: 'k', value: '1' } as const;
const get = { type: 'get', key: 'k' } as const;

test('calls and ends are places in the journal, answers are there where they were given', () => {
  const journal = new RaftJournal();
  const first = journal.records.length;
  start(journal, 'c1', 1, put);
  start(journal, 'c2', 2, get);
  end(journal, 'c1', { op: 1, request: put, outcome: { status: 'ok', result: { type: 'put' } } });
  const result = { type: 'get', value: '1' } as const;
  end(journal, 'c2', { op: 2, request: get, outcome: { status: 'ok', result } });
  expect(historyOf(journal.records)).toMatchObject([
    {
      op: 1,
      client: 'c1',
      operation: 'put',
      value: '1',
      call: first,
      return: first + 2,
      status: 'ok',
    },
    { op: 2, client: 'c2', operation: 'get', value: '1', call: first + 1, return: first + 3 },
  ]);
});

test('a definite failure, a lost answer and an operation that still runs', () => {
  const journal = new RaftJournal();
  start(journal, 'c1', 1, put);
  end(journal, 'c1', { op: 1, request: put, outcome: { status: 'failed', reason: 'no' } });
  start(journal, 'c1', 2, put);
  end(journal, 'c1', { op: 2, request: put, outcome: { status: 'undetermined', reason: 'lost' } });
  start(journal, 'c1', 3, put);
  const entries = historyOf(journal.records);
  expect(entries.map(({ status }) => status)).toEqual(['fail', 'unknown', 'unknown']);
  expect(entries.map((entry) => entry.return !== null)).toEqual([true, true, false]);
});

test('a client that dies leaves its operation undetermined; the others go on', () => {
  const journal = new RaftJournal();
  start(journal, 'c1', 1, put);
  start(journal, 'c2', 2, put);
  journal.tell(WORLD, { type: 'node/killed', node: 'c1', why: 'command' });
  end(journal, 'c2', { op: 2, request: put, outcome: { status: 'ok', result: { type: 'put' } } });
  expect(historyOf(journal.records).map(({ op, status }) => [op, status])).toEqual([
    [1, 'unknown'],
    [2, 'ok'],
  ]);
});

test('comparisons and scans keep what they asked and what they found', () => {
  const journal = new RaftJournal();
  const cas = { type: 'cas', key: 'k', previous: null, value: '2' } as const;
  const scan = { type: 'scan', from: 'a', to: '', limit: 10 } as const;
  start(journal, 'c1', 1, cas);
  const refused = { type: 'cas', succeeded: false, previous: '1' } as const;
  end(journal, 'c1', { op: 1, request: cas, outcome: { status: 'ok', result: refused } });
  start(journal, 'c1', 2, scan);
  const pairs = [['k', '1']] as const;
  end(journal, 'c1', {
    op: 2,
    request: scan,
    outcome: { status: 'ok', result: { type: 'scan', pairs } },
  });
  expect(historyOf(journal.records)).toMatchObject([
    { operation: 'cas', expected: null, value: '2', succeeded: false, found: '1' },
    { operation: 'scan', key: 'a', to: '', limit: 10, value: [['k', '1']] },
  ]);
});

test('records may come in pieces; the file holds the same entries', () => {
  const journal = new RaftJournal();
  start(journal, 'c1', 1, put);
  end(journal, 'c1', { op: 1, request: put, outcome: { status: 'ok', result: { type: 'put' } } });
  const pieces = new ClientHistory();
  for (const record of journal.records) pieces.observe([record]);
  expect(pieces.entries()).toEqual(historyOf(journal.records));
  const file: unknown = JSON.parse(historyText(pieces.entries()));
  expect(file).toEqual({ format: 'loom-history/1', entries: pieces.entries() });
});
