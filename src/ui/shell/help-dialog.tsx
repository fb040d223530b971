// Help: the keys, the marks, what is real here and what is simplified.

import { Dialog } from 'radix-ui';
import { Icon } from '../chart/icon.tsx';
import { KEYS } from '../session/keys.ts';
import { setViewer, useViewer } from '../session/viewer-store.ts';

export function HelpDialog() {
  const open = useViewer((viewer) => viewer.helpOpen);
  return (
    <Dialog.Root open={open} onOpenChange={(helpOpen) => setViewer({ helpOpen })}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">A whole TiKV cluster in this tab</Dialog.Title>
          <div className="help">
            <p>
              The cards are stores. They elect a leader, the leader takes what clients write into
              its log, and an entry counts when a majority of disks holds it. Stop time, take single
              steps, and break things while messages are on their way.
            </p>
            <Real />
            <Keys />
          </div>
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close help">
            <Icon name="close" />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Real() {
  return (
    <>
      <h3>What is real</h3>
      <ul>
        <li>
          Each node is a program of its own, in a thread of its own, with a database of its own in
          this browser.
        </li>
        <li>
          Elections, replication, commit and reads follow TiKV’s Raft rule by rule; the picture is
          drawn from what the nodes do.
        </li>
        <li>
          A killed store loses its memory and reads its disk when it starts. So does the whole
          cluster when you reload the page.
        </li>
        <li>The same seed and the same commands give the same history, to the last message.</li>
      </ul>
      <h3>What is simplified</h3>
      <ul>
        <li>
          Time is virtual: it stops, and it can be slowed. Ticks, links and disks are slower than a
          real TiKV’s, so that one can watch.
        </li>
        <li>
          There is one Region with all keys. Logs begin at entry 6 of term 5, as in TiKV: what
          stands before is the Region’s birth.
        </li>
        <li>The network and the disks are modelled; nothing leaves this browser.</li>
      </ul>
    </>
  );
}

function Keys() {
  return (
    <>
      <h3>Keys</h3>
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
    </>
  );
}
