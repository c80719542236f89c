import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepUserUnitAdj } from '../../../../src-main/own-writes/user-unit.ts';

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

/** No service manager runs on a build machine: one that answers so, the first time and later. It may do something before. */
function systemctl(first: number | 'never', later = first, deed = ':'): void {
  const answer = (code: number | 'never') => (code === 'never' ? 'exec /bin/sleep 60' : `exit ${code}`);
  const asked = join(folder, 'asked');
  rmSync(asked, { force: true });
  writeFileSync(
    join(folder, 'systemctl'),
    `#!/bin/sh\nif [ -e ${asked} ]; then ${answer(later)}; fi\n: >${asked}\n${deed}\n${answer(first)}\n`,
  );
  chmodSync(join(folder, 'systemctl'), 0o755);
}

/** With less patience, in which a busy machine still starts a shell. */
const keepSoon = (patienceMs = 5_000) => keepUserUnitAdj('a@b.service', 1, undefined, patienceMs);

const textWith = (adj: number) => `# Written by Lifeboat.\n[Service]\nOOMScoreAdjust=${adj}\n`;

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

  it('keeps what was kept before when systemd cannot reload', async () => {
    systemctl(1);
    const refused = {
      error: { code: 'manager-untold', facts: { state: 'as-before' } },
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

  it('keeps nothing either where a manager that was slow has read again what was there before', async () => {
    systemctl('never', 0);
    expect(await keepSoon()).toMatchObject({
      error: { code: 'manager-untold', facts: { state: 'as-before' } },
    });
    expect(existsSync(file)).toBe(false);
  });

  it.for([['never'], [1]] as const)(
    'does not know what a manager has read that never answered, then %s',
    async ([later]) => {
      systemctl('never', later);
      const answer = await keepSoon(100);
      expect(answer).toMatchObject({
        error: { code: 'manager-untold', facts: { state: 'unknown' } },
      });
      expect(existsSync(file)).toBe(false);
    },
  );

  it('had nothing read by a manager that was never there, however long it is asked again', async () => {
    systemctl(1, 'never');
    expect(await keepSoon()).toMatchObject({
      error: { code: 'manager-untold', facts: { state: 'as-before' } },
    });
    rmSync(join(folder, 'systemctl'));
    expect(await keepSoon()).toMatchObject({
      error: { code: 'manager-untold', facts: { state: 'as-before' } },
    });
  });

  it('leaves what another has written while the manager was asked', async () => {
    await keepUserUnitAdj('a@b.service', 300);
    systemctl(1, 1, `printf '# Written by Lifeboat.\\n[Service]\\nOOMScoreAdjust=7\\n' >${file}`);
    expect(await keepUserUnitAdj('a@b.service', 1)).toMatchObject({
      error: { code: 'changed-meanwhile', facts: { what: 'drop-in', path: file } },
    });
    expect(readFileSync(file, 'utf8')).toBe(textWith(7));
    systemctl(1, 1, `echo Nice=5 >${file}`);
    expect(await keepUserUnitAdj('a@b.service', 1)).toMatchObject({ error: { code: 'not-ours' } });
    expect(readFileSync(file, 'utf8')).toBe('Nice=5\n');
  });

  it('says what is kept where it could not be put back', async () => {
    await keepUserUnitAdj('a@b.service', 300);
    // The draft of what is put back is in the way; the shell's parent is who writes it.
    const block = `/bin/mkdir -p ${file}.$PPID.new`;
    const draft = `${file}.${process.pid}.new`;
    systemctl(1, 1, block);
    const refused = (left: string) => ({
      error: { code: 'manager-untold', facts: { file, state: 'left', says: left } },
    });
    expect(await keepUserUnitAdj('a@b.service', 1)).toMatchObject(refused('1'));
    expect(readFileSync(file, 'utf8')).toBe(textWith(1));
    rmSync(draft, { recursive: true });
    systemctl(1, 1, block);
    expect(await keepUserUnitAdj('a@b.service', undefined)).toMatchObject(refused(''));
    expect(existsSync(file)).toBe(false);
  });

  it('takes its folder away with its file, unless there is more in it', async () => {
    await keepUserUnitAdj('a@b.service', 300);
    await keepUserUnitAdj('a@b.service', undefined);
    expect(existsSync(dirname(file))).toBe(false);
    systemctl(1);
    await keepUserUnitAdj('a@b.service', 300);
    expect(existsSync(dirname(file))).toBe(false);
    mkdirSync(dirname(file));
    writeFileSync(join(dirname(file), 'own.conf'), '[Service]\nNice=5\n');
    await keepUserUnitAdj('a@b.service', 300);
    expect(readdirSync(dirname(file))).toEqual(['own.conf']);
  });
});
