// Breaks a rule on purpose, on every node: the way to see what it is for.

import { DropdownMenu } from 'radix-ui';
import type { World } from '../../projections/world.ts';
import { brokenName, raftMutations } from '../../projections/words/mutation-words.ts';
import { Icon } from '../chart/icon.tsx';
import { useModel, useSession } from '../session/live.ts';
import { act } from '../session/tools.ts';

const brokenOf = (world: World): readonly string[] => world.broken;

export function BreakMenu() {
  const session = useSession();
  const broken = useModel(brokenOf);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="button button-small">
        Break a rule
        <Icon name="down" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu break-menu" align="end" sideOffset={4}>
          {raftMutations().map(([rule, words]) => (
            <DropdownMenu.CheckboxItem
              key={rule}
              className="menu-item break-item"
              checked={broken.includes(rule)}
              onSelect={() =>
                void act(session, { type: 'mutate', rule, on: !broken.includes(rule) })
              }
            >
              <span className="break-name">{brokenName(rule)}</span>
              <span>{words}</span>
              {broken.includes(rule) && <span className="menu-aside">broken</span>}
            </DropdownMenu.CheckboxItem>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
