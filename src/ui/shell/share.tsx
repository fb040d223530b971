// Sharing: the link to this moment goes to the clipboard; where that is closed, or the history is too long for an address,
// a dialog says so and offers what there is.

import { Dialog } from 'radix-ui';
import { create } from 'zustand';
import type { Session } from '../../browser/session-types.ts';
import { Icon } from '../chart/icon.tsx';
import { offerFile } from '../clusters/say-done.ts';
import { useLive, useSession } from '../session/live.ts';
import { addressOf } from '../session/page-link.ts';
import { setViewer } from '../session/viewer-store.ts';
import { Hint } from './hint.tsx';

type Shared =
  | { readonly type: 'address'; readonly address: string }
  | { readonly type: 'too-long'; readonly reason: string };

const useShared = create<{ shared: Shared | null }>()(() => ({ shared: null }));

/** Copies the link to this moment, and says so under the stage. */
export async function share(session: Session): Promise<void> {
  const made = await session.link();
  if (!made.ok) return useShared.setState({ shared: { type: 'too-long', reason: made.reason } });
  const address = addressOf(made.fragment);
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    return useShared.setState({ shared: { type: 'address', address } });
  }
  const answer = `The link is copied: ${address.length} characters. Whoever opens it sees this moment.`;
  return setViewer({ said: { line: 'share', answer, refused: false, op: null } });
}

export function ShareButton() {
  const { session } = useLive();
  return (
    <Hint words="Copies a link to this moment" shortcut="C">
      <button
        type="button"
        className="button button-plain"
        aria-label="Copy a link to this moment"
        onClick={() => void share(session)}
      >
        <Icon name="upload" />
        Share
      </button>
    </Hint>
  );
}

const close = () => useShared.setState({ shared: null });

export function ShareDialog() {
  const { shared } = useShared();
  return (
    <Dialog.Root open={shared !== null} onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog dialog-narrow" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">
            {shared?.type === 'too-long' ? 'Too long for a link' : 'A link to this moment'}
          </Dialog.Title>
          {shared?.type === 'address' && <Address address={shared.address} />}
          {shared?.type === 'too-long' && <TooLong reason={shared.reason} />}
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close">
            <Icon name="close" />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const takeAll = (element: HTMLTextAreaElement | null) => element?.select();

function Address({ address }: { address: string }) {
  return (
    <>
      <p className="dialog-text">The browser keeps its clipboard closed. Copy it from here.</p>
      <textarea
        className="input share-address"
        aria-label="The link"
        readOnly
        rows={5}
        value={address}
        ref={takeAll}
      />
    </>
  );
}

function TooLong({ reason }: { reason: string }) {
  const session = useSession();
  const save = async () => {
    offerFile(await session.exportRecording(), 'moment.loom.json');
    close();
  };
  return (
    <>
      <p className="dialog-text">{reason}</p>
      <div className="dialog-actions">
        <button type="button" className="button button-primary" onClick={() => void save()}>
          <Icon name="download" />
          Save the recording
        </button>
      </div>
    </>
  );
}
