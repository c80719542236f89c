import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { methodFacts, planMethods } from '../../../../../src-main/helper/client/methods.ts';
import { temporaryDir } from '../../../../helpers/web-client.ts';

const BOTH = { pkexec: '/usr/bin/pkexec', sudo: '/usr/bin/sudo' };
const WSL = { distribution: 'Debian', wslExe: '/mnt/c/Windows/System32/wsl.exe' };

function prefixes(facts: Parameters<typeof planMethods>[0]): readonly string[] {
  return planMethods(facts).map(({ prefix }) => prefix.join(' '));
}

describe('planMethods', () => {
  it('is the helper itself for a program that is root already', () => {
    expect(planMethods({ uid: 0, asks: 'terminal', ...BOTH, wsl: WSL })).toEqual([
      { via: 'root', prefix: [], asksPerson: false },
    ]);
  });

  it('asks in a terminal by sudo, then by pkexec', () => {
    expect(prefixes({ uid: 1000, asks: 'terminal', ...BOTH })).toEqual([
      '/usr/bin/sudo --',
      '/usr/bin/pkexec',
    ]);
  });

  it('asks on a desktop by pkexec, then sees whether sudo asks nothing', () => {
    expect(prefixes({ uid: 1000, asks: 'desktop', ...BOTH })).toEqual([
      '/usr/bin/pkexec --disable-internal-agent',
      '/usr/bin/sudo -n --',
    ]);
  });

  it('asks for no password where none may be asked for', () => {
    const methods = planMethods({ uid: 1000, asks: 'none', ...BOTH });
    expect(methods).toMatchObject([{ prefix: ['/usr/bin/sudo', '-n', '--'], asksPerson: false }]);
  });

  it('goes through Windows first in WSL', () => {
    expect(prefixes({ uid: 1000, asks: 'desktop', ...BOTH, wsl: WSL })[0]).toBe(
      '/mnt/c/Windows/System32/wsl.exe -d Debian -u root -e',
    );
  });

  it('leaves Windows out where its programs cannot be started', () => {
    expect(prefixes({ uid: 1000, asks: 'desktop', wsl: { distribution: 'Debian' } })).toEqual([]);
  });

  it('trusts nothing of the user where a password opens the way', () => {
    const methods = (['terminal', 'desktop', 'none'] as const).flatMap((asks) =>
      planMethods({ uid: 1000, asks, ...BOTH }),
    );
    expect(methods).toHaveLength(5);
    expect(methods.every(({ trust }) => trust === 'root')).toBe(true);
  });
});

describe('methodFacts', () => {
  it('looks for programs in fixed folders, whatever PATH says', () => {
    const known = methodFacts('terminal');
    const folder = temporaryDir();
    for (const name of ['pkexec', 'sudo']) writeFileSync(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
    vi.stubEnv('PATH', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(methodFacts('terminal')).toEqual(known);
    expect(known).toMatchObject({ uid: process.getuid?.(), asks: 'terminal' });
    for (const found of [known.pkexec, known.sudo])
      expect(found ?? '/usr/bin/').toMatch(/^\/(usr\/|run\/wrappers\/|usr\/local\/)?bin\//);
  });
});
