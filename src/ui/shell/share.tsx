// Sharing: the link to the moment that is shown goes to the clipboard; where that is closed, or the history is too long for
// an address, a dialog says so and offers what there is. Whoever looks back shares the moment that they look at.

import { Dialog } from 'radix-ui';
import { create } from 'zustand';
import type { Session } from '../../browser/session-types.ts';
import { clock } from '../../projections/words/format.ts';
import type { Micros } from '../../tikv/ids.ts';
import { Icon } from '../chart/icon.tsx';
import { offerFile } from '../clusters/say-done.ts';
import { useSession } from '../session/live.ts';
import { addressOf } from '../session/page-link.ts';
import { setViewer } from '../session/viewer-store.ts';
import { Hint } from './hint.tsx';

type Shared =
  | { readonly type: 'address'; readonly address: string; readonly at: Micros }
  | { readonly type: 'too-long'; readonly reason: string; readonly recording: string };

const useShared = create<{ shared: Shared | null }>()(() => ({ shared: null }));

const say = (answer: string, refused: boolean) =>
  setViewer({ said: { line: 'share', answer, refused, op: null } });

/** Copies the link to the moment that is shown, and says so under the stage. */
export async function share(session: Session): Promise<void> {
  const made = await session.link();
  if (!made.ok) {
    const { reason, recording } = made;
    if (recording === null) return say(reason, true);
    return useShared.setState({ shared: { type: 'too-long', reason, recording } });
  }
  const { at } = made;
  const address = addressOf(made.fragment);
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    return useShared.setState({ shared: { type: 'address', address, at } });
  }
  return say(
    `The link to ${clock(at)}\u00a0s is copied: ${address.length} characters. Whoever opens it stands at that moment.`,
    false,
  );
}

export function ShareButton() {
  const session = useSession();
  return (
    <Hint words="Copies a link to the moment that is shown" shortcut="C">
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
          <Dialog.Title className="dialog-title">{titleOf(shared)}</Dialog.Title>
          {shared?.type === 'address' && <Address {...shared} />}
          {shared?.type === 'too-long' && <TooLong {...shared} />}
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close">
            <Icon name="close" />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function titleOf(shared: Shared | null): string {
  if (shared === null) return '';
  return shared.type === 'address' ? `A link to ${clock(shared.at)}\u00a0s` : 'Too long for a link';
}

const takeAll = (element: HTMLTextAreaElement | null) => element?.select();

function Address({ address, at }: { address: string; at: Micros }) {
  return (
    <>
      <p className="dialog-text">
        Whoever opens it stands at {clock(at)}&nbsp;s of this history. The browser keeps its
        clipboard closed: copy it from here.
      </p>
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

function TooLong({ reason, recording }: { reason: string; recording: string }) {
  const save = () => {
    offerFile(recording, 'moment.loom.json');
    close();
  };
  return (
    <>
      <p className="dialog-text">{reason}</p>
      <div className="dialog-actions">
        <button type="button" className="button button-primary" onClick={save}>
          <Icon name="download" />
          Save the recording
        </button>
      </div>
    </>
  );
}
