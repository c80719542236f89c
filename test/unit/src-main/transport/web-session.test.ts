import { createHash, randomBytes } from 'node:crypto';
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
import { createSessions, SESSION_MAX_AGE_MS } from '../../../../src-main/transport/web-session.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

const START_MS = 1_700_000_000_000;

/** Sessions in a file of their own, with a clock that stands still until the test moves it. */
function open(file = join(temporaryDir(), 'state', 'web-sessions.json')) {
  const log: string[] = [];
  const clock = { nowMs: START_MS };
  const sessions = createSessions({
    file,
    nowMs: () => clock.nowMs,
    randomBytes,
    log: (line) => log.push(line),
  });
  return { file, log, clock, sessions };
}

function signIn(sessions: ReturnType<typeof createSessions>): string {
  const id = sessions.redeem(sessions.mintToken());
  if (id === undefined) throw new Error('the token was refused');
  return id;
}

describe('tokens', () => {
  it('have 256 random bits and are all different', () => {
    const { sessions } = open();
    const tokens = [sessions.mintToken(), sessions.mintToken()];
    expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(tokens).size).toBe(2);
  });

  it('work once, in any order', () => {
    const { sessions } = open();
    const [first, second] = [sessions.mintToken(), sessions.mintToken()];
    expect(sessions.redeem(second)).toMatch(/^[\w-]{43}$/);
    expect(sessions.redeem(second)).toBeUndefined();
    expect(sessions.redeem(first)).toMatch(/^[\w-]{43}$/);
    expect(sessions.redeem(first)).toBeUndefined();
  });

  it.for(['', '0'.repeat(64), 'é', ' '])('do not work when they were never given out: "%s"', (token) => {
    const { sessions } = open();
    sessions.mintToken();
    expect(sessions.redeem(token)).toBeUndefined();
  });

  it('are few: of nine that wait the oldest is void', () => {
    const { sessions } = open();
    const tokens = Array.from({ length: 9 }, () => sessions.mintToken());
    expect(tokens.map((token) => sessions.redeem(token) !== undefined)).toEqual([
      false,
      ...Array.from({ length: 8 }, () => true),
    ]);
  });
});

describe('sessions', () => {
  it('are good for a month', () => {
    const { sessions, clock } = open();
    const id = signIn(sessions);
    clock.nowMs += SESSION_MAX_AGE_MS - 1;
    expect(sessions.has(id)).toBe(true);
    clock.nowMs += 1;
    expect(sessions.has(id)).toBe(false);
  });

  it('are at most 32: the oldest goes', () => {
    const { sessions, clock } = open();
    const ids = Array.from({ length: 33 }, () => {
      clock.nowMs += 1;
      return signIn(sessions);
    });
    expect(ids.map((id) => sessions.has(id))).toEqual([false, ...Array.from({ length: 32 }, () => true)]);
  });

  it('outlive the server, by hashes in a file that is for its owner only', () => {
    const { sessions, file } = open();
    const id = signIn(sessions);
    expect(open(file).sessions.has(id)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    const hash = createHash('sha256').update(id).digest('hex');
    expect(readFileSync(file, 'utf8')).toBe(
      `{"version":1,"sessions":[{"hash":"${hash}","createdMs":${START_MS}}]}\n`,
    );
    expect(readdirSync(join(file, '..'))).toEqual(['web-sessions.json']);
  });

  it('of two servers with one file do not end each other', () => {
    const one = open();
    const two = open(one.file);
    const ids = [signIn(one.sessions), signIn(two.sessions)];
    const later = open(one.file);
    expect(ids.map((id) => later.sessions.has(id))).toEqual([true, true]);
  });

  it('that are too old do not come back with a restart', () => {
    const { sessions, file } = open();
    const id = signIn(sessions);
    const text = readFileSync(file, 'utf8').replace(
      START_MS.toString(),
      (START_MS - SESSION_MAX_AGE_MS).toString(),
    );
    writeFileSync(file, text);
    expect(open(file).sessions.has(id)).toBe(false);
  });
});

describe('the file of sessions', () => {
  it.for([
    '',
    'no JSON',
    '[]',
    '{"version":2,"sessions":[]}',
    '{"version":1,"sessions":[{"hash":"00","createdMs":1}]}',
    '{"version":1,"sessions":[{"hash":null,"createdMs":1}]}',
  ])('is kept aside, and the log says so, when it is broken: %s', (text) => {
    const file = join(temporaryDir(), 'web-sessions.json');
    writeFileSync(file, text);
    const { sessions, log } = open(file);
    expect(log).toEqual([`the sign-ins of before are lost: ${file} is broken; it is now ${file}.broken`]);
    expect(readFileSync(`${file}.broken`, 'utf8')).toBe(text);
    const id = signIn(sessions);
    expect(open(file).sessions.has(id)).toBe(true);
  });

  it('that cannot be read or written costs the sign-ins of before and nothing else', () => {
    const file = join(temporaryDir(), 'web-sessions.json');
    mkdirSync(file);
    const { sessions, log } = open(file);
    const id = signIn(sessions);
    expect(sessions.has(id)).toBe(true);
    expect(log[0]).toBe(`the sign-ins of before are lost: ${file}: EISDIR`);
    expect(log.at(-1)).toMatch(/^this sign-in will not outlive the server: .*: EISDIR$/);
  });

  it('is not written through a link that somebody put in the way', () => {
    const dir = temporaryDir();
    const file = join(dir, 'web-sessions.json');
    const victim = join(dir, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, `${file}.${process.pid}.tmp`);
    symlinkSync(victim, file);
    chmodSync(victim, 0o644);
    const { sessions } = open(file);
    signIn(sessions);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
