// One thing that was just done and can be taken back: what it was, and how.

import { create } from 'zustand';

export interface Toast {
  /** The same thing is told once. */
  readonly key: string;
  readonly words: string;
  /** Null: the newest fault, by the lab's own `undo`. */
  readonly undo: (() => Promise<void>) | null;
}

export const useToast = create<{ toast: Toast | null }>()(() => ({ toast: null }));

export const offerUndo = (toast: Toast): void => useToast.setState({ toast });
export const closeToast = (): void => useToast.setState({ toast: null });
