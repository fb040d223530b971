// What stands over the stage while a rule is broken on purpose, and when a judge has found a broken promise.

import { useState } from 'react';
import type { Objection } from '../../browser/session-types.ts';
import type { World } from '../../projections/world.ts';
import { capital, clock } from '../../projections/words/format.ts';
import { brokenName, brokenWords } from '../../projections/words/mutation-words.ts';
import { Icon } from '../chart/icon.tsx';
import { useModel, useSession, useSessionState } from '../session/live.ts';
import { act } from '../session/tools.ts';
import { Witnesses } from './witnesses.tsx';
import './raft.css';

const brokenOf = (world: World): readonly string[] => world.broken;

export function RuleBanners() {
  const broken = useModel(brokenOf);
  const { violations } = useSessionState();
  const newest = violations.at(-1);
  const [closed, setClosed] = useState<Objection | null>(null);
  return (
    <div className="rule-banners" role="status">
      {broken.map((rule) => (
        <BrokenOnPurpose key={rule} rule={rule} />
      ))}
      {newest !== undefined && newest.violation.record !== closed?.violation.record && (
        <Found objection={newest} onClose={() => setClosed(newest)} />
      )}
    </div>
  );
}

function BrokenOnPurpose({ rule }: { rule: string }) {
  const session = useSession();
  return (
    <div className="rule-banner rule-banner-purpose" data-mutation={rule}>
      <Icon name="close" />
      <p>
        <strong>{brokenName(rule)} is broken on purpose, on every node.</strong> {brokenWords(rule)}
      </p>
      <button
        type="button"
        className="button button-small"
        onClick={() => void act(session, { type: 'mutate', rule, on: false })}
      >
        Mend the rule
      </button>
    </div>
  );
}

function Found({ objection, onClose }: { objection: Objection; onClose: () => void }) {
  const { violation } = objection;
  const { playing } = useSessionState();
  return (
    <section className="rule-banner rule-banner-found" aria-label="A promise is broken">
      <Icon name="close" />
      <div>
        <p>
          <strong>
            {capital(violation.name).replaceAll('-', ' ')} is broken at {clock(violation.at)}.
          </strong>{' '}
          {violation.text} {playing ? '' : 'Time stands still.'}
        </p>
        <Witnesses objection={objection} />
      </div>
      <button
        type="button"
        className="button button-bare button-small"
        aria-label="Close: the rule stays broken"
        onClick={onClose}
      >
        <Icon name="close" />
      </button>
    </section>
  );
}
