// The engine as the outside cases address it. Each chapter adapts itself; nothing is decided here.

export { encodeKeyHex, TxnStore } from './conformance-txn.ts';
export * from './conformance-raft.ts';
