// The average that every heartbeat asks for is kept, not counted anew: it has to stay what counting would give.
import { expect, test } from 'vitest';
import { between, newChance } from '../../base/chance.ts';
import type { Region } from '../raftstore/region.ts';
import { averageOf, newFlow } from './flow.ts';
import { RegionTree } from './regions.ts';

const peers = [{ id: 1, storeId: 1, role: 'Voter' }] as const;

test('the average of the flows is that of the Regions in the tree, whatever came, went and was measured', () => {
  const chance = newChance(7, 'pd');
  let most = 0;
  let summed = 0;
  let tree = new RegionTree([]);
  for (let step = 1; step <= 2000; step++) {
    const [a, b] = [between(chance, 0, 9), between(chance, 0, 9)];
    const region: Region = {
      id: between(chance, 1, 12),
      startKey: `k${10 + Math.min(a, b)}`,
      endKey: `k${11 + Math.max(a, b)}`,
      epoch: { confVer: 1, version: step },
      peers,
    };
    const leader = peers[0];
    if (between(chance, 0, 2) === 0) tree.learn({ region, leader, term: 6 });
    const rates = {
      writtenBytes: between(chance, 0, 999),
      writtenKeys: 1,
      readBytes: between(chance, 0, 999),
      readKeys: 1,
    };
    tree.measure(between(chance, 1, 12), { pending: [], down: [], flow: { ...newFlow(), rates } });
    if (step % 500 === 0) tree = new RegionTree(tree.save());
    const sum = (count: 'writtenBytes' | 'readBytes') =>
      tree.all().reduce((total, { flow }) => total + flow.rates[count], 0);
    const taken = { written: sum('writtenBytes'), read: sum('readBytes') };
    const among = tree.all().length;
    expect(tree.average()).toEqual(averageOf(taken, among));
    summed += taken.written;
    most = Math.max(most, tree.size);
  }
  expect(most).toBeGreaterThan(2);
  expect(summed).toBeGreaterThan(0);
});
