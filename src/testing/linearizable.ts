// Can a history of one key be explained by an order in which every operation took effect at one moment between its
// call and its answer? A search with memory (Wing and Gong 1993, Lowe 2017); for the small histories of tests.

import type { ClientOutcome, ClientRequest } from '../tikv/client/request.ts';

/** Times are any numbers that grow; an operation whose end nobody knows may take effect at any later time, or never. */
export interface Observed {
  readonly from: number;
  readonly to: number;
  readonly request: Extract<ClientRequest, { type: 'put' | 'get' | 'delete' | 'cas' }>;
  readonly outcome: ClientOutcome;
}

type Value = string | null;

/** The value after the operation on `before`; undefined where it cannot have answered what it did. */
function effect(op: Observed, before: Value): Value | undefined {
  const { request, outcome } = op;
  const result = outcome.status === 'ok' ? outcome.result : null;
  switch (request.type) {
    case 'put':
      return request.value;
    case 'delete':
      return null;
    case 'get':
      return result === null || (result.type === 'get' && result.value === before)
        ? before
        : undefined;
    case 'cas': {
      const succeeds = before === request.previous;
      const said = result?.type === 'cas' ? result : { succeeded: succeeds, previous: before };
      if (said.succeeded !== succeeds || said.previous !== before) return undefined;
      return succeeds ? request.value : before;
    }
  }
}

/** True where the history of one key, which did not exist before, has an explanation. */
export function isLinearizable(history: readonly Observed[]): boolean {
  const ops = history
    .filter(({ outcome }) => outcome.status !== 'failed')
    .filter(({ outcome, request }) => outcome.status === 'ok' || request.type !== 'get')
    .map((op) => (op.outcome.status === 'ok' ? op : { ...op, to: Number.POSITIVE_INFINITY }))
    .toSorted((a, b) => a.from - b.from);
  const seen = new Set<string>();
  const search = (left: readonly number[], value: Value): boolean => {
    const certain = left.filter((i) => ops[i]?.outcome.status === 'ok');
    if (certain.length === 0) return true;
    const state = `${left.join(',')}=${value ?? '\0'}`;
    if (seen.has(state)) return false;
    seen.add(state);
    const firstEnd = Math.min(...certain.map((i) => ops[i]?.to ?? 0));
    return left.some((i) => {
      const op = ops[i] as Observed;
      if (op.from > firstEnd) return false;
      const after = effect(op, value);
      return (
        after !== undefined &&
        search(
          left.filter((j) => j !== i),
          after,
        )
      );
    });
  };
  return search(
    ops.map((_, i) => i),
    null,
  );
}
