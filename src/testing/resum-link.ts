// A link with its checksum made right again: for tests of what comes after the checksum.

import { digestOf } from '../base/hash.ts';

export function resum(fragment: string): string {
  const body = fragment.replace(/^#m=/, '').replace(/\.[0-9a-f]{8}$/, '');
  return `#m=${body}.${digestOf(body).slice(0, 8)}`;
}
