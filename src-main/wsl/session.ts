import { readText, rootOf, type KernelFiles } from '../proc/kernel-files.ts';
import { readWslConf, type WslSession } from './read-machine.ts';

/** What WSL gives a session in its environment. */
export function wslSession(files: KernelFiles, pageSizeBytes: number): WslSession {
  return {
    distribution: process.env['WSL_DISTRO_NAME'] ?? nameInOsRelease(files),
    interop: process.env['WSL_INTEROP'],
    pageSizeBytes,
  };
}

/** Where the drive of Windows is mounted: /mnt/c unless wsl.conf says otherwise. */
export function windowsDrive(files: KernelFiles): string {
  const root = readWslConf(files).values?.automountRoot ?? '/mnt';
  return `${rootOf(files)}${root.replace(/\/*$/, '')}/c`;
}

/** Services have no variable: what the distribution calls itself. os-release(5). */
function nameInOsRelease({ etc }: KernelFiles): string | undefined {
  const text = readText(`${etc}/os-release`);
  return text.ok ? /^NAME="?([^"\n]{1,40})"?$/m.exec(text.value)?.[1] : undefined;
}
