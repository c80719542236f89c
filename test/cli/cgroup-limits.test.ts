import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compile } from '../helpers/c-program.ts';
import { realCgroup } from '../helpers/processes/process-cgroup.ts';
import { lifeboat } from '../helpers/processes/process-command.ts';
import { procTree } from '../helpers/proc-tree.ts';

const MIB = 2 ** 20;
/** Making a memory cgroup is root's to do. */
const isRoot = process.getuid?.() === 0;

function withJournal() {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-cgroup-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const env = { XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
  return (...args: readonly string[]) => lifeboat(args, { env });
}

/** A machine with cgroups of version 2, to look at. */
function built() {
  const tree = procTree({
    cgroupVersion: 2,
    cgroups: { '/box': { usageBytes: 400 * MIB, inactiveFileBytes: 60 * MIB, limitBytes: 512 * MIB } },
    processes: [{ pid: 20, name: 'evil\u001b[2J', rssAnonPages: 9000, cgroup: '/box' }],
  });
  onTestFinished(() => {
    tree.cleanup();
  });
  const root = dirname(tree.proc);
  const env = { LIFEBOAT_ROOT: root, XDG_STATE_HOME: join(root, 'state') };
  return (...args: readonly string[]) => lifeboat(['cgroup', ...args], { env });
}

describe('lifeboat list of a cgroup in which nothing can be killed', () => {
  const listOf = async (path: string) => {
    const limit = { usageBytes: MIB, limitBytes: 512 * MIB };
    const tree = procTree({
      cgroupVersion: 2,
      cgroups: { '/empty': limit, '/above': limit, '/above/in': { usageBytes: MIB } },
      processes: [
        { pid: 20, name: 'web', rssAnonPages: 9000 },
        { pid: 21, name: 'vault', rssAnonPages: 90, adj: -1000, cgroup: '/above/in' },
      ],
    });
    onTestFinished(() => {
      tree.cleanup();
    });
    const env = { LIFEBOAT_ROOT: dirname(tree.proc) };
    return (await lifeboat(['list', '--scope', `cgroup:${path}`], { env })).stdout;
  };

  it('tells one that is empty from one whose processes are exempt, also in a cgroup below it', async () => {
    const empty = await listOf('/empty');
    expect(empty).toContain('\nIt has no processes, and neither has any cgroup below it.\n');
    expect(empty).not.toContain('exempt');
    const above = await listOf('/above');
    expect(above).toContain('Every process in this cgroup is exempt.');
    expect(above).not.toContain('no processes');
  });
});

describe('lifeboat cgroup on a built machine', () => {
  it('shows what is in use and what can be set', async () => {
    const run = built();
    const { code, stdout } = await run('/box');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\/box \(cgroup v2\)\n {2}uses 400 MiB, of which 60\.0 MiB can be reclaimed; processes: 1\n {2}headroom: 172 MiB until a kill, 172 MiB comfortable\n/,
    );
    expect(stdout).toMatch(/\n {2}--max +512 MiB +The group cannot use more\./);
    expect(stdout).toMatch(/\n {2}--oom-group off +When one process in the group is killed, all are\.\n$/);
    const json = await run('/sys/fs/cgroup/box', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      cgroup: {
        path: '/box',
        usageBytes: 400 * MIB,
        values: [{ setting: 'max', value: 512 * MIB }, {}, {}, {}, {}],
      },
    });
  });

  it('names the victims, without control characters, and changes nothing', async () => {
    const run = built();
    const { code, stdout } = await run('/box', '--max', '300M', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        '/box memory.max: 512 MiB → 300 MiB',
        String.raw`  !! 40.0 MiB more is in use than is certain to be reclaimed. There is no swap that it may use. The kernel kills in the group at once until it fits, possibly more than needed: first evil${'\ufffd'}[2J (evil\x1b[2J 20).`,
        '  Without --may-kill nothing would be changed: more is in use than that.',
        '',
      ].join('\n'),
    );
    const refused = await run('/box', '--max', '300M', '--yes');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain(
      'LIFEBOAT_ROOT points to another tree than this machine. Nothing was changed.',
    );
    const needing = await run('/box', '--max', '300M', '--dry-run', '--json');
    expect(JSON.parse(needing.stdout)).toMatchObject({ needs: '--may-kill' });
    const willing = await run('/box', '--max', '300M', '--dry-run', '--json', '--may-kill');
    expect(JSON.parse(willing.stdout)).not.toHaveProperty('needs');
    const json = await run('/box', '--high', '1G', '--dry-run', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      change: { path: '/box', setting: 'high', value: 1024 * MIB },
      file: 'memory.high',
      before: 'max',
      effects: [{ weight: 'note', fact: { kind: 'throttles-from' } }],
    });
  });

  it.for([
    [['/box', '--max', '1G', '--high', '1G'], 2, 'Set one value at a time'],
    [['/box', '--max', 'much'], 2, 'It must be a size'],
    [['/box', '--oom-group', '1'], 2, 'It must be on or off'],
    [['/../etc'], 2, 'may not hold'],
    [['/none'], 1, 'There is no memory cgroup /none'],
    [
      ['/box', '--soft', '1G'],
      1,
      'has no setting called soft. Cgroups of version 2 have max, high, low, min, oom-group.',
    ],
    [[], 2, 'missing required argument'],
  ] as const)('refuses %j with %d', async ([args, code, message]) => {
    const ended = await built()(...args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(message);
  });
});

