// How names, numbers, times and lists are written, everywhere on the screen.

import { textOf, type Bytes } from '../../base/bytes.ts';
import type { Micros, NodeId } from '../../tikv/ids.ts';

/** Between a number and its unit. */
const NBSP = '\u00a0';

/** `S1`, `PD`, `c1`. */
export function nodeName(node: NodeId): string {
  if (node.startsWith('pd')) return 'PD';
  return node.startsWith('s') ? `S${node.slice(1)}` : node;
}

/** `Store 1`, `PD`, `Client c1`: in sentences for those who begin. */
export function longName(node: NodeId): string {
  if (node.startsWith('pd')) return 'PD';
  return node.startsWith('s') ? `Store ${node.slice(1)}` : `Client ${node}`;
}

/** `S1, S2 and S3`. */
export function listed(words: readonly string[], last = 'and'): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

export const nodeNames = (nodes: readonly NodeId[]): string => listed(nodes.map(nodeName));

/** `13.705`: seconds with three decimals, as clocks show them. */
export function clock(at: Micros): string {
  const ms = Math.floor(at / 1000);
  return `${commas(Math.floor(ms / 1000))}.${String(ms % 1000).padStart(3, '0')}`;
}

/** `430 ms`, `1.2 s`, `2 min 5 s`: how long something takes. */
export function duration(micros: Micros): string {
  const ms = Math.max(0, Math.round(micros / 1000));
  if (ms < 1) return `${Math.max(0, Math.round(micros))}${NBSP}µs`;
  if (ms < 1000) return `${ms}${NBSP}ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 1200) return `${Math.floor(tenths / 10)}.${tenths % 10}${NBSP}s`;
  const seconds = Math.round(ms / 1000);
  const rest = seconds % 60 === 0 ? '' : ` ${seconds % 60}${NBSP}s`;
  return `${Math.floor(seconds / 60)}${NBSP}min${rest}`;
}

/** `12,405`. */
export function commas(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

const SMALL = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'];

/** Small counts in sentences are words. */
export const counted = (value: number): string => SMALL[value] ?? commas(value);

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** `1 heartbeat`, `116 heartbeats`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${commas(count)} ${count === 1 ? one : many}`;

const LONGEST = 24;

/** A key or a value as it is shown: text, and not too long. */
export function shown(bytes: Bytes): string {
  const text = textOf(bytes);
  if (text === '') return '(empty)';
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

/** `entry 12`, `entries 12 to 14`. */
export const entriesWord = (from: number, to: number): string =>
  from === to ? `entry ${from}` : `entries ${from} to ${to}`;

/** 1 of every 10,000: `0.01%`. */
export function percent(perMillion: number): string {
  const text = (perMillion / 10_000).toFixed(4).replace(/\.?0+$/, '');
  return `${text}%`;
}
