// Why PD sends clients where it does: what it took for the newest word of a Region, and what it passed over.

import { storeNode, type RegionId } from '../../tikv/ids.ts';
import { clock, nodeName } from './format.ts';
import { newest, plainly, reason, type Asked, type Reason } from './why-parts.ts';

export function whyRoute(asked: Asked, region: RegionId): Reason[] {
  return [routeOf(asked, region), ...inVain(asked, region), ...passedOver(asked, region)];
}

function routeOf(asked: Asked, id: RegionId): Reason {
  const known = asked.world.pd.regions[id];
  if (known === undefined) return plainly(`PD knows no Region ${id}.`);
  const { region, leader, term, learnedAt } = known;
  const { version, confVer } = region.epoch;
  const sentence = `PD sends clients of Region ${id} to ${nodeName(storeNode(leader.storeId))}: it heard so at ${clock(learnedAt)}, in version ${version}, conf_ver ${confVer}, term ${term}`;
  const learned = newest(asked, 'pd/region-learned').find(({ event }) => event.region.id === id);
  return learned === undefined ? plainly(`${sentence}.`) : reason(sentence, learned);
}

/** PD forgets no leader by itself: it learns of another one from that one's heartbeat. */
function inVain({ world }: Asked, id: RegionId): Reason[] {
  const leader = world.pd.regions[id]?.leader.storeId;
  const state = leader === undefined ? undefined : world.pd.stores[leader]?.state;
  if (leader === undefined || (state !== 'Disconnected' && state !== 'Down')) return [];
  const name = nodeName(storeNode(leader));
  return [
    plainly(
      `PD calls ${name} ${state.toLowerCase()}. Until another leader tells PD of itself, clients are sent to ${name} in vain.`,
    ),
  ];
}

/** The newest heartbeat of the Region that PD refused. */
function passedOver(asked: Asked, id: RegionId): Reason[] {
  const refused = newest(asked, 'pd/heartbeat-refused').find(({ event }) => event.regionId === id);
  if (refused === undefined) return [];
  const { leader, verdict } = refused.event;
  const by = nodeName(storeNode(leader.storeId));
  return [reason(`PD passed over a heartbeat of ${by} at ${clock(refused.at)}`, refused, verdict)];
}
