// Records by the type of their event.

import type { JournalRecord, LoomEvent } from '../record.ts';

export type EventType = LoomEvent['type'];

/** A record whose event is one of these types. */
export type RecordOf<T extends EventType> = Omit<JournalRecord, 'event'> & {
  readonly event: Extract<LoomEvent, { readonly type: T }>;
};
