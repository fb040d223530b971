// A node for tests of the simulator alone: it chats, sets timers and writes, by its own chance, and remembers all of
// it in a digest. Whatever the simulator gets wrong shows in the digest.

import { below, between, newChance, type Chance } from '../base/chance.ts';
import { digestOf } from '../base/hash.ts';
import { clonePlain, type Plain } from '../base/plain.ts';
import type { createNode } from '../tikv/node/create-node.ts';
import type { Message } from '../tikv/node/message.ts';
import type { DiskWrite, Node, NodeInput, NodeOutput, TimerRequest } from '../tikv/node/node.ts';
import type { TikvEvent } from '../tikv/node/event.ts';

interface ToyState {
  chance: Chance;
  writes: number;
  count: number;
  digest: string;
}

const PEERS = ['s1', 's2', 's3', 'pd1', 'c1'];

const toyMessage = (id: number): Message => ({
  type: 'pd-request',
  id,
  call: { type: 'alloc-id' },
});

export const createToyNode: typeof createNode = ({ id, seed, incarnation, saved }): Node => {
  const state: ToyState =
    saved === undefined
      ? { chance: newChance(seed, `${id}#${incarnation}`), writes: 0, count: 0, digest: '' }
      : clonePlain(saved as unknown as ToyState);
  return {
    id,
    save: () => clonePlain(state) as unknown as Plain,
    step(input: NodeInput): NodeOutput {
      state.digest = digestOf([state.digest, input as unknown as Plain]);
      const timers: TimerRequest[] = [];
      const messages: { to: string; message: Message }[] = [];
      const writes: DiskWrite[] = [];
      const events: TikvEvent[] = [];
      if (input.type === 'boot' || input.type === 'timer') {
        const name = input.type === 'boot' ? 'a' : input.name;
        timers.push({ name, at: input.now + between(state.chance, 1, 60_000) });
      }
      if (input.type === 'timer' || (input.type === 'message' && below(state.chance, 3) === 0)) {
        state.count += 1;
        const to = PEERS[below(state.chance, PEERS.length)] as string;
        if (to !== id) messages.push({ to, message: toyMessage(state.count) });
        if (below(state.chance, 8) === 0) timers.push({ name: 'b', at: input.now + 1 });
      }
      if (input.type === 'message' && below(state.chance, 2) === 0) {
        state.writes += 1;
        const sync = below(state.chance, 2) === 0;
        const op = {
          type: 'put',
          store: 'meta',
          key: `k${state.count % 7}`,
          value: state.digest,
        } as const;
        writes.push({ n: state.writes, queue: sync ? 'raft' : 'kv', sync, ops: [op] });
        const content = { type: 'store-heartbeat', digest: state.digest };
        events.push({ type: 'pd/tso-bound-saved', boundMs: content.digest.length + state.count });
      }
      return { events, messages, writes, timers };
    },
  };
};
