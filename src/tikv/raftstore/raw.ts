// Raw commands: get and scan read what a read index allows; put, delete and compare-and-swap take the key's latch, so
// that one key has one writer at a time. That is what TiKV does for clients that use compare-and-swap (for_cas): each
// of their writes goes through the latches. (TiKV: src/storage/mod.rs raw_*, src/storage/txn/commands/compare_and_swap.rs)

import { must } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Plain } from '../../base/plain.ts';
import type { NodeId } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import type { RaftstoreEvent } from './event.ts';
import { Latches } from './latches.ts';
import type {
  KvRequest,
  KvResponse,
  RawRequest,
  RawResponse,
  RegionError,
  RequestContext,
} from './message.ts';
import type { PeerResult } from './peer-parts.ts';
import { decodeRawKey, decodeRawValue, encodeRawKey, RAW_END, rawWrite } from './raw-codec.ts';
import { regionHolds, type Region } from './region.ts';
import { writeInTermOfRead } from './rules.ts';
import type { Store } from './store.ts';

/** Commands that one store holds at a time; more are told to come later. (scheduler-pending-write-threshold) */
const COMMANDS_MAX = 64;
const SCAN_MAX = 10_240;

const busy: RegionError = {
  type: 'ServerIsBusy',
  reason: `${COMMANDS_MAX} commands are under way`,
  backoffMs: 0,
};

export type RawSink = Sink<KvResponse, RaftstoreEvent>;

type CasRequest = Extract<RawRequest, { type: 'raw-cas' }>;
type ScanRequest = Extract<RawRequest, { type: 'raw-scan' }>;

interface Command {
  readonly client: NodeId;
  readonly call: number;
  readonly context: RequestContext;
  readonly request: RawRequest;
}

interface Saved {
  readonly commands: readonly (readonly [number, Command])[];
  readonly latches: readonly (readonly [Bytes, readonly number[]])[];
}

export class RawCommands {
  readonly #sink: RawSink;
  readonly #store: Store;
  readonly #commands: Map<number, Command>;
  readonly #latches: Latches;

  constructor(sink: RawSink, store: Store, saved?: Plain) {
    const state = saved as unknown as Saved | undefined;
    this.#sink = sink;
    this.#store = store;
    this.#commands = new Map(state?.commands);
    this.#latches = new Latches(state?.latches);
  }

  onRequest(client: NodeId, call: KvRequest): void {
    const { id, context, request } = call;
    const command: Command = { client, call: id, context, request };
    const admission = this.#store.admit(context);
    if (!admission.ok) return this.#answer(command, admission);
    if (this.#commands.size >= COMMANDS_MAX) return this.#answer(command, refused(busy));
    const tag = this.#store.nextTag();
    this.#commands.set(tag, command);
    if (isRead(request) || this.#latches.acquire(request.key, tag)) this.#begin(tag);
  }

  /** True where the result with this tag is for a raw command. */
  owns(tag: number): boolean {
    return this.#commands.has(tag);
  }

  #begin(tag: number): void {
    const { request, context } = this.#command(tag);
    if (request.type === 'raw-put') return this.#write(tag, request.key, request.value);
    if (request.type === 'raw-delete') return this.#write(tag, request.key, null);
    const error = this.#store.asyncSnapshot(context, tag);
    if (error !== null) this.#finish(tag, refused(error));
  }

  #write(tag: number, key: Bytes, value: Bytes | null): void {
    const { context, client, call } = this.#command(tag);
    const proposed = this.#store.asyncWrite(context, [rawWrite(key, value)], tag);
    if (!proposed.ok) return this.#finish(tag, proposed);
    if (proposed.place === null) return;
    const region = context.regionId;
    const told = { region, client, request: call, ...proposed.place };
    this.#sink.emit({ type: 'raftstore/proposed', ...told });
  }

