import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryDir } from '../helpers/web-client.ts';

const MEMORY = '/sys/fs/cgroup/memory';
const MIB = 2 ** 20;
const LIFEBOAT = fileURLToPath(new URL('../../bin/lifeboat', import.meta.url));

/** A cgroup of version 1 with a limit; taken away when the test is over. */
function limitedCgroup(limitMib: number): string {
  const path = `/lifeboat-serve-${process.pid}`;
  mkdirSync(MEMORY + path);
  onTestFinished(async () => {
    await vi.waitFor(() => {
      expect(readFileSync(`${MEMORY}${path}/cgroup.procs`, 'utf8')).toBe('');
    });
    rmdirSync(MEMORY + path);
  });
  writeFileSync(`${MEMORY}${path}/memory.limit_in_bytes`, String(limitMib * MIB));
  return path;
}

/** Starts a program in a cgroup, so that all its memory counts there. */
function startIn(path: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const script = `echo $$ > ${MEMORY}${path}/cgroup.procs && exec "$0" "$@"`;
  const child = spawn('sh', ['-c', script, ...command], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

const isPossible = process.getuid?.() === 0 && existsSync(`${MEMORY}/memory.limit_in_bytes`);

describe.runIf(isPossible)(
  'lifeboat serve in a cgroup of 100 MiB (needs root and memory cgroups of version 1)',
  { timeout: 120_000 },
  () => {
    it('says before it is killed that it is the next victim, and how to avoid that', async () => {
      const path = limitedCgroup(100);
      const folder = temporaryDir();
      const server = startIn(path, [LIFEBOAT, 'serve', '--port', '0'], {
        XDG_STATE_HOME: folder,
        XDG_CONFIG_HOME: folder,
        LANG: 'C',
      });
      let said = '';
      server.stderr?.on('data', (text: Buffer) => (said += text.toString()));
      const killed = once(server, 'exit');
      await vi.waitFor(
        () => {
          expect(said).toContain(`Lifeboat itself is the next victim in ${path.slice(1)}. `);
        },
        { timeout: 60_000, interval: 100 },
      );
      expect(said).toMatch(
        /headroom below its limit of 100 MiB.* start it outside of this cgroup, or raise the limit\./,
      );
      // It was true: what fills the cgroup lives on, and the server is killed.
      startIn(path, ['tail', '/dev/zero']);
      expect(await killed).toEqual([null, 'SIGKILL']);
    });
  },
);
