import { terminalCommand } from '#shared/format/terminal-command.ts';
import { eventually, type Machine } from '../machines/machine.ts';

const MIB = 2 ** 20;
const UID = 1000;
const WAIT_MS = 20_000;
/** sudo(8) as far as the printed commands use it: the guest has no PAM. */
const SUDO = `#!/bin/sh
[ "$1" = -u ] || exec "$@"
shift 2
exec su -s /bin/sh -- sailor -c 'exec env PATH=/usr/bin:/bin "$@"' sh "$@"
`;
/** One that its manager has and one that has to be quoted for a shell, each of both managers. */
const UNITS = [
  { name: 'printed.service', by: 'system' },
  { name: 'printed\\x2dodd.service', by: 'system' },
  { name: 'printed.service', by: 'user' },
  { name: 'printed\\x2dodd.service', by: 'user' },
] as const;
const SETTINGS = [
  { option: '--high', file: 'memory.high' },
  { option: '--max', file: 'memory.max' },
  { option: '--low', file: 'memory.low' },
  { option: '--min', file: 'memory.min' },
] as const;

type Unit = (typeof UNITS)[number];

interface Preview {
  readonly effects: readonly { readonly fact: { readonly command?: string } }[];
}

/** Runs what Lifeboat prints for units with the real systemctl. Returns what the cgroup, or the manager, does not have afterwards. */
export async function checkPrintedCommands(machine: Machine, quick: boolean): Promise<string[]> {
  await shell(machine, `cat > /bin/sudo <<'END'\n${SUDO}END\nchmod 755 /bin/sudo`);
  await shell(machine, `systemctl start user@${UID}.service`);
  const problems: string[] = [];
  for (const [index, unit] of UNITS.entries()) {
    // In a quick run the names that have to be quoted are enough.
    if (quick && !unit.name.includes('\\')) continue;
    const cgroup = await start(machine, unit);
    const { option, file } = SETTINGS[index % SETTINGS.length] ?? SETTINGS[0];
    const bytes = (500 + index) * MIB;
    const args = ['cgroup', cgroup, option, bytes.toString(), '--dry-run', '--json'];
    const { stdout, stderr } = await machine.agent.run(
      WAIT_MS * machine.patience,
      ...machine.lifeboat,
      ...args,
    );
    if (stdout === '') throw new Error(`lifeboat ${args.join(' ')}: ${stderr}`);
    const { effects } = JSON.parse(stdout) as Preview;
    const command = effects.flatMap(({ fact }) => fact.command ?? []).at(-1);
    if (command === undefined) problems.push(`${unit.by} ${unit.name}: no command is printed`);
    else {
      await shell(machine, command);
      const now = (await machine.agent.read(`/sys/fs/cgroup${cgroup}/${file}`)).trim();
      if (now !== bytes.toString()) problems.push(`${command}: ${file} is ${now}`);
    }
  }
  return [...problems, ...(await checkDropIn(machine))];
}

/** A value that is kept for a unit, and taken back, by the commands for a terminal. */
async function checkDropIn(machine: Machine): Promise<string[]> {
  const unit = `user-runtime-dir@${UID}.service`;
  const keep = terminalCommand({ verb: 'keep-unit-adj', unit, oomScoreAdj: 77 }) ?? '';
  const forget = terminalCommand({ verb: 'forget-unit-adj', unit }) ?? '';
  const show = `systemctl show --property=OOMScoreAdjust --value ${unit}`;
  const before = await shell(machine, show);
  await shell(machine, keep);
  const kept = await shell(machine, show);
  await shell(machine, forget);
  const after = await shell(machine, show);
  return kept === '77' && after === before ? [] : [`${unit}: ${before}, then ${kept}, then ${after}`];
}

async function start(machine: Machine, { name, by }: Unit): Promise<string> {
  const command = `systemd-run --unit='${name}' --quiet --property=DefaultDependencies=no sleep 50000`;
  const user = command
    .replace('systemd-run', 'systemd-run --user')
    .replaceAll("'", '"')
    .replaceAll('\\', '\\\\');
  const asUser = `su -s /bin/sh sailor -c 'XDG_RUNTIME_DIR=/run/user/${UID} PATH=/usr/bin:/bin ${user}'`;
  await shell(machine, by === 'user' ? asUser : command);
  const below = by === 'user' ? `user.slice/user-${UID}.slice/user@${UID}.service/app.slice` : 'system.slice';
  const cgroup = `/${below}/${name}`;
  await eventually(
    async () => (await machine.agent.read(`/sys/fs/cgroup${cgroup}/cgroup.procs`).catch(() => '')) !== '',
    WAIT_MS * machine.patience,
    `${by} ${name} to run`,
  );
  return cgroup;
}

async function shell(machine: Machine, command: string): Promise<string> {
  const line = `PATH=/usr/bin:/bin; ${command}`;
  const { code, stdout, stderr } = await machine.agent.run(WAIT_MS * machine.patience, '/bin/sh', '-c', line);
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr || stdout}`);
  return stdout.trim();
}
