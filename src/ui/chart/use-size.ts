// How large an element is, and what the window is good for.

import { useLayoutEffect, useRef, useState, useSyncExternalStore, type RefObject } from 'react';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The element's inner size in CSS pixels; null before it is known. */
export function useSize<T extends Element>(): [RefObject<T | null>, Size | null] {
  const ref = useRef<T>(null);
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((old) => (old?.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

/** Whether the reader wants no motion, now and when that changes. */
export function useReducedMotion(): boolean {
  const [media] = useState(() => matchMedia('(prefers-reduced-motion: reduce)'));
  return useSyncExternalStore(
    (listener) => {
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => media.matches,
  );
}

let type = 1;

/** Larger type for a projector: before anything is drawn. */
export function enlargeType(scale: number): void {
  type = scale;
  document.documentElement.style.setProperty('--type', String(scale));
}

/** How large type is drawn: 1, or more for a projector. */
export const typeScale = (): number => type;

/** The kinds of screen, by the room that there is for type of this size. */
export interface ScreenKind {
  readonly phone: boolean;
  /** The right panel is a drawer. */
  readonly drawer: boolean;
  /** The guide has room beside the stage. */
  readonly guideFits: boolean;
  /** The tape does without its axis, and the console line is hidden. */
  readonly low: boolean;
  /** The panel has no room for inspector and legend at once. */
  readonly lowPanel: boolean;
}

function kindNow(): string {
  const width = innerWidth / type;
  const height = innerHeight / type;
  return [width < 900, width < 1240, width >= 1240, height < 720, height <= 860]
    .map(Number)
    .join('');
}

/** Changes seldom: at a handful of widths and heights. */
export function useScreenKind(): ScreenKind {
  const kind = useSyncExternalStore((listener) => {
    addEventListener('resize', listener);
    return () => removeEventListener('resize', listener);
  }, kindNow);
  const [phone, drawer, guideFits, low, lowPanel] = kind.split('').map((digit) => digit === '1');
  return {
    phone: phone === true,
    drawer: drawer === true,
    guideFits: guideFits === true,
    low: low === true,
    lowPanel: lowPanel === true,
  };
}
