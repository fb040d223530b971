// The colours of the canvases, as the theme has them now.

import { useEffect, useState } from 'react';
import { readInk, type Ink } from './pen.ts';

/** The colours, read anew when the theme changes and when the fonts have come. */
export function useInk(): Ink {
  const [ink, setInk] = useState(readInk);
  useEffect(() => {
    const read = () => setInk(readInk());
    read();
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    void document.fonts.ready.then(read);
    return () => observer.disconnect();
  }, []);
  return ink;
}
