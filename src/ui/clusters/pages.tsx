// What stands in place of the picture where there is none to show: starting, open elsewhere, damaged, failed.

import { useState, type ReactNode } from 'react';
import type { Damage, Phase } from '../../browser/session-types.ts';
import { Icon, Logo } from '../chart/icon.tsx';
import { useSession } from '../session/live.ts';
import { ClusterRows } from './cluster-list.tsx';

import { NewClusterForm } from './new-cluster.tsx';
import { offerFile } from './say-done.ts';
import './clusters.css';

export function PhasePage({ phase }: { phase: Exclude<Phase, { name: 'running' | 'rerunning' }> }) {
  switch (phase.name) {
    case 'starting':
      return <Starting />;
    case 'elsewhere':
      return <Elsewhere />;
    case 'damaged':
      return <Damaged damage={phase.damage} />;
    case 'failed':
      return <Failed reason={phase.reason} />;
  }
}

function Page({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="page">
      <div className="page-inner">
        <p className="page-name">
          <Logo /> Loom
        </p>
        <h1 className="page-title">{title}</h1>
        {children}
      </div>
    </main>
  );
}

const Starting = () => (
  <Page title="The cluster starts">
    <p>Each node opens its database.</p>
  </Page>
);

function Elsewhere() {
  const [making, setMaking] = useState(false);
  return (
    <Page title="This cluster is open in another tab">
      <p>
        A cluster has one home at a time: two tabs would write into the same databases. Close the
        other tab and load this page again, or work with another cluster here.
      </p>
      {making ? (
        <NewClusterForm onClose={() => setMaking(false)} />
      ) : (
        <>
          <div className="page-actions">
            <button type="button" className="button button-primary" onClick={() => setMaking(true)}>
              <Icon name="add" />
              New cluster in this tab
            </button>
            <button type="button" className="button" onClick={() => location.reload()}>
              <Icon name="restart" />
              Try again
            </button>
          </div>
          <h2 className="page-heading">Or open one of these</h2>
          <ClusterRows onOpened={() => undefined} />
        </>
      )}
    </Page>
  );
}

function Damaged({ damage }: { damage: Damage }) {
  const session = useSession();
  const [problem, setProblem] = useState<string | null>(null);
  const title = damage.later
    ? 'A newer Loom wrote this cluster'
    : 'This cluster’s database cannot be read';
  const save = async () => {
    try {
      offerFile(await session.clusters.dump(), 'loom-databases.json');
    } catch (error) {
      setProblem(`It could not be read at all: ${String(error)}`);
    }
  };
  return (
    <Page title={title}>
      <p>{damage.what}</p>
      <p className="page-code">{damage.where}</p>
      <p>
        {damage.later
          ? 'Nothing is broken: this page is older than the data. Load it again, or go on with empty databases.'
          : 'Nothing was changed. Save what is there, then go on with empty databases; the damaged ones stay until you delete the cluster.'}
      </p>
      <div className="page-actions">
        <button type="button" className="button" onClick={() => void save()}>
          <Icon name="download" />
          Save everything as a file
        </button>
        <button
          type="button"
          className="button button-primary"
          onClick={() =>
            void session.clusters.freshStart().then((done) => !done.ok && setProblem(done.reason))
          }
        >
          Start fresh
        </button>
      </div>
      {problem !== null && (
        <p className="dialog-problem" role="alert">
          {problem}
        </p>
      )}
      <h2 className="page-heading">Other clusters</h2>
      <ClusterRows onOpened={() => undefined} />
    </Page>
  );
}

export function Failed({ reason }: { reason: string }) {
  return (
    <Page title="Loom cannot go on">
      <p>
        This is an error of ours, not of TiKV, or a browser without what Loom needs. Your data is
        not touched.
      </p>
      <p className="page-code">{reason}</p>
      <div className="page-actions">
        <button type="button" className="button button-primary" onClick={() => location.reload()}>
          <Icon name="restart" />
          Load the page again
        </button>
        <button
          type="button"
          className="button"
          onClick={() => void navigator.clipboard?.writeText(reason)}
        >
          Copy the report
        </button>
      </div>
    </Page>
  );
}
