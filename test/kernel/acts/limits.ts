import { type CgroupPreview } from '#shared/model/cgroup-change.ts';
import { eventually, type Machine, waitForReportQuota } from '../machines/machine.ts';
import { victimOf } from '../judge.ts';
import { type Scenario } from '../scenario.ts';
import { Stage } from '../stage.ts';
import { ReportWatch } from '../watch.ts';

const pageBytes = 4096;
const roomyBytes = 400 * 2 ** 20;
const stateFolder = '/tmp/limits';

/** Two of different size in one cgroup; in another one that shares its address space with a process that is then moved out of it. */
const scenario: Scenario = {
  seed: 0,
  kind: 'shared memory',
  scope: 'cgroup',
  cgroups: [{ path: '' }, { path: 'box' }, { path: 'pair' }, { path: 'other' }],
  processes: [
    { label: 'large', cgroup: 'box', cpu: -1, steps: ['anon=9000'] },
    { label: 'small', cgroup: 'box', cpu: -1, steps: ['anon=3000'] },
    { label: 'twin', cgroup: 'pair', cpu: -1, steps: ['anon=5000', 'share', '{', 'label=mate', '}'] },
  ],
  overLimit: 'box',
  push: { by: 'stranger', memory: 'shmem', cgroup: 'box' },
  kills: 1,
  sysctls: {},
  restless: false,
};

/**
 * What is to come of a limit below what is in use. The smaller one may die as well: exit_mmap() calls the memory of the first freed
 * (MMF_OOM_SKIP) before it is given back, and memory_max_write() looks again just then. Seen with 6.12.
 */
interface Act {
  readonly cgroup: string;
  readonly limitBytes: number;
  readonly victim: string;
  /** Who dies with it: not in the cgroup. */
  readonly outside?: string;
}

const acts: readonly Act[] = [
  { cgroup: 'box', limitBytes: 8000 * pageBytes, victim: 'large' },
  { cgroup: 'pair', limitBytes: 2000 * pageBytes, victim: 'twin', outside: 'mate' },
];

interface Listed {
  readonly order: readonly { readonly pid: number; readonly diesWith: readonly number[] }[];
}

/**
 * A limit below what is in use, by the built program as root: the kernel kills the process that the preview names, and those that share its
 * memory elsewhere.
 */
export async function checkLimits(machine: Machine): Promise<string[]> {
  const stage = new Stage(machine, scenario);
  await stage.build();
  try {
    const folder = `${machine.cgroupRoot}${stage.path.slice(machine.cgroupPath.length)}`;
    await machine.agent.write(`${folder}/other/cgroup.procs`, stage.pids.get('mate') ?? 0);
    const problems: string[] = [];
    for (const act of acts) {
      const path = `${stage.path}/${act.cgroup}`;
      problems.push(...(await limitBelowUsage(machine, stage, act, path, `${folder}/${act.cgroup}`)));
    }
    return problems;
  } finally {
    if (!machine.agent.isGone) await stage.clear();
  }
}

async function limitBelowUsage(
  machine: Machine,
  stage: Stage,
  { limitBytes, victim, outside }: Act,
  path: string,
  folder: string,
): Promise<string[]> {
  const { agent, patience } = machine;
  const pid = (label: string) => stage.pids.get(label) ?? 0;
  const problems: string[] = [];
  const limit = async () => (await agent.read(`${folder}/memory.max`)).trim();
  const expect = (isSo: boolean, what: string) => {
    if (!isSo) problems.push(`${victim}: ${what}`);
  };
  await agent.write(`${folder}/memory.swap.max`, 0);

  await run(machine, 'cgroup', path, `--max=${roomyBytes}`, '--yes', '--json');
  expect((await limit()) === String(roomyBytes), `memory.max is ${await limit()}`);
  const { order } = await run<Listed>(machine, 'list', '--scope', `cgroup:${path}`, '--json');
  const [first] = order;
  const along = outside === undefined ? [] : [pid(outside)];
  expect(
    first?.pid === pid(victim) && first.diesWith.join(' ') === along.join(' '),
    `first in it, and who dies with it: ${JSON.stringify(first)}, not ${pid(victim)} and ${along.join(' ')}`,
  );

  const tight = [path, `--max=${limitBytes}`, '--json'];
  const preview = await run<CgroupPreview>(machine, 'cgroup', ...tight, '--dry-run');
  const [effect] = preview.effects;
  const named = effect?.fact.kind === 'kills' ? effect.fact.victims.map((each) => each.pid) : [];
  expect(named[0] === pid(victim), `the preview: ${JSON.stringify(preview.effects)}`);
  expect((await limit()) === String(roomyBytes), 'the preview has changed something');

  const watch = new ReportWatch(machine, (report) => report.kills.length > 0);
  await waitForReportQuota(machine);
  watch.begin();
  await run(machine, 'cgroup', ...tight, '--yes', '--may-kill');
  await agent.until(() => watch.reports().length > 0, 5000 * patience, 'the report');
  const [report] = watch.reports();
  const killed = report === undefined ? undefined : victimOf(report);
  expect(killed === pid(victim), `killed was ${String(killed)}, named was ${String(named[0])}`);
  const dying = [pid(victim), ...along];
  await eventually(
    async () => (await stage.dead(dying)).size === dying.length,
    5000 * patience,
    `${dying.join(' and ')} to be gone`,
  );
  expect((await limit()) === String(limitBytes), `memory.max is ${await limit()}`);

  await run(machine, 'undo', '--all', '--yes', '--dangerous', '--json');
  expect((await limit()) === 'max', `after undo memory.max is ${await limit()}`);
  return problems;
}

/** With a journal of its own: what is undone is only what was done here. */
async function run<T>({ agent, patience, lifeboat }: Machine, ...args: readonly string[]): Promise<T> {
  const line = ['/bin/env', `XDG_STATE_HOME=${stateFolder}`, ...lifeboat, ...args];
  const { code, stdout, stderr } = await agent.run(20_000 * patience, ...line);
  if (code !== 0) throw new Error(`${line.join(' ')} ended with ${code}: ${stderr || stdout}`);
  return JSON.parse(stdout) as T;
}
