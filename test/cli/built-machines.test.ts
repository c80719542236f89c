import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lifeboat } from '../helpers/processes/process-command.ts';
import { parseListed } from '../helpers/processes/process-list-shape.ts';
import { testTree } from '../helpers/processes/process-sampler.ts';
import { type ProcTree, type ProcTreeSpec } from '../helpers/proc-tree.ts';

const MIB = 2 ** 20;

/** Runs the program on a built machine. */
function on(tree: ProcTree, ...args: string[]) {
  return lifeboat(args, { env: { LIFEBOAT_ROOT: dirname(tree.proc) } });
}

async function listOn(spec: ProcTreeSpec, ...args: string[]) {
  const { code, stdout, stderr } = await on(testTree(spec), 'list', '--json', ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return parseListed(stdout);
}

const two: ProcTreeSpec = {
  processes: [
    { pid: 10, name: 'big', rssAnonPages: 9000 },
    { pid: 20, name: 'small', rssAnonPages: 10, cgroup: '/system.slice/small.service' },
  ],
};

describe('on a built machine, the program', () => {
  it('fails where there is no /proc, and says what to do', async () => {
    const tree = testTree();
    tree.remove('/proc');
    for (const args of [['list'], ['explain', '1'], ['doctor'], ['serve', '--port', '0']]) {
      const { code, stdout, stderr } = await on(tree, ...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /^lifeboat: Lifeboat cannot read .*osrelease \(ENOENT\)\. .*mount -t proc proc \/proc\.\n$/,
      );
    }
  });

  it.for(['/proc/meminfo', '/proc/sys/kernel/osrelease'])('fails where %s cannot be read', async (path) => {
    const tree = testTree(two);
    tree.breakFile(path);
    const { code, stderr } = await on(tree, 'list');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^lifeboat: Lifeboat cannot read .* \(EISDIR\)\. /);
  });

  it.for([
    { args: ['explain', '2'], message: '2 (kthreadd) is a kernel thread. ' },
    { args: ['explain', '3'], message: 'There is no process 3. ' },
    { args: ['list', '--scope', 'cgroup:/nowhere'], message: 'There is no memory cgroup /nowhere. ' },
  ])('fails with a word at $args', async ({ args, message }) => {
    const tree = testTree({
      cgroups: { '/free': {} },
      processes: [
        { pid: 2, name: 'kthreadd', kernelThread: true },
        { pid: 10, cgroup: '/free' },
      ],
    });
    const { code, stdout, stderr } = await on(tree, ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.startsWith(`lifeboat: ${message}`)).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.for([
    { path: '/box/free', limit: 32, where: '/box', scope: { kind: 'cgroup', path: '/box' } },
    { path: '/box/free', limit: undefined, where: 'the whole machine', scope: { kind: 'global' } },
    { path: '/', limit: undefined, where: 'the whole machine', scope: { kind: 'global' } },
  ] as const)('answers for $path without a limit with $where', async ({ path, limit, where, scope }) => {
    const tree = testTree({
      cgroups: { '/box': limit === undefined ? {} : { limitBytes: limit * MIB }, '/box/free': {} },
      processes: [{ pid: 10, cgroup: '/box/free' }],
    });
    const { code, stdout } = await on(tree, 'list', '--scope', `cgroup:${path}`);
    expect(code).toBe(0);
    expect(stdout).toContain(`${path} has no limit of its own. Memory runs out first in ${where}.\n`);
    const json = await on(tree, 'list', '--json', '--scope', `cgroup:${path}`);
    expect(parseListed(json.stdout)).toMatchObject({ scope, asked: { kind: 'cgroup', path } });
  });

  it('says of every process that is never killed why', async () => {
    const listed = await listOn({
      processes: [
        { pid: 1, name: 'init' },
        { pid: 2, name: 'kthreadd', kernelThread: true },
        { pid: 30, name: 'kept', adj: -1000 },
        { pid: 40, name: 'zombie', memory: 'none' },
        { pid: 50, name: 'big', rssAnonPages: 90_000, oomScore: 0 },
        { pid: 60, name: 'left' },
      ],
    });
    expect(listed.order.map(({ pid }) => pid)).toEqual([60]);
    expect(listed.ineligible.map(({ pid, reason }) => [pid, reason])).toEqual([
      [1, 'global-init'],
      [2, 'kernel-thread'],
      [30, 'oom-score-adj-minimum'],
      [40, 'no-memory'],
      [50, 'passed-over'],
    ]);
  });

  it('leaves out what is not known', async () => {
    const listed = await listOn(two);
    expect(listed).toMatchObject({ confidence: 'certain', either: [10], killsAllocatingTask: false });
    expect(listed.order[0]).not.toHaveProperty('unit');
    expect(listed.order[1]?.unit).toBe('small.service');
  });

  it.for([1, 2])('has an empty order when the machine panics: vm.panic_on_oom %s', async (panicOnOom) => {
    const spec = { ...two, sysctls: { 'vm.panic_on_oom': panicOnOom } };
    expect(await listOn(spec)).toMatchObject({ panics: true, order: [], either: [], confidence: 'certain' });
    const { stdout } = await on(testTree(spec), 'list');
    expect(stdout).toMatch(/panic/i);
    expect(stdout).not.toContain('Next: ');
  });

  it('panics as well when no process can be killed', async () => {
    const listed = await listOn({ processes: [{ pid: 10, adj: -1000 }] });
    expect(listed).toMatchObject({
      panics: true,
      order: [],
      ineligible: [{ pid: 10, name: 'process-10', reason: 'oom-score-adj-minimum' }],
    });
  });

  it('is not certain when the process that asks for memory dies first', async () => {
    const listed = await listOn({ ...two, sysctls: { 'vm.oom_kill_allocating_task': 1 } });
    expect(listed).toMatchObject({ killsAllocatingTask: true, confidence: 'close', either: [] });
    expect(listed.order.map(({ pid }) => pid)).toEqual([10, 20]);
  });

  it.for([
    {
      what: 'a container',
      spec: { initialPidNamespace: false },
      message: 'Only the processes of this container',
    },
    { what: 'hidepid', spec: { hidePid: 2 }, message: 'Processes of other users are hidden' },
  ] as const)('is not certain of what it cannot see: $what', async ({ spec, message }) => {
    expect(await listOn({ ...two, ...spec })).toMatchObject({ confidence: 'close', either: [10] });
    const { stdout } = await on(testTree({ ...two, ...spec }), 'list');
    expect(stdout).toContain(message);
    expect(stdout).not.toContain('Certain: ');
  });

  it('says what would protect a process', async () => {
    const others = [1, 2, 3, 4, 5].map((each) => ({ pid: 100 + each, rssAnonPages: 5000 * each }));
    const tree = testTree({ processes: [{ pid: 10, adj: 550 }, ...others] });
    const { stdout } = await on(tree, 'explain', '10');
    expect(stdout).toMatch(/\nPlace 1 of 6\. Uses /);
    expect(stdout).toMatch(
      /\noom_score_adj [+-]?\d+ \(now \+550\) moves it behind the next 5, with room to grow by \S+ [MG]iB\.\n$/,
    );
  });

  it('knows the limit of its own container', async () => {
    const tree = testTree({ ...two, initialPidNamespace: false });
    tree.write('/sys/fs/cgroup/memory.max', `${64 * MIB}\n`);
    tree.write('/sys/fs/cgroup/memory.current', `${40 * MIB}\n`);
    tree.write('/sys/fs/cgroup/memory.stat', 'inactive_file 0\nactive_file 0\n');
    const { code, stdout } = await on(tree, 'list', '--json', '--scope', 'cgroup:/');
    expect(code).toBe(0);
    expect(parseListed(stdout)).toMatchObject({
      scope: { kind: 'cgroup', path: '/' },
      totalPages: 64 * 256,
      confidence: 'certain',
    });
    const explained = await on(tree, 'explain', '10');
    expect(explained.stdout).toMatch(
      /\nRuns out first: \/, headroom 24\.0 MiB to 64\.0 MiB; there it has place 1\.\n/,
    );
  });

  it('says "A or B" where the kernel hides the order of equals', async () => {
    const spec: ProcTreeSpec = {
      cgroupVersion: 1,
      cgroups: { '/box': { limitBytes: 64 * MIB } },
      processes: [
        { pid: 10, name: 'one', cgroup: '/box' },
        { pid: 20, name: 'other', cgroup: '/box' },
      ],
    };
    const listed = await listOn(spec, '--scope', 'cgroup:/box');
    expect(listed.confidence).toBe('close');
    expect(listed.either.toSorted()).toEqual([10, 20]);
    const { stdout } = await on(testTree(spec), 'list', '--scope', 'cgroup:/box');
    expect(stdout).toContain('too close to tell');
  });

  it('has an empty order where the process that asks for memory waits', async () => {
    const spec: ProcTreeSpec = {
      cgroupVersion: 1,
      cgroups: { '/box': { limitBytes: 64 * MIB, oomKillDisable: true } },
      processes: [{ pid: 10, cgroup: '/box' }],
    };
    expect(await listOn(spec, '--scope', 'cgroup:/box')).toMatchObject({
      panics: false,
      order: [],
      either: [],
    });
    const { stdout } = await on(testTree(spec), 'list', '--scope', 'cgroup:/box');
    expect(stdout).toContain('Nothing is killed: programs wait.');
    expect(stdout).not.toContain('Next: ');
  });

  it('shows the processes that die with a memory.oom.group', async () => {
    const listed = await listOn({
      cgroups: { '/box': { limitBytes: 64 * MIB, oomGroup: true } },
      processes: [
        { pid: 10, rssAnonPages: 500, cgroup: '/box' },
        { pid: 20, cgroup: '/box' },
      ],
    });
    expect(listed.order.map(({ pid, diesWith }) => [pid, diesWith])).toEqual([[10, [20]]]);
  });

  it('takes a path as the folder of the cgroup has it', async () => {
    const spec = { ...two, cgroups: { '/box': { limitBytes: 64 * MIB } } };
    const listed = await listOn(spec, '--scope', 'cgroup:/sys/fs/cgroup/box/');
    expect(listed.scope).toEqual({ kind: 'cgroup', path: '/box' });
  });

  it('works without cgroups, without PSI, without swap, without vmstat', async () => {
    const tree = testTree({ ...two, cgroupVersion: 'none', pressure: 'missing' });
    tree.remove('/proc/vmstat');
    const { code, stdout } = await on(tree, 'list');
    expect(code).toBe(0);
    expect(stdout).toContain('no swap');
    const scoped = await on(tree, 'list', '--scope', 'cgroup:/box');
    expect(scoped.stderr).toContain('This machine has no memory cgroups.');
  });

  it('survives files that are cut, wrong or gone', async () => {
    const tree = testTree({ processes: [...(two.processes ?? []), { pid: 30 }, { pid: 40 }, { pid: 50 }] });
    tree.write('/proc/30/stat', '30 (cut');
    tree.remove('/proc/40/status');
    tree.breakFile('/proc/50/oom_score');
    tree.write('/proc/vmstat', 'garbage');
    tree.write('/proc/self/mountinfo', 'garbage\n');
    tree.write('/etc/passwd', '\u0000\u0001');
    const { code, stdout, stderr } = await on(tree, 'list', '--json', '-n', '0');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const listed = parseListed(stdout);
    expect(listed.order.map(({ pid }) => pid)).toEqual([10, 20]);
    expect(listed.confidence).toBe('close');
    expect((await on(tree, 'list')).stdout).toContain('\n3 processes cannot be read and are missing here.\n');
  });

  it('applies the rules of the kernel that it meets', async () => {
    const spec: ProcTreeSpec = { ...two, sysctls: { 'kernel.osrelease': '4.19.0-27-amd64' } };
    expect((await listOn(spec)).kernel).toEqual({ release: '4.19.0-27-amd64', formula: '4.17' });
  });

  it('shows hostile words of the system harmless', async () => {
    const tree = testTree({ ...two, sysctls: { 'kernel.hostname': 'evil\u001b[2Jhost' } });
    const { stdout } = await on(tree, 'list');
    expect(stdout).toContain('evil\\x1b[2Jhost');
    expect(stdout).not.toContain('\u001b');
  });
});
