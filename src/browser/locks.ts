// Who owns what, across threads and tabs: the browser's own locks. A lock is let go of when its holder does so, or when
// its thread ends in any way, which is how the death of a worker is known. (determinism: rule 16)

/** Lets a lock go; resolves at once. */
export type Release = () => void;

export interface Locks {
  /** False where the browser has no locks: then a lock that is free tells nothing of its last holder. */
  readonly exclusive: boolean;
  /** Waits for the lock and holds it. */
  hold(name: string): Promise<Release>;
  /** Holds the lock where it is free; null where somebody else has it. */
  tryHold(name: string): Promise<Release | null>;
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
  const request = (name: string, ifAvailable: boolean) =>
    new Promise<Release | null>((granted, refused) => {
      manager
        .request(name, { mode: 'exclusive', ifAvailable }, (lock) => {
          if (lock === null) return granted(null);
          return new Promise<void>((release) => {
            granted(release);
          });
        })
        .catch(refused);
    });
  return {
    exclusive: true,
    hold: async (name) => (await request(name, false)) as Release,
    tryHold: (name) => request(name, true),
    async held() {
      const { held = [] } = await manager.query();
      return new Set(held.map((lock) => lock.name ?? ''));
    },
  };
}

const noLocks: Locks = {
  exclusive: false,
  hold: () => Promise.resolve(() => undefined),
  tryHold: () => Promise.resolve(() => undefined),
  held: () => Promise.resolve(new Set()),
};
