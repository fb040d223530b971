// What a caller may be refused. A broken invariant is no RaftError: it throws AssertionFailed. (TiKV: raft-rs errors.rs)

export type RaftErrorKind =
  | 'StepLocalMsg'
  | 'StepPeerNotFound'
  | 'ProposalDropped'
  | 'ConfigInvalid'
  | 'ConfChangeError'
  | 'RequestSnapshotDropped';

export class RaftError extends Error {
  override readonly name = 'RaftError';
  readonly kind: RaftErrorKind;

  constructor(kind: RaftErrorKind, message: string) {
    super(`${kind}: ${message}`);
    this.kind = kind;
  }
}

export type StorageErrorKind = 'Compacted' | 'Unavailable' | 'SnapshotTemporarilyUnavailable';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly kind: StorageErrorKind;

  constructor(kind: StorageErrorKind, message: string = kind) {
    super(message);
    this.kind = kind;
  }
}
