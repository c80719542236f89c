import { dirname, join } from 'node:path';
import {
  HELPER_PROTOCOL,
  type HelperAnswer,
  type HelperEvent,
  type HelperHello,
  type HelperRequest,
} from '#shared/contract/helper.ts';
import { type Applied } from '#shared/contract/change.ts';
import { type AdjPreview } from '#shared/model/change.ts';
import { type SysctlEffect } from '#shared/model/sysctl/sysctl.ts';
import { NODE_FLAGS } from '../../../src-main/helper/client/program.ts';
import { victimOf } from '../judge.ts';
import { Refused } from '../machines/agent.ts';
import { eventually, type Machine, waitForReportQuota } from '../machines/machine.ts';
import { type Scenario } from '../scenario.ts';
import { Stage } from '../stage.ts';
import { ReportWatch } from '../watch.ts';

/** Given back at once after a kill: the next question is asked by a Node process. */
const roomForNodePages = 45_000;
const ENOMEM = 12;
const pendingSeconds = 6;
const pings = 20;
/** All that differs in kind: the ends, the last that can be killed, both signs, nothing. */
const values = [-1000, 1000, -1, 0] as const;

/** Far enough apart that the command itself, which is in its own order while it looks, comes between no two of them. */
const scenario: Scenario = {
  seed: 0,
  kind: 'adjusted',
  scope: 'global',
  cgroups: [{ path: '' }],
  processes: [
    { label: 'first', cgroup: '', cpu: -1, steps: ['anon=38000'] },
    { label: 'second', cgroup: '', cpu: -1, steps: ['anon=32000'] },
    { label: 'third', cgroup: '', cpu: -1, steps: ['anon=9000'] },
    { label: 'fourth', cgroup: '', cpu: -1, steps: ['anon=4000'] },
  ],
  overLimit: '',
  push: { by: 'stranger', memory: 'shmem', cgroup: '' },
  kills: 1,
  sysctls: {},
  restless: false,
};

interface Act {
  readonly command: 'protect' | 'give-up';
  readonly target: string;
  readonly options: readonly string[];
  /** The process that the kernel kills afterwards. */
  readonly victim: string;
}

const acts: readonly Act[] = [
  { command: 'protect', target: 'first', options: [], victim: 'second' },
  { command: 'give-up', target: 'fourth', options: [], victim: 'fourth' },
  { command: 'protect', target: 'first', options: ['--never'], victim: 'second' },
];

interface Adjusted {
  readonly preview: AdjPreview;
  readonly applied?: Applied;
}

/** Protecting, giving up and the dead man's switch, by the built program as root, with the kernel as judge. */
export async function checkActing(machine: Machine): Promise<string[]> {
  const problems = await staged(machine, (stage) => checkValues(machine, stage));
  for (const act of acts)
    problems.push(...(await staged(machine, (stage) => checkKill(machine, stage, act))));
  problems.push(...(await checkSwitch(machine)));
  problems.push(...(await staged(machine, (stage) => checkRule(machine, stage))));
  return problems;
}

/** Each check has processes of its own: a process killed in one is not missing in the next. */
async function staged(machine: Machine, check: (stage: Stage) => Promise<string[]>): Promise<string[]> {
  const stage = new Stage(machine, scenario);
  try {
    await stage.build();
    return await check(stage);
  } finally {
    if (!machine.agent.isGone) await stage.clear();
  }
}

/** What is asked for is what /proc shows afterwards, whichever command asks. */
async function checkValues(machine: Machine, stage: Stage): Promise<string[]> {
  const pid = stage.pids.get('fourth') ?? 0;
  const problems: string[] = [];
  let before = 0;
  for (const value of values) {
    const command = value < before ? 'protect' : 'give-up';
    await adjust(machine, command, String(pid), `--adj=${value}`);
    const now = await adjOf(machine, pid);
    if (now !== value) problems.push(`${command} --adj ${value}: /proc says ${now}`);
    before = value;
  }
  return problems;
}

