// The page's clock over a reload of this tab: its speed, whether it hurries, and whether time stands.

import type { Session, SessionState } from '../../browser/session-types.ts';
import { SPEEDS } from '../tape/speed.ts';

type Clock = Pick<SessionState, 'playing' | 'speed' | 'autoPace'>;

const KEY = 'loom.clock';

/** Sets the session's clock as it was before the reload, and from now on notes each change. */
export function keepClock(session: Session): void {
  const kept = read();
  if (kept !== null) {
    session.setSpeed(kept.speed);
    session.setAutoPace(kept.autoPace);
    if (!kept.playing) session.stop();
  }
  let noted = '';
  session.subscribe(() => {
    const { playing, speed, autoPace } = session.state();
    const text = JSON.stringify({ playing, speed, autoPace } satisfies Clock);
    if (text === noted) return;
    noted = text;
    try {
      sessionStorage.setItem(KEY, text);
    } catch {
      // Without storage a reload begins with the usual clock.
    }
  });
}

function read(): Clock | null {
  try {
    const clock = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Partial<Clock> | null;
    const { playing, speed, autoPace } = clock ?? {};
    const isClock =
      typeof playing === 'boolean' &&
      typeof autoPace === 'boolean' &&
      speed !== undefined &&
      SPEEDS.includes(speed);
    return isClock ? { playing, speed, autoPace } : null;
  } catch {
    return null;
  }
}
