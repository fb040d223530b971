// The tree by which PD sends clients to Regions: it never goes back. It is told as PD learns it and mirrored here; after a
// power loss PD begins with what its disk holds, and with no terms. (PD: pkg/core/region.go check, setRegionLocked)

import { PD_NODE, type RegionId } from '../../tikv/ids.ts';
import { regionsOverlap, type Region } from '../../tikv/raftstore/region.ts';
import type { RecordId } from '../record-id.ts';
import { judgeOf, type Finding, type Judge } from './judge.ts';

interface Known {
  readonly region: Region;
  /** 0 after a restart of PD: terms are in memory only. */
  readonly term: number;
  readonly by: RecordId;
}

type Tree = ReadonlyMap<RegionId, Known>;

/** What has been learned and has not reached the disk. Null: the next write will carry it. */
interface Staged {
  readonly known: Known;
  readonly write: number | null;
}

export function routeMonotonic(): Judge {
  let tree: Tree = new Map();
  let disk: Tree = new Map();
  let staged: readonly Staged[] = [];
  const learn = (known: Known): Finding | null => {
    const before = newerThan(tree, known);
    tree = withKnown(tree, known);
    staged = [...staged, { known, write: null }];
    return before === undefined ? null : wentBack(before, known);
  };
  return judgeOf({
    id: 'inv:route-monotonic',
    name: 'route-monotonic',
    says: 'PD never takes an older word of a Region, or of its keys, for the newest one.',
    reads: [
      'pd/bootstrapped',
      'pd/region-learned',
      'disk/write-started',
      'disk/durable',
      'node/killed',
      'node/panicked',
      'node/destroyed',
    ],
    find({ event, id }) {
      switch (event.type) {
        case 'pd/bootstrapped':
          return learn({ region: event.region, term: 0, by: id });
        case 'pd/region-learned':
          return learn({ region: event.region, term: event.term, by: id });
        case 'disk/write-started':
          if (id.node === PD_NODE) staged = staged.map((each) => named(each, event.write));
          return null;
        case 'disk/durable':
          if (id.node !== PD_NODE) return null;
          for (const { known, write } of staged)
            if (write !== null && write <= event.write) disk = withKnown(disk, known);
          staged = staged.filter(({ write }) => write === null || write > event.write);
          return null;
        default:
          if (event.node !== PD_NODE) return null;
          if (event.type === 'node/destroyed') disk = new Map();
          tree = new Map([...disk].map(([region, known]) => [region, { ...known, term: 0 }]));
          staged = [];
          return null;
      }
    },
  });
}

const named = (staged: Staged, write: number): Staged =>
  staged.write === null ? { ...staged, write } : staged;

/** The keys of a Region belong to it alone: others that reach into them are forgotten. */
function withKnown(tree: Tree, known: Known): Tree {
  const { id } = known.region;
  const others = [...tree].filter(
    ([other, { region }]) => other !== id && !regionsOverlap(region, known.region),
  );
  return new Map([...others, [id, known]]);
}

/** What PD knew already and had to keep. */
function newerThan(tree: Tree, { region, term }: Known): Known | undefined {
  const { version, confVer } = region.epoch;
  return [...tree.values()].find((known) => {
    const { epoch } = known.region;
    if (known.region.id !== region.id)
      return epoch.version > version && regionsOverlap(known.region, region);
    return epoch.version > version || epoch.confVer > confVer || known.term > term;
  });
}

function wentBack(before: Known, now: Known): Finding {
  return {
    text: `PD knew ${words(before)}, and now takes ${words(now)} for newer.`,
    facts: { regions: [before.region.id, now.region.id], before: marks(before), now: marks(now) },
    witnesses: [before.by],
  };
}

const marks = ({ region: { epoch }, term }: Known) => [epoch.version, epoch.confVer, term];

const words = ({ region: { id, epoch }, term }: Known): string =>
  `Region ${id} in version ${epoch.version} with conf_ver ${epoch.confVer} and term ${term}`;
