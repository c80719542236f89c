import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepUserUnitAdj } from '../../../../../src-main/engine/actions/user-unit.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-user-unit-'));
  file = join(folder, 'config/systemd/user/a@b.service.d/90-lifeboat.conf');
  systemctl(0);
  vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));
  vi.stubEnv('PATH', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** No service manager runs on a build machine: one that answers so. */
function systemctl(code: number): void {
  writeFileSync(join(folder, 'systemctl'), `#!/bin/sh\nexit ${code}\n`);
  chmodSync(join(folder, 'systemctl'), 0o755);
}

describe('keepUserUnitAdj', () => {
  it('writes a drop-in, replaces it, takes it away, and says what was there', async () => {
    const written = (before: string, after: string) => ({
      ok: true,
      value: { subject: file, before, asked: after, after },
    });
    expect(await keepUserUnitAdj('a@b.service', 300)).toEqual(written('', '300'));
    expect(readFileSync(file, 'utf8')).toBe('# Written by Lifeboat.\n[Service]\nOOMScoreAdjust=300\n');
    expect(await keepUserUnitAdj('a@b.service', -5, '300')).toEqual(written('300', '-5'));
    expect(await keepUserUnitAdj('a@b.service', undefined, '-5')).toEqual(written('-5', ''));
    expect(existsSync(file)).toBe(false);
    expect(await keepUserUnitAdj('a@b.service', undefined)).toEqual(written('', ''));
  });

  it('leaves what is not as it was expected, or not Lifeboat’s', async () => {
    await keepUserUnitAdj('a@b.service', 300);
    expect(await keepUserUnitAdj('a@b.service', 1, '200')).toMatchObject({
      error: { code: 'changed-meanwhile' },
    });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '[Service]\nOOMScoreAdjust=300\nNice=5\n');
    expect(await keepUserUnitAdj('a@b.service', 1)).toMatchObject({ error: { code: 'not-ours' } });
    expect(await keepUserUnitAdj('a@b.service', undefined)).toMatchObject({ error: { code: 'not-ours' } });
    expect(readFileSync(file, 'utf8')).toContain('Nice=5');
  });

  it.for(['../a.service', 'a.slice', '.a.service', 'a/b.service', ''])(
    'refuses the name %j',
    async (unit) => {
      expect(await keepUserUnitAdj(unit, 1)).toMatchObject({ error: { code: 'unit-unknown' } });
      expect(existsSync(join(folder, 'config'))).toBe(false);
    },
  );

  it('keeps nothing else than before when systemd could not be told', async () => {
    systemctl(1);
    const refused = {
      error: { code: 'io-failed', message: expect.stringContaining('nothing was kept') as string },
    };
    expect(await keepUserUnitAdj('a@b.service', 1)).toMatchObject(refused);
    expect(existsSync(file)).toBe(false);
    systemctl(0);
    await keepUserUnitAdj('a@b.service', 300);
    systemctl(1);
    expect(await keepUserUnitAdj('a@b.service', 1)).toMatchObject(refused);
    expect(readFileSync(file, 'utf8')).toContain('OOMScoreAdjust=300\n');
    expect(await keepUserUnitAdj('a@b.service', undefined)).toMatchObject(refused);
    expect(readFileSync(file, 'utf8')).toContain('OOMScoreAdjust=300\n');
  });
});
