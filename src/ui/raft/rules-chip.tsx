// The chip of the rules: how many are watched, and whether all hold. It opens the list of them, each with its sentence; a
// broken one shows the records that prove it, and each leads to its place.

import { Popover } from 'radix-ui';
import { capital, commas } from '../../projections/words/format.ts';
import { allJudges } from '../../sim/judges/bench.ts';
import { Icon } from '../chart/icon.tsx';
import { useSessionState } from '../session/live.ts';
import { BreakMenu } from './break-menu.tsx';
import { Witnesses } from './witnesses.tsx';
import './raft.css';

/** The catalogue: it is the same for every history. */
const RULES = allJudges().map(({ id, name, says }) => ({ id, name: nameWords(name), says }));

export function RulesChip({ short }: { short: boolean }) {
  const { violations } = useSessionState();
  const broken = violations.length;
  const word = broken === 0 ? 'all hold' : `${broken} broken`;
  const says = `${RULES.length} rules watched, ${word}`;
  return (
    <Popover.Root>
      <Popover.Trigger
        className={broken === 0 ? 'rules-chip' : 'rules-chip rules-chip-broken'}
        aria-label={says}
        data-broken={broken}
      >
        <Icon name={broken === 0 ? 'check' : 'close'} />
        <span>{short ? RULES.length - broken : says}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="rules-list"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Rules that are watched"
        >
          <div className="rules-head">
            <p>
              Judges read every record of the journal. They know no node’s state, and change
              nothing.
            </p>
            <BreakMenu />
          </div>
          <ul>
            {RULES.map((rule) => {
              const found = violations.find(({ violation }) => violation.judge === rule.id);
              return { rule, found };
            })
              // Broken ones first, else as the catalogue has them.
              .toSorted((a, b) => Number(b.found !== undefined) - Number(a.found !== undefined))
              .map(({ rule, found }) => (
                <li key={rule.id} className={found === undefined ? 'rule' : 'rule rule-broken'}>
                  <Icon name={found === undefined ? 'check' : 'close'} />
                  <div>
                    <p className="rule-name">
                      {rule.name}
                      <span className="rule-id">{rule.id}</span>
                      <span className="rule-word">{found === undefined ? 'holds' : 'broken'}</span>
                    </p>
                    <p className="rule-says">{rule.says}</p>
                    {found !== undefined && (
                      <>
                        <p className="rule-found">
                          Record {commas(found.violation.record)}: {found.violation.text}
                        </p>
                        <Witnesses objection={found} />
                      </>
                    )}
                  </div>
                </li>
              ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** `quorum-durability` → `Quorum durability` */
function nameWords(name: string): string {
  return capital(name).replaceAll('-', ' ');
}
