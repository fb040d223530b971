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

/** Whether a media query holds, now and when that changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}

export const useReducedMotion = (): boolean => useMedia('(prefers-reduced-motion: reduce)');

/** How large type is drawn: 1, or more for a projector. */
export const typeScale = (): number =>
  Number(getComputedStyle(document.documentElement).getPropertyValue('--type')) || 1;

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
  const type = typeScale();
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
