import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { SYSCTL_NAMES, type SysctlName } from '#shared/model/sysctl/sysctl.ts';

function sysctlPath(name: SysctlName): string {
  return `/proc/sys/${name.replace('.', '/')}`;
}

export function sysctl(name: SysctlName): string {
  return readFileSync(sysctlPath(name), 'utf8').trim();
}

/**
 * Puts every setting back after the tests of a file, also when the process that runs them is killed: a shell of its own session waits for
 * its input to end. kbytes of 0 are not written, since that would clear the ratio.
 */
export function restoreSysctls(): void {
  const values = SYSCTL_NAMES.map((name) => [sysctlPath(name), sysctl(name)] as const);
  const needed = values.filter(([path, value]) => !(path.endsWith('overcommit_kbytes') && value === '0'));
  const restore = needed.map(([path, value]) => `echo ${value} > ${path}`).join('\n');
  let guard: ReturnType<typeof spawn> | undefined;
  beforeAll(() => {
    guard = spawn('/bin/sh', ['-c', `trap '' HUP INT TERM; read -r x; ${restore}`], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
  });
  afterAll(async () => {
    for (const [path, value] of needed) writeFileSync(path, `${value}\n`);
    if (guard === undefined) return;
    // It must not write in the midst of the next file's tests.
    const ended = once(guard, 'exit');
    guard.stdin?.end();
    await ended;
  });
}
