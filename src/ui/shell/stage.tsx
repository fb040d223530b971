// The stage: the ring, and the logs below it (three stores and a high stage) or beside it.

import { memo, useCallback } from 'react';
import { storesOf } from '../../projections/questions.ts';
import type { World } from '../../projections/world.ts';
import { typeScale, useSize } from '../chart/use-size.ts';
import { quorumModel } from '../logs/quorum-model.ts';
import { LogTableButton } from '../logs/log-table.tsx';
import { LogView } from '../logs/log-view.tsx';
import { QuorumRow } from '../logs/quorum-row.tsx';
import { EventLog } from '../panel/event-log.tsx';
import { PointedStyle } from '../panel/legend.tsx';
import { RingView } from '../ring/ring-view.tsx';
import { SceneMarks } from '../scenes/scene-marks.tsx';
import { useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { useManyRegions, useView } from '../session/use-view.ts';
import { setViewer, useViewer } from '../session/viewer-store.ts';
import { Unroll } from '../weave/unroll.tsx';
import { WeavePhone } from '../weave/weave-phone.tsx';
import { WeaveView } from '../weave/weave-view.tsx';
import { arrangeStage } from './stage-layout.ts';
import { makeNarration } from './guide.tsx';

const storeCount = (world: World) => storesOf(world).length || world.cluster.stores || 3;

export const Stage = memo(function Stage({
  headline,
  phone,
}: {
  headline: boolean;
  phone: boolean;
}) {
  const [ref, size] = useSize<HTMLDivElement>();
  const logOpen = useViewer((viewer) => viewer.logOpen);
  return (
    <div className="stage" ref={ref}>
      <PointedStyle />
      <SceneMarks />
      {size !== null && <Shown {...size} headline={headline} phone={phone} />}
      {logOpen && !phone && <EventLog />}
    </div>
  );
});

interface ArrangedProps {
  readonly width: number;
  readonly height: number;
  readonly headline: boolean;
  readonly phone: boolean;
}

/** The ring of one Region, or all of them. */
function Shown(props: ArrangedProps) {
  const view = useView();
  const type = typeScale();
  const many = useManyRegions();
  const region = useModel(firstRegion);
  if (view === 'weave' && props.phone)
    return <WeavePhone width={props.width / type} height={props.height / type} />;
  if (view === 'weave')
    return (
      <>
        <Unroll key="weave" view="weave" region={region} />
        <WeaveView width={props.width / type} height={props.height / type} />
      </>
    );
  return (
    <>
      {!props.phone && <Unroll key="ring" view="ring" region={region} />}
      <Arranged {...props} />
      {many && props.phone && (
        <button
          type="button"
          className="button button-small weave-back"
          onClick={() => setViewer({ view: 'weave' })}
        >
          All Regions
        </button>
      )}
    </>
  );
}

/** The drawings have units of their own: as many as fit at the present size of type. */
function Arranged({ width, height, headline, phone }: ArrangedProps) {
  const stores = useModel(storeCount);
  const type = typeScale();
  const { ring, logs, logsBelow, side } = arrangeStage({
    width: width / type,
    height: height / type,
    stores,
    headline,
    phone,
  });
  const px = (box: { x: number; y: number; width: number; height: number }) => ({
    left: box.x * type,
    top: box.y * type,
    width: box.width * type,
    height: box.height * type,
  });
  return (
    <>
      {headline && <Headline />}
      <div className="stage-part" style={px({ ...ring, width: width / type })}>
        <RingView width={width / type} ringWidth={ring.width} height={ring.height} />
      </div>
      {logs !== null && (
        <div className={logsBelow ? 'stage-part stage-logs' : 'stage-part'} style={px(logs)}>
          <LogView width={logs.width} height={logs.height} />
          <LogTableButton />
        </div>
      )}
      {side !== null && (
        <div className="stage-part stage-why" style={px(side)}>
          <Why />
        </div>
      )}
    </>
  );
}

/** One sentence above the picture, where the guide is closed. */
function Headline() {
  const { what, then } = useModel(makeNarration);
  return (
    <p className="stage-headline">
      <strong>{what}</strong> {then}
    </p>
  );
}

/** Why the entry in question is committed, or is not. */
function Why() {
  const chosen = useViewer((viewer) =>
    viewer.selection?.type === 'entry' ? viewer.selection.index : viewer.hoveredIndex,
  );
  const model = useModel(
    useCallback((world: World) => quorumModel(world, firstRegion(world), chosen), [chosen]),
  );
  if (model === null) return null;
  return (
    <>
      <h3 className="why-head">{model.head}</h3>
      <p className="why-text">{model.text}</p>
      <QuorumRow model={model} />
    </>
  );
}
