import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWebKeys, KEY_MAX_AGE_MS } from '../../../../src-main/transport/web-keys.ts';
import { signatureOver, signInBody, temporaryDir, type SignedIn } from '../../../helpers/web-client.ts';

const START_MS = 1_700_000_000_000;
const PORT = 7733;
const ORIGIN = `http://127.0.0.1:${PORT}`;
type Keys = ReturnType<typeof createWebKeys>;

/** The keys of one run in a file of their own, with a clock that stands still until the test moves it. */
function open(
  options: { readonly file?: string; readonly right?: 'change' | 'look'; readonly port?: number } = {},
) {
  const { file = join(temporaryDir(), 'state', 'web-keys.json'), right = 'look', port = PORT } = options;
  const log: string[] = [];
  const clock = { nowMs: START_MS };
  const keys = createWebKeys({
    file,
    port: () => port,
    right,
    nowMs: () => clock.nowMs,
    randomBytes,
    log: (line) => log.push(line),
  });
  return { file, log, clock, keys };
}

function signIn(keys: Keys, token = keys.mintToken()): SignedIn | undefined {
  const { body, browser } = signInBody(ORIGIN, token);
  return keys.signIn(JSON.parse(body) as Parameters<Keys['signIn']>[0]) === undefined ? undefined : browser;
}

function signedIn(keys: Keys): SignedIn {
  const browser = signIn(keys);
  if (browser === undefined) throw new Error('the token was refused');
  return browser;
}

const nonce = () => randomBytes(32).toString('base64url');

/** Whether a browser is known, and its proof accepted. */
function isKnown(keys: Keys, browser: SignedIn): boolean {
  const pageNonce = nonce();
  const met = keys.meet({ keys: [browser.publicKey], nonce: pageNonce });
  if (met === undefined || 'unknown' in met.challenge) return false;
  const { isServer, signature } = signatureOver(ORIGIN, browser, pageNonce, met.challenge);
  return isServer && met.isSigned(signature);
}

