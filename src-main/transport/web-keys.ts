import { createHmac, createPublicKey, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import {
  meetingText,
  pinText,
  signedInText,
  signInText,
  type Challenge,
  type Hello,
  type Meeting,
  type Right,
  type SignInAnswer,
  type SignInRequest,
} from '#shared/contract/web-sign-in.ts';
import { type Log } from '#shared/contract/server.ts';
import { readKeyFile, writeKeyFile, type KeptKey } from './web-key-file.ts';

/** Secrets have 256 bits: more than can ever be tried. */
const SECRET_BYTES = 32;
const RUN_BYTES = 16;
/** Addresses that were given out and not used yet. */
const MAX_TOKENS = 8;
/** Signed-in browsers. */
const MAX_KEYS = 32;
/** A sign-in to look lasts a month. */
export const KEY_MAX_AGE_MS = 30 * 24 * 60 * 60 * 1000;

/** The tokens and keys that give access to the web transport. */
export interface WebKeys {
  /** A new one-time token, 64 hexadecimal digits. Earlier tokens stay valid, up to a bounded number. `lifeMs`: how long it is valid. */
  mintToken(lifeMs?: number): string;
  /** Registers a key and uses the token up that it was proved with; undefined when there is no such token (any more). */
  signIn(request: SignInRequest): { readonly answer: SignInAnswer; readonly token: string } | undefined;
  /** What a page that wants to connect is answered, and whether its signature over that is good; undefined when no key is known. */
  meet(
    hello: Hello,
  ): { readonly challenge: Challenge; readonly isSigned: (signature: string) => boolean } | undefined;
}

/** What keys need from outside. */
export interface WebKeysOptions {
  /** Where keys that may look outlive the server. */
  readonly file: string;
  /** The port that the server listens on. */
  readonly port: () => number;
  /** What a page may do in this run. Keys that may change things are good for this run alone and never written. */
  readonly right: Right;
  readonly nowMs: () => number;
  readonly randomBytes: (count: number) => Buffer;
  readonly log: Log;
}

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

/** The keys of one run. */
export function createWebKeys({ file, port, right, nowMs, randomBytes, log }: WebKeysOptions): WebKeys {
  const run = randomBytes(RUN_BYTES).toString('base64url');
  const outlives = right === 'look';
  const isFresh = (kept: KeptKey) => Math.abs(nowMs() - kept.createdMs) < KEY_MAX_AGE_MS;
  const tokens: Token[] = [];
  let keys = outlives ? newest(readKeyFile(file, log)) : [];

  function newest(all: readonly KeptKey[]): readonly KeptKey[] {
    return all
      .filter(isFresh)
      .sort((a, b) => a.createdMs - b.createdMs)
      .slice(-MAX_KEYS);
  }

  function keep(key: KeptKey): void {
    // Another server of this user may have written since: browsers that signed in there stay signed in.
    const others = outlives ? readKeyFile(file, log) : [];
    keys = newest([...new Map([...others, ...keys, key].map((each) => [each.key, each] as const)).values()]);
    if (outlives) writeKeyFile(file, keys, log);
  }

  const origin = () => `http://127.0.0.1:${port()}`;

  return {
    mintToken(lifeMs = Infinity) {
      const text = randomBytes(SECRET_BYTES).toString('hex');
      tokens.push({ text, untilMs: nowMs() + lifeMs });
      if (tokens.length > MAX_TOKENS) tokens.shift();
      return text;
    },
    signIn({ key, proof }) {
      if (publicKeyOf(key) === undefined) return undefined;
      // All are compared, each in constant time, so that the duration reveals nothing.
      const [token] = tokens.filter(
        ({ text, untilMs }) =>
          isSame(macByToken(text, signInText(origin(), key)), proof) && nowMs() < untilMs,
      );
      if (token === undefined) return undefined;
      tokens.splice(tokens.indexOf(token), 1);
      keep({ key, pin: macByToken(token.text, pinText(origin(), key)), port: port(), createdMs: nowMs() });
      const answer = { run, right };
      return {
        answer: { ...answer, proof: macByToken(token.text, signedInText(origin(), key, answer)) },
        token: token.text,
      };
    },
    meet({ keys: offered, nonce }) {
      const known = keys.find((each) => each.port === port() && isFresh(each) && offered.includes(each.key));
      const publicKey = known === undefined ? undefined : publicKeyOf(known.key);
      if (known === undefined || publicKey === undefined) return undefined;
      const meeting: Meeting = {
        origin: origin(),
        key: known.key,
        run,
        right,
        pageNonce: nonce,
        serverNonce: randomBytes(SECRET_BYTES).toString('base64url'),
      };
      const proof = mac(Buffer.from(known.pin, 'base64url'), meetingText('server', meeting));
      return {
        challenge: { key: known.key, run, right, nonce: meeting.serverNonce, proof },
        isSigned: (signature) =>
          verify(
            'sha256',
            Buffer.from(meetingText('page', meeting)),
            { key: publicKey, dsaEncoding: 'ieee-p1363' },
            Buffer.from(signature, 'base64url'),
          ),
      };
    },
  };
}

function macByToken(token: string, text: string): string {
  return mac(Buffer.from(token, 'hex'), text);
}

function mac(secret: Buffer, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** The key of an uncompressed point; undefined for a point that is not on the curve. */
function publicKeyOf(text: string): KeyObject | undefined {
  const point = Buffer.from(text, 'base64url');
  if (point.length !== 65 || point[0] !== 4) return undefined;
  const coordinate = (from: number) => point.subarray(from, from + 32).toString('base64url');
  try {
    return createPublicKey({
      format: 'jwk',
      key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) },
    });
  } catch {
    return undefined;
  }
}
