// How a program of the command line ends early.

/** Ends the run with a message: 1 for what happened, 2 for what was asked. */
export class Ended extends Error {
  readonly code: 1 | 2;

  constructor(code: 1 | 2, message: string) {
    super(message);
    this.code = code;
  }
}
