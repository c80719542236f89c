import { Gone } from '../machines/agent.ts';
import { type Machine } from '../machines/machine.ts';
import { predict } from '../prediction.ts';
import { type Scenario } from '../scenario.ts';
import { Stage } from '../stage.ts';

/** With 1 the kernel panics when the whole machine is out of memory, with 2 also when a cgroup is. */
export type PanicMode = 1 | 2;

const words: Readonly<Record<PanicMode, string>> = {
  1: 'Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled',
  2: 'Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled',
};

/** Ends the life of a guest by a panic that was predicted. Returns what was not as predicted. */
export async function panicAsPredicted(machine: Machine, mode: PanicMode): Promise<string[]> {
  const scenario: Scenario = {
    seed: 0,
    kind: 'adjusted',
    scope: mode === 1 ? 'global' : 'cgroup',
    cgroups: [{ path: '', slackPages: 2000 }],
    processes: [{ label: 'bystander', cgroup: '', cpu: 0, steps: ['anon=1000'] }],
    overLimit: '',
    push: { by: 'stranger', memory: 'shmem', cgroup: '' },
    kills: 1,
    sysctls: {},
    restless: false,
  };
  const stage = new Stage(machine, scenario);
  await stage.build();
  const pusher = await stage.startPusher('pusher');
  // Without a limit of its own a cgroup runs out with the machine, and the machine panics in both modes.
  await stage.limit();
  await machine.agent.write('/proc/sys/vm/panic_on_oom', mode);
  const inCgroup = await predict(machine, `cgroup:${stage.path}`);
  if (mode === 1) await stage.lift();
  const here = mode === 1 ? await predict(machine, stage.scopeArgument()) : inCgroup;
  const problems = [
    ...(here.panics && here.order.length === 0 ? [] : [`panic_on_oom=${mode}: no panic was predicted`]),
    ...(mode === 1 && inCgroup.panics ? ['panic_on_oom=1: a panic was predicted for a cgroup'] : []),
  ];
  await machine.agent.request('send', pusher, 'push shmem 256 10000000 0');
  const end = machine.agent.until(() => false, 20_000 * machine.patience, 'a panic');
  await end.catch((error: unknown) => {
    if (!(error instanceof Gone)) throw error;
  });
  const console = machine.console();
  return console.includes(words[mode])
    ? problems
    : [...problems, `no "${words[mode]}" on the console: ${console.slice(-800)}`];
}
