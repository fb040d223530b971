// `?still`: the page waits for records and draws them at one instant. Tests hand them over through `window.loomStill`.

import type { Session } from '../../browser/session-types.ts';
import { stillSession, type Still } from './still-session.ts';

declare global {
  interface Window {
    loomStill?: (still: Still) => void;
  }
}

/** The session of the still that a test hands over. */
export function waitForStill(): Promise<Session> {
  return new Promise((resolve) => {
    window.loomStill = (still) => resolve(stillSession(still));
  });
}
