// Links to a moment and the page's address: a link that was followed is taken out of it, so that loading the page again does
// not follow it again; one that is pasted into the address of an open page is followed too.

import type { Session } from '../../browser/session-types.ts';
import { isLink } from '../../lab/moment-link.ts';

/** The whole address of a moment. */
export const addressOf = (fragment: string): string =>
  `${location.origin}${location.pathname}${fragment}`;

export function followLinks(session: Session): void {
  takeOut();
  addEventListener('hashchange', () => {
    const link = location.hash;
    if (!isLink(link)) return;
    takeOut();
    void session.openLink(link);
  });
}

function takeOut(): void {
  if (isLink(location.hash)) history.replaceState(null, '', location.pathname + location.search);
}
