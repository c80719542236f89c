import {
  answerAllocation,
  type AllocationInputs,
  type CommitInputs,
  commitLimitPages,
  type OvercommitMode,
} from '#shared/kernel/sysctl/overcommit.ts';
import { parseKernelVersion } from '#shared/kernel/version.ts';
import { type Machine } from '../machines/machine.ts';
import { predict } from '../prediction.ts';
import { Random } from '../random.ts';
import { type Scenario } from '../scenario.ts';
import { Stage } from '../stage.ts';
import { ReportWatch } from '../watch.ts';

const pageSizeBytes = 4096;
/** Every mapping below 2^47 bytes is possible but for overcommit. */
const farTooManyPages = 2 ** 30;

const empty: Scenario = {
  seed: 0,
  kind: 'adjusted',
  scope: 'global',
  cgroups: [{ path: '' }],
  processes: [],
  overLimit: '',
  push: { by: 'stranger', memory: 'shmem', cgroup: '' },
  kills: 0,
  sysctls: {},
  restless: false,
};

/** CommitLimit, what is granted and what is refused in the three modes, and the two programs of every article on it. */
export async function checkOvercommit(machine: Machine): Promise<string[]> {
  const stage = new Stage(machine, empty);
  await stage.build();
  try {
    const problems = [...(await checkLimit(machine)), ...(await checkAnswers(machine, stage))];
    return [...problems, ...(await checkReserver(machine, stage)), ...(await checkFiller(machine, stage))];
  } finally {
    await setSysctls(machine, { overcommit_memory: 0, overcommit_ratio: 50 });
    await stage.clear();
  }
}

/** To the page, for ratios and for sizes, the last one written being the one that counts. */
async function checkLimit(machine: Machine): Promise<string[]> {
  const random = new Random(1);
  const problems: string[] = [];
  const settings = Array.from({ length: 24 }, (_, i) =>
    i % 2 ? { overcommit_kbytes: random.whole(1, 900_000) } : { overcommit_ratio: random.whole(0, 200) },
  );
  for (const setting of settings) {
    await setSysctls(machine, setting);
    const ours = commitLimitPages(await commitInputs(machine));
    const theirs = (await meminfo(machine, 'CommitLimit')) / 4;
    if (ours !== theirs)
      problems.push(`CommitLimit with ${JSON.stringify(setting)}: the kernel has ${theirs}, ours is ${ours}`);
  }
  return problems;
}

/** Requests at the edge of what is granted, from root and from a user, in each mode. */
async function checkAnswers(machine: Machine, stage: Stage): Promise<string[]> {
  const problems: string[] = [];
  const root = await stage.startMapper('root', []);
  const user = await stage.startMapper('user', ['uid=1000']);
  for (const mode of [0, 1, 2] as const) {
    await setSysctls(machine, { overcommit_memory: mode, overcommit_ratio: 80 });
    for (const pid of [root, user]) {
      for (const requestPages of await telling(machine, pid, mode)) {
        const inputs = await allocationInputs(machine, pid, mode, requestPages);
        const expected = answerAllocation(inputs);
        const answer = await stage.tell(pid, `map ${requestPages}`);
        if (answer !== expected) {
          problems.push(
            `mode ${mode}, ${pid === root ? 'root' : 'user'}, ${requestPages} pages: ${answer}, predicted was ${expected}`,
          );
        }
      }
    }
  }
  return problems;
}

/** Requests on both sides of the edge, as near to it as can be known, and far from it. */
async function telling(machine: Machine, pid: number, mode: OvercommitMode): Promise<number[]> {
  const edge = await largestGranted(machine, pid, mode);
  const unsure = mode === 2 ? await chargeLagPages(machine) : 0;
  if (edge >= farTooManyPages) return [1, 10_000_000, farTooManyPages];
  return [1, edge >> 1, edge - unsure, edge + unsure + 1, 2 * edge].filter((pages) => pages > 0);
}

async function largestGranted(machine: Machine, pid: number, mode: OvercommitMode): Promise<number> {
  const inputs = await allocationInputs(machine, pid, mode, 1);
  let [granted, refused] = [0, farTooManyPages + 1];
  while (refused - granted > 1) {
    const requestPages = Math.floor((granted + refused) / 2);
    if (answerAllocation({ ...inputs, requestPages }) === 'granted') granted = requestPages;
    else refused = requestPages;
  }
  return granted;
}

/** vm_committed_as is a per-CPU counter: mm_compute_batch() lets each CPU keep 1/256 of its share of memory. */
async function chargeLagPages(machine: Machine): Promise<number> {
  const totalRamPages = (await meminfo(machine, 'MemTotal')) / 4;
  const { cpus } = machine;
  return 2 * cpus * Math.max(cpus * 32, Math.ceil(totalRamPages / cpus / 256));
}

