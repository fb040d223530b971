// Who owns what, across threads and tabs: the browser's own locks. A lock is let go of when its holder does so, or when
// its thread ends in any way, which is how the death of a worker is known. (determinism: rule 16)

/** Lets a lock go; resolves at once. */
export type Release = () => void;

export interface Locks {
  /** False where the browser has no locks: then a lock that is free tells nothing of its last holder. */
  readonly exclusive: boolean;
  /** Waits for the lock and holds it. Rejects where `signal` aborts the waiting. */
  hold(name: string, signal?: AbortSignal): Promise<Release>;
  /** The names that anybody holds now. */
  held(): Promise<ReadonlySet<string>>;
}

/** The browser's locks; without them (a page that is not from a secure origin) everybody owns what they ask for. */
export function browserLocks(): Locks {
  // The types promise it, insecure origins do not have it.
  const manager = navigator.locks as LockManager | undefined;
  return manager === undefined ? noLocks : webLocks(manager);
}

function webLocks(manager: LockManager): Locks {
  return {
    exclusive: true,
    hold: (name, signal) =>
      new Promise<Release>((granted, refused) => {
        // Not the manager's own way of giving up: an abort while the request is on its way to it would be overheard.
        signal?.addEventListener('abort', () => refused(new DOMException('', 'AbortError')));
        const held = () =>
          new Promise<void>((release) => {
            if (signal?.aborted === true) release();
            else granted(release);
          });
        manager.request(name, { mode: 'exclusive' }, held).catch(refused);
      }),
    async held() {
      const { held = [] } = await manager.query();
      return new Set(held.map((lock) => lock.name ?? ''));
    },
  };
}

const noLocks: Locks = {
  exclusive: false,
  hold: () => Promise.resolve(() => undefined),
  held: () => Promise.resolve(new Set()),
};

const CHANNEL = 'loom';
/** A tab that is just ending lets go within this time. */
const PATIENCE_MS = 5000;
/** Without locks, an owner has this long to say so. */
const ANSWER_MS = 400;

/**
 * The cluster's lock, or null where another tab has it and says so. The lock of a tab that is ending is waited for. The
 * owner answers others until it lets go.
 */
export async function claim(locks: Locks, name: string): Promise<Release | null> {
  const channel = new BroadcastChannel(CHANNEL);
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  channel.addEventListener('message', ({ data }: MessageEvent<{ owned?: string }>) => {
    if (data.owned === name) giveUp.abort();
  });
  channel.postMessage({ wanted: name });
  try {
    const release = await locks.hold(name, giveUp.signal);
    if (!locks.exclusive) await new Promise((answered) => setTimeout(answered, ANSWER_MS));
    giveUp.signal.throwIfAborted();
    channel.addEventListener('message', ({ data }: MessageEvent<{ wanted?: string }>) => {
      if (data.wanted === name) channel.postMessage({ owned: name });
    });
    return () => {
      channel.close();
      release();
    };
  } catch {
    channel.close();
    return null;
  } finally {
    clearTimeout(timer);
  }
}
