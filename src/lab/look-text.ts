// What somebody wants to see, as text. Looking is not recorded and changes nothing.

import { historyText, raftLogText, raftRegionText } from '../projections/words/explain-group.ts';
import { locksText, mvccText, transactionsText } from '../projections/words/explain-versions.ts';
import { rulesText } from '../projections/words/explain-rules.ts';
import type { Asked } from '../projections/words/why-parts.ts';
import { why, whyText } from '../projections/words/why.ts';
import {
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
      return storesText(world, look.store);
    case 'regions':
      return regionsText(world, look.region);
    case 'region-of':
      return regionOfText(world, look.key, look.space);
    case 'operators':
      return operatorsText(world, look.region);
    case 'schedulers':
      return schedulersText(world);
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
    case 'settings':
      return settingsText(settingsNow(world), look.name);
  }
}