/**
 * One protected, one given up, one beyond reach: each time the kernel kills the process that the preview names, and then the one that
 * follows in it.
 */
async function checkKill(machine: Machine, stage: Stage, act: Act): Promise<string[]> {
  const pid = (label: string) => stage.pids.get(label) ?? 0;
  const pusher = await stage.startPusher('pusher');
  const { preview } = await adjust(machine, act.command, String(pid(act.target)), ...act.options);
  const killed = await runOutOfMemory(machine, stage, pusher);
  const order = preview.orderAfter.map((place) => place.pid);
  const problems: string[] = [];
  // One push may kill twice: memory of the first victim that is on its way back counts for nothing yet.
  const isAsShown = killed.length > 0 && killed.every((victim, i) => victim === order[i]);
  if (preview.nextAfter?.pid !== pid(act.victim) || !isAsShown)
    problems.push(
      `${act.command} ${act.target} ${act.options.join(' ')}: ${act.victim} (${pid(act.victim)}) was to be next, killed was ${killed.join(', ')}; the preview: ${JSON.stringify(preview)}`,
    );
  if (act.command === 'protect' && (await stage.dead([pid(act.target)])).size > 0)
    problems.push(`${act.target} is protected and dead`);
  return problems;
}

/** The victims of one push, in the order of the kernel's reports. */
async function runOutOfMemory(machine: Machine, stage: Stage, pusher: number): Promise<number[]> {
  const watch = new ReportWatch(machine, (report) => report.kills.length > 0);
  await waitForReportQuota(machine);
  watch.begin();
  await stage.tell(pusher, `push shmem 512 10000000 ${roomForNodePages}`);
  await machine.agent.until(() => watch.reports().length > 0, 3000 * machine.patience, 'the report');
  const reports = watch.reports();
  const victims = reports.map((report) => {
    const victim = victimOf(report);
    if (victim === undefined) throw new Error('a report of a kill names no victim');
    return victim;
  });
  await eventually(
    async () => (await stage.dead(victims)).size === victims.length,
    3000 * machine.patience,
    'the victims to be gone',
  );
  return victims;
}

/** A rule reaches a process that is there, and again the next one of its name. */
async function checkRule({ agent, lifeboat, patience }: Machine, stage: Stage): Promise<string[]> {
  const value = 400;
  const added = await agent.run(
    20_000 * patience,
    ...lifeboat,
    'rules',
    'add',
    '--name',
    'ruled',
    '--adj',
    value.toString(),
  );
  if (added.code !== 0) return [`rules add ended with ${added.code}: ${added.stderr}`];
  // Rules are applied by what serves the page; a guest has no page, and needs none.
  const page = join(dirname(lifeboat.at(-1) ?? ''), '../renderer');
  await agent.run(5000 * patience, '/bin/sh', '-c', `/bin/mkdir -p ${page} && : > ${page}/index.html`);
  const server = await agent.start(undefined, -1, ...lifeboat, 'serve', '--port', '0');
  const serves = () => agent.saidBy(server).some((line) => line.includes('http://127.0.0.1:'));
  await agent.until(serves, 20_000 * patience, 'lifeboat serve');
  const problems: string[] = [];
  for (const start of ['first', 'second']) {
    const pid = await stage.startMapper(`ruled-${start}`, [`name=${Buffer.from('ruled').toString('hex')}`]);
    const has = async () => Number(await agent.read(`/proc/${pid}/oom_score_adj`)) === value;
    const applied = await eventually(has, 5000 * patience, 'the rule').catch(() => 'not applied');
    if (applied !== undefined) problems.push(`the rule was not applied to the ${start} process of its name`);
    await agent.request('kill', pid);
  }
  await agent.request('kill', server);
  return problems;
}

