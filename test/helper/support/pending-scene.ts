import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { type HelperRequest } from '#shared/contract/helper.ts';
import { until } from '../../helpers/until.ts';
import { RawHelper } from './raw-helper.ts';

const MIB = 1 << 20;
const REGISTER = '/run/lifeboat';
const LOG = '/var/log/lifeboat/helper.log';
/** What v1 prints for "no limit" with pages of 4 KiB. */
const V1_UNLIMITED = '9223372036854771712';

type Request = Extract<HelperRequest, { verb: 'set-sysctls' | 'set-cgroup' }>;

/** A setting of this machine before a change, and the values that it may get. */
interface Setting {
  readonly request: Request;
  readonly path: string;
  readonly before: string;
  readonly ours: string;
  /** Neither of the two, but it begins as ours does, where such a value can be. */
  readonly alike: string;
  /** The folder of the cgroup that it belongs to. */
  readonly cgroup?: string;
}

/** What is in play now. A run that is aborted lets it all go on, so that it puts everything back and ends by itself. */
const inPlay = new Set<Scene>();
process.on('exit', () => {
  for (const scene of inPlay) scene.letGo();
});

/** A real setting of this machine with a change of it that is pending. */
export class Scene {
  readonly helper = new RawHelper().keepAwake();
  readonly #helpers = [this.helper];
  readonly #eaters: ChildProcess[] = [];
  #change = 0;
  readonly setting: Setting;

  constructor(setting: Setting) {
    this.setting = setting;
    inPlay.add(this);
    if (setting.cgroup !== undefined) mkdirSync(setting.cgroup);
    this.set(setting.before);
  }

  /** Makes the change. Throws where the helper does not. */
  async start(pendingSeconds: number): Promise<void> {
    await this.helper.hello();
    const answer = await this.helper.request({ ...this.setting.request, pendingSeconds });
    if (!answer.ok) throw new Error(`the change was not made: ${JSON.stringify(answer)}`);
    // Not always 1: the helper may have taken over what another scene has left.
    this.#change = answer.value.pending?.change ?? 0;
    this.guardPid();
  }

  /** The number of the change. */
  get change(): number {
    return this.#change;
  }

  /** A further helper, which ends with the scene at the latest. */
  async furtherHelper(): Promise<RawHelper> {
    const helper = new RawHelper().keepAwake();
    this.#helpers.push(helper);
    await helper.hello();
    return helper;
  }

  now(): string {
    return readFileSync(this.setting.path, 'utf8').trim();
  }

  set(value: string): void {
    writeFileSync(this.setting.path, `${value}\n`);
  }

  /** Another cgroup takes the name, and gets the very value that was set. */
  exchange(): void {
    const { cgroup, ours } = this.setting;
    if (cgroup === undefined) throw new Error('a sysctl is what it is');
    rmdirSync(cgroup);
    mkdirSync(cgroup);
    this.set(ours);
  }

  /** Undefined where there is no guard. */
  guardPid(): number | undefined {
    return this.helper.guardPid();
  }

  /** Changes of this setting that are in the register. */
  registered(): readonly string[] {
    const { request } = this.setting;
    const subject = JSON.stringify(request.verb === 'set-cgroup' ? request.path : 'vm.swappiness');
    return readdirSync(REGISTER)
      .filter((name) => name.startsWith('change.'))
      .filter((name) => textOf(`${REGISTER}/${name}`).includes(subject));
  }

  /** The last lines of the log that all helpers and guards have in common. */
  log(): readonly string[] {
    return readFileSync(LOG, 'utf8').trim().split('\n').slice(-5);
  }

  /** Starts a process in the cgroup that uses so much memory. */
  async eat(mib: number): Promise<{ isAlive(): boolean; end(): Promise<void> }> {
    const code = `const b = Buffer.alloc(${mib * MIB}, 1); console.log(b.length); setInterval(() => b, 1e6)`;
    const script = `echo $$ > ${this.setting.cgroup ?? ''}/cgroup.procs; exec "$0" -e "$1"`;
    const eater = spawn('/bin/sh', ['-c', script, process.execPath, code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#eaters.push(eater);
    await once(eater.stdout, 'data');
    return {
      isAlive: () => eater.exitCode === null && eater.signalCode === null,
      async end() {
        const ended = once(eater, 'exit');
        eater.kill('SIGKILL');
        await ended;
      },
    };
  }

  /** For the end of the run: what is stopped goes on, finds itself alone, puts everything back and ends. */
  letGo(): void {
    for (const eater of this.#eaters) eater.kill('SIGKILL');
    for (const helper of this.#helpers) helper.signalAll('SIGCONT');
  }

  /** Ends every helper, guard and process of the scene, also those that are stopped, and leaves nothing of the change. */
  async remove(): Promise<void> {
    const { cgroup, before } = this.setting;
    for (const eater of this.#eaters) eater.kill('SIGKILL');
    for (const helper of this.#helpers) await helper.destroy();
    inPlay.delete(this);
    // No process is left to revert the change, and no other has a change of this setting.
    for (const name of this.registered()) rmSync(`${REGISTER}/${name}`);
    if (cgroup === undefined) this.set(before);
    else
      await until(
        () => removed(cgroup),
        20_000,
        () => `${cgroup} cannot be removed`,
      );
  }
}

/** Empty where the entry was removed since it was listed. */
function textOf(entry: string): string {
  try {
    return readFileSync(entry, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function removed(cgroup: string): boolean {
  try {
    rmdirSync(cgroup);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return false;
    throw error;
  }
  return true;
}

/** vm.swappiness set from 60 to 10; another program sets 1. */
export function sysctlScene(): Scene {
  const changes = [{ name: 'vm.swappiness', value: 10 }] as const;
  return new Scene({
    request: { verb: 'set-sysctls', changes },
    path: '/proc/sys/vm/swappiness',
    before: '60',
    ours: '10',
    alike: '1',
  });
}

let cgroups = 0;

type CgroupRequest = Extract<HelperRequest, { verb: 'set-cgroup' }>;

/** A cgroup of its own whose file is 64 MiB before the change. */
function cgroupScene(
  mount: string,
  file: CgroupRequest['file'],
  value: CgroupRequest['value'],
  values: Pick<Setting, 'ours' | 'alike'>,
): Scene {
  cgroups += 1;
  const path = `lifeboat-pending-${process.pid}-${cgroups}`;
  const cgroup = `${mount}/${path}`;
  const request = { verb: 'set-cgroup', path, file, value } as const;
  return new Scene({ request, path: `${cgroup}/${file}`, before: String(64 * MIB), ...values, cgroup });
}

/** cgroup v1: a limit of 64 MiB that is taken away; another program sets one that begins like the number for none. */
export function v1Scene(): Scene {
  return cgroupScene('/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'max', {
    ours: V1_UNLIMITED,
    alike: '9223371761976868864',
  });
}

/** cgroup v2: a limit of 64 MiB that is taken away. */
export function v2Scene(): Scene {
  return cgroupScene('/sys/fs/cgroup', 'memory.max', 'max', { ours: 'max', alike: String(100 * MIB) });
}

/** cgroup v2: a brake of 64 MiB that is doubled; another program sets a hundred times as much, which begins alike. */
export function v2HighScene(): Scene {
  const ours = String(128 * MIB);
  return cgroupScene('/sys/fs/cgroup', 'memory.high', 128 * MIB, { ours, alike: `${ours}00` });
}
