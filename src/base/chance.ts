// Seeded chance. A stream belongs to an owner (a node's incarnation, a directed link, a disk, a workload), never to
// the moment: what one owner draws cannot depend on who else drew before. (sfc32, by Chris Doty-Humphrey.)

/** The state of one stream: plain data, saved and loaded with its owner. */
export interface Chance {
  a: number;
  b: number;
  c: number;
  d: number;
}

/** A stream for `owner` under `seed`. The same pair gives the same stream in every host. */
export function newChance(seed: number, owner: string): Chance {
  let h1 = 0x9e3779b9 ^ seed;
  let h2 = 0x243f6a88 ^ Math.floor(seed / 4294967296);
  for (let i = 0; i < owner.length; i++) {
    const unit = owner.charCodeAt(i);
    h1 = Math.imul(h1 ^ unit, 0x85ebca6b);
    h1 = (h1 << 13) | (h1 >>> 19);
    h2 = Math.imul(h2 ^ unit, 0xc2b2ae35);
    h2 = (h2 << 11) | (h2 >>> 21);
  }
  const chance = { a: h1 | 0, b: h2 | 0, c: (h1 ^ h2) | 0, d: 1 };
  for (let i = 0; i < 15; i++) nextWord(chance);
  return chance;
}

/** The next 32 bits, unsigned. */
function nextWord(chance: Chance): number {
  const sum = (chance.a + chance.b + chance.d) | 0;
  chance.d = (chance.d + 1) | 0;
  chance.a = chance.b ^ (chance.b >>> 9);
  chance.b = (chance.c + (chance.c << 3)) | 0;
  chance.c = ((chance.c << 21) | (chance.c >>> 11)) + sum;
  chance.c |= 0;
  return sum >>> 0;
}

/** A whole number in [0, n), n from 1 to 2^32. Always draws exactly one word. */
export function below(chance: Chance, n: number): number {
  return Math.floor((nextWord(chance) / 4294967296) * n);
}

/** A whole number in [low, high]. */
export function between(chance: Chance, low: number, high: number): number {
  return low + below(chance, high - low + 1);
}

/** True in `perMillion` of a million cases. */
export function luck(chance: Chance, perMillion: number): boolean {
  return below(chance, 1_000_000) < perMillion;
}

/** One of a list that is not empty. */
export function pick<T>(chance: Chance, list: readonly T[]): T {
  return list[below(chance, list.length)] as T;
}
