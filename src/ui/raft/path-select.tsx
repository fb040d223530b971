// How a read is answered: as the cluster is set, from the lease, by a read index, or at a replica of one's choice.

import { Select } from 'radix-ui';
import { storesOf } from '../../projections/questions.ts';
import { nodeName } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { ReadPath } from '../../tikv/client/request.ts';
import { Icon } from '../chart/icon.tsx';
import { useModel } from '../session/live.ts';
import './raft.css';

const makeStores = (world: World): string[] => storesOf(world);

/** `lease`, `read-index`, `s2`; empty: as the cluster is set. */
export type PathWord = string;

const WAYS: readonly (readonly [PathWord, string, string])[] = [
  ['set', 'usual way', 'as client.lease-reads says'],
  ['lease', 'lease', 'the leader’s lease: no message'],
  ['read-index', 'read index', 'a round of heartbeats first'],
];

/** Null: the usual way. */
export function pathOf(word: PathWord): ReadPath | null {
  if (word === 'lease' || word === 'read-index') return { type: word };
  return word.startsWith('s') && word !== 'set'
    ? { type: 'replica', store: Number(word.slice(1)) }
    : null;
}

export function PathSelect({
  path,
  onChoose,
}: {
  path: PathWord;
  onChoose: (path: PathWord) => void;
}) {
  const stores = useModel(makeStores);
  const ways = [
    ...WAYS,
    ...stores.map(
      (store) => [store, `at ${nodeName(store)}`, 'it asks its leader how far'] as const,
    ),
  ];
  return (
    <Select.Root value={path} onValueChange={onChoose}>
      <Select.Trigger className="select path-select" aria-label="How the read is answered">
        <Select.Value />
        <Select.Icon>
          <Icon name="down" />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Content className="menu" position="popper" sideOffset={4}>
          <Select.Viewport>
            {ways.map(([word, text, means]) => (
              <Select.Item key={word} value={word} className="menu-item">
                <Select.ItemText>{text}</Select.ItemText>
                <span className="menu-aside">{means}</span>
              </Select.Item>
            ))}
          </Select.Viewport>
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  );
}
