// Messages that somebody moves: when the world says that one ends, it ends; and its place never jumps.
import { describe, expect, test } from 'vitest';
import { below, newChance, pick } from '../base/chance.ts';
import type { Command } from '../sim/command.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { doneAt, flightId } from './fold-network.ts';
import { foldRecord } from './fold.ts';
import type { Flight } from './messages.ts';
import { newWorld, type World } from './world.ts';

const copies = (world: World, id: string): Flight[] =>
  Object.values(world.flights).filter((flight) => flight.id === id || flight.twinOf === id);

describe.each([1, 2, 3, 4, 5])('seed %d', (seed) => {
  test('what is dropped, held, delayed, doubled and hurried ends as the world says', async () => {
    const world = newWorld();
    const chance = newChance(seed, 'moved');
    const ends = { told: 0, moved: 0 };
    const check = ({ at, event }: JournalRecord) => {
      if (event.type !== 'network/delivered' && event.type !== 'network/lost') return;
      const known = copies(world, flightId(event.sent));
      expect(known.length).toBeGreaterThan(0);
      // A message that is dropped, cut off or lost with a link ends before its time.
      if (event.type === 'network/lost' && event.reason !== 'chance') return;
      const due = known.map((flight) => flight.arrivesAt ?? flight.lostAt);
      expect(due).toContain(at);
      ends.told += 1;
      if (known.some((flight) => flight.leg.done > 0)) ends.moved += 1;
    };
    const conductor = await Conductor.start({
      seed,
      cluster: { stores: 3, clients: 1, settings: {} },
      hosts: memoryHosts(),
      onRecords: (records) => {
        for (const record of records) {
          check(record);
          foldRecord(world, record);
        }
      },
    });
    await conductor.advance(1_500_000);
    await conductor.give({ type: 'loss', a: 's1', b: 's2', perMillion: 200_000 });
    for (let i = 0; i < 200; i++) {
      await conductor.advance(conductor.now + below(chance, 30_000));
      const flights = Object.values(world.flights);
      if (flights.length === 0) continue;
      const { sent: message } = pick(chance, flights);
      const before = new Map(flights.map((each) => [each.id, doneAt(each, conductor.now)]));
      const commands: readonly Command[] = [
        { type: 'hold', message },
        { type: 'delay', message, by: 20_000 },
        { type: 'duplicate', message },
        { type: 'deliver', message },
        { type: 'drop', message },
        { type: 'release', message: null },
      ];
      await conductor.give(pick(chance, commands));
      for (const flight of Object.values(world.flights)) {
        const was = before.get(flight.id);
        const arrived = flight.arrivesAt !== null && flight.arrivesAt <= conductor.now;
        if (was !== undefined && !arrived) expect(doneAt(flight, conductor.now)).toBe(was);
      }
    }
    expect(ends.told).toBeGreaterThan(60);
    expect(ends.moved).toBeGreaterThan(10);
  });
});
