// The decision of PD on which its routes rest, by name: facts in, verdict out.
// (PD: pkg/core/region.go PreCheckPutRegion, check)

import type { Region } from '../raftstore/region.ts';

export interface Verdict {
  readonly rule: `pd/${string}`;
  readonly holds: boolean;
  readonly facts: Readonly<Record<string, number | string | boolean>>;
}

/** Which rule of this chapter a mutation breaks. */
export const PD_MUTATIONS: Readonly<Record<string, Verdict['rule']>> = {
  'mut:M18': 'pd/heartbeat-fresh',
};

/** The rules of this chapter that can be broken by their own names. */
export const PD_RULES: readonly Verdict['rule'][] = [...new Set(Object.values(PD_MUTATIONS))];

/** The verdict, but where its rule is broken on purpose: then everything is permitted. */
export function unlessBroken(verdict: Verdict, broken: readonly string[]): Verdict {
  if (verdict.holds || broken.length === 0) return verdict;
  const off = broken.some((id) => id === verdict.rule || PD_MUTATIONS[id] === verdict.rule);
  return off ? { ...verdict, holds: true, facts: { ...verdict.facts, broken: true } } : verdict;
}

/** What a heartbeat says of a Region, and what is known of one. */
export interface Told {
  readonly region: Region;
  readonly term: number;
}

/** May a heartbeat take the place of what is known? Of its own Region it has to be as new in the leader's term and in both
 * halves of the epoch; of every other Region over its keys, in `version`. The facts name the first that is newer. */
export function heartbeatFresh(
  beat: Told,
  known: Told | undefined,
  overlapping: readonly Told[],
): Verdict {
  const { version, confVer } = beat.region.epoch;
  const newer =
    overlapping.find(({ region }) => region.epoch.version > version) ??
    (known !== undefined && isNewer(known, beat) ? known : undefined);
  const against = newer ?? known;
  return {
    rule: 'pd/heartbeat-fresh',
    holds: newer === undefined,
    facts: {
      region: beat.region.id,
      term: beat.term,
      version,
      confVer,
      ...(against === undefined ? {} : knownFacts(against)),
    },
  };
}

const isNewer = (known: Told, beat: Told): boolean =>
  known.term > beat.term ||
  known.region.epoch.version > beat.region.epoch.version ||
  known.region.epoch.confVer > beat.region.epoch.confVer;

const knownFacts = ({ region, term }: Told): Verdict['facts'] => ({
  knownRegion: region.id,
  knownTerm: term,
  knownVersion: region.epoch.version,
  knownConfVer: region.epoch.confVer,
});
