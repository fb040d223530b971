import { afterEach, expect, test } from 'vitest';
import { connect, serve } from './rpc.ts';
import { DamagedData } from './stored.ts';

interface Calls {
  add(a: number, b: number): number;
  later(text: string): string;
  fail(kind: 'damage' | 'other'): void;
  never(): void;
}

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function setUp() {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  serve<Calls>(port1, {
    add: (a, b) => a + b,
    later: async (text) => `${text} later`,
    fail(kind) {
      throw kind === 'damage'
        ? new DamagedData('loom/x', 'It is torn.', true)
        : new DOMException('no room', 'QuotaExceededError');
    },
    never: () => new Promise<void>(() => undefined),
  });
  return connect<Calls>(port2);
}

test('each call gets its own answer, whatever the order', async () => {
  const { call } = setUp();
  expect(await Promise.all([call.later('a'), call.add(1, 2), call.later('b')])).toEqual([
    'a later',
    3,
    'b later',
  ]);
});

test('what a call throws is thrown at the caller, with its name and facts', async () => {
  const { call } = setUp();
  await expect(call.fail('other')).rejects.toMatchObject({
    name: 'QuotaExceededError',
    message: 'no room',
  });
  const damage = await call.fail('damage').catch((error: unknown) => error);
  expect(damage).toBeInstanceOf(DamagedData);
  expect(damage).toMatchObject({ where: 'loom/x', what: 'It is torn.', later: true });
});

test('when the other end is gone, calls under way and later ones fail', async () => {
  const caller = setUp();
  const waiting = caller.call.never();
  caller.fail(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(caller.call.add(1, 1)).rejects.toThrow('gone');
});
