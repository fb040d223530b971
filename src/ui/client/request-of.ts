// The request that the words of the client's form make.

import { bytesOf } from '../../base/bytes.ts';
import type { ClientRequest, ReadPath } from '../../tikv/client/request.ts';

/** What the form offers: commands on raw keys. */
export type Verb = 'put' | 'get' | 'delete' | 'scan' | 'cas';

const SCAN_LIMIT = 20;

/** The request that the words make; the name of the missing one where one is missing. */
export function requestOf(
  verb: Verb,
  words: Readonly<Record<string, string>>,
  path: ReadPath | null = null,
): ClientRequest | string {
  const read = path === null ? {} : { read: path };
  const text = (name: string) => bytesOf((words[name] ?? '').trim());
  const key = text('key');
  if (verb !== 'scan' && key === '') return 'key';
  switch (verb) {
    case 'put':
      return { type: 'put', key, value: text('value') };
    case 'get':
      return { type: 'get', key, ...read };
    case 'delete':
      return { type: 'delete', key };
    case 'scan':
      return { type: 'scan', from: key, to: text('to'), limit: SCAN_LIMIT, ...read };
    case 'cas': {
      const previous = text('previous');
      return {
        type: 'cas',
        key,
        previous: previous === '' ? null : previous,
        value: text('value'),
      };
    }
  }
}
