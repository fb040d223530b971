// Things that should be learnt once: they stand over the stage until they are closed.

import type { Notice, SessionState } from '../../browser/session-types.ts';
import type { Linking } from '../../lab/lab.ts';
import { clock, longName } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { useSession, useSessionState } from '../session/live.ts';
import { act } from '../session/tools.ts';
import { useState } from 'react';

export function Notices() {
  const session = useSession();
  const { notices, storage, phase, linking } = useSessionState();
  return (
    <div className="notices" role="status">
      {phase.name === 'rerunning' && <Rerunning phase={phase} />}
      {linking !== null && <MakingLink linking={linking} onLeave={() => session.cancel()} />}
      {storage.kind === 'memory' && <MemoryOnly reason={storage.reason} />}
      {notices.map((notice) => (
        <NoticeRow key={notice.id} notice={notice} onClose={() => session.dismiss(notice.id)} />
      ))}
    </div>
  );
}

function Rerunning({ phase }: { phase: Extract<SessionState['phase'], { name: 'rerunning' }> }) {
  const part = phase.of === 0 ? 1 : phase.done / phase.of;
  return (
    <div className="notice">
      <p>
        <strong>The history is run again</strong> up to {clock(phase.of)} s, and compared with what
        the disks hold.
      </p>
      <progress className="notice-progress" max={1} value={part} aria-label="Run again" />
    </div>
  );
}

/** A link to a past moment says the hash there: on a long history that takes a while. */
function MakingLink({ linking, onLeave }: { linking: Linking; onLeave: () => void }) {
  const part = linking.of === 0 ? 1 : linking.done / linking.of;
  return (
    <div className="notice">
      <p>
        <strong>A link is being made.</strong> The history is run again in memory up to{' '}
        {clock(linking.of)} s.
      </p>
      <progress className="notice-progress" max={1} value={part} aria-label="Link being made" />
      <button type="button" className="button button-small" onClick={onLeave}>
        Leave it
      </button>
    </div>
  );
}

function MemoryOnly({ reason }: { reason: string }) {
  const [closed, setClosed] = useState(false);
  if (closed) return null;
  return (
    <div className="notice" title={reason}>
      <p>
        <strong>Nothing is kept: this cluster is in memory.</strong> All works, but a reload starts
        anew.
      </p>
      <CloseNotice onClose={() => setClosed(true)} />
    </div>
  );
}

function NoticeRow({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const session = useSession();
  const { head, text } = noticeWords(notice);
  return (
    <div className="notice">
      <p>
        <strong>{head}</strong> {text}
      </p>
      {notice.kind === 'node-died' && (
        <>
          <button
            type="button"
            className="button button-small"
            onClick={() => {
              void act(session, { type: 'restart', node: notice.node });
              onClose();
            }}
          >
            Restart {longName(notice.node)}
          </button>
          <button
            type="button"
            className="button button-small"
            onClick={() => void navigator.clipboard?.writeText(notice.reason)}
          >
            Copy report
          </button>
        </>
      )}
      <CloseNotice onClose={onClose} />
    </div>
  );
}

const CloseNotice = ({ onClose }: { onClose: () => void }) => (
  <button
    type="button"
    className="button button-bare button-small"
    aria-label="Close this notice"
    onClick={onClose}
  >
    <Icon name="close" />
  </button>
);

function noticeWords(notice: Notice): { head: string; text: string } {
  switch (notice.kind) {
    case 'node-died':
      return {
        head: `${longName(notice.node)} stopped with an error of ours, not of TiKV.`,
        text: 'Its disk is whole.',
      };
    case 'storage-full':
      return {
        head: 'The browser’s storage is full.',
        text: `${longName(notice.node)} reports a full disk, as a real one would. Delete clusters to free space.`,
      };
    case 'history-begins-anew':
      return {
        head: 'The disks are kept, the history begins anew.',
        text:
          notice.why === 'other-build'
            ? 'Another build of Loom made them: running the old history again could lead elsewhere.'
            : 'The old history did not lead to what the disks hold.',
      };
    case 'tab-was-hidden':
      return { head: 'Time stood still while this tab was hidden.', text: '' };
    case 'link-refused':
      return {
        head: 'The link cannot be followed.',
        text: `${notice.reason} Your own clusters are as they were.`,
      };
    case 'link-differs':
      return {
        head: 'The link leads elsewhere here.',
        text: notice.otherBuild
          ? 'Another build of Loom made it: the same commands were run again, and their history differs. Ask its maker for the build, or look at what came of it here.'
          : 'The same commands were run again, and their history is another one. That is an error of ours.',
      };
    case 'recording-not-stored':
      return {
        head: 'The recording cannot be stored.',
        text: `A reload may lose what came since. ${notice.reason}`,
      };
  }
}
