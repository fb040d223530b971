import { describe, expect, test } from 'vitest';
import { crosses, overlaps, within } from '../chart/geometry.ts';
import { layoutCluster } from './cluster-layout.ts';

const nodes = (count: number, clients = 1) => ({
  stores: Array.from({ length: count }, (_, i) => `s${i + 1}`),
  clients: Array.from({ length: clients }, (_, i) => `c${i + 1}`),
  pd: 'pd1',
});

const AREAS = {
  desk: { x: 24, y: 74, width: 768, height: 326 },
  beside: { x: 12, y: 67, width: 520, height: 470 },
  small: { x: 24, y: 66, width: 608, height: 236 },
  phone: { x: 12, y: 66, width: 366, height: 390 },
};

describe('the cluster’s places', () => {
  test('three stores stand where the drawing has them', () => {
    const { stores } = layoutCluster(nodes(3), { x: 24, y: 74, width: 768, height: 326 });
    expect(stores.map(({ box }) => [box.x, box.y, box.width, box.height])).toEqual([
      [308, 74, 200, 96],
      [550, 304, 200, 96],
      [66, 304, 200, 96],
    ]);
  });

  test.each(Object.keys(AREAS) as (keyof typeof AREAS)[])('nothing overlaps: %s', (name) => {
    for (let count = 1; count <= 7; count++) {
      const layout = layoutCluster(nodes(count), AREAS[name]);
      const boxes = [...layout.stores, ...layout.clients, layout.pd].flatMap((place) =>
        place ? [place.box] : [],
      );
      const outer = { ...AREAS[name], y: AREAS[name].y - 14, height: AREAS[name].height + 14 };
      for (const box of boxes) expect(within(box, outer), `${name} ${count}`).toBe(true);
      boxes.forEach((a, i) => {
        for (const b of boxes.slice(i + 1))
          expect(overlaps(a, b), `${name} ${count}: ${JSON.stringify([a, b])}`).toBe(false);
      });
    }
  });

  test.each(Object.keys(AREAS) as (keyof typeof AREAS)[])(
    'no lane runs through a card: %s',
    (name) => {
      const bad: string[] = [];
      for (let count = 1; count <= 7; count++) {
        const layout = layoutCluster(nodes(count), AREAS[name]);
        const places = [...layout.stores, ...layout.clients, ...(layout.pd ? [layout.pd] : [])];
        for (const [key, lane] of layout.lanes) {
          lane.slice(1).forEach((to, i) => {
            const from = lane[i] ?? to;
            for (const place of places)
              if (!key.split('>').includes(place.node) && crosses({ from, to }, place.box))
                bad.push(`${count}: ${key} through ${place.node}`);
          });
        }
      }
      expect(bad).toEqual([]);
    },
  );

  test('traffic keeps to the right: the lane back is the other one', () => {
    const { lanes } = layoutCluster(nodes(3), AREAS.desk);
    const right = lanes.get('s3>s2');
    const left = lanes.get('s2>s3');
    expect((right?.[0]?.y ?? 0) - (left?.[0]?.y ?? 0)).toBe(12);
  });
});

test('the card of a learner is lower, around the same middle', () => {
  const area = { x: 24, y: 74, width: 768, height: 326 };
  const all = { stores: ['s1', 's2', 's3'], clients: [], pd: null };
  const box = (learners: readonly string[]) =>
    layoutCluster({ ...all, learners }, area).stores.find(({ node }) => node === 's2')?.box;
  const [voter, learner] = [box([]), box(['s2'])];
  if (voter === undefined || learner === undefined) throw new Error('no card');
  expect(learner.height).toBe(voter.height * 0.75);
  expect(learner.y + learner.height / 2).toBe(voter.y + voter.height / 2);
});
