import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

/** Whether a program is found by its name. */
export const has = (program: string) =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));
/** A Docker Engine of one's own needs root, and an image from which nothing has to be fetched. */
export const canRunDocker =
  process.getuid?.() === 0 && has('dockerd') && has('docker') && existsSync('/bin/busybox');

/** A Docker Engine that is the test's alone, as it starts without systemd and without a network. */
export async function ownDocker() {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-dockerd-'));
  const socket = `unix://${folder}/sock`;
  const options = ['--iptables=false', '--bridge=none', `--data-root=${folder}/data`];
  const places = [`--exec-root=${folder}/exec`, `--pidfile=${folder}/pid`, '-H', socket];
  const daemon = spawn('dockerd', [...options, ...places, '--storage-driver=vfs'], { stdio: 'ignore' });
  const docker = (...args: readonly string[]) =>
    execFileSync('docker', ['-H', socket, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  await expect
    .poll(() => existsSync(`${folder}/sock`) && tries(() => docker('version')), { timeout: 60_000 })
    .toBe(true);
  mkdirSync(`${folder}/image/bin`, { recursive: true });
  execFileSync('cp', ['/bin/busybox', `${folder}/image/bin/sleep`]);
  execFileSync('tar', ['-C', `${folder}/image`, '-cf', `${folder}/image.tar`, '.']);
  docker('import', `${folder}/image.tar`, 'lifeboat-test');
  return { socket, docker };
}

/** Whether it does not throw. */
export function tries(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