/** The program that allocates and never touches: in mode 2 refused where predicted, and no process dies. */
async function checkReserver(machine: Machine, stage: Stage): Promise<string[]> {
  const chunk = 64;
  await setSysctls(machine, { overcommit_memory: 2, overcommit_ratio: 60 });
  const pid = await stage.startMapper('reserver', ['uid=1000']);
  const inputs = await allocationInputs(machine, pid, 2, 0);
  let pages = 0;
  const next = () => ({
    ...inputs,
    requestPages: chunk,
    committedPages: inputs.committedPages + pages,
    totalVmPages: inputs.totalVmPages + pages,
  });
  while (answerAllocation(next()) === 'granted') pages += chunk;
  const before = await oomKills(machine);
  const reserved = Number((await stage.tell(pid, `reserve ${chunk}`)).split(' ')[1]);
  const unsure = (await chargeLagPages(machine)) + chunk;
  await setSysctls(machine, { overcommit_memory: 0 });
  const problems: string[] = [];
  if (Math.abs(reserved - pages) > unsure)
    problems.push(`mode 2 refused after ${reserved} pages, predicted was ${pages} +- ${unsure}`);
  if ((await oomKills(machine)) !== before)
    problems.push('a process was killed although memory was only reserved');
  return problems;
}

/** The program that allocates and fills: never refused, but the first to die. */
async function checkFiller(machine: Machine, stage: Stage): Promise<string[]> {
  await setSysctls(machine, { overcommit_memory: 1 });
  const watch = new ReportWatch(machine, (report) => report.kills.length > 0);
  const pid = await stage.startMapper('filler', []);
  await stage.tell(pid, 'grow 30000');
  const prediction = await predict(machine, 'global');
  watch.begin();
  const answer = await stage.tell(pid, 'push anon 512 10000000 0');
  await machine.agent
    .until(() => watch.reports().length > 0, 3000 * machine.patience, 'the report')
    .catch(() => undefined);
  const killed = watch.reports()[0]?.kills[0]?.pid;
  const problems: string[] = [];
  if (prediction.order[0]?.pid !== pid)
    problems.push(`the program that fills memory was not predicted to die first`);
  if (killed !== pid || answer !== 'died')
    problems.push(`the program that fills memory: ${answer}; killed was ${String(killed)}`);
  return problems;
}

async function allocationInputs(
  machine: Machine,
  pid: number,
  mode: OvercommitMode,
  requestPages: number,
): Promise<AllocationInputs> {
  const version = parseKernelVersion(machine.release);
  if (!version) throw new Error(`${machine.release} is no version`);
  const status = await machine.agent.read(`/proc/${pid}/status`);
  const capabilities = BigInt(`0x${/^CapEff:\s*(\S+)/m.exec(status)?.[1] ?? '0'}`);
  return {
    version,
    mode,
    requestPages,
    committedPages: (await meminfo(machine, 'Committed_AS')) / 4,
    commit: await commitInputs(machine),
    adminReserveKbytes: await sysctl(machine, 'admin_reserve_kbytes'),
    userReserveKbytes: await sysctl(machine, 'user_reserve_kbytes'),
    capSysAdmin: ((capabilities >> 21n) & 1n) === 1n,
    totalVmPages: Number(/^VmSize:\s*(\d+)/m.exec(status)?.[1]) / 4,
  };
}

async function commitInputs(machine: Machine): Promise<CommitInputs> {
  return {
    totalRamPages: (await meminfo(machine, 'MemTotal')) / 4,
    hugetlbPages: (await meminfo(machine, 'Hugetlb')) / 4,
    totalSwapPages: (await meminfo(machine, 'SwapTotal')) / 4,
    overcommitRatio: await sysctl(machine, 'overcommit_ratio'),
    overcommitKbytes: await sysctl(machine, 'overcommit_kbytes'),
    pageSizeBytes,
  };
}

async function meminfo(machine: Machine, key: string): Promise<number> {
  const text = await machine.agent.read('/proc/meminfo');
  const value = new RegExp(`^${key}: *(\\d+)`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`no ${key} in /proc/meminfo`);
  return Number(value);
}

async function oomKills(machine: Machine): Promise<number> {
  return Number(/^oom_kill (\d+)/m.exec(await machine.agent.read('/proc/vmstat'))?.[1]);
}

async function sysctl(machine: Machine, name: string): Promise<number> {
  return Number(await machine.agent.read(`/proc/sys/vm/${name}`));
}

async function setSysctls(machine: Machine, values: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, value] of Object.entries(values))
    await machine.agent.write(`/proc/sys/vm/${name}`, value);
}
