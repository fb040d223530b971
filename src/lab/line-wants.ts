// What may stand at a place of a line. While a line is completed, its own reader runs over the words before the cursor and
// notes here what it would take next; so completion knows of every word and needs no grammar of its own.

import type { NodeKind } from '../tikv/ids.ts';

export type Want =
  | { readonly type: 'words'; readonly words: readonly string[] }
  | { readonly type: 'option'; readonly name: string }
  /** `many`: several, with commas and bars between them. */
  | { readonly type: 'node'; readonly kinds: readonly NodeKind[]; readonly many?: boolean }
  /** `+s4`, `-s1`. */
  | { readonly type: 'change' }
  | { readonly type: 'region' }
  | { readonly type: 'key' }
  | { readonly type: 'duration' }
  | { readonly type: 'share' }
  | { readonly type: 'message' }
  | { readonly type: 'message-kind' }
  | { readonly type: 'transaction' }
  | { readonly type: 'rule' }
  | { readonly type: 'setting' }
  /** What `why` can be asked about. */
  | { readonly type: 'subject' }
  | { readonly type: 'operation' }
  | { readonly type: 'expression' }
  /** A word of the console, as `help` takes it. */
  | { readonly type: 'verb' }
  /** Whatever one likes; `what` says of what kind. */
  | { readonly type: 'free'; readonly what: string };

/** Ends the reading of a line that is completed: what stands at the cursor is noted. */
export class EndOfLine extends Error {
  override readonly name = 'EndOfLine';
}
