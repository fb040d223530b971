// What a log entry carries: the epoch that the proposer believed in, and the changes to make. Written compactly, so
// that the sizes of messages and entries are near TiKV's. (kvproto: raft_cmdpb.proto RaftCmdRequest)

import type { Bytes } from '../../base/bytes.ts';
import { assert } from '../../base/assert.ts';
import { CFS, type Cf, type KvOp, type WriteBatch } from '../kv/engine.ts';
import { decodeConfChange } from '../raft/conf-change.ts';
import type { Entry } from '../raft/entry.ts';
import { adminWords, decodeAdmin, encodeAdmin, type AdminCommand } from './admin-command.ts';
import { ByteReader, sized, varint } from './byte-codec.ts';
import type { EntryContent } from './event.ts';
import { decodeRawKey, decodeRawValue } from './raw-codec.ts';
import type { RegionEpoch } from './region.ts';

export interface RaftCommand {
  readonly epoch: RegionEpoch;
  readonly ops: WriteBatch;
  /** Then there are no `ops`. */
  readonly admin?: AdminCommand;
}

const KINDS = ['put', 'delete', 'delete-range'] as const;
const TO_THE_END = 0;
const BOUNDED = 1;

const byte = (value: number) => String.fromCharCode(value);

export function encodeCommand(command: RaftCommand): Bytes {
  const { epoch, ops } = command;
  let out = varint(epoch.confVer) + varint(epoch.version) + varint(ops.length);
  for (const op of ops) out += encodeOp(op);
  return command.admin === undefined ? out : out + encodeAdmin(command.admin);
}

function encodeOp(op: KvOp): Bytes {
  const head = byte(KINDS.indexOf(op.type)) + byte(CFS.indexOf(op.cf));
  if (op.type === 'put') return head + sized(op.key) + sized(op.value);
  if (op.type === 'delete') return head + sized(op.key);
  const end = op.to === null ? byte(TO_THE_END) : byte(BOUNDED) + sized(op.to);
  return head + sized(op.from) + end;
}

export function decodeCommand(data: Bytes): RaftCommand {
  const reader = new ByteReader(data);
  const epoch = { confVer: reader.varint(), version: reader.varint() };
  const ops: KvOp[] = [];
  for (let count = reader.varint(); count > 0; count--) ops.push(decodeOp(reader));
  if (ops.length === 0 && !reader.done) {
    const admin = decodeAdmin(reader);
    assert(reader.done, 'a log entry goes on after its command');
    return { epoch, ops, admin };
  }
  assert(reader.done, 'a log entry goes on after its command');
  return { epoch, ops };
}

function decodeOp(reader: ByteReader): KvOp {
  const type = KINDS[reader.byte()];
  const cf = CFS[reader.byte()] as Cf;
  assert(type !== undefined && cf !== undefined, 'a log entry holds an unknown change');
  if (type === 'put') return { type, cf, key: reader.sized(), value: reader.sized() };
  if (type === 'delete') return { type, cf, key: reader.sized() };
  const from = reader.sized();
  return { type, cf, from, to: reader.byte() === BOUNDED ? reader.sized() : null };
}

/** The command of an entry; a membership change carries it as its context. */
export function commandOf(entry: Entry): RaftCommand {
  if (entry.entryType === 'EntryNormal') return decodeCommand(entry.data);
  return decodeCommand(decodeConfChange(entry).context ?? '');
}

/** What an entry asks for, in the user's keys and values. `describe` knows batches that are no raw commands. */
export function contentOf(
  entry: Entry,
  describe: (ops: WriteBatch) => EntryContent | null = () => null,
): EntryContent {
  if (entry.data === '' && entry.entryType === 'EntryNormal') return { type: 'empty' };
  const { ops, admin } = commandOf(entry);
  if (admin !== undefined) return { type: 'admin', command: admin.type, detail: adminWords(admin) };
  const described = describe(ops);
  if (described !== null) return described;
  const [op] = ops;
  if (ops.length !== 1 || op?.type !== 'put') return { type: 'admin', command: 'write' };
  const key = decodeRawKey(op.key);
  if (key === null) return { type: 'admin', command: 'write' };
  const value = decodeRawValue(op.value);
  return value === null ? { type: 'delete', key } : { type: 'put', key, value };
}
