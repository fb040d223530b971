// A link to a moment: seed, cluster and every command up to it, in the fragment of an address. Nothing is stored
// anywhere: whoever opens it runs the same history again, and its hash says whether it is the same.
//
//   #m=1.<the recording and the hash, as canonical JSON, deflated, base64url>.<checksum>

import { deflateSync, inflateSync } from 'fflate';
import { bytesOf, textOf } from '../base/bytes.ts';
import { digestOf } from '../base/hash.ts';
import type { Recording } from '../sim/recording.ts';
import type { Micros } from '../tikv/ids.ts';
import { canonicalJson, readRecording, writeRecording } from './recording-format.ts';

/** What a link leads to. */
export interface Moment {
  readonly recording: Recording;
  /** The journal's hash at the recording's end, in the build that made the link. */
  readonly hash: string;
  /** The fingerprint of that build's sources. */
  readonly build: string;
}

export type LinkMade =
  /** `at`: the instant that it leads to. */
  | { readonly ok: true; readonly fragment: string; readonly at: Micros }
  /** `recording`, as JSON: chats and mail cut long addresses off; as a file it does not suffer from that. */
  | { readonly ok: false; readonly reason: string; readonly recording: string | null };

export type LinkRead =
  | { readonly ok: true; readonly moment: Moment }
  | { readonly ok: false; readonly reason: string };

const FORMAT = 1;
const MARK = '#m=';
/** Longer ones are not made. */
const MADE_MAX = 16_000;
/** Longer ones are not read. */
const READ_MAX = 200_000;
/** Characters of JSON in a link; more is no link of ours. */
const JSON_MAX = 8_000_000;

const refuse = (reason: string) => ({ ok: false, reason }) as const;

export function writeLink({ recording, hash, build }: Moment): LinkMade {
  const text = bytesOf(canonicalJson({ build, hash, recording }));
  const packed = deflateSync(unitsOf(text), { level: 9 });
  const body = `${FORMAT}.${base64Of(packed)}`;
  const fragment = `${MARK}${body}.${checksum(body)}`;
  if (fragment.length > MADE_MAX) {
    const reason = `The link would have ${fragment.length} characters, and many programs cut addresses off at ${MADE_MAX} or before. Save the recording as a file and send that.`;
    return { ok: false, reason, recording: writeRecording(recording) };
  }
  return { ok: true, fragment, at: recording.end?.at ?? 0 };
}

/** Is the fragment of an address meant to be such a link? */
export const isLink = (fragment: string): boolean => /^#?m=/.test(fragment);

/** Reads the fragment of an address, or all of the address. Never throws for what somebody typed. */
export function readLink(link: string): LinkRead {
  const at = link.indexOf('m=');
  const text = at < 0 ? '' : link.slice(at + 2).trim();
  if (text === '') return refuse('This is no link to a moment: it has no `#m=` in it.');
  if (text.length > READ_MAX)
    return refuse(
      `This link has ${text.length} characters; ${READ_MAX} are the most that is read. Ask for the recording as a file.`,
    );
  const [version = '', payload, sum, more] = text.split('.');
  if (!/^\d{1,6}$/.test(version))
    return refuse(`This link is damaged at its beginning. ${COPY_AGAIN}`);
  if (payload === undefined || sum === undefined || sum.length < 8)
    return refuse(`This link is cut short: its end is missing. ${COPY_AGAIN}`);
  if (more !== undefined || sum !== checksum(`${version}.${payload}`))
    return refuse(`This link is damaged: its checksum does not match. ${COPY_AGAIN}`);
  if (Number(version) !== FORMAT) return refuse(otherFormat(Number(version)));
  const content = contentOf(payload);
  return content === null
    ? refuse(`This link is damaged: its content cannot be read. ${COPY_AGAIN}`)
    : momentOf(content);
}

const COPY_AGAIN = 'Copy it again from where it was made, or ask for the recording as a file.';

const otherFormat = (version: number): string =>
  version > FORMAT
    ? `This link has the format ${version}; this Loom reads ${FORMAT}. Open it with a newer Loom.`
    : `This link has the format ${version} of an older Loom; this one reads ${FORMAT}. Open it where it was made, and save the recording as a file there.`;

function contentOf(payload: string): unknown {
  const packed = unitsOfBase64(payload);
  if (packed === null) return null;
  try {
    const units = inflateSync(packed, { out: new Uint8Array(JSON_MAX) });
    return JSON.parse(textOf(textOfUnits(units)));
  } catch {
    return null;
  }
}

function momentOf(content: unknown): LinkRead {
  const { recording, hash, build } = (content ?? {}) as Record<string, unknown>;
  if (typeof hash !== 'string' || !/^[0-9a-f]{16}$/.test(hash) || typeof build !== 'string')
    return refuse(`This link is damaged: its hash cannot be read. ${COPY_AGAIN}`);
  const read = readRecording(recording);
  return read.ok
    ? { ok: true, moment: { recording: read.recording, hash, build } }
    : refuse(`What this link holds is refused. ${read.reason}`);
}

/** Eight hexadecimal digits. */
const checksum = (text: string): string => digestOf(text).slice(0, 8);

// ---- bytes ---------------------------------------------------------------------------------------------------

const unitsOf = (bytes: string): Uint8Array => Uint8Array.from(bytes, (char) => char.charCodeAt(0));

function textOfUnits(units: Uint8Array): string {
  let text = '';
  const piece = 8192;
  for (let at = 0; at < units.length; at += piece)
    text += String.fromCharCode(...units.subarray(at, at + piece));
  return text;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function base64Of(units: Uint8Array): string {
  let out = '';
  for (let at = 0; at < units.length; at += 3) {
    const [a = 0, b, c] = units.subarray(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const digits = b === undefined ? 2 : c === undefined ? 3 : 4;
    for (let digit = 0; digit < digits; digit++)
      out += DIGITS[(bits >>> (18 - 6 * digit)) & 63] ?? '';
  }
  return out;
}

/** Null where a character is none of the alphabet's. */
function unitsOfBase64(text: string): Uint8Array | null {
  if (text.length % 4 === 1) return null;
  const units = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let next = 0;
  for (const char of text) {
    const digit = DIGITS.indexOf(char);
    if (digit < 0) return null;
    bits = ((bits << 6) | digit) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    units[next] = (bits >>> held) & 0xff;
    next += 1;
  }
  return units;
}
