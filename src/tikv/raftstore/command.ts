// What a log entry carries: the epoch that the proposer believed in, and the changes to make. Written compactly, so
// that the sizes of messages and entries are near TiKV's. (kvproto: raft_cmdpb.proto RaftCmdRequest)

import type { Bytes } from '../../base/bytes.ts';
import { assert } from '../../base/assert.ts';
import { CFS, type Cf, type KvOp, type WriteBatch } from '../kv/engine.ts';
import type { Entry } from '../raft/entry.ts';
import type { EntryContent } from './event.ts';
import { decodeRawKey, decodeRawValue } from './raw-codec.ts';
import type { RegionEpoch } from './region.ts';

export interface RaftCommand {
  readonly epoch: RegionEpoch;
  readonly ops: WriteBatch;
}

const KINDS = ['put', 'delete', 'delete-range'] as const;
const TO_THE_END = 0;
const BOUNDED = 1;

const byte = (value: number) => String.fromCharCode(value);

function varint(value: number): Bytes {
  let out = '';
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out += byte(128 + (rest % 128));
  return out + byte(rest);
}

const sized = (bytes: Bytes): Bytes => varint(bytes.length) + bytes;

export function encodeCommand(command: RaftCommand): Bytes {
  const { epoch, ops } = command;
  let out = varint(epoch.confVer) + varint(epoch.version) + varint(ops.length);
  for (const op of ops) out += encodeOp(op);
  return out;
}

function encodeOp(op: KvOp): Bytes {
  const head = byte(KINDS.indexOf(op.type)) + byte(CFS.indexOf(op.cf));
  if (op.type === 'put') return head + sized(op.key) + sized(op.value);
  if (op.type === 'delete') return head + sized(op.key);
  const end = op.to === null ? byte(TO_THE_END) : byte(BOUNDED) + sized(op.to);
  return head + sized(op.from) + end;
}

/** Reads from the front. What a log holds was written here: anything else is a bug. */
class Reader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    assert(this.#at < this.#bytes.length, 'a log entry ends in the middle of a command');
    return this.#bytes.charCodeAt(this.#at++);
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const unit = this.byte();
      value += (unit % 128) * scale;
      if (unit < 128) return value;
    }
  }

  sized(): Bytes {
    const length = this.varint();
    assert(this.#at + length <= this.#bytes.length, 'a log entry ends in the middle of a field');
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }
}

export function decodeCommand(data: Bytes): RaftCommand {
  const reader = new Reader(data);
  const epoch = { confVer: reader.varint(), version: reader.varint() };
  const ops: KvOp[] = [];
  for (let count = reader.varint(); count > 0; count--) ops.push(decodeOp(reader));
  assert(reader.done, 'a log entry goes on after its command');
  return { epoch, ops };
}

function decodeOp(reader: Reader): KvOp {
  const type = KINDS[reader.byte()];
  const cf = CFS[reader.byte()] as Cf;
  assert(type !== undefined && cf !== undefined, 'a log entry holds an unknown change');
  if (type === 'put') return { type, cf, key: reader.sized(), value: reader.sized() };
  if (type === 'delete') return { type, cf, key: reader.sized() };
  const from = reader.sized();
  return { type, cf, from, to: reader.byte() === BOUNDED ? reader.sized() : null };
}

/** What an entry asks for, in the user's keys and values. */
export function contentOf(entry: Entry): EntryContent {
  if (entry.entryType !== 'EntryNormal') return { type: 'admin', command: 'change-peer' };
  if (entry.data === '') return { type: 'empty' };
  const { ops } = decodeCommand(entry.data);
  const [op] = ops;
  if (ops.length !== 1 || op?.type !== 'put') return { type: 'admin', command: 'write' };
  const key = decodeRawKey(op.key);
  if (key === null) return { type: 'admin', command: 'write' };
  const value = decodeRawValue(op.value);
  return value === null ? { type: 'delete', key } : { type: 'put', key, value };
}
