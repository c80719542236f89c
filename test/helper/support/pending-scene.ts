import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { type HelperRequest } from '#shared/contract/helper.ts';
import { RawHelper } from './raw-helper.ts';

const MIB = 1 << 20;
const REGISTER = '/run/lifeboat';
const MEMORY = '/sys/fs/cgroup/memory';
const LIMIT = 'memory.limit_in_bytes';
/** What v1 prints for "no limit" with pages of 4 KiB. */
const UNLIMITED = '9223372036854771712';

type Request = Extract<HelperRequest, { verb: 'set-sysctls' | 'set-cgroup' }>;

/** A real setting of this machine with a change of it that is pending. */
export class Scene {
  readonly helper = new RawHelper();
  /** The number of the change. */
  readonly change = 1;

  readonly request: Request;
  readonly before: string;
  readonly ours: string;
  /** Neither of the two, but it begins as ours does. */
  readonly alike: string;
  readonly #path: string;
  readonly #cgroup: string | undefined;

  constructor(
    request: Request,
    path: string,
    values: { readonly before: string; readonly ours: string; readonly alike: string },
    cgroup?: string,
  ) {
    this.request = request;
    this.before = values.before;
    this.ours = values.ours;
    this.alike = values.alike;
    this.#path = path;
    this.#cgroup = cgroup;
    if (cgroup !== undefined) mkdirSync(cgroup);
    this.set(values.before);
  }

  async start(pendingSeconds: number): Promise<void> {
    await this.helper.hello();
    expect(await this.helper.request({ ...this.request, pendingSeconds })).toMatchObject({ ok: true });
  }

  now(): string {
    return readFileSync(this.#path, 'utf8').trim();
  }

  set(value: string): void {
    writeFileSync(this.#path, `${value}\n`);
  }

  /** Another cgroup takes the name. */
  exchange(): void {
    if (this.#cgroup === undefined) throw new Error('a sysctl is what it is');
    rmdirSync(this.#cgroup);
    mkdirSync(this.#cgroup);
  }

  guardPid(): number {
    const pids = readFileSync(`/proc/${this.helper.pid}/task/${this.helper.pid}/children`, 'utf8');
    const guard = pids
      .trim()
      .split(' ')
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('lifeboat-guard'));
    return Number(guard);
  }

  /** Changes in the register that this helper has made, or has taken over. */
  registered(): readonly string[] {
    return readdirSync(REGISTER)
      .filter((name) => name.startsWith('change.'))
      .filter((name) => readFileSync(`${REGISTER}/${name}`, 'utf8').includes(this.#subject()));
  }

  /** Starts a process in the cgroup that uses so much memory. */
  async eat(mib: number): Promise<{ end(): Promise<void> }> {
    const code = `const b = Buffer.alloc(${mib * MIB}, 1); console.log(b.length); setInterval(() => b, 1e6)`;
    const script = `echo $$ > ${this.#cgroup ?? ''}/cgroup.procs; exec "$0" -e "$1"`;
    const eater = spawn('/bin/sh', ['-c', script, process.execPath, code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(eater.stdout, 'data');
    return {
      async end() {
        const ended = once(eater, 'exit');
        eater.kill('SIGKILL');
        await ended;
      },
    };
  }

  async remove(): Promise<void> {
    this.helper.child.kill('SIGCONT');
    this.helper.child.kill('SIGKILL');
    await this.helper.exited;
    const cgroup = this.#cgroup;
    if (cgroup === undefined) this.set(this.before);
    else
      await vi.waitFor(() => {
        rmdirSync(cgroup);
      }, 10_000);
    await vi.waitFor(() => {
      expect(this.registered()).toEqual([]);
    }, 70_000);
  }

  #subject(): string {
    return this.request.verb === 'set-cgroup' ? this.request.path : 'vm.swappiness';
  }
}

/** vm.swappiness set from 60 to 10; another program sets 1. */
export function sysctlScene(): Scene {
  const changes = [{ name: 'vm.swappiness', value: 10 }] as const;
  return new Scene({ verb: 'set-sysctls', changes }, '/proc/sys/vm/swappiness', {
    before: '60',
    ours: '10',
    alike: '1',
  });
}

let cgroups = 0;

/** A limit of 64 MiB that is taken away; another program sets one that begins like the number for none. */
export function cgroupScene(): Scene {
  cgroups += 1;
  const path = `lifeboat-pending-${process.pid}-${cgroups}`;
  const request = { verb: 'set-cgroup', path, file: LIMIT, value: 'max' } as const;
  const folder = `${MEMORY}/${path}`;
  const values = { before: String(64 * MIB), ours: UNLIMITED, alike: '9223371761976868864' };
  return new Scene(request, `${folder}/${LIMIT}`, values, folder);
}
