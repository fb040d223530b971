import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { labOf, runAll } from '../testing/lab-of.ts';
import type { World } from '../projections/world.ts';
import { completions } from './completions.ts';
import { readLine } from './console.ts';
import type { Lab } from './lab.ts';
import { exampleNow, VERBS } from './verbs/all.ts';

let lab: Lab;
let world: World;

beforeAll(async () => {
  lab = await labOf(7);
  await runAll(lab, [
    "wait until {leader('r1')}",
    'put ann 43',
    "c2: put 'two words' x",
    'wait until {quiet()}',
    'kill s3',
    'pause s2',
    'begin as t1',
    'wait 300ms',
    'get ann',
    'wait 1ms',
  ]);
  ({ world } = lab);
});

/** What is offered where `|` stands. */
function offered(line: string): string[] {
  const cursor = line.indexOf('|') < 0 ? line.length : line.lastIndexOf('|');
  const text = line.slice(0, cursor) + line.slice(cursor + 1);
  return completions(text, cursor, world).options.map((option) => option.text);
}

describe('in context', () => {
  test('words come first, with what they do', () => {
    expect(offered('ki|')).toEqual(['kill']);
    expect(offered('c2: ki|')).toEqual(['kill']);
    expect(offered('tiup ctl:v8 pd -u http://127.0.0.1:2379 transf|')).toEqual(['transfer-leader']);
    expect(completions('ki', 2, world).options[0]?.means).toMatch(/^Power loss/);
    expect(offered('|').length).toBeGreaterThan(30);
  });

  test('nodes are offered in the state that the word is about', () => {
    expect(offered('kill |')).toEqual(['s1', 's2', 'pd1', 'c1', 'c2']);
    expect(offered('restart |')).toEqual(['s3']);
    expect(offered('resume |')).toEqual(['s2']);
    expect(offered('pause s|')).toEqual(['s1']);
    expect(offered('heal |')).toEqual([]);
    expect(offered('transfer-leader r1 |')).toEqual(['s1', 's2', 's3']);
    expect(offered('transfer-leader r1 s2 |')).toEqual(['at']);
    expect(offered('transfer-leader r1 s2 at |')).toEqual(['s1', 's2', 's3']);
    expect(completions('kill ', 5, world).options[1]?.means).toBe('store, paused');
  });

  test('both sides of a partition, the name behind the last sign', () => {
    const { from, to, options } = completions('partition s1,s', 14, world);
    expect([from, to]).toEqual([13, 14]);
    expect(options.map(({ text }) => text)).toEqual(['s2', 's3']);
    expect(offered('partition s1|s2,|s')).toContain('s3');
  });

  test('keys that exist, with their values', () => {
    expect(offered('get |')).toEqual(expect.arrayContaining(['ann', "'two words'", '--path']));
    expect(completions('get a', 5, world).options).toEqual([{ text: 'ann', means: '= 43' }]);
    expect(offered('get ann --path |')).toEqual(['lease', 'read-index', 'replica']);
    expect(offered('get ann --path replica --store |')).toEqual(['s1', 's2', 's3']);
    expect(offered('commit |')).toEqual(['t1']);
  });

  test('Regions, messages, kinds, rules, settings, durations', () => {
    expect(offered('campaign s1 |')).toEqual(['r1']);
    const [message] = offered('drop |');
    expect(message).toMatch(/^\w+#\d+$/);
    expect(offered('hold Msg|')).toContain('MsgAppend');
    expect(offered('mutate vote|')).toContain('raft/vote-log');
    expect(offered('mutate M03 |')).toEqual(['on', 'off']);
    expect(offered('config set lease|')).toContain('client.lease-reads');
    expect(offered('config set client.lease-reads |')).toEqual(['true', 'false']);
    expect(offered('operator add |')).toContain('transfer-leader');
    expect(offered('why |')).toEqual(expect.arrayContaining(['s1', 'c1', 'ann', 'entry', 'vote']));
    expect(offered('wait |')).toEqual(expect.arrayContaining(['until', '1s']));
    expect(offered('latency s1 s2 50ms |')).toEqual(['jitter']);
    expect(offered('help par|')).toEqual(['partition']);
  });

  test('functions and events inside conditions', () => {
    expect(offered('wait until {lea|')).toEqual(['leader(', 'leaders(']);
    expect(offered("wait until {seen('raft/became-l|")).toEqual(['raft/became-leader']);
    expect(offered('wait until qui|')).toEqual(['quiet()']);
  });

  test('nothing where nothing is known', () => {
    expect(offered('kill s9 |')).toEqual([]);
    expect(offered('frobnicate |')).toEqual([]);
    expect(offered("put 'a|")).toEqual([]);
  });
});

test('every completion of an example, taken at every place, can be read further or teaches', () => {
  const examples = fc.constantFrom(...VERBS.map((verb) => exampleNow(verb, world)));
  const places = fc.tuple(examples, fc.nat(), fc.nat());
  fc.assert(
    fc.property(places, ([example, place, pick]) => {
      const cursor = place % (example.length + 1);
      const { from, to, options } = completions(example, cursor, world);
      expect(from).toBeLessThanOrEqual(to);
      expect(to).toBe(cursor);
      const option = options[pick % Math.max(1, options.length)];
      if (option === undefined) return;
      const line = example.slice(0, from) + option.text;
      const read = readLine(line, lab.names());
      expect(read.ok || read.reason.length > 10).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
