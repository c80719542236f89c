import { chmodSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetSysctl, keepSysctl } from '../../../../../../src-main/helper/root/sysctl/keep-sysctl.ts';
import { HelperTree } from '../../../../../helpers/helper-tree.ts';

const FILE = 'etc/sysctl.d/90-lifeboat.conf';
let tree: HelperTree;
beforeEach(() => {
  tree = new HelperTree();
});
afterEach(() => {
  tree.remove();
});

describe('keepSysctl', () => {
  it('begins the file, with mode 0644 and nothing beside it', async () => {
    expect(await keepSysctl(tree, { name: 'vm.swappiness', value: 10 })).toEqual({
      ok: true,
      value: {
        written: [
          { subject: '/etc/sysctl.d/90-lifeboat.conf vm.swappiness', before: '', asked: '10', after: '10' },
        ],
      },
    });
    expect(tree.read(FILE)).toMatch(/\nvm\.swappiness = 10\n$/);
    expect(statSync(tree.path(FILE)).mode & 0o777).toBe(0o644);
    expect(readdirSync(tree.path('etc/sysctl.d'))).toEqual(['90-lifeboat.conf']);
  });

  it('makes the folder where there is none', async () => {
    rmSync(tree.path('etc/sysctl.d'), { recursive: true });
    expect(await keepSysctl(tree, { name: 'vm.swappiness', value: 10 })).toMatchObject({ ok: true });
    expect(statSync(tree.path('etc/sysctl.d')).mode & 0o777).toBe(0o755);
  });

  it('keeps what others wrote there', async () => {
    tree.write(FILE, '# by hand\nnet.ipv4.ip_forward = 1\nvm.swappiness = 1\n');
    await keepSysctl(tree, { name: 'vm.swappiness', value: 10 });
    expect(tree.read(FILE)).toBe('# by hand\nnet.ipv4.ip_forward = 1\nvm.swappiness = 10\n');
  });

  it('drops kbytes when the ratio is kept: at boot one would clear the other', async () => {
    tree.write(FILE, '# a\nvm.overcommit_kbytes = 4096\n');
    expect(await keepSysctl(tree, { name: 'vm.overcommit_ratio', value: 80 })).toMatchObject({
      value: {
        written: [
          { before: '', after: '80' },
          { before: '4096', asked: '', after: '' },
        ],
      },
    });
    expect(tree.read(FILE)).toBe('# a\nvm.overcommit_ratio = 80\n');
  });

  it('does not write the 0 that only follows from the other one', async () => {
    tree.write(FILE, 'vm.overcommit_ratio = 80\nvm.overcommit_kbytes = 1\n');
    await keepSysctl(tree, { name: 'vm.overcommit_kbytes', value: 0 });
    expect(tree.read(FILE)).toBe('vm.overcommit_ratio = 80\n');
  });

  it('refuses a link in the place of the file, and does not touch where it leads', async () => {
    tree.write('etc/shadow', 'secret\n');
    symlinkSync('../shadow', tree.path(FILE));
    const before = tree.snapshot();
    expect(await keepSysctl(tree, { name: 'vm.swappiness', value: 10 })).toMatchObject({
      ok: false,
      error: { code: 'refused-target' },
    });
    expect(tree.snapshot()).toEqual(before);
  });

  it('refuses a link in the place of the folder', async () => {
    rmSync(tree.path('etc/sysctl.d'), { recursive: true });
    tree.write('elsewhere/a', 'a\n');
    symlinkSync('../elsewhere', tree.path('etc/sysctl.d'));
    const before = tree.snapshot();
    expect(await keepSysctl(tree, { name: 'vm.swappiness', value: 10 })).toMatchObject({
      ok: false,
      error: { code: 'refused-target' },
    });
    expect(tree.snapshot()).toEqual(before);
  });

  it('refuses a folder that others may write to', async () => {
    chmodSync(tree.path('etc/sysctl.d'), 0o777);
    expect(await keepSysctl(tree, { name: 'vm.swappiness', value: 10 })).toMatchObject({
      ok: false,
      error: { code: 'refused-target' },
    });
  });

  it('refuses a file that is larger than any that people write', async () => {
    tree.write(FILE, '#\n'.repeat(40_000));
    expect(await keepSysctl(tree, { name: 'vm.swappiness', value: 10 })).toMatchObject({ ok: false });
  });
});

describe('forgetSysctl', () => {
  it('removes only its key', async () => {
    tree.write(FILE, '# by hand\nvm.swappiness = 10\nvm.panic_on_oom = 1\n');
    expect(await forgetSysctl(tree, 'vm.swappiness')).toMatchObject({
      value: { written: [{ before: '10', asked: '', after: '' }] },
    });
    expect(tree.read(FILE)).toBe('# by hand\nvm.panic_on_oom = 1\n');
  });

  it('removes the file when no setting is left in it', async () => {
    await keepSysctl(tree, { name: 'vm.swappiness', value: 10 });
    await forgetSysctl(tree, 'vm.swappiness');
    expect(tree.has(FILE)).toBe(false);
  });

  it('does nothing where there is no file', async () => {
    const before = tree.snapshot();
    expect(await forgetSysctl(tree, 'vm.swappiness')).toMatchObject({ ok: true });
    expect(tree.snapshot()).toEqual(before);
  });
});