/** Strict overcommit below what is promised already: nothing can be started any more, until the helper takes it back by itself. */
async function checkSwitch(machine: Machine): Promise<string[]> {
  const problems: string[] = [];
  const { agent, patience, lifeboat } = machine;
  const [node = ''] = lifeboat;
  const program = lifeboat.at(-1) ?? '';
  const strict = ['vm.overcommit_ratio=0', 'vm.overcommit_memory=2', '--dry-run', '--json'];
  const shown = await agent.run(20_000 * patience, ...lifeboat, 'sysctl', 'set', ...strict);
  const { effects = [] } = JSON.parse(shown.stdout || '{}') as { readonly effects?: readonly SysctlEffect[] };
  if (!effects.some(({ fact, weight }) => fact.kind === 'breaks-at-once' && weight === 'danger'))
    problems.push(`the preview does not say that everything would fail: ${shown.stdout}${shown.stderr}`);
  const helperFile = join(dirname(program), '../helper/helper.cjs');
  const helper = await agent.start(undefined, -1, node, ...NODE_FLAGS, helperFile);
  // What it logs stands between its answers.
  const lines = () => agent.saidBy(helper).filter((said) => said.startsWith('{'));
  const heard = (index: number) => JSON.parse(lines()[index] ?? '{}') as unknown;
  const line = async (index: number) => {
    const isThere = () => lines().length > index;
    await agent.until(() => isThere() || agent.hasExited(helper), 20_000 * patience, 'the helper');
    if (!isThere()) throw new Error(`the helper has died: ${agent.saidBy(helper).slice(-20).join('\n')}`);
  };
  await line(0);
  const { protocol } = heard(0) as Partial<HelperHello>;
  if (protocol !== HELPER_PROTOCOL) return [`the helper speaks ${String(protocol)}`];
  const request: HelperRequest = {
    verb: 'set-sysctls',
    changes: [
      { name: 'vm.overcommit_ratio', value: 0 },
      { name: 'vm.overcommit_memory', value: 2 },
    ],
    pendingSeconds,
  };
  await agent.request('send', helper, JSON.stringify({ id: 1, request }));
  await line(1);
  const begun = performance.now();
  const answer = heard(1) as HelperAnswer;
  if (!answer.ok) return [`strict overcommit was refused: ${JSON.stringify(answer)}`];
  if ((await modeOf(machine)) !== 2) problems.push('strict overcommit is not in force');
  const forked = await agent.run(5000 * patience, '/bin/true').then(
    () => 'a new process could be started',
    (error: unknown) => {
      if (error instanceof Refused && error.errno === ENOMEM) return undefined;
      throw error;
    },
  );
  if (forked !== undefined) problems.push(forked);
  // What a client says meanwhile, to keep it awake and to keep the change, needs no memory from the kernel either.
  for (let ping = 0; ping < pings; ping++)
    await agent.request('send', helper, JSON.stringify({ id: 2 + ping, request: { verb: 'ping' } }));
  await line(2 + pings);
  const tookSeconds = (performance.now() - begun) / 1000;
  const reverted = heard(2 + pings) as HelperEvent;
  if (reverted.event !== 'reverted') problems.push(`the helper said ${JSON.stringify(reverted)}`);
  if (tookSeconds > pendingSeconds + 3 * patience) problems.push(`taken back after ${tookSeconds} s`);
  if ((await modeOf(machine)) !== 0) problems.push('strict overcommit is still in force');
  const again = await agent.run(5000 * patience, '/bin/true');
  if (again.code !== 0) problems.push('nothing can be started afterwards');
  await agent.request('kill', helper);
  return problems;
}

async function adjust(machine: Machine, command: string, ...args: readonly string[]): Promise<Adjusted> {
  const line = [...machine.lifeboat, command, ...args, '--json', '--yes'];
  const { code, stdout, stderr } = await machine.agent.run(20_000 * machine.patience, ...line);
  if (code !== 0) throw new Error(`${line.join(' ')} ended with ${code}: ${stderr || stdout}`);
  return JSON.parse(stdout) as Adjusted;
}

async function adjOf({ agent }: Machine, pid: number): Promise<number> {
  return Number(await agent.read(`/proc/${pid}/oom_score_adj`));
}

async function modeOf({ agent }: Machine): Promise<number> {
  return Number(await agent.read('/proc/sys/vm/overcommit_memory'));
}
