// The picture for those who listen: the cluster as lists, and what happens as sentences, politely and not too often.

import { memo, useEffect, useRef, useState } from 'react';
import { flightsOf } from '../../projections/flights.ts';
import type { World } from '../../projections/world.ts';
import { isHeartbeat } from '../../projections/message-kind.ts';
import { doomWords } from '../../projections/words/explain.ts';
import { clock, nodeName } from '../../projections/words/format.ts';
import { momentOf } from '../../projections/words/moment.ts';
import type { Micros } from '../../tikv/ids.ts';
import { ringModel } from '../ring/ring-model.ts';
import { useLive, useModel } from '../session/live.ts';
import type { Looking } from '../session/look-back.ts';
import { firstRegion } from '../session/readings.ts';
import { announcement } from './announce.ts';

interface Told {
  readonly moment: string;
  readonly stores: readonly { readonly node: string; readonly says: string }[];
  readonly others: readonly string[];
  readonly links: readonly string[];
}

function tell(world: World): Told {
  const region = firstRegion(world);
  const ring = ringModel(world, region);
  // Only the words that stay: a running clock would be read for ever.
  const { title, lines } = momentOf(world, region, world.at);
  return {
    moment: [title, ...lines].join('. '),
    stores: ring.stores.map(({ node, says }) => ({ node, says })),
    others: [...ring.clients.map((card) => card.says), ...(ring.pd ? [ring.pd.says] : [])],
    links: ring.links
      .filter((link) => link.cutThere || link.cutBack)
      .map((link) => `The link between ${nodeName(link.a)} and ${nodeName(link.b)} is cut`),
  };
}

function inFlight(world: World, now: Micros): string[] {
  return flightsOf(world)
    .filter((flight) => !isHeartbeat(flight.kind) && flight.sentAt <= now)
    .slice(0, 40)
    .map((flight) => {
      const doom = doomWords(flight);
      const held = flight.heldAt === null ? '' : ', held';
      const way = `${nodeName(flight.from)} to ${nodeName(flight.to)}`;
      return `${flight.label}, ${way}${held}${doom === null ? '' : `, ${doom}`}`;
    });
}

export const Spoken = memo(function Spoken() {
  const told = useModel(tell);
  const messages = useModel(inFlight);
  return (
    <section className="unseen" aria-label="The cluster in words">
      <h2>The cluster in words</h2>
      <p>{told.moment}</p>
      <ul aria-label="Stores">
        {told.stores.map((store) => (
          <li key={store.node}>{store.says}</li>
        ))}
      </ul>
      <ul aria-label="Clients and placement driver">
        {told.others.map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      {told.links.length > 0 && (
        <ul aria-label="Cut links">
          {told.links.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
      <ul aria-label="Messages in flight">
        {messages.map((words, i) => (
          <li key={i}>{words}</li>
        ))}
      </ul>
      <LatestWords />
    </section>
  );
});

/** At most one announcement in this time. */
const EVERY_MS = 2500;

/** What has happened since the last announcement; of a past instant, what is to be seen there. */
function LatestWords() {
  const { source } = useLive();
  const [words, setWords] = useState('');
  const told = useRef(-1);
  const shown = useRef<Looking | null>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      const { looking, lines } = source;
      const moved = looking?.records !== shown.current?.records;
      if (moved) shown.current = looking;
      if (looking !== null && moved) return setWords(pastWords(looking));
      const from = lines.findLastIndex((line) => line.n <= told.current) + 1;
      told.current = lines.at(-1)?.n ?? -1;
      const back = looking === null && moved ? 'You see the newest moment again. ' : '';
      const said = `${back}${announcement(lines.slice(from))}`;
      return said === '' ? undefined : setWords(said);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [source]);
  return (
    <div role="status" aria-live="polite" aria-label="Latest events">
      {words}
    </div>
  );
}

function pastWords({ world, at }: Looking): string {
  const { title, lines } = momentOf(world, firstRegion(world), at);
  return `You look back at ${clock(at)} seconds. ${title}. ${lines.join(' ')}`;
}
