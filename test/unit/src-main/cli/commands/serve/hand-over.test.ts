import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { handOverFolders, writeHandOver } from '../../../../../../src-main/cli/commands/serve/hand-over.ts';
import { temporaryDir } from '../../../../../helpers/web-client.ts';

const ADDRESS = `http://127.0.0.1:7733/#token=${'0a'.repeat(32)}`;

describe('handOverFolders', () => {
  const facts = { home: '/home/alice', stateFolder: '/home/alice/.local/state/lifeboat' };

  it.for([
    {
      what: 'a session',
      env: { XDG_RUNTIME_DIR: '/run/user/1000' },
      browser: undefined,
      first: '/run/user/1000',
    },
    { what: 'no session', env: {}, browser: 'firefox.desktop', first: facts.stateFolder },
    {
      what: 'a relative folder',
      env: { XDG_RUNTIME_DIR: 'run' },
      browser: undefined,
      first: facts.stateFolder,
    },
    {
      what: 'a browser that came as a snap',
      env: { XDG_RUNTIME_DIR: '/run/user/1000' },
      browser: 'firefox_firefox.desktop\n',
      first: '/home/alice/snap/firefox/common',
    },
    {
      what: 'a browser by flatpak',
      env: { XDG_RUNTIME_DIR: '/run/user/1000' },
      browser: 'org.mozilla.firefox.desktop\n',
      first: '/run/user/1000',
    },
    { what: 'a strange browser', env: {}, browser: '../../x_x.desktop', first: facts.stateFolder },
  ])('with $what: $first', ({ env, browser, first }) => {
    expect(handOverFolders({ ...facts, env, ...(browser !== undefined && { browser }) })[0]).toBe(first);
  });
});

describe('writeHandOver', () => {
  it('writes a page that leads to the address, for this user only, and takes it away', () => {
    const parent = temporaryDir();
    const handOver = writeHandOver([parent], ADDRESS, 'Ab-1');
    expect(handOver?.file).toBe(join(parent, 'lifeboat-open/open-Ab-1.html'));
    expect(readFileSync(handOver?.file ?? '', 'utf8')).toContain(`content="0; url=${ADDRESS}"`);
    expect(statSync(handOver?.file ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(join(parent, 'lifeboat-open')).mode & 0o777).toBe(0o700);
    handOver?.remove();
    handOver?.remove();
    expect(readdirSync(join(parent, 'lifeboat-open'))).toEqual([]);
  });

  it('passes over folders that are missing, links, or that others may change', () => {
    const base = temporaryDir();
    const [real, link, open, good] = ['real', 'link', 'open', 'good'].map((name) => join(base, name)) as [
      string,
      string,
      string,
      string,
    ];
    for (const folder of [real, open, good]) mkdirSync(folder, { mode: 0o700 });
    symlinkSync(real, link);
    chmodSync(open, 0o777);
    const handOver = writeHandOver([join(base, 'missing'), link, open, '/proc', good], ADDRESS, 'a');
    expect(handOver?.file).toBe(join(good, 'lifeboat-open/open-a.html'));
    expect(readdirSync(real)).toEqual([]);
  });

  it('writes through no link and over no file that is in the way', () => {
    const parent = temporaryDir();
    const victim = join(parent, 'victim');
    writeFileSync(victim, 'precious');
    mkdirSync(join(parent, 'lifeboat-open'));
    symlinkSync(victim, join(parent, 'lifeboat-open/open-a.html'));
    expect(writeHandOver([parent], ADDRESS, 'a')).toBeUndefined();
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    const elsewhere = temporaryDir();
    symlinkSync(parent, join(elsewhere, 'lifeboat-open'));
    expect(writeHandOver([elsewhere], ADDRESS, 'b')).toBeUndefined();
  });

  it('takes away what servers left behind that were killed, and nothing else', () => {
    const parent = temporaryDir();
    const folder = join(parent, 'lifeboat-open');
    mkdirSync(folder);
    for (const name of ['open-old.html', 'open-new.html', 'mine.html']) writeFileSync(join(folder, name), '');
    for (const name of ['open-old.html', 'mine.html']) utimesSync(join(folder, name), 1, 1);
    writeHandOver([parent], ADDRESS, 'a');
    expect(existsSync(join(folder, 'open-old.html'))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(['mine.html', 'open-a.html', 'open-new.html']);
  });
});
