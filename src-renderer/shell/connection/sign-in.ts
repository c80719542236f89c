import * as v from 'valibot';
import {
  challenge,
  meetingText,
  SIGN_IN_PATH,
  signedInText,
  signInAnswer,
  welcome,
  type Meeting,
} from '#shared/contract/web-sign-in.ts';
import { isServer, makeKey, makeNonce, signText, type BrowserKey, type KeyStore } from './browser-key.ts';

/** Exchanges the token of an address for a registered key. `refused`: the token is not valid (any more). */
export async function signIn(
  origin: string,
  token: string,
  store: KeyStore,
): Promise<'signed in' | 'refused' | 'unreachable'> {
  const { key, proof, isAnswer } = await makeKey(token, origin);
  const response = await fetch(new URL(SIGN_IN_PATH, origin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: key.publicKey, proof }),
  }).catch(() => undefined);
  if (response === undefined) return 'unreachable';
  const answer = response.ok
    ? v.safeParse(signInAnswer, await response.json().catch(() => undefined))
    : undefined;
  if (answer?.success !== true) return 'refused';
  if (!(await isAnswer(signedInText(origin, key.publicKey, answer.output), answer.output.proof)))
    return 'refused';
  await store.keep(answer.output.right, key);
  return 'signed in';
}

/** How the page proves itself over a connection that has just opened. */
export interface Proof {
  /** What the page says first. */
  readonly greeting: unknown;
  /**
   * What the page does with an answer: `send` says more, `done` that the connection is the server's, `refused` that it knows none of our
   * keys, and `stranger` that another program has taken the server's place. Nothing that a stranger could use has been sent until then.
   */
  readonly onAnswer: (
    message: unknown,
  ) => Promise<{ readonly send: unknown } | 'done' | 'refused' | 'stranger'>;
}

/** The proof for one connection. */
export function createProof(origin: string, keys: readonly BrowserKey[]): Proof {
  const pageNonce = makeNonce();
  let isSigned = false;
  return {
    greeting: { keys: keys.map(({ publicKey }) => publicKey), nonce: pageNonce },
    async onAnswer(message) {
      if (isSigned) return v.is(welcome, message) ? 'done' : 'stranger';
      const parsed = v.safeParse(challenge, message);
      if (!parsed.success) return 'stranger';
      if ('unknown' in parsed.output) return 'refused';
      const { run, right, nonce: serverNonce, proof } = parsed.output;
      const key = keys.find(({ publicKey }) => 'key' in parsed.output && publicKey === parsed.output.key);
      if (key === undefined) return 'stranger';
      const meeting: Meeting = { origin, key: key.publicKey, run, right, pageNonce, serverNonce };
      if (!(await isServer(key, meetingText('server', meeting), proof))) return 'stranger';
      isSigned = true;
      return { send: { signature: await signText(key, meetingText('page', meeting)) } };
    },
  };
}
