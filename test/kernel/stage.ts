import { join } from 'node:path';
import { Refused } from './machines/agent.ts';
import { eventually, type Machine } from './machines/machine.ts';
import { type CgroupPlan, type ProcessPlan, type Scenario } from './scenario.ts';

const ESRCH = 3;
const EBUSY = 16;
const ENOENT = 2;

interface Files {
  readonly limit: string;
  readonly usage: string;
  readonly swapLimit: string;
}

const filesOf: Record<1 | 2, Files> = {
  1: {
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    swapLimit: 'memory.memsw.limit_in_bytes',
  },
  2: { limit: 'memory.max', usage: 'memory.current', swapLimit: 'memory.swap.max' },
};

let rounds = 0;

/** The cgroups and processes of one round. */
export class Stage {
  /** Pids by label. */
  readonly pids = new Map<string, number>();
  /** Those who read commands. */
  readonly obedient = new Set<number>();
  /** Those whose figures move. */
  readonly moving = new Set<number>();
  readonly path: string;
  readonly #machine: Machine;
  readonly #scenario: Scenario;
  readonly #root: string;
  readonly #files: Files;
  readonly #made: string[] = [];

  constructor(machine: Machine, scenario: Scenario) {
    const name = `round${++rounds}`;
    this.#machine = machine;
    this.#scenario = scenario;
    this.#root = join(machine.cgroupRoot, name);
    this.path = `${machine.cgroupPath}/${name}`;
    this.#files = filesOf[machine.cgroupVersion];
  }

  async build(): Promise<void> {
    const { cgroups, processes, restless, push } = this.#scenario;
    for (const plan of cgroups) await this.#make(plan);
    if (this.#scenario.scope === 'global') await this.#startSpares();
    const moved = processes.filter((plan) => plan.moved === true);
    if (moved.length > 0) await this.#mkdir(`${this.#root}-dock`);
    for (const plan of processes) await this.#start(plan);
    for (const plan of moved) {
      await this.#agent.write(join(this.#at(plan.cgroup), 'cgroup.procs'), this.pids.get(plan.label) ?? 0);
    }
    if (restless) await this.#start({ label: 'breeder', cgroup: push.cgroup, cpu: -1, steps: ['breed=60'] });
    const breeder = this.pids.get('breeder');
    if (breeder !== undefined) this.moving.add(breeder);
  }

  /** Sets the limits of the plan; to be called when all who shall live in them are there. */
  async limit(): Promise<void> {
    for (const plan of this.#scenario.cgroups) {
      if (plan.slackPages === undefined) continue;
      const usage = Number(await this.#agent.read(join(this.#at(plan.path), this.#files.usage)));
      const limit = (Math.ceil(usage / 4096) + plan.slackPages) * 4096;
      await this.#agent.write(join(this.#at(plan.path), this.#files.limit), limit);
      await this.#limitSwap(plan, limit);
    }
  }

  /** Takes the limits of the plan away again; what is limited in swap stays so. */
  async lift(): Promise<void> {
    for (const plan of this.#scenario.cgroups) {
      if (plan.slackPages === undefined) continue;
      const none = this.#machine.cgroupVersion === 1 ? -1 : 'max';
      await this.#agent.write(join(this.#at(plan.path), this.#files.limit), none);
    }
  }

  /** A small process that takes memory on command; it has done so once, so that nothing of it is new later. */
  async startPusher(label: string): Promise<number> {
    const { push } = this.#scenario;
    await this.#start({ label, cgroup: push.cgroup, cpu: -1, steps: ['name=70757368'] });
    const pid = this.pids.get(label) ?? 0;
    this.moving.add(pid);
    await this.tell(pid, 'push shmem 1 16 1');
    return pid;
  }

  /** A process that maps memory on command. */
  async startMapper(label: string, steps: readonly string[]): Promise<number> {
    await this.#start({ label, cgroup: '', cpu: -1, steps });
    return this.pids.get(label) ?? 0;
  }

  /** Gives a command and waits for the answer. */
  async tell(pid: number, command: string): Promise<string> {
    const before = this.#agent.saidBy(pid).length;
    await this.#agent.request('send', pid, command);
    const answered = () => this.#agent.saidBy(pid).length > before || this.#agent.hasExited(pid);
    await this.#agent.until(answered, 15_000 * this.#machine.patience, `an answer to ${command}`);
    return this.#agent.saidBy(pid)[before] ?? 'died';
  }

  /** Pids that were there and are dead. A process with a dead leader lives as long as one of its threads does. */
  async dead(pids: Iterable<number>): Promise<Set<number>> {
    const dead = new Set<number>();
    for (const pid of pids) if (await this.#isDead(pid)) dead.add(pid);
    return dead;
  }

  knows(pid: number): boolean {
    return [...this.pids.values()].includes(pid);
  }

  scopeArgument(): string {
    if (this.#scenario.scope === 'global') return 'global';
    return `cgroup:${join(this.path, this.#scenario.overLimit)}`;
  }

  /** The path that the kernel prints as the one over its limit. */
  overLimitPath(): string {
    return join(this.path, this.#scenario.overLimit);
  }

  /** The last ones that the kernel would kill: with no process left it panics. */
  async #startSpares(): Promise<void> {
    for (const label of ['spare0', 'spare1', 'spare2', 'spare3']) {
      await this.#start({
        label,
        cgroup: this.#scenario.push.cgroup,
        cpu: -1,
        steps: ['adj=-995', 'anon=1500'],
      });
    }
  }

  /** Kills all, waits for their end and removes the cgroups. */
  async clear(): Promise<void> {
    for (const pid of this.pids.values()) await this.#kill(pid);
    for (const directory of this.#made.toReversed()) {
      await eventually(
        () => this.#remove(directory),
        20_000 * this.#machine.patience,
        `${directory} to become empty`,
      );
    }
    this.#made.length = 0;
  }

  get #agent() {
    return this.#machine.agent;
  }

  #at(path: string): string {
    return join(this.#root, path);
  }

  async #make(plan: CgroupPlan): Promise<void> {
    await this.#mkdir(this.#at(plan.path));
    if (this.#machine.cgroupVersion === 1) return;
    const hasChildren = this.#scenario.cgroups.some(
      ({ path }) => path !== plan.path && isBelow(path, plan.path),
    );
    if (hasChildren) await this.#agent.write(join(this.#at(plan.path), 'cgroup.subtree_control'), '+memory');
    if (plan.oomGroup === true) await this.#agent.write(join(this.#at(plan.path), 'memory.oom.group'), 1);
  }

