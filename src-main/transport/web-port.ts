import { fail } from '#shared/result.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { findPortOwner } from '../proc/listening-socket.ts';

/** Why a port cannot be had, in words, with whoever has it where that is known. */
export function portFailure(port: number, errno: string, files: KernelFiles) {
  switch (errno) {
    case 'EADDRINUSE':
      return fail('port-unavailable', `Port ${port} is in use${byWhom(port, files)}.`, {
        hint: 'Choose another one, or 0 for any that is free.',
        errno,
      });
    case 'EACCES':
      return fail('port-unavailable', `Port ${port} is not for ordinary users.`, {
        hint: 'Choose one from 1024 on, or 0 for any that is free.',
        errno,
      });
    default:
      return fail('port-unavailable', `Port ${port} cannot be opened: ${errno}.`, { errno });
  }
}

function byWhom(port: number, files: KernelFiles): string {
  const owner = findPortOwner(files, port);
  if (owner === undefined) return '';
  if (owner.process === undefined) return ` by a program of user ${owner.uid}`;
  return ` by ${safeText(owner.process.name)} (pid ${owner.process.pid})`;
}
