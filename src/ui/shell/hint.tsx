// A tooltip: what a control does, and its key.

import { Tooltip } from 'radix-ui';
import type { ReactElement } from 'react';

export function Hint({
  words,
  shortcut,
  children,
}: {
  words: string;
  shortcut?: string;
  children: ReactElement;
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tooltip" sideOffset={6} collisionPadding={8}>
          {words}
          {shortcut !== undefined && <kbd className="tooltip-key">{shortcut}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
