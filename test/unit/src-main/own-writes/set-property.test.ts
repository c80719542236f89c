import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { managerOfUser } from '#shared/model/unit.ts';
import { setProperty } from '../../../../src-main/own-writes/set-property.ts';

/** A systemctl that writes down its arguments and ends as a test says. */
function systemctl(body: string) {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-systemctl-'));
  const log = `${folder}/arguments`;
  writeFileSync(`${folder}/systemctl`, `#!/bin/sh\nprintf '%s\\n' "$@" > ${log}\n${body}\n`);
  chmodSync(`${folder}/systemctl`, 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return () => readFileSync(log, 'utf8').trim().split('\n');
}

const WANTED = {
  unit: { manager: 'system', name: 'db.service' },
  property: 'MemoryMax',
  value: '1048576',
  lasting: true,
} as const;

describe('a property of a unit', () => {
  it.each([
    [true, ['set-property', '--', 'db.service', 'MemoryMax=1048576']],
    [false, ['set-property', '--runtime', '--', 'db.service', 'MemoryMax=1048576']],
  ])('is set by systemctl, for later starts: %s', async (lasting, expected) => {
    const said = systemctl('exit 0');
    expect(await setProperty({ ...WANTED, lasting })).toEqual({ ok: true, value: null });
    expect(said()).toEqual(expected);
  });

  it('is set without root by one’s own manager, and of no other user', async () => {
    const said = systemctl('exit 0');
    const own = { manager: managerOfUser(process.geteuid?.() ?? 0), name: 'app.service' };
    expect(await setProperty({ ...WANTED, unit: own })).toMatchObject({ ok: true });
    expect(said()[0]).toBe('--user');
    const other = { manager: managerOfUser(4_000_000), name: 'app.service' };
    expect(await setProperty({ ...WANTED, unit: other })).toMatchObject({ error: { code: 'io-failed' } });
  });

  it('fails with what systemctl says', async () => {
    systemctl('echo "Failed to set unit properties: Access denied" >&2; exit 1');
    expect(await setProperty(WANTED)).toEqual({
      ok: false,
      error: {
        code: 'io-failed',
        facts: {
          what: 'systemctl',
          verb: 'set-property',
          how: 'Failed to set unit properties: Access denied',
        },
      },
    });
  });
});
