// Texts that were right and are damaged: a character changed, lost or put in, a piece moved, doubled or cut off, a word of
// another text in between. For everything that reads what people type, paste and send: lines, links, scenes.

import fc from 'fast-check';

const KINDS = ['flip', 'cut', 'head', 'insert', 'drop', 'swap', 'double', 'graft'] as const;

interface Mutation {
  readonly kind: (typeof KINDS)[number];
  readonly place: number;
  readonly size: number;
  readonly noise: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  place: fc.nat(),
  size: fc.integer({ min: 1, max: 12 }),
  noise: fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom(
      '\u0000',
      '\ud800',
      '“',
      '{',
      '}',
      "'",
      '"',
      '\\x',
      '#',
      '|',
      '..',
      '-1',
      '1e9',
    ),
  ),
});

/** One of the texts, damaged one to `most` times. */
export function mutated(texts: readonly string[], most = 3): fc.Arbitrary<string> {
  const one = fc.constantFrom(...texts);
  const changes = fc.array(mutation, { minLength: 1, maxLength: most });
  return fc
    .tuple(one, one, changes)
    .map(([text, other, list]) => list.reduce((now, each) => apply(now, each, other), text));
}

function apply(text: string, { kind, place, size, noise }: Mutation, other: string): string {
  const at = place % (text.length + 1);
  const [head, tail] = [text.slice(0, at), text.slice(at)];
  switch (kind) {
    case 'flip':
      return head + (noise[0] ?? 'Z') + tail.slice(1);
    case 'cut':
      return head;
    case 'head':
      return tail;
    case 'insert':
      return head + noise + tail;
    case 'drop':
      return head + tail.slice(size);
    case 'swap':
      return tail + head;
    case 'double':
      return head + tail.slice(0, size) + tail;
    case 'graft':
      return head + other.slice(0, size) + tail;
  }
}
