// Which heartbeat PD takes, and what it says of one that it does not.
import { describe, expect, test } from 'vitest';
import { PdBench } from '../../testing/pd-bench.ts';
import type { Region } from '../raftstore/region.ts';
import { heartbeatFresh, unlessBroken, type Told } from './rules.ts';

const peers = [{ id: 101, storeId: 1, role: 'Voter' }] as const;
const told = (version: number, confVer: number, term: number, id = 1): Told => ({
  region: { id, startKey: '', endKey: '', epoch: { confVer, version }, peers },
  term,
});

describe('a heartbeat is fresh', () => {
  interface Case {
    readonly name: string;
    readonly beat: Told;
    readonly known?: Told;
    readonly others?: readonly Told[];
    readonly holds: boolean;
  }

  test.each<Case>([
    { name: 'nothing is known', beat: told(1, 1, 1), holds: true },
    { name: 'it says the same', beat: told(3, 3, 3), known: told(3, 3, 3), holds: true },
    { name: 'it says more', beat: told(4, 5, 6), known: told(3, 3, 3), holds: true },
    { name: 'an older term', beat: told(9, 9, 2), known: told(3, 3, 3), holds: false },
    { name: 'an older version', beat: told(2, 9, 9), known: told(3, 3, 3), holds: false },
    { name: 'an older conf_ver', beat: told(9, 2, 9), known: told(3, 3, 3), holds: false },
    { name: 'a newer Region there', beat: told(2, 9, 9), others: [told(3, 1, 1, 7)], holds: false },
    { name: 'an older Region there', beat: told(3, 1, 1), others: [told(2, 9, 9, 7)], holds: true },
  ])('$name', ({ beat, known, others = [], holds }) => {
    expect(heartbeatFresh(beat, known, others).holds).toBe(holds);
  });

  test('the verdict names what is newer; a broken rule lets it pass, and says so', () => {
    const verdict = heartbeatFresh(told(2, 1, 4), told(2, 1, 4), [told(3, 1, 5, 7)]);
    expect(verdict).toEqual({
      rule: 'pd/heartbeat-fresh',
      holds: false,
      facts: {
        region: 1,
        term: 4,
        version: 2,
        confVer: 1,
        knownRegion: 7,
        knownTerm: 5,
        knownVersion: 3,
        knownConfVer: 1,
      },
    });
    for (const name of ['mut:M18', 'pd/heartbeat-fresh'])
      expect(unlessBroken(verdict, [name])).toMatchObject({ holds: true, facts: { broken: true } });
    expect(unlessBroken(verdict, ['mut:M15']).holds).toBe(false);
  });
});

test('PD refuses an old leader’s heartbeat, tells why, and knows what it knew', () => {
  const pd = new PdBench();
  pd.begin(3);
  const now = pd.regions.get(1)?.region as Region;
  const beat = (region: Region, term: number) =>
    pd.call({
      type: 'region-heartbeat',
      region,
      leader: region.peers[0] as Region['peers'][number],
      term,
      pendingPeers: [],
      downPeers: [],
      approximateSize: 0,
      approximateKeys: 0,
      writtenBytes: 0,
      writtenKeys: 0,
      readBytes: 0,
      readKeys: 0,
    });
  const newer = { ...now, epoch: { ...now.epoch, version: now.epoch.version + 1 } };
  expect(beat(newer, 90)).toBeUndefined();
  expect(beat(now, 91)).toEqual({ type: 'refused', reason: 'Region 1 is known in a newer state' });
  expect(pd.events.at(-1)).toMatchObject({
    type: 'pd/heartbeat-refused',
    regionId: 1,
    term: 91,
    verdict: { rule: 'pd/heartbeat-fresh', holds: false, facts: { knownVersion: 2, version: 1 } },
  });
  const answer = pd.call({ type: 'get-region-by-id', regionId: 1 });
  expect(answer).toMatchObject({ region: { epoch: newer.epoch } });
});
