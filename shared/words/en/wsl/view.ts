import { formatBytes } from '../../../format/bytes.ts';
import { type WindowsMemory, type WslShare } from '../../../model/wsl.ts';

/** WSL in the Doctor view and in `lifeboat doctor`. */
export const wslView = {
  title: 'WSL',
  loading: 'Reading WSL’s settings …',
  why: 'Why?',
  ask: 'Ask Windows',
  asking: 'Asking Windows …',
  /** Beside the button. */
  askNote: 'Starts powershell.exe once, for up to 5 s.',
  answer: ({ freeBytes, vmBytes }: WindowsMemory): string => {
    const vm = vmBytes === undefined ? '' : `The virtual machine holds ${formatBytes(vmBytes)} of Windows. `;
    return `${vm}${freeBytes === undefined ? '' : `${formatBytes(freeBytes)} of Windows are free.`}`.trim();
  },
  shares: 'Memory by distribution',
  /** A distribution, as it can be told from within another one. */
  share: ({ of, name, key }: WslShare): string => {
    if (of === 'own') return `${name ?? key} (this distribution)`;
    return name ?? `another distribution (${key})`;
  },
  /** Beside kernel settings. */
  endsWithVm:
    'In WSL a boot is a start of the virtual machine: it stops soon after the last distribution, and with "wsl --shutdown".',
  line: (line: number) => `Line ${line}`,
} as const;