  async #mkdir(directory: string): Promise<void> {
    await this.#agent.request('mkdir', directory);
    this.#made.push(directory);
  }

  async #limitSwap(plan: CgroupPlan, limitBytes: number): Promise<void> {
    const file = join(this.#at(plan.path), this.#files.swapLimit);
    if (plan.swapSlackPages !== undefined) {
      const used = Number(await this.#agent.read(join(this.#at(plan.path), 'memory.swap.current')));
      await this.#agent.write(file, used + plan.swapSlackPages * 4096);
    } else if (this.#machine.hasSwap) {
      /* In v1 the second limit counts memory and swap together. */
      await this.#agent.write(file, this.#machine.cgroupVersion === 1 ? limitBytes : 0);
    }
  }

  async #start(plan: ProcessPlan): Promise<void> {
    const cgroup = plan.moved === true ? `${this.#root}-dock` : this.#at(plan.cgroup);
    const steps = [...plan.steps, `label=${plan.label}`];
    const labels = steps
      .filter((step) => step.startsWith('label='))
      .map((step) => step.slice('label='.length));
    const pid = await this.#agent.start(cgroup, plan.cpu, this.#machine.eater, ...steps);
    this.pids.set(plan.label, pid);
    const ready = () =>
      this.#agent.saidBy(pid).filter((line) => line.startsWith('ready ')).length >= labels.length;
    const failed = () =>
      this.#agent.hasExited(pid) || this.#agent.saidBy(pid).some((line) => !line.startsWith('ready '));
    await this.#agent.until(() => ready() || failed(), 30_000 * this.#machine.patience, steps.join(' '));
    if (!ready()) throw new Error(`${steps.join(' ')}: ${this.#agent.saidBy(pid).join('; ') || 'died'}`);
    for (const line of this.#agent.saidBy(pid)) {
      const [, label = '', own = ''] = line.split(' ');
      this.pids.set(label, Number(own));
    }
    if (!steps.includes('deadleader')) this.obedient.add(pid);
  }

  async #isDead(pid: number): Promise<boolean> {
    const status = await this.#agent.read(`/proc/${pid}/status`).catch((error: unknown) => {
      if (error instanceof Refused && (error.errno === ESRCH || error.errno === ENOENT)) return undefined;
      throw error;
    });
    if (status === undefined) return true;
    const state = /^State:\s*(\S)/m.exec(status)?.[1];
    const threads = Number(/^Threads:\s*(\d+)/m.exec(status)?.[1]);
    return (state === 'Z' || state === 'X') && threads <= 1;
  }

  async #kill(pid: number): Promise<void> {
    await this.#agent.request('kill', pid).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
  }

  /** Unreaped children and processes of a namespace may still be in it. */
  async #remove(directory: string): Promise<boolean> {
    try {
      await this.#agent.request('rmdir', directory);
      return true;
    } catch (error) {
      if (!(error instanceof Refused) || (error.errno !== EBUSY && error.errno !== ENOENT)) throw error;
      if (error.errno === ENOENT) return true;
    }
    const list = this.#machine.cgroupVersion === 1 ? 'tasks' : 'cgroup.procs';
    for (const pid of (await this.#agent.read(join(directory, list))).split('\n')) {
      if (Number(pid) > 0) await this.#kill(Number(pid));
    }
    return false;
  }
}

function isBelow(path: string, parent: string): boolean {
  return parent === '' || path.startsWith(`${parent}/`);
}
