// What must hold, checked while running. A broken assertion is a bug of ours: it throws, the node that threw stops,
// and the journal records `node/panicked` with this text. Refusals are never assertions; they are values.

/** A bug found at run time. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

/** Throws `AssertionFailed` with `message` unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message);
}

/** The value, or a throw that says what was missing. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new AssertionFailed(`missing: ${what}`);
  return value;
}

/** Closes a union: a new member without a case does not compile. */
export function assertNever(value: never): never {
  throw new AssertionFailed(`unexpected: ${JSON.stringify(value)}`);
}
