import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  commandAsRoot,
  copyCommand,
  helperForRoot,
  type HelperPlaces,
  NODE_FLAGS,
  ownHelper,
} from '../../../../../src-main/helper/client/program.ts';

const NOBODY_USER = { uid: 65534, gid: 65534 };
/** Files that root alone may change on any machine. */
const [TRUE, ENV] = [realpathSync('/usr/bin/true'), realpathSync('/usr/bin/env')];

let folder: string;
let places: HelperPlaces;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat program-')));
  writeFileSync(join(folder, 'helper.cjs'), '');
  places = {
    wrapper: join(folder, 'no-wrapper'),
    copy: join(folder, 'no-copy'),
    node: TRUE,
    helper: join(folder, 'helper.cjs'),
  };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('ownHelper', () => {
  it('is this node with the helper beside the program, by their real paths', () => {
    expect(ownHelper(places)).toMatchObject({ value: { command: [TRUE, ...NODE_FLAGS, places.helper] } });
  });

  it('says when it is missing', () => {
    expect(ownHelper({ ...places, helper: '/none' })).toMatchObject({ error: { code: 'helper-missing' } });
  });
});

describe('helperForRoot', () => {
  it('is the wrapper of the package alone, where there is one', () => {
    expect(helperForRoot({ ...places, wrapper: ENV }, 'root', NOBODY_USER)).toEqual({
      ok: true,
      value: { command: [ENV], trusted: [ENV] },
    });
  });

  it('is our own where root alone may change it', () => {
    expect(helperForRoot({ ...places, helper: ENV }, 'root', NOBODY_USER)).toMatchObject({
      value: { command: [TRUE, ...NODE_FLAGS, ENV] },
    });
  });

  it('is refused in a place of the user, with the command by which root makes a copy', () => {
    const refused = helperForRoot(places, 'root', NOBODY_USER);
    expect(refused).toMatchObject({
      error: {
        code: 'helper-untrusted',
        facts: { copy: copyCommand(places) },
      },
    });
  });

  it('is refused where a wrapper can be changed by others, and does not fall back', () => {
    expect(helperForRoot({ ...places, wrapper: places.helper }, 'root', NOBODY_USER)).toMatchObject({
      error: { code: 'helper-untrusted' },
    });
  });

  it('says when there is none at all', () => {
    expect(helperForRoot({ ...places, helper: '/none' }, 'root', NOBODY_USER)).toMatchObject({
      error: { code: 'helper-missing' },
    });
  });
});

describe('commandAsRoot', () => {
  it('is this very program under sudo', () => {
    expect(commandAsRoot(places)).toMatch(/^sudo \/\S+ \S+$/);
  });
});

describe('copyCommand', () => {
  it('makes a copy that is found from then on', () => {
    const copy = join(folder, "it's a copy");
    const own = `${process.getuid?.() ?? 0}`;
    const command = copyCommand({ ...places, copy })
      .replaceAll('sudo ', '')
      .replaceAll('-o root -g root', `-o ${own} -g ${process.getgid?.() ?? 0}`);
    execFileSync('sh', ['-c', command]);
    const found = helperForRoot({ ...places, copy, helper: '/none' }, 'root', NOBODY_USER);
    expect(found).toMatchObject({ error: { code: 'helper-untrusted' } });
    expect(
      ownHelper({ ...places, node: join(copy, 'node'), helper: join(copy, 'helper.cjs') }),
    ).toMatchObject({
      value: { command: [join(copy, 'node'), ...NODE_FLAGS, join(copy, 'helper.cjs')] },
    });
  });
});

describe('under Electron', () => {
  /** The same module as an Electron loads it. */
  async function underElectron() {
    vi.resetModules();
    vi.stubGlobal('process', { ...process, versions: { ...process.versions, electron: '45.3.4' } });
    return import('../../../../../src-main/helper/client/program.ts');
  }
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('makes a Node of it by env, since no way to root hands on a variable', async () => {
    const { ownHelper: own } = await underElectron();
    expect(own(places)).toMatchObject({
      value: { command: ['/usr/bin/env', 'ELECTRON_RUN_AS_NODE=1', TRUE, ...NODE_FLAGS, places.helper] },
    });
  });

  it('offers no copy of a program that is many files, and says what to install', async () => {
    const { copyCommand: copy, helperForRoot: forRoot } = await underElectron();
    expect(copy(places)).toBe('');
    const refused = forRoot(places, 'root', NOBODY_USER);
    expect(refused).toMatchObject({ error: { code: 'helper-untrusted' } });
    expect(refused).not.toHaveProperty('error.facts.copy');
  });

  it('is "lifeboat" for root where it is installed, and nothing where it is not', async () => {
    const { commandAsRoot: asRoot } = await underElectron();
    expect(asRoot({ ...places, wrapper: ENV })).toBe('sudo lifeboat');
    expect(asRoot(places)).toBe('');
  });
});
