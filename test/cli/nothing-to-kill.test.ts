import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lifeboat } from '../helpers/processes/process-command.ts';
import { procTree, type ProcTreeSpec } from '../helpers/proc-tree.ts';

const MIB = 2 ** 20;

/** Runs on a machine with cgroups of version 2: one whose processes are exempt, one without a process, one that holds memory all the same. */
function machine(spec: ProcTreeSpec = {}) {
  const tree = procTree({
    cgroupVersion: 2,
    cgroups: {
      '/vault': { usageBytes: 400 * MIB, limitBytes: 512 * MIB },
      '/empty': { usageBytes: 0 },
      '/left': { usageBytes: 100 * MIB, limitBytes: 512 * MIB },
    },
    processes: [
      { pid: 1, name: 'init', adj: -1000, rssAnonPages: 500 },
      { pid: 20, name: 'vault', rssAnonPages: 9000, adj: -1000, cgroup: '/vault' },
      { pid: 21, name: 'kv', rssAnonPages: 900, adj: -1000 },
    ],
    ...spec,
  });
  onTestFinished(() => {
    tree.cleanup();
  });
  const root = dirname(tree.proc);
  const env = { LIFEBOAT_ROOT: root, XDG_STATE_HOME: join(root, 'state') };
  return async (...args: readonly string[]) => (await lifeboat(args, { env })).stdout;
}

const EXEMPT = 'its oom_score_adj is -1000';
const count = (text: string, part: string) => text.split(part).length - 1;

// mm/oom_kill.c, out_of_memory(): without a victim it panics for the machine, and returns false for a cgroup.
describe('explain where every process is exempt', () => {
  it('says it once, and that the machine panics', async () => {
    const text = await machine()('explain', '21');
    expect(count(text, EXEMPT)).toBe(1);
    expect(text).toContain(
      '\nNo process can be killed: when memory runs out, the kernel finds no victim and panics.\n',
    );
    expect(text).not.toContain('Place');
  });

  it('says of a cgroup that runs out first that allocations fail there', async () => {
    const text = await machine()('explain', '20');
    expect(count(text, EXEMPT)).toBe(1);
    expect(text).toMatch(
      /\nRuns out first: \/vault, headroom 112 MiB; every process in it is exempt, so allocations there fail and its programs hang or end with errors\.\n/,
    );
  });

  it('gives init its own reason, and not a second one', async () => {
    const text = await machine()('explain', '1');
    expect(text).toContain(
      'The kernel never kills process 1: the system cannot run without it. Uses 2.2 MiB.\n',
    );
    expect(text).not.toContain(EXEMPT);
  });

  it.for([
    ['vm.panic_on_oom', 1, 'the kernel panics instead of killing a process', 'there it has place 1'],
    [
      'vm.panic_on_oom',
      2,
      'the kernel panics instead of killing a process',
      'there the kernel panics instead',
    ],
    ['vm.oom_kill_allocating_task', 1, 'the process that happens to allocate', 'there it has place 1'],
  ] as const)(
    '%s = %d: says what happens to the machine, and in the cgroup',
    async ([name, value, global, there]) => {
      const killable = [1, 20, 21].map((pid) => ({
        pid,
        name: `p${pid}`,
        rssAnonPages: 900,
        cgroup: pid === 20 ? '/vault' : '/',
      }));
      const text = await machine({ sysctls: { [name]: value }, processes: killable })('explain', '20');
      expect(text).toContain(global);
      expect(text).toContain(there);
    },
  );
});

describe('a limit for a cgroup', () => {
  it('without a process is not said to be of exempt ones', async () => {
    const run = machine();
    const empty = await run('cgroup', '/empty', '--max', '100M', '--dry-run');
    expect(empty).toContain('It can take 100 MiB more; no process is in it now.');
    const left = await run('cgroup', '/left', '--max', '50M', '--dry-run');
    expect(left).toContain('It stays above the limit: no process is in it now.');
    const high = await run('cgroup', '/left', '--high', '50M', '--dry-run');
    expect(high).toContain('No process is in the group now; each that is started there stands still.');
    const together = await run('cgroup', '/empty', '--oom-group', 'on', '--dry-run');
    expect(together).toContain('No process is in it now. When one of later ones is killed');
    for (const text of [empty, left, high, together])
      expect(text).not.toContain('nothing in it can be killed');
  });

  it('whose processes are exempt ends in failed allocations', async () => {
    expect(await machine()('cgroup', '/vault', '--max', '450M', '--dry-run')).toContain(
      'then nothing in it can be killed, so allocations there fail',
    );
  });

  it('ends in a panic with vm.panic_on_oom = 2, not with 1', async () => {
    const on = (value: number) =>
      machine({
        sysctls: { 'vm.panic_on_oom': value },
        processes: [{ pid: 20, name: 'db', rssAnonPages: 9000, cgroup: '/vault' }],
      })('cgroup', '/vault', '--max', '450M', '--dry-run');
    expect(await on(2)).toContain('!! It can take 50.0 MiB more; then the kernel panics instead of killing');
    expect(await on(1)).toContain('then the kernel kills db (20) first.');
  });
});
