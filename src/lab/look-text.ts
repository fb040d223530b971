// What somebody wants to see, as text. Looking is not recorded and changes nothing.

import { historyText, raftLogText, raftRegionText } from '../projections/words/explain-group.ts';
import { locksText, mvccText, transactionsText } from '../projections/words/explain-versions.ts';
import { rulesText } from '../projections/words/explain-rules.ts';
import type { Asked } from '../projections/words/why-parts.ts';
import { why, whyText } from '../projections/words/why.ts';
import {
  asPdKnows,
  locationLabelsText,
  operatorsText,
  regionOfText,
  regionsText,
  schedulersText,
  settingsNow,
  storesText,
  timestampText,
} from './pd-text.ts';
import { helpText } from './verbs/all.ts';
import { settingsText } from './verbs/raft.ts';
import type { Look } from './verbs/verb.ts';

export function lookText(look: Look, asked: Asked): string {
  const { world } = asked;
  switch (look.type) {
    case 'help':
      return helpText(look.word, world);
    case 'versions':
      return mvccText(world, look.key);
    case 'locks':
      return locksText(world, look.from, look.to);
    case 'transactions':
      return transactionsText(world, look.name);
    case 'history':
      return historyText(world, look.key);
    case 'stores':
      return asPdKnows(world, storesText(world, look.store));
    case 'regions':
      return asPdKnows(world, regionsText(world, look.region));
    case 'region-of':
      return asPdKnows(world, regionOfText(world, look.key, look.space));
    case 'operators':
      return asPdKnows(world, operatorsText(world, look.region));
    case 'schedulers':
      return asPdKnows(world, schedulersText(world));
    case 'raft-region':
      return raftRegionText(world, look.region);
    case 'raft-log':
      return raftLogText(world, look.region, look.index);
    case 'rules':
      return rulesText(world, look.rule);
    case 'timestamp':
      return timestampText(world, look.timestamp);
    case 'why':
      return whyText(why(asked, look.subject));
    case 'location-labels':
      return locationLabelsText(world);
    case 'settings':
      return settingsText(settingsNow(world), look.name);
  }
}
