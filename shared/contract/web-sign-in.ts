/**
 * How a browser proves to `lifeboat serve` that it was signed in, and how the server proves to the page that it is the one that signed it
 * in. docs/security.md describes the attackers.
 *
 * Signing in, once: the page makes a key pair (ECDSA, P-256) of which the private half cannot be taken out of the browser, and posts the public
 * half with a proof (HMAC-SHA256) that it has the one-time token of the address. The token itself is never sent. From it both sides derive
 * the pin, a secret that only these two have.
 *
 * Each connection: the page sends its public keys and a random number. The server answers with its run, what a page may do in it, a random number of its own, and a
 * proof by the pin over all of that and the origin. Only then does the page sign the same with its private key. What is signed is of use
 * for this origin, this run, these rights and this one connection.
 *
 * Bytes are base64url without padding everywhere.
 */
import * as v from 'valibot';

/** Where a key is registered. */
export const SIGN_IN_PATH = '/session';
/** The WebSocket that carries the proof, then the RPC. */
export const RPC_PATH = '/rpc';
/** Longer than any message of the sign-in and the proof. */
export const MAX_PROOF_LENGTH = 1024;

const bytes = (length: number) => v.pipe(v.string(), v.regex(/^[\w-]+$/), v.length(length));
/** A point of P-256, uncompressed: 65 bytes. */
const publicKey = bytes(87);
/** 32 bytes. */
const secret = bytes(43);
const signature = bytes(86);
const run = bytes(22);

/** What a page may do with a run of the server. */
export const right = v.picklist(['look', 'change']);
export type Right = v.InferOutput<typeof right>;

export const signInRequest = v.strictObject({ key: publicKey, proof: secret });
export type SignInRequest = v.InferOutput<typeof signInRequest>;
export const signInAnswer = v.strictObject({ run, right, proof: secret });
export type SignInAnswer = v.InferOutput<typeof signInAnswer>;

/** A page has a key for each right at most. */
export const hello = v.strictObject({ keys: v.pipe(v.array(publicKey), v.maxLength(2)), nonce: secret });
export type Hello = v.InferOutput<typeof hello>;
/** `key` is the one of the hello that the server knows; the other form says that it knows none. */
export const challenge = v.union([
  v.strictObject({ key: publicKey, run, right, nonce: secret, proof: secret }),
  v.strictObject({ unknown: v.literal(true) }),
]);
export type Challenge = v.InferOutput<typeof challenge>;
export const signed = v.strictObject({ signature });
export const welcome = v.strictObject({ welcome: v.literal(true) });

/** What the page proves with the token when it signs in. */
export function signInText(origin: string, key: string): string {
  return lines('sign in', origin, key);
}

/** What the server proves with the token when it has signed a page in. */
export function signedInText(
  origin: string,
  key: string,
  answer: Pick<SignInAnswer, 'run' | 'right'>,
): string {
  return lines('signed in', origin, key, answer.run, answer.right);
}

/** From this and the token comes the pin. */
export function pinText(origin: string, key: string): string {
  return lines('pin', origin, key);
}

/** What stands for one connection. */
export interface Meeting {
  readonly origin: string;
  readonly key: string;
  readonly run: string;
  readonly right: Right;
  readonly pageNonce: string;
  readonly serverNonce: string;
}

/** What the server proves with the pin, and what the page signs with its key. */
export function meetingText(side: 'server' | 'page', meeting: Meeting): string {
  const { origin, key, run, right, pageNonce, serverNonce } = meeting;
  return lines(side, origin, key, run, right, pageNonce, serverNonce);
}

function lines(purpose: string, ...parts: readonly string[]): string {
  return ['lifeboat 1', purpose, ...parts].join('\n');
}
