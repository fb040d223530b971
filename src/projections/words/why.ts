// Why something is as it is: the rule that blocks or decided, in one sentence with its numbers, from the verdicts that the
// engine wrote into the journal. Nothing here decides again.

import type { Bytes } from '../../base/bytes.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import { clock } from './format.ts';
import { ruleWords } from './rule-words.ts';
import type { Asked, Reason } from './why-parts.ts';
import { whyClient, whyKey, whyOperation, whyTransaction } from './why-client.ts';
import { whyRoute } from './why-pd.ts';
import { whyEntry, whyStore, whyVote } from './why-raft.ts';

export type WhySubject =
  | { readonly type: 'store'; readonly store: NodeId; readonly region: RegionId }
  | { readonly type: 'vote'; readonly store: NodeId; readonly region: RegionId }
  | { readonly type: 'entry'; readonly index: number; readonly region: RegionId }
  | { readonly type: 'route'; readonly region: RegionId }
  | { readonly type: 'client'; readonly client: NodeId }
  | { readonly type: 'operation'; readonly op: number }
  | { readonly type: 'key'; readonly key: Bytes }
  | { readonly type: 'transaction'; readonly name: string };

/** The answer first, then what stands behind it. Never empty. */
export function why(asked: Asked, subject: WhySubject): Reason[] {
  switch (subject.type) {
    case 'store':
      return whyStore(asked, subject);
    case 'vote':
      return whyVote(asked, subject);
    case 'entry':
      return whyEntry(asked, subject);
    case 'route':
      return whyRoute(asked, subject.region);
    case 'client':
      return whyClient(asked, subject.client);
    case 'operation':
      return whyOperation(asked, subject.op);
    case 'key':
      return whyKey(asked, subject.key);
    case 'transaction':
      return whyTransaction(asked, subject.name);
  }
}

/** As the console prints it. */
export function whyText(reasons: readonly Reason[]): string {
  return reasons
    .map(({ sentence, rule, record, at }) => {
      const lines = [sentence];
      if (rule !== null) lines.push(`  rule ${rule}: ${ruleWords(rule)}`);
      if (record !== null && at !== null)
        lines.push(`  record ${record.node}#${record.n}, at ${clock(at)}`);
      return lines.join('\n');
    })
    .join('\n');
}
