import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findDropIns } from '../../../../src-main/own-writes/drop-ins.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lifeboat-drop-ins-'));
  vi.stubEnv('XDG_CONFIG_HOME', join(root, 'config'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('findDropIns', () => {
  it('finds those of the system and of this user, with the value that counts', () => {
    write(
      'etc/systemd/system/web.service.d/90-lifeboat.conf',
      '[Service]\nOOMScoreAdjust=-5\nOOMScoreAdjust = +10 \n',
    );
    write('etc/systemd/system/data.mount.d/90-lifeboat.conf', '[Mount]\n# OOMScoreAdjust=3\n');
    write(
      'config/systemd/user/own@1.service.d/90-lifeboat.conf',
      '# Written by Lifeboat.\n[Service]\nOOMScoreAdjust=7\n',
    );
    expect(findDropIns(root, 1000)).toEqual([
      {
        unit: { manager: 'system', name: 'data.mount' },
        file: '/etc/systemd/system/data.mount.d/90-lifeboat.conf',
      },
      {
        unit: { manager: 'system', name: 'web.service' },
        file: '/etc/systemd/system/web.service.d/90-lifeboat.conf',
        oomScoreAdj: 10,
      },
      {
        unit: { manager: 'user:1000', name: 'own@1.service' },
        file: join(root, 'config/systemd/user/own@1.service.d/90-lifeboat.conf'),
        oomScoreAdj: 7,
      },
    ]);
  });

  it('finds nothing of other names, of what is no unit, and where there is no folder', () => {
    expect(findDropIns(root, 1000)).toEqual([]);
    write('etc/systemd/system/web.service.d/10-other.conf', '[Service]\nOOMScoreAdjust=-5\n');
    write('etc/systemd/system/-.slice.d/90-lifeboat.conf', '[Slice]\n');
    write('etc/systemd/system/web.service/90-lifeboat.conf', '[Service]\nOOMScoreAdjust=-5\n');
    symlinkSync('/nowhere', join(root, 'etc/systemd/system/gone.service.d'));
    expect(findDropIns(root, 1000)).toEqual([]);
  });
});
