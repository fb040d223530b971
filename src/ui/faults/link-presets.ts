// Qualities of a link that have a name, each with its numbers. The network that Loom is built with is slower than a real
// one, so that one can look on; these stand to each other as the real ones do.

import type { LinkProperties } from '../../sim/network.ts';

export interface LinkPreset {
  readonly name: string;
  readonly link: LinkProperties;
}

const FAITHFUL = { lossPerMillion: 0, duplicatePerMillion: 0, reorderPerMillion: 0 } as const;

export const LINK_PRESETS: readonly LinkPreset[] = [
  { name: 'LAN', link: { latency: 2000, jitter: 1000, ...FAITHFUL } },
  { name: 'Two cities', link: { latency: 10_000, jitter: 2000, ...FAITHFUL } },
  { name: 'WAN', link: { latency: 80_000, jitter: 15_000, ...FAITHFUL } },
  { name: 'Satellite', link: { latency: 300_000, jitter: 30_000, ...FAITHFUL } },
  {
    name: 'Lossy Wi-Fi',
    link: {
      latency: 12_000,
      jitter: 10_000,
      lossPerMillion: 50_000,
      duplicatePerMillion: 10_000,
      reorderPerMillion: 20_000,
    },
  },
  {
    name: 'Bad day',
    link: {
      latency: 200_000,
      jitter: 150_000,
      lossPerMillion: 200_000,
      duplicatePerMillion: 50_000,
      reorderPerMillion: 100_000,
    },
  },
];
