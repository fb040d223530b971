// The phone: the ring above, the sentence, the tape, and tabs whose sheets hold the rest.

import { alarmsOf } from '../../projections/alarms.ts';
import { weaveSentence } from '../../projections/words/alarm-words.ts';
import type { World } from '../../projections/world.ts';
import type { Micros } from '../../tikv/ids.ts';
import { Icon, type IconName } from '../chart/icon.tsx';
import { typeScale, useSize } from '../chart/use-size.ts';
import { ClientForm } from '../client/client-form.tsx';
import { ConsoleLine } from '../client/console-line.tsx';
import { ToolButtons } from '../client/tools-bar.tsx';
import { BrokenStrip } from '../faults/broken-strip.tsx';
import { LinkSquares } from '../faults/link-squares.tsx';
import { MessageList } from '../faults/message-list.tsx';
import { LogTableButton } from '../logs/log-table.tsx';
import { LogView } from '../logs/log-view.tsx';
import { EventsList } from '../panel/events-list.tsx';
import { Inspector } from '../panel/inspector.tsx';
import { EventLogList } from '../panel/log-list.tsx';
import { Legend } from '../panel/legend.tsx';
import { RuleBanners } from '../raft/rule-banners.tsx';
import { useModel } from '../session/live.ts';
import { useView } from '../session/use-view.ts';
import { setViewer, useViewer, type Sheet } from '../session/viewer-store.ts';
import { PastBanner } from '../tape/past-banner.tsx';
import { SceneBar } from '../scenes/scene-bar.tsx';
import { useInScene, useVisitorActs } from '../scenes/scene-store.ts';
import { TapeDeck } from '../tape/tape-deck.tsx';
import { makeNarration, TryNext } from './guide.tsx';
import { Notices } from './notices.tsx';
import { Stage } from './stage.tsx';
import { TopBar } from './top-bar.tsx';
import { UndoToast } from './undo-toast.tsx';
import './phone.css';

const TABS: readonly { readonly sheet: Sheet; readonly word: string; readonly icon: IconName }[] = [
  { sheet: 'stage', word: 'Stage', icon: 'stage' },
  { sheet: 'client', word: 'Client', icon: 'send' },
  { sheet: 'events', word: 'Events', icon: 'list' },
  { sheet: 'faults', word: 'Faults', icon: 'kill' },
];

export function PhoneScreen() {
  const scene = useInScene();
  const visitorActs = useVisitorActs();
  const sheet = useViewer((viewer) => viewer.sheet);
  const selection = useViewer((viewer) => viewer.selection);
  const inspects = sheet === 'stage' && selection !== null && selection.type !== 'event';
  return (
    <div className="phone">
      <div className="acting">
        <TopBar phone />
        <PastBanner short />
      </div>
      <main className="phone-main" aria-label="Cluster">
        <RuleBanners />
        <Stage headline={false} phone />
        <Notices />
        {visitorActs && <UndoToast />}
        <BrokenStrip always={false} />
      </main>
      {scene ? <SceneBar phone /> : <Caption />}
      <TapeDeck phone />
      {(sheet !== 'stage' || inspects) && (
        <div className="sheet">
          {inspects ? <Inspector selection={selection} /> : <SheetContent sheet={sheet} />}
        </div>
      )}
      <nav className="tabs" aria-label="Parts of the screen">
        {TABS.map(({ sheet: to, word, icon }) => (
          <button
            key={to}
            type="button"
            className="tab"
            aria-current={to === sheet ? 'page' : undefined}
            onClick={() =>
              setViewer({
                sheet: to === sheet ? 'stage' : to,
                ...(to === 'stage' ? { selection: null } : {}),
              })
            }
          >
            <Icon name={icon} size={18} />
            {word}
          </button>
        ))}
      </nav>
    </div>
  );
}

const allRegionsSay = (world: World, now: Micros): string =>
  weaveSentence(world, alarmsOf(world, now));

function Caption() {
  const { what, then } = useModel(makeNarration);
  const weave = useView() === 'weave';
  const all = useModel(allRegionsSay);
  if (weave) return <p className="caption">{all}</p>;
  return (
    <p className="caption">
      {what} {then}
    </p>
  );
}

function SheetContent({ sheet }: { sheet: Sheet }) {
  const messages = useViewer((viewer) => viewer.messagesOpen);
  const log = useViewer((viewer) => viewer.logOpen);
  if (sheet === 'events' && log) return <EventLogList />;
  if (sheet === 'events')
    return (
      <>
        {messages && <MessageList />}
        <EventsList title="Events" />
        <Legend />
      </>
    );
  if (sheet === 'client')
    return (
      <div className="sheet-part">
        <ClientForm stacked />
        <ConsoleLine />
        <SheetLogs />
      </div>
    );
  return (
    <div className="sheet-part">
      <h2 className="panel-heading">Pick a tool, then touch a store</h2>
      <ToolButtons />
      <LinkSquares />
      <h2 className="panel-heading">Try next</h2>
      <TryNext />
    </div>
  );
}

function SheetLogs() {
  const [ref, size] = useSize<HTMLDivElement>();
  return (
    <div className="sheet-logs" ref={ref}>
      <LogTableButton />
      {size !== null && (
        <LogView width={size.width / typeScale()} height={size.height / typeScale()} />
      )}
    </div>
  );
}