describe('tokens', () => {
  it('have 256 random bits and are all different', () => {
    const { keys } = open();
    const tokens = [keys.mintToken(), keys.mintToken()];
    expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(tokens).size).toBe(2);
  });

  it('work once, in any order', () => {
    const { keys } = open();
    const [first, second] = [keys.mintToken(), keys.mintToken()];
    expect([second, second, first, first].map((token) => signIn(keys, token) !== undefined)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('work for their time, where they have one', () => {
    const { keys, clock } = open();
    const [short, long] = [keys.mintToken(1000), keys.mintToken()];
    clock.nowMs += 1000;
    expect(signIn(keys, short)).toBeUndefined();
    expect(signIn(keys, long)).toBeDefined();
  });

  it('are few: of nine that wait the oldest is void', () => {
    const { keys } = open();
    const tokens = Array.from({ length: 9 }, () => keys.mintToken());
    expect(tokens.map((token) => signIn(keys, token) !== undefined)).toEqual([
      false,
      ...Array.from({ length: 8 }, () => true),
    ]);
  });

  it('register the key that they were proved with and no other', () => {
    const { keys } = open();
    const token = keys.mintToken();
    const own = JSON.parse(signInBody(ORIGIN, token).body) as { key: string; proof: string };
    const thief = JSON.parse(signInBody(ORIGIN, '0'.repeat(64)).body) as { key: string; proof: string };
    expect(keys.signIn({ key: thief.key, proof: own.proof })).toBeUndefined();
    expect(keys.signIn({ key: own.key, proof: thief.proof })).toBeUndefined();
    expect(keys.signIn(own)).toBeDefined();
  });

  it('register no key that was made for another origin, or that is malformed', () => {
    const { keys } = open();
    const token = keys.mintToken();
    for (const origin of ['http://127.0.0.1:7734', 'http://localhost:7733'])
      expect(keys.signIn(JSON.parse(signInBody(origin, token).body) as never)).toBeUndefined();
    const { proof } = JSON.parse(signInBody(ORIGIN, token).body) as { proof: string };
    expect(keys.signIn({ key: `BA${'A'.repeat(85)}`, proof })).toBeUndefined();
    expect(signIn(keys, token)).toBeDefined();
  });
});

describe('a proof', () => {
  it('is of use for one connection: with the same numbers of the page the server asks for another', () => {
    const { keys } = open();
    const browser = signedIn(keys);
    const pageNonce = nonce();
    const [first, second] = [1, 2].map(() => keys.meet({ keys: [browser.publicKey], nonce: pageNonce }));
    if (first === undefined || 'unknown' in first.challenge) throw new Error('the key is not known');
    const { signature } = signatureOver(ORIGIN, browser, pageNonce, first.challenge);
    expect(first.isSigned(signature)).toBe(true);
    expect(second?.isSigned(signature)).toBe(false);
  });

  it.for([
    { what: 'origin', origin: 'http://127.0.0.1:7734', change: {} },
    { what: 'run', origin: ORIGIN, change: { run: 'A'.repeat(22) } },
    { what: 'right', origin: ORIGIN, change: { right: 'change' } },
    { what: 'number of the server', origin: ORIGIN, change: { nonce: nonce() } },
  ])('over another $what is worth nothing', ({ origin, change }) => {
    const { keys } = open();
    const browser = signedIn(keys);
    const pageNonce = nonce();
    const met = keys.meet({ keys: [browser.publicKey], nonce: pageNonce });
    if (met === undefined || 'unknown' in met.challenge) throw new Error('the key is not known');
    const { isServer, signature } = signatureOver(origin, browser, pageNonce, {
      ...met.challenge,
      ...change,
    });
    expect(isServer).toBe(false);
    expect(met.isSigned(signature)).toBe(false);
  });

  it('by another key, or malformed, is wrong', () => {
    const { keys } = open();
    const [browser, other] = [signedIn(keys), signedIn(keys)];
    const pageNonce = nonce();
    const met = keys.meet({ keys: [browser.publicKey], nonce: pageNonce });
    if (met === undefined || 'unknown' in met.challenge) throw new Error('the key is not known');
    const mixed = { ...browser, privateKey: other.privateKey };
    expect(met.isSigned(signatureOver(ORIGIN, mixed, pageNonce, met.challenge).signature)).toBe(false);
    for (const wrong of ['', 'A'.repeat(86), '!'.repeat(86)]) expect(met.isSigned(wrong)).toBe(false);
  });
});

describe('keys', () => {
  it('are good for a month, to look', () => {
    const { keys, clock } = open();
    const browser = signedIn(keys);
    clock.nowMs += KEY_MAX_AGE_MS - 1;
    expect(isKnown(keys, browser)).toBe(true);
    clock.nowMs += 1;
    expect(isKnown(keys, browser)).toBe(false);
  });

  it('are at most 32: the oldest goes', () => {
    const { keys, clock } = open();
    const browsers = Array.from({ length: 33 }, () => {
      clock.nowMs += 1;
      return signedIn(keys);
    });
    expect(browsers.map((browser) => isKnown(keys, browser))).toEqual([
      false,
      ...Array.from({ length: 32 }, () => true),
    ]);
  });

  it('that recognize the server outlive it, in a file for its owner only that gives no access', () => {
    const { keys, file } = open();
    const browser = signedIn(keys);
    expect(isKnown(open({ file }).keys, browser)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      version: 1,
      keys: [
        {
          key: browser.publicKey,
          pin: browser.pin.toString('base64url'),
          port: PORT,
          createdMs: START_MS,
        },
      ],
    });
    expect(readdirSync(join(file, '..'))).toEqual(['web-keys.json']);
  });

  it('to look do not let change things, and those to change are good for their run alone', () => {
    const look = open();
    const looking = signedIn(look.keys);
    const change = open({ file: look.file, right: 'change' });
    const changing = signedIn(change.keys);
    expect(isKnown(change.keys, looking)).toBe(false);
    expect(isKnown(change.keys, changing)).toBe(true);
    for (const right of ['look', 'change'] as const)
      expect(isKnown(open({ file: look.file, right }).keys, changing)).toBe(false);
    expect(isKnown(open({ file: look.file }).keys, looking)).toBe(true);
  });

  it('are good for the port on which they were made', () => {
    const { keys, file } = open();
    const browser = signedIn(keys);
    expect(
      open({ file, port: PORT + 1 }).keys.meet({ keys: [browser.publicKey], nonce: nonce() }),
    ).toBeUndefined();
  });

  it('of two servers with one file do not end each other', () => {
    const one = open();
    const two = open({ file: one.file });
    const browsers = [signedIn(one.keys), signedIn(two.keys)];
    const later = open({ file: one.file });
    expect(browsers.map((browser) => isKnown(later.keys, browser))).toEqual([true, true]);
  });
});

describe('the file of keys', () => {
  it.for([
    '',
    'no JSON',
    '[]',
    '{"version":2,"keys":[]}',
    '{"version":1,"keys":[{"key":"00","pin":"","port":1,"createdMs":1}]}',
  ])('is kept aside, and the log says so, when it is broken: %s', (text) => {
    const file = join(temporaryDir(), 'web-keys.json');
    writeFileSync(file, text);
    const { keys, log } = open({ file });
    expect(log).toEqual([`earlier sign-ins are lost: ${file} is broken; it is now ${file}.broken`]);
    expect(readFileSync(`${file}.broken`, 'utf8')).toBe(text);
    const browser = signedIn(keys);
    expect(isKnown(open({ file }).keys, browser)).toBe(true);
  });

  it.for([
    {
      what: 'a folder',
      make: (file: string) => {
        mkdirSync(file);
      },
      why: 'no-file',
    },
    {
      what: 'a pipe',
      make: (file: string) => {
        execFileSync('mkfifo', [file]);
      },
      why: 'no-file',
    },
    {
      what: 'a link',
      make: (file: string) => {
        symlinkSync('/etc/passwd', file);
      },
      why: 'no-file',
    },
    {
      what: 'huge',
      make: (file: string) => {
        writeFileSync(file, Buffer.alloc(1 << 20));
      },
      why: 'too-large',
    },
  ])('that is $what costs earlier sign-ins and nothing else', ({ make, why }) => {
    const file = join(temporaryDir(), 'web-keys.json');
    make(file);
    const { keys, log } = open({ file });
    expect(log).toEqual([`earlier sign-ins are lost: ${file}: ${why}`]);
    expect(isKnown(keys, signedIn(keys))).toBe(true);
  });

  it('is not written through a link that is in the way', () => {
    const dir = temporaryDir();
    const file = join(dir, 'web-keys.json');
    const victim = join(dir, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, `${file}.${process.pid}.new`);
    symlinkSync(victim, file);
    chmodSync(victim, 0o644);
    const { keys } = open({ file });
    signedIn(keys);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
