import { fail } from '#shared/result.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { findPortOwner } from '../proc/listening-socket.ts';

/** Why a port cannot be had, with the program that has it where that is known. */
export function portFailure(port: number, errno: string, files: KernelFiles) {
  const owner = errno === 'EADDRINUSE' ? findPortOwner(files, port) : undefined;
  return fail('port-unavailable', { port, errno, owner });
}