describe.skipIf(!isRoot)('lifeboat cgroup on a real cgroup (needs root)', () => {
  it('sets, records and takes back', async () => {
    const run = withJournal();
    const { path, folder, version } = realCgroup('cli-limits');
    const file = version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
    const now = () => readFileSync(join(folder, file), 'utf8');
    const before = now();
    const set = await run('cgroup', path, '--max', '64M', '--yes');
    expect(set).toMatchObject({ code: 0, stderr: '' });
    expect(set.stdout).toBe(
      `${path} ${file}: no limit → 64.0 MiB\n  · It can take 64.0 MiB more; no process is in it now.\nKept until the cgroup is removed.\n`,
    );
    expect(Number(now())).toBe(64 * MIB);
    expect((await run('cgroup', path, '--max', '64M', '--yes')).stdout).toContain('No change.');
    expect((await run('journal')).stdout).toMatch(/no limit → 64\.0 MiB +done/);
    const undone = await run('undo', '--all', '--yes');
    expect(undone).toMatchObject({ code: 0, stdout: `${path} ${file}: back at no limit\n` });
    expect(now()).toBe(before);
  });

  it('asks no question without a terminal, and changes nothing', async () => {
    const run = withJournal();
    const { path, folder, version } = realCgroup('cli-asks');
    const file = join(folder, version === 1 ? 'memory.soft_limit_in_bytes' : 'memory.high');
    const before = readFileSync(file, 'utf8');
    const asked = await run('cgroup', path, version === 1 ? '--soft' : '--high', '1M');
    expect(asked).toMatchObject({ code: 1 });
    expect(asked.stderr).toContain('There is no terminal');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('goes below what is in use only with --may-kill, and then the kernel says what becomes of it', async () => {
    const run = withJournal();
    const cgroup = realCgroup('cli-below', 512 * MIB);
    const { path, folder, version } = cgroup;
    // Neither may swap save it.
    if (version === 1) writeFileSync(join(folder, 'memory.swappiness'), '0');
    const file = join(folder, version === 1 ? 'memory.limit_in_bytes' : 'memory.max');
    const program = compile('eater');
    onTestFinished(() => {
      program.end();
    });
    const pid = Number(await program.start('0', '40', 'below'));
    cgroup.add(pid);
    const before = readFileSync(file, 'utf8');
    const used = () =>
      Number(readFileSync(join(folder, version === 1 ? 'memory.usage_in_bytes' : 'memory.current'), 'utf8'));
    process.kill(pid, 'SIGUSR1');
    await expect.poll(used, { timeout: 10_000 }).toBeGreaterThan(39 * MIB);
    const refused = await run('cgroup', path, '--max', '8M', '--yes');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stdout).toContain('more is in use than is certain to be reclaimed');
    expect(refused.stderr).toContain('--may-kill');
    expect(readFileSync(file, 'utf8')).toBe(before);
    const forced = await run('cgroup', path, '--max', '8M', '--yes', '--may-kill');
    if (version === 1) {
      // The kernel gets nothing back, and refuses.
      expect(forced).toMatchObject({ code: 1 });
      expect(forced.stderr).toContain('cannot be that low: the kernel could not reclaim enough memory.');
      expect([readFileSync(file, 'utf8'), cgroup.oomKills()]).toEqual([before, 0]);
    } else {
      expect(forced).toMatchObject({ code: 0 });
      expect(cgroup.oomKills()).toBeGreaterThan(0);
    }
  });
});
