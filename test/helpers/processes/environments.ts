import { type CommandOptions, type Ended } from './process-command.ts';

const HUGE = `/${Array.from({ length: 25 }, () => 'x'.repeat(200)).join('/')}`;
/** What the launchers ask for, in bytes. */
export const LEAST_ADDRESSES = 1_572_864 * 1024;
/** Behind a piece of shell. */
export const shell = (script: string): CommandOptions => ({
  through: ['sh', '-c', `${script}exec "$@"`, 'sh'],
});

/** Surroundings in which people, scripts and services start programs. */
export const ENVIRONMENTS: Readonly<Record<string, CommandOptions>> = {
  'without HOME': { env: { HOME: '' } },
  'with a HOME of 5,000 bytes': { env: { HOME: HUGE } },
  'with state folders of 5,000 bytes': { env: { XDG_STATE_HOME: HUGE, XDG_CONFIG_HOME: HUGE } },
  'with a HOME that cannot be written': { env: { HOME: '/proc/lifeboat' } },
  'with a HOME that is a file': { env: { HOME: '/etc/passwd' } },
  'without a locale': { through: ['env', '-i'] },
  'in a folder that was deleted': shell('cd "$(mktemp -d)" && rmdir "$PWD" && '),
  'with stdin closed': shell('exec <&-; '),
  'with stdout closed': shell('exec >&-; '),
  'with stderr closed': shell('exec 2>&-; '),
  'with stdout on a full disk': shell('exec >/dev/full; '),
  'with stderr on a full disk': shell('exec 2>/dev/full; '),
  'with 24 open files': { through: ['prlimit', '--nofile=24:24'] },
  // Less than this the launchers refuse: Node itself cannot start.
  'with 1.5 GiB of address space': { through: ['prlimit', `--as=${LEAST_ADDRESSES}:${LEAST_ADDRESSES}`] },
  'with no file to be written': { through: ['prlimit', '--fsize=0:0'] },
};

/** Every command that looks, and those that change nothing here. */
export const COMMANDS = [
  ['list', '-n', '1'],
  ['explain', String(process.pid)],
  ['doctor'],
  ['journal'],
  ['undo', '--all'],
  ['rules', 'list'],
  ['rules', 'check'],
  ['sysctl'],
  ['sysctl', 'diff'],
  ['cgroup', '/'],
  ['protect', String(process.pid), '--dry-run'],
] as const;

/** What is wrong with how a command ended: it ends by itself, with an answer or a sentence, and never with a trace. */
export function faultOf({ code, signal, stdout, stderr }: Ended): string | undefined {
  const said = `${stdout}${stderr}`;
  if (code !== 0 && code !== 1) return `ended with ${String(code ?? signal)}: ${said}`;
  return /^\s+at .*:\d+|node:internal|[a-z]Error: /m.test(said) ? said : undefined;
}
