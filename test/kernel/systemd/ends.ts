import { eventually, type Machine } from '../machines/machine.ts';
import { predict, type Prediction } from '../prediction.ts';
import { casesOf, type Case } from './cases.ts';

/** The fifo from which each large process gets its command to grow; one that only waits has its own. */
const lineTo = ({ by, name }: Case) => `/tmp/line-${by}-${name}`;
const NEVER = '/tmp/never';
const CGROUPS = '/sys/fs/cgroup';
const USER = { uid: 1000, name: 'sailor', runtime: '/run/user/1000' };
/** 14 MiB for the large one, until it grows beyond the limit of its unit. */
const PAGES = 3500;
const GROWTH_PAGES = 8000;
const LIMIT = '32M';
const SETTLE_MS = 20_000;

/** The processes of a unit before the kill. */
interface Placed extends Case {
  readonly cgroup: string;
  readonly pids: readonly number[];
  readonly victimPid: number;
}

type Entry = Prediction['order'][number] & {
  readonly unit?: string;
  readonly unitManager?: string;
  readonly endsWith: readonly { readonly pids: readonly number[]; readonly presumed: boolean }[];
};

/**
 * Kills one process in each of many units under a real systemd, with each OOMPolicy= and KillMode=, and holds what is gone afterwards against
 * what was said to die and to be ended. Returns what was not as it was said.
 */
export async function checkSystemd(machine: Machine, version: number): Promise<string[]> {
  await systemctl(machine, 'start', `user@${USER.uid}.service`);
  const placed: Placed[] = [];
  for (const each of casesOf(version)) placed.push(await place(machine, each));
  const { order } = await predict(machine, 'global');
  const said = new Map((order as readonly Entry[]).map((entry) => [entry.pid, entry]));
  const problems = [...(await wrongManagers(machine, placed, said))];

  for (const each of placed) await kill(machine, each);
  const last = placed.at(-1);
  await gone(machine, last?.pids ?? [], 'the last unit to be stopped');
  for (const each of placed) problems.push(...(await wrongEnd(machine, each, said.get(each.victimPid))));
  return problems;
}

/** `systemctl --version` of a machine, as a number: 252. */
export async function systemdVersion(machine: Machine): Promise<number> {
  const { stdout } = await machine.agent.run(SETTLE_MS * machine.patience, '/bin/systemctl', '--version');
  return Number(/^systemd (\d+)/.exec(stdout)?.[1]);
}

async function place(machine: Machine, each: Case): Promise<Placed> {
  const cgroup = await start(machine, each);
  let pids: readonly number[] = [];
  let victimPid: number | undefined;
  await eventually(
    async () => {
      pids = await pidsIn(machine, cgroup);
      victimPid = undefined;
      for (const pid of pids) {
        const rss = Number(
          (await machine.agent.read(`/proc/${pid}/statm`).catch(() => '')).split(' ')[1] ?? 0,
        );
        if (rss >= PAGES) victimPid = pid;
      }
      return victimPid !== undefined && pids.length >= (each.exempt === true ? 5 : 4);
    },
    SETTLE_MS * machine.patience,
    `${each.name} to be there`,
  );
  return { ...each, cgroup, pids, victimPid: victimPid ?? 0 };
}

/** Starts it, and answers with the directory of its cgroup. */
async function start(machine: Machine, each: Case): Promise<string> {
  for (const line of [lineTo(each), NEVER])
    await run(machine, '/bin/sh', '-c', `[ -p ${line} ] || mkfifo ${line}; chmod 666 ${line}`);
  const properties = [
    `--unit=${each.name}`,
    `--property=KillMode=${each.killMode}`,
    ...(each.policy === undefined ? [] : [`--property=OOMPolicy=${each.policy}`]),
    `--property=MemoryMax=${LIMIT}`,
    '--property=DefaultDependencies=no',
    '--quiet',
    ...(each.kind === 'scope' ? ['--scope'] : []),
  ];
  const large = `/eater name=${Buffer.from('large').toString('hex')} anon=${PAGES} <> ${lineTo(each)}`;
  const others = `sleep 50000 & sleep 50001 & ${each.exempt === true ? `/eater adj=-1000 anon=5 <> ${NEVER} & ` : ''}`;
  const script =
    each.victim === 'main'
      ? `${others} sleep 50002 & exec ${large}`
      : `${others} ${large} & exec sleep 50003`;
  const command = [
    'systemd-run',
    ...(each.by === 'user' ? ['--user'] : []),
    ...properties,
    '/bin/sh',
    '-c',
    script,
  ];
  if (each.by === 'user') {
    // A user manager may move into a scope only what runs below it: it is started by a service there.
    const inside =
      each.kind === 'scope'
        ? ['systemd-run', '--user', '--quiet', '--property=DefaultDependencies=no', ...command]
        : command;
    const line = `XDG_RUNTIME_DIR=${USER.runtime} PATH=/usr/bin:/bin ${inside.map(quoted).join(' ')}`;
    await run(machine, '/bin/su', '-s', '/bin/sh', USER.name, '-c', line);
  } else if (each.kind === 'scope') {
    // A scope holds what it was started with, and so the command does not end.
    await machine.agent.start(undefined, -1, '/usr/bin/systemd-run', ...command.slice(1));
  } else await run(machine, '/usr/bin/systemd-run', ...command.slice(1));
  const slice = `user.slice/user-${USER.uid}.slice/user@${USER.uid}.service/app.slice`;
  return `${CGROUPS}/${each.by === 'user' ? slice : 'system.slice'}/${each.name}`;
}

