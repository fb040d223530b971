// Opening the page's session: the conductor's thread is started, and asked for the cluster that the page is about.

import { RECORDING_FORMAT } from '../sim/recording.ts';
import { isLink } from '../lab/moment-link.ts';
import { newPageLab, type BrowserLab } from './page-lab.ts';
import { PageSession } from './page-session.ts';
import type { ConductorCalls, OpenRequest } from './protocol.ts';
import { connect, type Caller, type Port } from './rpc.ts';
import { newSceneSession, type SceneSession } from './scene-session.ts';
import type { Session } from './session-types.ts';
import { LOOM_VERSION } from './version.ts';

/**
 * Starts the conductor, asks it for the cluster that the page is about, and puts `window.lab` in its place. `search` is the
 * page's query string, `fragment` what follows `#`.
 */
export async function openSession(search: string, fragment: string): Promise<Session> {
  const { session, caller } = await newThread();
  session.open({
    ...requestOf(new URLSearchParams(search)),
    link: isLink(fragment) ? fragment : null,
  });
  putLab(newPageLab(session, caller, VERSION));
  return session;
}

const VERSION = { loom: LOOM_VERSION, build: __BUILD_ID__, recording: RECORDING_FORMAT };

/** `window.lab` is this from now on; the answer is what it was. */
function putLab(lab: BrowserLab): BrowserLab {
  const place = globalThis as { lab?: BrowserLab };
  const before = place.lab ?? lab;
  place.lab = lab;
  return before;
}

/** The page's end of a conductor's thread. */
interface Thread {
  readonly session: PageSession;
  readonly caller: Caller<ConductorCalls>;
  /** Ends it at once; nothing that it holds is stored. */
  end(): void;
}

async function newThread(): Promise<Thread> {
  const port = await startConductor();
  const caller = connect<ConductorCalls>(port);
  const session = new PageSession(port, caller);
  if (!(port instanceof Worker)) return { session, caller, end: () => undefined };
  port.addEventListener('error', ({ message }) => session.lose(message));
  return { session, caller, end: () => port.terminate() };
}

/** A thread of its own for a scene, beside the visitor's; `window.lab` is the scene's until it is closed. */
export async function openSceneSession(): Promise<SceneSession> {
  const thread = await newThread();
  const { session, caller } = thread;
  const before = putLab(newPageLab(session, caller, VERSION));
  return newSceneSession(session, caller, () => {
    putLab(before);
    thread.end();
  });
}

/** What the query string asks for: `storage=memory`, `host=one`; and for a first cluster `stores`, `clients`, `seed`. */
function requestOf(query: URLSearchParams): Omit<OpenRequest, 'link'> {
  const whole = (name: string, otherwise: number) => {
    const given = query.get(name) ?? '';
    return /^\d{1,10}$/.test(given) ? Number(given) : otherwise;
  };
  const memory = query.get('storage') === 'memory';
  return {
    memory: memory ? 'The address of this page asks for it (storage=memory).' : null,
    oneThread: query.get('host') === 'one',
    first: {
      stores: Math.min(Math.max(whole('stores', 3), 1), 7),
      clients: Math.min(Math.max(whole('clients', 1), 1), 4),
      seed: whole('seed', chance()) % 2 ** 32,
      settings: {},
    },
  };
}

const chance = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** The conductor's worker; where the browser starts none (a sandboxed frame), the same code in this thread. */
async function startConductor(): Promise<Port> {
  try {
    const worker = new Worker(new URL('./conductor.worker.ts', import.meta.url), {
      type: 'module',
    });
    await new Promise((up, down) => {
      worker.addEventListener('message', up, { once: true });
      worker.addEventListener('error', down, { once: true });
    });
    return worker;
  } catch {
    const { serveConductor } = await import('./conductor-service.ts');
    const { port1, port2 } = new MessageChannel();
    serveConductor(port1, { loom: LOOM_VERSION, build: __BUILD_ID__, spawn: null });
    return port2;
  }
}
