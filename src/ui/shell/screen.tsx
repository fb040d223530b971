// The whole screen: bar, guide, stage with its rows, panel, deck; on a phone the same parts, one above the other.

import { Tooltip } from 'radix-ui';
import { useEffect, type CSSProperties } from 'react';
import type { World } from '../../projections/world.ts';
import { iconCursor } from '../chart/icon.tsx';
import { useScreenKind, type ScreenKind } from '../chart/use-size.ts';
import { ConsoleLine } from '../client/console-line.tsx';
import { ToolsBar } from '../client/tools-bar.tsx';
import { BrokenStrip } from '../faults/broken-strip.tsx';
import { LinkEditor } from '../faults/link-editor.tsx';
import { listenToMenus } from '../faults/open-menu.ts';
import { TargetMenu } from '../faults/target-menu.tsx';
import { toolKind } from '../faults/tool-work.ts';
import { RightPanel } from '../panel/right-panel.tsx';
import { RuleBanners } from '../raft/rule-banners.tsx';
import { listenToKeys } from '../session/keys.ts';
import { useLive, useModel } from '../session/live.ts';
import { setViewer, useViewer, type Tool } from '../session/viewer-store.ts';
import { SceneBar } from '../scenes/scene-bar.tsx';
import { useInScene, useVisitorActs } from '../scenes/scene-store.ts';
import { PastBanner } from '../tape/past-banner.tsx';
import { TapeDeck } from '../tape/tape-deck.tsx';
import { ClosedRail, Guide } from './guide.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Notices } from './notices.tsx';
import { PhoneScreen } from './phone-screen.tsx';
import { ShareDialog } from './share.tsx';
import { Spoken } from './spoken.tsx';
import { Stage } from './stage.tsx';
import { TopBar } from './top-bar.tsx';
import { UndoToast } from './undo-toast.tsx';
import './controls.css';
import './shell.css';

export function Screen() {
  const live = useLive();
  const kind = useScreenKind();
  const { phone } = kind;
  useEffect(() => listenToKeys(live), [live]);
  useEffect(() => listenToMenus(live), [live]);
  useEffect(() => {
    document.documentElement.dataset['layout'] = phone ? 'phone' : 'desk';
  }, [phone]);
  return (
    <Tooltip.Provider delayDuration={300} skipDelayDuration={100}>
      {phone ? <PhoneScreen /> : <DeskScreen {...kind} />}
      <HelpDialog />
      <ShareDialog />
      <Spoken />
      <TargetMenu />
      <LinkEditor />
    </Tooltip.Provider>
  );
}

const isSmallRing = (world: World) => world.cluster.stores <= 3;

/** Open for beginners where there is room for it, else as the viewer wants. */
function useRail(guideFits: boolean): boolean {
  const wanted = useViewer((viewer) => viewer.railOpen);
  const scene = useInScene();
  const small = useModel(isSmallRing);
  return !scene && (wanted ?? (guideFits && small));
}

/** The cursor carries the tool in hand. */
const cursorStyle = (tool: Tool) =>
  ({ '--tool-cursor': iconCursor(toolKind(tool).icon) }) as CSSProperties;

function DeskScreen({ drawer, guideFits, low }: ScreenKind) {
  const railOpen = useRail(guideFits);
  const scene = useInScene();
  const visitorActs = useVisitorActs();
  const panelOpen = useViewer((viewer) => viewer.panelOpen);
  const tool = useViewer((viewer) => viewer.tool);
  return (
    <div
      className={`desk ${railOpen ? 'rail-is-open' : ''} ${drawer ? 'with-drawer' : ''} ${low ? 'low' : ''}`}
      data-tool={tool ?? undefined}
      style={tool === null ? undefined : cursorStyle(tool)}
    >
      <TopBar phone={false} />
      {railOpen ? <Guide /> : <ClosedRail />}
      <main className="centre" aria-label="Cluster">
        <RuleBanners />
        <Stage headline={!railOpen && !scene} phone={false} />
        <SceneBar phone={false} />
        <Notices />
        <BrokenStrip always />
        <div className="acting">
          <ToolsBar />
          <PastBanner short={false} />
          {visitorActs && <UndoToast />}
        </div>
        <ConsoleLine />
      </main>
      {(!drawer || panelOpen) && <RightPanel drawer={drawer} />}
      {drawer && !panelOpen && (
        <button
          type="button"
          className="drawer-open button button-small"
          onClick={() => setViewer({ panelOpen: true })}
        >
          Events and legend
        </button>
      )}
      <TapeDeck phone={false} />
    </div>
  );
}
