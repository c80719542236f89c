import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSleep } from '../../helpers/processes/process-children.ts';
import { realCgroup } from '../../helpers/processes/process-cgroup.ts';
import { lifeboat } from '../../helpers/processes/process-command.ts';
import { procTree } from '../../helpers/proc-tree.ts';

const MIB = 2 ** 20;
/** Making a memory cgroup is root's to do. */
const isRoot = process.getuid?.() === 0;
const DB = 'a1'.repeat(32);
const RUNNER = 'b2'.repeat(32);

/** A machine with cgroups of version 2, to look at. */
function built() {
  const tree = procTree({
    cgroupVersion: 2,
    cgroups: {
      [`/system.slice/docker-${DB}.scope`]: {
        ...{ limitBytes: 256 * MIB, usageBytes: 241 * MIB, inactiveFileBytes: 15 * MIB },
        ...{ activeFileBytes: 8 * MIB, oomKills: 2, swapLimitBytes: 0 },
      },
      [`/system.slice/docker-${RUNNER}.scope`]: { usageBytes: 400 * MIB },
      '/system.slice/web.service': { limitBytes: 512 * MIB, usageBytes: 100 * MIB, swapLimitBytes: 0 },
      '/system.slice/cron.service': { usageBytes: 2 * MIB },
    },
    processes: [
      { pid: 20, name: 'evil\u001b[2J', rssAnonPages: 50_000, cgroup: `/system.slice/docker-${DB}.scope` },
      { pid: 21, name: 'runner', rssAnonPages: 9000, cgroup: `/system.slice/docker-${RUNNER}.scope` },
      { pid: 22, name: 'web', rssAnonPages: 9000, cgroup: '/system.slice/web.service' },
      { pid: 23, name: 'cron', rssAnonPages: 90, cgroup: '/system.slice/cron.service' },
    ],
  });
  onTestFinished(() => {
    tree.cleanup();
  });
  const env = { LIFEBOAT_ROOT: dirname(tree.proc) };
  return (...args: readonly string[]) => lifeboat(['groups', ...args], { env });
}

interface Printed {
  readonly groups: readonly Record<string, unknown>[];
  readonly otherCount: number;
}

const parsed = (stdout: string) => JSON.parse(stdout) as Printed;

describe('lifeboat groups on a built machine', () => {
  it('prints the closest to a kill first, under headings, and no part of anything where there is no limit', async () => {
    const { stdout, code } = await built()();
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
    expect(lines[1]).toBe('Containers: 2');
    expect(lines[2]).toContain(`${DB.slice(0, 12)} | 241 MiB | 256 MiB | 38.0 MiB`);
    expect(lines[2]).toContain('evil\\x1b[2J (20)');
    expect(lines[3]).toContain(`${RUNNER.slice(0, 12)} | 400 MiB | - | - | no limit`);
    expect(stdout).toContain('Services: 1');
    expect(stdout).toContain('1 other group has no limit and runs out with the machine (--all shows it).');
    expect(stdout).not.toContain('\u001b');
  });

  it('prints the same as JSON, with the victim, the kills and where memory ends', async () => {
    const { groups, otherCount } = parsed((await built()('--json')).stdout);
    expect(otherCount).toBe(1);
    expect(groups[0]).toMatchObject({
      ...{ kind: 'container', path: `/system.slice/docker-${DB}.scope`, kills: 2, processCount: 1 },
      ...{ usageBytes: 241 * MIB, limitBytes: 256 * MIB, cacheBytes: 23 * MIB },
      ...{ headroom: { headroomBytes: 38 * MIB }, end: { kind: 'itself' }, victim: { pid: 20 } },
    });
    expect(groups[1]).toMatchObject({ end: { kind: 'machine' } });
    expect(groups[1]).not.toHaveProperty('limitBytes');
  });

  it('takes kinds and an order', async () => {
    const names = async (...args: readonly string[]) =>
      parsed((await built()('--json', ...args)).stdout).groups.map(({ name }) => name);
    expect(await names('--kind', 'service', '--all', '--sort', 'name')).toEqual(['cron', 'web']);
    const refused = await built()('--kind', 'vm');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('container, pod, service, app, slice, other');
  });
});

describe.skipIf(!isRoot)('lifeboat groups on a real cgroup (needs root)', () => {
  it('says what the files of the cgroup say', async () => {
    const { path, folder, version, add } = realCgroup('lifeboat-groups', 96 * MIB);
    add((await startSleep()).pid);
    const { groups } = parsed((await lifeboat(['groups', '--json'])).stdout);
    const group = groups.find((each) => each['path'] === path);
    const figure = (v1: string, v2: string) =>
      Number(readFileSync(`${folder}/${version === 1 ? v1 : v2}`, 'utf8'));
    expect(group).toMatchObject({ kind: 'other', processCount: 1, kills: 0, victim: { name: 'sleep' } });
    expect(group?.['limitBytes']).toBe(figure('memory.limit_in_bytes', 'memory.max'));
    // A sleeping process allocates nothing; the kernel charges and gives back in batches for each processor.
    const usageBytes = figure('memory.usage_in_bytes', 'memory.current');
    expect(Math.abs(Number(group?.['usageBytes']) - usageBytes)).toBeLessThan(2 * MIB);
  });
});
