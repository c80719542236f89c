import { safeText, shorten } from './safe-text.ts';

const MOST_CHARACTERS = 24;

/**
 * What a process was started as, where its name does not say so: programs rename their threads, and every Node is a "MainThread". Undefined
 * when name and program agree, or the command line tells of none.
 */
export function programOf({
  name,
  command,
}: {
  readonly name: string;
  readonly command: string;
}): string | undefined {
  const first = command.split(' ', 1)[0] ?? '';
  // In brackets: the kernel has no command line for it. A dash in front marks a login shell.
  if (first.startsWith('[')) return undefined;
  const program = first.slice(first.lastIndexOf('/') + 1).replace(/^-/, '');
  // The kernel cuts names after 15 bytes (TASK_COMM_LEN, include/linux/sched.h), and versions are left out: either may begin the other.
  if (program === '' || name.startsWith(program) || (name !== '' && program.startsWith(name)))
    return undefined;
  return shorten(safeText(program), MOST_CHARACTERS);
}
