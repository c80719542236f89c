import { type Headroom } from '#shared/model/headroom.ts';
import { type HeadroomKind } from './kinds.ts';
import { eventually, type Machine, waitForReportQuota } from '../machines/machine.ts';
import { swapOff, swapOn } from '../machines/swap.ts';

const pageBytes = 4096;
/** Left below the limit: more than the cgroup's processes take by themselves. */
const slackPages = 7680;
const morePagesThanThereAre = 1_000_000;
/** What a promise may be off by, as a share of the limit. */
const tolerance = 0.02;
/** They are killed, and so small that it changes nothing: one kill may follow another before it is noticed. */
const victims = 4;

/** What was promised of a cgroup, and what it took before the kernel killed. */
export interface HeadroomResult {
  readonly kind: string;
  readonly limitBytes: number;
  readonly promised: Headroom;
  readonly tookBytes: number;
  readonly right: boolean;
}

/** Why a kind cannot be had on a machine. */
export function headroomMissing({ swap, below }: HeadroomKind, machine: Machine): string | undefined {
  if (swap !== undefined && !machine.isGuest) return 'swap is turned on and off in virtual machines only';
  if (below !== undefined && machine.cgroupVersion === 1) return 'there is no memory.min in cgroup v1';
  return undefined;
}

/** Fills a cgroup, asks the built program for its headroom, and takes memory until the kernel kills. */
export async function measureHeadroom(machine: Machine, kind: HeadroomKind): Promise<HeadroomResult> {
  const filled = new FilledCgroup(machine, kind);
  if (kind.swap !== undefined) await swapOn(machine.agent, 'disk');
  try {
    await filled.fill();
    const limitBytes = await filled.limit();
    await waitForReportQuota(machine);
    const promised = await filled.ask();
    const tookBytes = (await filled.push()) * pageBytes;
    const { headroomBytes, uncertainBytes } = promised;
    const off = tolerance * limitBytes;
    const right = tookBytes >= headroomBytes - off && tookBytes <= headroomBytes + uncertainBytes + off;
    return { kind: kind.name, limitBytes, promised, tookBytes, right };
  } finally {
    if (!machine.agent.isGone) {
      await filled.clear();
      if (kind.swap !== undefined) await swapOff(machine.agent, 'disk');
    }
  }
}

let made = 0;

class FilledCgroup {
  readonly #machine: Machine;
  readonly #kind: HeadroomKind;
  readonly #folder: string;
  readonly #path: string;
  readonly #pids: number[] = [];
  #pusher = 0;

  constructor(machine: Machine, kind: HeadroomKind) {
    const name = `headroom${++made}`;
    this.#machine = machine;
    this.#kind = kind;
    this.#folder = `${machine.cgroupRoot}/${name}`;
    this.#path = `${machine.cgroupPath}/${name}`;
  }

  async fill(): Promise<void> {
    const { agent, cgroupVersion } = this.#machine;
    const { steps = [], command, synced, swap, below } = this.#kind;
    await agent.request('mkdir', this.#folder);
    const inner = below === undefined ? this.#folder : `${this.#folder}/below`;
    const outer = below === undefined ? this.#folder : `${this.#folder}/beside`;
    if (below !== undefined) {
      await agent.write(`${this.#folder}/cgroup.subtree_control`, '+memory');
      for (const folder of [inner, outer]) await agent.request('mkdir', folder);
      await agent.write(`${inner}/${below.file}`, below.pages * pageBytes);
    }
    if (cgroupVersion === 2) {
      const pages = swap ?? 0;
      const bytes = pages === 'max' ? pages : pages * pageBytes;
      await agent.write(`${this.#folder}/memory.swap.max`, bytes);
    }
    await this.#sync();
    for (let i = 0; i < victims; i++) await this.#start(outer, 'adj=1000', 'anon=300');
    this.#pusher = await this.#start(outer, 'name=70757368');
    await this.#tell(this.#pusher, 'push shmem 1 16 1');
    const filler = await this.#start(inner, ...steps);
    if (command !== undefined) await this.#tell(filler, command.replace('FILE', this.#file()));
    if (synced === true) await this.#sync();
  }

  async limit(): Promise<number> {
    const { agent, cgroupVersion } = this.#machine;
    const [usage, limit] =
      cgroupVersion === 1
        ? ['memory.usage_in_bytes', 'memory.limit_in_bytes']
        : ['memory.current', 'memory.max'];
    const bytes = Number(await agent.read(`${this.#folder}/${usage}`)) + slackPages * pageBytes;
    await agent.write(`${this.#folder}/${limit}`, bytes);
    return bytes;
  }

  /** By the built program: what `list` promises. */
  async ask(): Promise<Headroom> {
    const { agent, lifeboat, patience } = this.#machine;
    const command = [...lifeboat, 'list', '--json', '--scope', `cgroup:${this.#path}`];
    const { code, stdout, stderr } = await agent.run(20_000 * patience, ...command);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr || stdout}`);
    const { headroom } = JSON.parse(stdout) as { readonly headroom?: Headroom };
    if (headroom === undefined) throw new Error(`there is no headroom in ${stdout.slice(0, 400)}`);
    return headroom;
  }

  /** Pages that were taken before the first kill, as far as a step of 32 tells. */
  async push(): Promise<number> {
    const answer = await this.#tell(this.#pusher, `push shmem 32 ${morePagesThanThereAre} 0`);
    const taken = /^pushed (\d+) killed$/.exec(answer)?.[1];
    if (taken === undefined) throw new Error(`${this.#kind.name}: the pusher said "${answer}"`);
    return Number(taken);
  }

  async clear(): Promise<void> {
    const { agent, patience } = this.#machine;
    for (const pid of this.#pids) await agent.request('kill', pid).catch(() => undefined);
    const folders =
      this.#kind.below === undefined
        ? [this.#folder]
        : [`${this.#folder}/below`, `${this.#folder}/beside`, this.#folder];
    for (const folder of folders) {
      const isGone = () =>
        agent.request('rmdir', folder).then(
          () => true,
          () => false,
        );
      await eventually(isGone, 20_000 * patience, `${folder} to become empty`);
    }
    await agent.run(20_000 * patience, '/bin/rm', '-f', this.#file());
  }

  async #start(folder: string, ...steps: readonly string[]): Promise<number> {
    const { agent, eater, patience } = this.#machine;
    const pid = await agent.start(folder, -1, eater, ...steps);
    this.#pids.push(pid);
    const settled = () => agent.saidBy(pid).length > 0 || agent.hasExited(pid);
    await agent.until(settled, 30_000 * patience, steps.join(' '));
    const [said = 'died'] = agent.saidBy(pid);
    if (!said.startsWith('ready ')) throw new Error(`${steps.join(' ')}: ${said}`);
    return pid;
  }

  async #tell(pid: number, command: string): Promise<string> {
    const { agent, patience } = this.#machine;
    const before = agent.saidBy(pid).length;
    await agent.request('send', pid, command);
    const answered = () => agent.saidBy(pid).length > before || agent.hasExited(pid);
    await agent.until(answered, 30_000 * patience, `an answer to ${command}`);
    return agent.saidBy(pid)[before] ?? 'died';
  }

  async #sync(): Promise<void> {
    await this.#machine.agent.run(30_000 * this.#machine.patience, '/bin/sync');
  }

  #file(): string {
    return this.#machine.isGuest ? '/cache/file' : `/var/tmp/lifeboat-lab-headroom-${process.pid}`;
  }
}