/** One kill: by its own allocation it goes beyond the limit. A limit below what is in use would make the kernel kill until that fits. */
async function kill(machine: Machine, placed: Placed): Promise<void> {
  await machine.agent.write(lineTo(placed), `grow ${GROWTH_PAGES}\n`);
  await gone(machine, [placed.victimPid], `${placed.name} to lose its large process`);
}

/** What is gone is what was said to die with the victim and to be ended by systemd, and nothing else. */
async function wrongEnd(machine: Machine, each: Placed, entry: Entry | undefined): Promise<string[]> {
  const title = `${each.by} ${each.name}`;
  if (entry === undefined) return [`${title}: its large process has no place in the order`];
  if (entry.endsWith.some(({ presumed }) => presumed)) return [`${title}: systemd was not asked`];
  const ended = entry.endsWith.flatMap(({ pids }) => pids);
  const expected = new Set([entry.pid, ...entry.diesWith, ...ended]);
  // Those that systemd asks to end do so after it has asked: the last unit is the first to be waited for, not the last to end.
  await gone(machine, ended, `${title} to be ended`).catch(() => undefined);
  const alive = new Set(await living(machine, each.pids));
  const spared = each.pids.filter((pid) => expected.has(pid) && alive.has(pid));
  const lost = each.pids.filter((pid) => !expected.has(pid) && !alive.has(pid));
  const counts = `said: ${entry.diesWith.length} with it, ${ended.length} by systemd; of ${each.pids.length}, ${alive.size} live`;
  return spared.length + lost.length === 0
    ? []
    : [`${title}: ${spared.length} were spared, ${lost.length} lost (${counts})`];
}

/** Unit and manager of each process, and what `--unit` means where both managers have one of that name. */
async function wrongManagers(
  machine: Machine,
  placed: readonly Placed[],
  said: ReadonlyMap<number, Entry>,
): Promise<string[]> {
  const problems = placed.flatMap(({ name, by, victimPid }) => {
    const entry = said.get(victimPid);
    const manager = by === 'user' ? `user:${USER.uid}` : 'system';
    const isRight = entry?.unit === name && entry.unitManager === manager;
    return isRight ? [] : [`${by} ${name} is called ${entry?.unit ?? '?'} of ${entry?.unitManager ?? '?'}`];
  });
  for (const [argument, by] of [
    ['twin.service', 'system'],
    ['user:twin.service', 'user'],
    [`user:${USER.uid}:twin.service`, 'user'],
  ] as const) {
    const expected = placed.find((each) => each.name === 'twin.service' && each.by === by)?.pids ?? [];
    const command = [
      ...machine.lifeboat,
      'give-up',
      '--unit',
      argument,
      '--adj',
      '77',
      '--dry-run',
      '--json',
    ];
    const { stdout, stderr } = await machine.agent.run(20_000 * machine.patience, ...command);
    const changes =
      stdout === ''
        ? []
        : (JSON.parse(stdout) as { preview: { changes: { pid: number }[] } }).preview.changes;
    const pids = changes.map(({ pid }) => pid).sort((a, b) => a - b);
    if (pids.join() !== [...expected].sort((a, b) => a - b).join())
      problems.push(`--unit ${argument} means ${pids.join() || stderr}, not ${expected.join()}`);
  }
  return problems;
}

async function gone(machine: Machine, pids: readonly number[], what: string): Promise<void> {
  await eventually(
    async () => (await living(machine, pids)).length === 0,
    SETTLE_MS * machine.patience,
    what,
  );
}

async function living(machine: Machine, pids: readonly number[]): Promise<readonly number[]> {
  const alive = [];
  for (const pid of pids) {
    const stat = await machine.agent.read(`/proc/${pid}/stat`).catch(() => '');
    if (stat !== '' && !/\) [ZX] /.test(stat)) alive.push(pid);
  }
  return alive;
}

async function pidsIn(machine: Machine, cgroup: string): Promise<readonly number[]> {
  const text = await machine.agent.read(`${cgroup}/cgroup.procs`).catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

async function systemctl(machine: Machine, ...args: readonly string[]): Promise<void> {
  await run(machine, '/bin/systemctl', ...args);
}

async function run(machine: Machine, ...command: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await machine.agent.run(SETTLE_MS * machine.patience, ...command);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr || stdout}`);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