  onResult(result: PeerResult): void {
    const { tag } = result;
    const command = this.#command(tag);
    const { client, call, context, request } = command;
    if (result.type === 'refused') return this.#finish(tag, refused(result.error));
    if (result.type === 'applied') return this.#finish(tag, done(answerOf(request)));
    this.#sink.emit({
      type: 'raftstore/read-served',
      region: context.regionId,
      path: result.path,
      readIndex: result.readIndex,
      client,
      request: call,
    });
    const region = must(this.#store.region(context.regionId), 'the Region of a confirmed read');
    const key = request.type === 'raw-scan' ? request.startKey : request.key;
    if (!regionHolds(region, encodeRawKey(key)))
      return this.#finish(tag, refused({ type: 'KeyNotInRegion', key, region }));
    if (request.type === 'raw-cas') return this.#compare(tag, request, result.term);
    if (request.type === 'raw-scan')
      return this.#finish(tag, done({ type: 'raw-scan', pairs: this.#scan(request, region) }));
    this.#finish(tag, done({ type: 'raw-get', value: this.#value(request.key) }));
  }

  /** The write goes into the term of the read or nowhere: the latch holds off only writers of this leader. */
  #compare(tag: number, request: CasRequest, readTerm: number): void {
    const previous = this.#value(request.key);
    if (previous !== request.previous)
      return this.#finish(tag, done({ type: 'raw-cas', succeeded: false, previous }));
    const admission = this.#store.admit(this.#command(tag).context);
    if (!admission.ok) return this.#finish(tag, admission);
    if (!writeInTermOfRead(readTerm, admission.peer.term).holds)
      return this.#finish(tag, refused({ type: 'StaleCommand' }));
    this.#write(tag, request.key, request.value);
  }

  #value(key: Bytes): Bytes | null {
    return decodeRawValue(this.#store.data.get('default', encodeRawKey(key)));
  }

  /** What of the asked range lies in the Region. */
  #scan(request: ScanRequest, region: Region): [Bytes, Bytes][] {
    const asked = request.endKey === '' ? RAW_END : encodeRawKey(request.endKey);
    const end = region.endKey !== '' && region.endKey < asked ? region.endKey : asked;
    const limit = Math.min(request.limit, SCAN_MAX);
    const pairs: [Bytes, Bytes][] = [];
    if (limit <= 0) return pairs;
    for (const [key, stored] of this.#store.data.range(
      'default',
      encodeRawKey(request.startKey),
      end,
    )) {
      const value = decodeRawValue(stored);
      if (value === null) continue;
      pairs.push([must(decodeRawKey(key), 'a raw key in the raw range'), value]);
      if (pairs.length === limit) break;
    }
    return pairs;
  }

  #command(tag: number): Command {
    return must(this.#commands.get(tag), `the command ${tag}`);
  }

  /** Answers, and lets the next command of the key begin. */
  #finish(tag: number, result: KvResponse['result']): void {
    const command = this.#command(tag);
    this.#commands.delete(tag);
    this.#answer(command, result);
    if (isRead(command.request)) return;
    const next = this.#latches.release(command.request.key);
    if (next !== null) this.#begin(next);
  }

  #answer(command: Command, result: KvResponse['result']): void {
    const { client, call, context } = command;
    const region = context.regionId;
    if (!result.ok)
      this.#sink.emit({
        type: 'raftstore/request-refused',
        region,
        client,
        request: call,
        error: result.error,
      });
    this.#sink.send(client, { type: 'kv-response', id: call, regionId: region, result });
  }

  save(): Plain {
    const saved: Saved = {
      commands: [...this.#commands],
      latches: this.#latches.save(),
    };
    return saved as unknown as Plain;
  }
}

const done = (response: RawResponse): KvResponse['result'] => ({ ok: true, response });
const refused = (error: RegionError): KvResponse['result'] => ({ ok: false, error });

type RawRead = Extract<RawRequest, { type: 'raw-get' | 'raw-scan' }>;

function isRead(request: RawRequest): request is RawRead {
  return request.type === 'raw-get' || request.type === 'raw-scan';
}

/** What the client is told once the write is applied; of a compare-and-swap only its comparison can say. */
function answerOf(request: RawRequest): RawResponse {
  if (request.type === 'raw-delete') return { type: 'raw-delete' };
  return request.type === 'raw-cas'
    ? { type: 'raw-cas', succeeded: true, previous: request.previous }
    : { type: 'raw-put' };
}
