import { chmodSync, existsSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetUnitAdj, keepUnitAdj } from '../../../../../../src-main/helper/root/unit/unit-adj.ts';
import { HelperTree } from '../../../../../helpers/helper-tree.ts';

const DROP_IN = 'etc/systemd/system/nginx.service.d/90-lifeboat.conf';
let tree: HelperTree;
beforeEach(() => {
  tree = new HelperTree();
  tree.write('usr/lib/systemd/system/nginx.service', '[Service]\n');
});
afterEach(() => {
  tree.remove();
});

/** A systemctl that records how it was called, and shows the given value. */
function runSystemd(shows: string): void {
  tree.write('run/systemd/system/.there', '');
  const log = tree.path('systemctl.log');
  const script = `#!/bin/sh\necho "$0 $* [$(env | sort | tr '\\n' ' ')]" >> '${log}'\n[ "$1" = show ] && echo '${shows}'\nexit 0\n`;
  tree.write('usr/bin/systemctl', script, 0o755);
}

describe('keepUnitAdj', () => {
  it('writes a drop-in, and says that systemd does not run', async () => {
    expect(await keepUnitAdj(tree, 'nginx.service', -500)).toEqual({
      ok: true,
      value: {
        written: [
          { subject: `/${DROP_IN}`, before: '', asked: '-500', after: '-500' },
          {
            subject: 'systemctl daemon-reload',
            before: '',
            asked: 'done',
            after: 'systemd does not run here',
          },
        ],
      },
    });
    expect(tree.read(DROP_IN)).toMatch(/^# .*\n\[Service\]\nOOMScoreAdjust=-500\n$/);
  });

  it('lets systemd read it, with nothing of our environment, and asks for the value that counts', async () => {
    runSystemd('-500');
    expect(await keepUnitAdj(tree, 'nginx.service', -500)).toMatchObject({
      value: { written: [{ after: '-500' }, { after: 'done' }] },
    });
    const calls = tree.read('systemctl.log').trimEnd().split('\n');
    expect(calls).toHaveLength(2);
    expect(calls[0]).toContain('systemctl daemon-reload [LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin');
    expect(calls[1]).toContain('show --property=OOMScoreAdjust --value -- nginx.service [');
    expect(calls.join()).not.toContain('HOME');
  });

  it('leaves no empty folder behind where it may not write', async () => {
    tree.write('run/.there', '');
    chmodSync(tree.path('run'), 0o777);
    expect(await keepUnitAdj(tree, 'nginx.service', -500)).toMatchObject({
      error: { code: 'refused-target' },
    });
    expect(existsSync(tree.path('etc/systemd/system/nginx.service.d'))).toBe(false);
  });

  it('leaves what is kept alone where it is no longer what was seen, to be set or removed', async () => {
    await keepUnitAdj(tree, 'nginx.service', -500, '');
    const before = tree.read(DROP_IN);
    const refused = {
      ok: false,
      error: { code: 'changed-meanwhile', facts: { what: 'kept', name: 'nginx.service' } },
    };
    for (const seen of ['', '-499']) {
      expect(await keepUnitAdj(tree, 'nginx.service', 100, seen)).toMatchObject(refused);
      expect(await forgetUnitAdj(tree, 'nginx.service', seen)).toMatchObject(refused);
    }
    expect(tree.read(DROP_IN)).toBe(before);
    expect(await keepUnitAdj(tree, 'nginx.service', 100, '-500')).toMatchObject({ ok: true });
    expect(await forgetUnitAdj(tree, 'nginx.service', '100')).toMatchObject({ ok: true });
  });

  it('says when another drop-in wins', async () => {
    runSystemd('-900');
    expect(await keepUnitAdj(tree, 'nginx.service', -500)).toMatchObject({
      ok: false,
      error: { code: 'read-back-differs', facts: { what: 'drop-in', now: '-900' } },
    });
  });

  it('tells what was there before when it is set again', async () => {
    await keepUnitAdj(tree, 'nginx.service', -500);
    expect(await keepUnitAdj(tree, 'nginx.service', 100)).toMatchObject({
      value: { written: [{ before: '-500', after: '100' }, {}] },
    });
  });

  it('knows an instance by its template', async () => {
    tree.write('usr/lib/systemd/system/getty@.service', '');
    expect(await keepUnitAdj(tree, 'getty@tty1.service', 0)).toMatchObject({ ok: true });
    expect(tree.has('etc/systemd/system/getty@tty1.service.d/90-lifeboat.conf')).toBe(true);
  });

  it('refuses a unit that there is not', async () => {
    const before = tree.snapshot();
    expect(await keepUnitAdj(tree, 'none.service', 0)).toMatchObject({
      ok: false,
      error: { code: 'unit-unknown' },
    });
    expect(tree.snapshot()).toEqual(before);
  });

  it('leaves a drop-in that the administrator has edited', async () => {
    tree.write(DROP_IN, '[Service]\nOOMScoreAdjust=5\nNice=3\n');
    const before = tree.snapshot();
    expect(await keepUnitAdj(tree, 'nginx.service', 0)).toMatchObject({
      ok: false,
      error: { code: 'not-ours' },
    });
    expect(await forgetUnitAdj(tree, 'nginx.service')).toMatchObject({
      ok: false,
      error: { code: 'not-ours' },
    });
    expect(tree.snapshot()).toEqual(before);
  });

  it('refuses a link in the place of the folder of drop-ins', async () => {
    tree.write('elsewhere/a', '');
    symlinkSync('../../../elsewhere', tree.path('etc/systemd/system/nginx.service.d'));
    const before = tree.snapshot();
    expect(await keepUnitAdj(tree, 'nginx.service', 0)).toMatchObject({
      ok: false,
      error: { code: 'refused-target' },
    });
    expect(tree.snapshot()).toEqual(before);
  });
});

describe('forgetUnitAdj', () => {
  it('removes the drop-in and its folder', async () => {
    await keepUnitAdj(tree, 'nginx.service', -500);
    expect(await forgetUnitAdj(tree, 'nginx.service')).toMatchObject({
      value: { written: [{ before: '-500', asked: '', after: '' }, {}] },
    });
    expect(tree.has('etc/systemd/system/nginx.service.d')).toBe(false);
  });

  it('leaves the folder to the drop-ins of others', async () => {
    await keepUnitAdj(tree, 'nginx.service', -500);
    tree.write('etc/systemd/system/nginx.service.d/override.conf', '[Service]\n');
    await forgetUnitAdj(tree, 'nginx.service');
    expect(tree.has(DROP_IN)).toBe(false);
    expect(tree.has('etc/systemd/system/nginx.service.d/override.conf')).toBe(true);
  });

  it('does nothing where there is none', async () => {
    const before = tree.snapshot();
    expect(await forgetUnitAdj(tree, 'nginx.service')).toMatchObject({ ok: true });
    expect(tree.snapshot()).toEqual(before);
  });
});
