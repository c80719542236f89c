import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type MemoryMount, memoryMount, readCgroupMounts } from '../../../src-main/proc/cgroup/mounts.ts';
import { listChildCgroups, readCgroupExists, readCgroupProcs } from '../../../src-main/proc/cgroup/tree.ts';
import { HOST_FILES, readFailure } from '../../../src-main/proc/kernel-files.ts';
import { readMemoryCgroup } from '../../../src-main/proc/cgroup/memory-cgroup.ts';
import { readMountinfo } from '../../../src-main/proc/mountinfo.ts';

const mounts = readMountinfo(HOST_FILES);
const mount: MemoryMount | undefined = mounts.ok
  ? memoryMount(readCgroupMounts(HOST_FILES, mounts.value))
  : undefined;
const made: string[] = [];
const NO_CGROUP = 'it takes root and a memory cgroup that can be written';

/** Makes cgroups where this user may, which takes root and a mount that can be written; returns those that it made. */
function make(...paths: readonly string[]): readonly string[] {
  return paths.filter((path) => {
    try {
      mkdirSync(join(mount?.mountPoint ?? '/nowhere', path));
      made.unshift(path);
      return true;
    } catch (error) {
      const failure = readFailure(error, path);
      if (failure.errno !== 'EROFS' && failure.why === 'failed') throw error;
      return false;
    }
  });
}

afterAll(() => {
  for (const path of made) rmdirSync(join(mount?.mountPoint ?? '', path));
});

describe('the memory cgroups of this machine', () => {
  it('are where mount(8) says', () => {
    const lines = execFileSync('mount', { encoding: 'utf8' }).split('\n');
    const isMemoryV1 = (line: string): boolean => / type cgroup \(.*\bmemory\b/.test(line);
    const v1 = lines.find(isMemoryV1)?.split(' ')[2];
    expect(mount?.version === 1 ? mount.mountPoint : undefined).toBe(v1);
    if (mount?.version === 2) expect(lines.join('\n')).toContain(` on ${mount.mountPoint} type cgroup2 `);
  });

  it('are listed oldest first', ({ skip }) => {
    const parent = `/lifeboat-test-order-${process.pid}`;
    const names = make(parent, ...['zz', 'aa', 'mm', 'bb'].map((name) => `${parent}/${name}`))
      .slice(1)
      .map((path) => path.slice(parent.length + 1));
    if (mount === undefined) return skip(NO_CGROUP);
    const folder = names.length > 0 ? parent : '/';
    const read = listChildCgroups(mount, folder);
    const listed = read.ok ? read.value.map(({ name }) => name) : [];
    const folders = readdirSync(join(mount.mountPoint, folder), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect([...listed].sort()).toEqual(folders.map(({ name }) => name).sort());
    if (names.length === 0) return skip(NO_CGROUP);
    expect(listed).toEqual(names);
  });

  it('say what was written to them', ({ skip }) => {
    const path = `/lifeboat-test-limit-${process.pid}`;
    const [cgroup] = make(path);
    if (mount === undefined || cgroup === undefined) return skip(NO_CGROUP);
    const folder = join(mount.mountPoint, cgroup);
    const file = mount.version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
    expect(readMemoryCgroup(mount, cgroup, 4096)).toMatchObject({
      ok: true,
      value: { usageBytes: 0, oomKills: 0 },
    });
    writeFileSync(join(folder, file), String(48 << 20));
    expect(readMemoryCgroup(mount, cgroup, 4096)).toMatchObject({ value: { limitBytes: 48 << 20 } });
    const procs = execFileSync(
      'sh',
      ['-c', `echo $$ > ${folder}/cgroup.procs && cat ${folder}/cgroup.procs`],
      {
        encoding: 'utf8',
      },
    );
    expect(procs.trim().split('\n').length).toBeGreaterThan(1);
    // What its processes leave behind is given back in its own time: between two looks of another reader.
    const usageFile = join(folder, mount.version === 1 ? 'memory.usage_in_bytes' : 'memory.current');
    const before = Number(readFileSync(usageFile, 'utf8'));
    const read = readMemoryCgroup(mount, cgroup, 4096);
    const after = Number(readFileSync(usageFile, 'utf8'));
    expect(read.ok && read.value.usageBytes).toBeGreaterThanOrEqual(Math.min(before, after));
    expect(read.ok && read.value.usageBytes).toBeLessThanOrEqual(Math.max(before, after));
    expect(readCgroupProcs(mount, cgroup)).toEqual({ ok: true, value: [] });
  });

  it('are gone when they are gone', ({ skip }) => {
    const path = `/lifeboat-test-gone-${process.pid}`;
    const [cgroup] = make(path);
    if (mount === undefined) return skip(NO_CGROUP);
    expect(readCgroupExists(mount, path)).toBe(cgroup !== undefined);
    if (cgroup !== undefined) {
      made.splice(made.indexOf(path), 1);
      rmdirSync(join(mount.mountPoint, path));
    }
    expect(readCgroupExists(mount, path)).toBe(false);
    expect(readMemoryCgroup(mount, path, 4096)).toMatchObject({ ok: false, why: 'missing' });
    expect(listChildCgroups(mount, path)).toMatchObject({ ok: false, why: 'missing' });
    expect(readCgroupProcs(mount, path)).toMatchObject({ ok: false, why: 'missing' });
  });
});
