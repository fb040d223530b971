// What a menu of a store, a link or a message is made of.

import type { Command } from '../../sim/command.ts';
import type { IconName } from '../chart/icon.tsx';

export interface MenuEntry {
  readonly word: string;
  readonly icon: IconName;
  /** The key that does the same where the target is chosen. */
  readonly key?: string;
  readonly commands: readonly Command[];
  /** Why it cannot be chosen. */
  readonly why?: string | null;
  /** Instead of commands: what is opened. */
  readonly opens?: 'inspector' | 'link';
}

export interface MenuModel {
  readonly title: string;
  readonly groups: readonly (readonly MenuEntry[])[];
}
