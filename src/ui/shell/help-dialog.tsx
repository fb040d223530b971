// Help: what is real here, the keys, and where Loom is not as TiKV.

import { Dialog, Tabs } from 'radix-ui';
import { Icon } from '../chart/icon.tsx';
import { KEYS } from '../session/keys.ts';
import { setViewer, useViewer } from '../session/viewer-store.ts';
import { DIFFERENCES, MEANT } from './fidelity.ts';
import './help.css';

export function HelpDialog() {
  const open = useViewer((viewer) => viewer.helpOpen);
  return (
    <Dialog.Root open={open} onOpenChange={(helpOpen) => setViewer({ helpOpen })}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">A whole TiKV cluster in this tab</Dialog.Title>
          <Tabs.Root className="help" defaultValue="about">
            <Tabs.List className="help-tabs" aria-label="Help">
              <Tabs.Trigger value="about">About</Tabs.Trigger>
              <Tabs.Trigger value="keys">Keys</Tabs.Trigger>
              <Tabs.Trigger value="fidelity">Beside TiKV</Tabs.Trigger>
            </Tabs.List>
            <Tabs.Content value="about">
              <About />
            </Tabs.Content>
            <Tabs.Content value="keys">
              <Keys />
            </Tabs.Content>
            <Tabs.Content value="fidelity">
              <Fidelity />
            </Tabs.Content>
          </Tabs.Root>
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close help">
            <Icon name="close" />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function About() {
  return (
    <>
      <p>
        The cards are stores. They elect a leader, the leader takes what clients write into its log,
        and an entry counts when a majority of disks holds it. Stop time, take single steps, and
        break things while messages are on their way.
      </p>
      <h3>What is real</h3>
      <ul>
        <li>
          Each node is a program of its own, in a thread of its own, with a database of its own in
          this browser.
        </li>
        <li>
          Elections, replication, commits, reads, splits, moves and transactions follow TiKV rule by
          rule; the picture is drawn from what the nodes do.
        </li>
        <li>
          A killed store loses its memory and reads its disk when it starts. So does the whole
          cluster when you reload the page.
        </li>
        <li>The same seed and the same commands give the same history, to the last message.</li>
      </ul>
      <h3>What may surprise</h3>
      <ul>
        <li>
          Logs begin at entry 6 of term 5, as in TiKV: what stands before is the birth of the
          Region. The first election leads to term 6.
        </li>
        <li>
          Time passes as slowly as you like; nothing happens in a node that is not in the list of
          events.
        </li>
        <li>Nothing leaves this browser.</li>
      </ul>
    </>
  );
}

/** Where Loom is smaller than TiKV, or otherwise not the same. */
function Fidelity() {
  return (
    <>
      <p>
        What is not in this list is meant to be as in TiKV (revision {MEANT.tikv}) and raft-rs
        (revision {MEANT.raft}). Loom is not affiliated with the TiKV project.
      </p>
      {DIFFERENCES.map(({ title, rows }) => (
        <table key={title} className="help-table">
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Here</th>
              <th scope="col">TiKV</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ what, here, tikv }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{here}</td>
                <td>{tikv}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </>
  );
}

function Keys() {
  return (
    <dl className="help-keys">
      {KEYS.map((key) => (
        <div key={key.shown} className="help-key">
          <dt>
            <kbd className="key">{key.shown}</kbd>
          </dt>
          <dd>{key.does}</dd>
        </div>
      ))}
    </dl>
  );
}
