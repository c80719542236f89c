import { existsSync } from 'node:fs';
import { rootOf, type KernelFiles } from './kernel-files.ts';
import { readKernelRelease } from './kernel-release.ts';

/** True inside a container: Docker and Podman leave a mark in its root. */
export function isInContainer(files: KernelFiles): boolean {
  const root = rootOf(files);
  return existsSync(`${root}/.dockerenv`) || existsSync(`${root}/run/.containerenv`);
}

/**
 * Which Windows Subsystem for Linux this is, by the name of its kernel; a custom kernel is known by WSL's socket folder. A container on WSL
 * has the same kernel and is recognized by its own mark.
 */
export function detectWsl(files: KernelFiles): 1 | 2 | undefined {
  if (isInContainer(files)) return undefined;
  const release = readKernelRelease(files);
  const name = release.ok ? release.value : '';
  if (/microsoft-standard|WSL2/i.test(name)) return 2;
  if (/-Microsoft$/.test(name)) return 1;
  return existsSync(`${rootOf(files)}/run/WSL`) ? 2 : undefined;
}
