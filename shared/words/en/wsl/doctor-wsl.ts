import { type WslFileKind } from '../../../wsl/keys.ts';

/** What `lifeboat doctor wsl FILE` says besides its findings. */
export const doctorWsl = {
  heading: (file: string, kind: WslFileKind) =>
    kind === 'wslconfig'
      ? `${file}: settings of the WSL virtual machine (.wslconfig)`
      : `${file}: settings of one WSL distribution (wsl.conf)`,
  inForce: 'What WSL takes from it:',
  allDefaults: 'WSL takes nothing from it: every default holds.',
  fine: 'No mistakes found.',
  count: (count: number) => (count === 1 ? '1 finding:' : `${count} findings:`),
  line: (line: number) => `line ${line}`,
  write: 'Write:',
  more: (count: number) => `… and ${count} more (--json prints all)`,
  restart:
    'Changes take effect when WSL starts again. "wsl --shutdown" ends all distributions, Docker Desktop’s too.',
  windowsRam: 'It must be a size with its unit, as 16GB or 15.9GiB.',
} as const;
