// Calls between two threads: a typed table of functions on one side, the same functions as promises on the other. What is
// passed is plain data; a refusal is an answer like any other, and an error that a call throws is thrown at the caller.

import { DamagedData } from './stored.ts';

/** One end of a pair: a worker, a worker's own scope, or a message port. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  start?(): void;
}

type Calls<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Awaited<Answer>>
    : never;
};

/** The functions that answer such calls: at once, or by a promise. */
export type Answering<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Answer | Promise<Answer>
    : never;
};

interface Request {
  readonly call: string;
  readonly id: number;
  readonly args: readonly unknown[];
}

type Answer =
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: SentError };

interface SentError {
  readonly name: string;
  readonly message: string;
  readonly damage?: { readonly where: string; readonly what: string; readonly later: boolean };
}

/** Answers calls that come in on the port, each as soon as its function has. */
export function serve<Table>(port: Port, table: Answering<Table>): void {
  const functions = table as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  const answer = async ({ call, id, args }: Request) => {
    try {
      const value = await functions[call]?.(...args);
      port.postMessage({ answer: id, value } satisfies Answer);
    } catch (error) {
      port.postMessage({ answer: id, error: sentError(error) } satisfies Answer);
    }
  };
  port.addEventListener('message', (event) => {
    const request = event.data as Partial<Request>;
    if (request.call !== undefined) void answer(request as Request);
  });
  port.start?.();
}

/** The calling end. */
export interface Caller<Table> {
  readonly call: Calls<Table>;
  /** The other end is gone: every call under way, and every later one, fails with this. */
  fail(error: Error): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function connect<Table>(port: Port): Caller<Table> {
  const waiting = new Map<number, Waiting>();
  let failed: Error | null = null;
  let calls = 0;
  port.addEventListener('message', (event) => {
    const answer = event.data as Answer;
    if (answer.answer === undefined) return;
    const waiter = waiting.get(answer.answer);
    waiting.delete(answer.answer);
    if ('error' in answer) waiter?.reject(receivedError(answer.error));
    else waiter?.resolve(answer.value);
  });
  port.start?.();
  const send = (name: string, args: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (failed !== null) return reject(failed);
      calls += 1;
      waiting.set(calls, { resolve, reject });
      port.postMessage({ call: name, id: calls, args } satisfies Request);
    });
  return {
    call: new Proxy({} as Calls<Table>, {
      get:
        (_target, name) =>
        (...args: readonly unknown[]) =>
          send(String(name), args),
    }),
    fail(error) {
      failed = error;
      for (const waiter of waiting.values()) waiter.reject(error);
      waiting.clear();
    },
  };
}

function sentError(error: unknown): SentError {
  if (error instanceof DamagedData) {
    const { name, message, where, what, later } = error;
    return { name, message, damage: { where, what, later } };
  }
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}

function receivedError(sent: SentError): Error {
  if (sent.damage !== undefined)
    return new DamagedData(sent.damage.where, sent.damage.what, sent.damage.later);
  const error = new Error(sent.message);
  error.name = sent.name;
  return error;
}
