// Over 300 lines: cases of one subject, which share what stands at the top.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HelperRequest } from '#shared/contract/helper.ts';
import { readCgroupMounts } from '../../src-main/proc/cgroup/mounts.ts';
import { HOST_FILES } from '../../src-main/proc/kernel-files.ts';
import { parseMountinfo } from '../../src-main/proc/mountinfo.ts';
import { seenNow } from '../helpers/seen-process.ts';
import { RawHelper } from './support/raw-helper.ts';
import { restoreSysctls, sysctl } from './support/sysctls.ts';

restoreSysctls();

let helper: RawHelper;
beforeEach(() => {
  helper = new RawHelper();
});
afterEach(async () => {
  await helper.end();
});

const request = (asked: HelperRequest) => helper.request(asked);

function adjOf(child: ChildProcess): string {
  return readFileSync(`/proc/${child.pid ?? 0}/oom_score_adj`, 'utf8').trim();
}

function idOf(child: ChildProcess) {
  return seenNow(child.pid ?? 0);
}

describe('set-adj on the running kernel', () => {
  let child: ChildProcess;
  beforeEach(() => {
    child = spawn('sleep', ['60'], { stdio: 'ignore' });
  });
  afterEach(() => {
    child.kill('SIGKILL');
  });

  it('raises a process, and lowers it back', async () => {
    const before = adjOf(child);
    const raised = await request({
      verb: 'set-adj',
      process: idOf(child),
      oomScoreAdj: 500,
      expected: Number(before),
    });
    expect(raised).toMatchObject({ ok: true, value: { written: [{ before, asked: '500', after: '500' }] } });
    expect(adjOf(child)).toBe('500');
    await request({ verb: 'set-adj', process: idOf(child), oomScoreAdj: Number(before) });
    expect(adjOf(child)).toBe(before);
  });

  it('says in words that root is not enough without CAP_SYS_RESOURCE', async () => {
    const bare = new RawHelper(['setpriv', '--bounding-set=-sys_resource', '--inh-caps=-sys_resource']);
    expect(await bare.hello()).toMatchObject({ sysResource: false });
    const lowered = await bare.request({ verb: 'set-adj', process: idOf(child), oomScoreAdj: -500 });
    expect(lowered).toMatchObject({
      ok: false,
      error: { code: 'no-cap-sys-resource', facts: { errno: 'EACCES' } },
    });
    expect(adjOf(child)).not.toBe('-500');
    await bare.end();
  });

  it('refuses a request that does not say how the process looked', async () => {
    const { pid, startTicks } = idOf(child);
    const before = adjOf(child);
    const bare = {
      verb: 'set-adj',
      process: { pid, startTicks },
      oomScoreAdj: 500,
    } as unknown as HelperRequest;
    expect(await request(bare)).toMatchObject({
      error: { code: 'bad-request', facts: { field: 'look', fault: 'missing' } },
    });
    expect(adjOf(child)).toBe(before);
  });

  it('refuses init and threads of the kernel', async () => {
    expect(await request({ verb: 'set-adj', process: seenNow(2), oomScoreAdj: 500 })).toMatchObject({
      error: { code: 'kernel-thread' },
    });
    expect(await request({ verb: 'set-adj', process: seenNow(1), oomScoreAdj: 500 })).toMatchObject({
      error: { code: 'refused-target' },
    });
  });

  it('refuses to give up the helper itself', async () => {
    // It names itself when it starts.
    await helper.hello();
    const process = seenNow(helper.child.pid ?? 0);
    expect(await request({ verb: 'set-adj', process, oomScoreAdj: 1000 })).toMatchObject({
      error: { code: 'refused-target' },
    });
  });

  it('refuses a thread of a process that is not its first', async () => {
    const threads = readFileSync(`/proc/${process.pid}/status`, 'utf8');
    expect(threads).toMatch(/^Threads:\t[2-9]/m);
    const other = readdirSync('/proc/self/task').find((tid) => Number(tid) !== process.pid) ?? '0';
    const id = seenNow(Number(other));
    expect(await request({ verb: 'set-adj', process: id, oomScoreAdj: 500 })).toMatchObject({
      error: { code: 'refused-target' },
    });
  });
});

describe('set-sysctls on the running kernel', () => {
  it('sets and takes back harmless settings', async () => {
    const dump = sysctl('vm.oom_dump_tasks');
    const swappiness = sysctl('vm.swappiness');
    const other = swappiness === '61' ? 62 : 61;
    const changed = await request({
      verb: 'set-sysctls',
      changes: [
        { name: 'vm.oom_dump_tasks', value: dump === '0' ? 1 : 0, expected: Number(dump) },
        { name: 'vm.swappiness', value: other },
      ],
    });
    expect(changed).toMatchObject({ ok: true, value: { pending: { change: 1 } } });
    expect(sysctl('vm.swappiness')).toBe(String(other));
    expect(sysctl('vm.oom_dump_tasks')).not.toBe(dump);
    expect(await request({ verb: 'revert', change: 1 })).toMatchObject({ ok: true });
    expect([sysctl('vm.oom_dump_tasks'), sysctl('vm.swappiness')]).toEqual([dump, swappiness]);
  });

  it('keeps what is confirmed', async () => {
    const before = Number(sysctl('vm.oom_dump_tasks'));
    const change = { name: 'vm.oom_dump_tasks', value: 1 - before } as const;
    await request({ verb: 'set-sysctls', changes: [change], pendingSeconds: 1 });
    expect(await request({ verb: 'confirm', change: 1 })).toMatchObject({ ok: true });
    await sleep(1200);
    await helper.end();
    await sleep(200);
    expect(sysctl('vm.oom_dump_tasks')).toBe(String(1 - before));
    writeFileSync('/proc/sys/vm/oom_dump_tasks', `${before}\n`);
  });

  it('sees that the kernel clears kbytes with the ratio, and puts both back', async () => {
    // Both belong to mode 2 only, so they have no effect in the modes 0 and 1.
    expect(sysctl('vm.overcommit_memory')).not.toBe('2');
    writeFileSync('/proc/sys/vm/overcommit_kbytes', '1000000\n');
    expect(sysctl('vm.overcommit_ratio')).toBe('0');
    const changed = await request({
      verb: 'set-sysctls',
      changes: [{ name: 'vm.overcommit_ratio', value: 80 }],
    });
    expect(changed).toMatchObject({
      value: {
        written: [
          { subject: 'vm.overcommit_ratio', before: '0', asked: '80', after: '80' },
          { subject: 'vm.overcommit_kbytes', before: '1000000', asked: '0', after: '0' },
        ],
      },
    });
    await request({ verb: 'revert', change: 1 });
    expect([sysctl('vm.overcommit_ratio'), sysctl('vm.overcommit_kbytes')]).toEqual(['0', '1000000']);
    writeFileSync('/proc/sys/vm/overcommit_ratio', '50\n');
  });

  it('sets the pair of the preset "default" without the one clearing the other', async () => {
    const before = sysctl('vm.overcommit_ratio');
    const changes = [
      { name: 'vm.overcommit_ratio', value: 51 },
      { name: 'vm.overcommit_kbytes', value: 0 },
    ] as const;
    await request({ verb: 'set-sysctls', changes });
    expect([sysctl('vm.overcommit_ratio'), sysctl('vm.overcommit_kbytes')]).toEqual(['51', '0']);
    await request({ verb: 'revert', change: 1 });
    expect([sysctl('vm.overcommit_ratio'), sysctl('vm.overcommit_kbytes')]).toEqual([before, '0']);
  });

  it('changes nothing at all when the second of two is refused', async () => {
    const before = sysctl('vm.swappiness');
    // Read-only for this helper, as in a container: the kernel refuses the write to the second.
    const inside = new RawHelper([
      ...['unshare', '-m', 'sh', '-c'],
      'mount --bind /proc/sys/vm/oom_dump_tasks /proc/sys/vm/oom_dump_tasks && mount -o remount,bind,ro /proc/sys/vm/oom_dump_tasks && exec "$@"',
      'sh',
    ]);
    await inside.hello();
    const answer = await inside.request({
      verb: 'set-sysctls',
      changes: [
        { name: 'vm.swappiness', value: before === '61' ? 62 : 61 },
        { name: 'vm.oom_dump_tasks', value: sysctl('vm.oom_dump_tasks') === '1' ? 0 : 1 },
      ],
    });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'denied-by-system', facts: { errno: 'EROFS' } },
    });
    expect(sysctl('vm.swappiness')).toBe(before);
    await inside.end();
  });
});

describe('files on disk', () => {
  const conf = '/etc/sysctl.d/90-lifeboat.conf';
  let kept: string | undefined;
  beforeAll(() => {
    kept = existsSync(conf) ? readFileSync(conf, 'utf8') : undefined;
  });
  afterAll(() => {
    if (kept !== undefined) writeFileSync(conf, kept);
  });

  it('keeps a sysctl in /etc/sysctl.d, and forgets it', async () => {
    rmSync(conf, { force: true });
    await request({ verb: 'keep-sysctl', name: 'vm.swappiness', value: 60 });
    expect(readFileSync(conf, 'utf8')).toMatch(/^vm\.swappiness = 60$/m);
    await request({ verb: 'forget-sysctl', name: 'vm.swappiness' });
    expect(existsSync(conf)).toBe(false);
  });

  it('gives a unit a drop-in, and takes it away', async () => {
    const unit = `lifeboat-test-${process.pid}.service`;
    const file = `/etc/systemd/system/${unit}`;
    mkdirSync('/etc/systemd/system', { recursive: true });
    writeFileSync(file, '[Service]\nExecStart=/bin/true\n');
    try {
      expect(await request({ verb: 'keep-unit-adj', unit, oomScoreAdj: -200 })).toMatchObject({ ok: true });
      expect(readFileSync(`${file}.d/90-lifeboat.conf`, 'utf8')).toMatch(/^OOMScoreAdjust=-200$/m);
      expect(await request({ verb: 'forget-unit-adj', unit })).toMatchObject({ ok: true });
      expect(existsSync(`${file}.d`)).toBe(false);
    } finally {
      rmSync(file, { force: true });
      rmSync(`${file}.d`, { recursive: true, force: true });
    }
  });
});

describe('set-cgroup on the running kernel', () => {
  const mounts = readCgroupMounts(
    HOST_FILES,
    parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8')) ?? [],
  );
  const name = `lifeboat-test-${process.pid}`;
  const folder = `${mounts.memoryMountPoint ?? ''}/${name}`;
  const [limit, usage] =
    mounts.version === 1
      ? (['memory.limit_in_bytes', 'memory.usage_in_bytes'] as const)
      : (['memory.max', 'memory.current'] as const);
  const read = (file: string) => readFileSync(`${folder}/${file}`, 'utf8').trim();
  let eater: ChildProcess;

  beforeAll(async () => {
    if (mounts.version === 2)
      writeFileSync(`${mounts.memoryMountPoint ?? ''}/cgroup.subtree_control`, '+memory');
    mkdirSync(folder);
    // 30 MiB that stay in use, charged to the cgroup since the shell is in it before.
    const script = `echo $$ > ${folder}/cgroup.procs; exec "$0" -e 'globalThis.b = Buffer.alloc(30 << 20, 1); console.log("full"); setInterval(() => {}, 1000)'`;
    eater = spawn('sh', ['-c', script, process.execPath], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (eater.stdout !== null) await once(eater.stdout, 'data');
  });
  afterAll(async () => {
    const gone = once(eater, 'exit');
    eater.kill('SIGKILL');
    await gone;
    for (let left = 20; left > 0 && existsSync(folder); left -= 1) {
      await sleep(50);
      try {
        rmdirSync(folder);
      } catch (error) {
        if (left === 1) throw error;
      }
    }
  });

  it('sets a limit, rounded to pages, and takes it back', async () => {
    const before = read(limit);
    const asked = 512 * (1 << 20) + 1;
    const changed = await request({ verb: 'set-cgroup', path: name, file: limit, value: asked });
    expect(changed).toMatchObject({ ok: true, value: { written: [{ asked: String(asked) }] } });
    expect(Number(read(limit))).toBe(asked - 1);
    await request({ verb: 'revert', change: 1 });
    expect(read(limit)).toBe(before);
  });

  it('refuses a limit below what is in use, and kills no process', async () => {
    const before = read(limit);
    expect(Number(read(usage))).toBeGreaterThan(30 << 20);
    const refused = await request({ verb: 'set-cgroup', path: name, file: limit, value: 8 << 20 });
    expect(refused).toMatchObject({ ok: false, error: { code: 'would-kill' } });
    expect([read(limit), eater.exitCode, eater.signalCode]).toEqual([before, null, null]);
  });

  it('takes "max" for no limit', async () => {
    const set = await request({ verb: 'set-cgroup', path: `/${name}`, file: limit, value: 1 << 30 });
    expect(set).toMatchObject({ ok: true });
    await request({ verb: 'confirm', change: 1 });
    expect(await request({ verb: 'set-cgroup', path: name, file: limit, value: 'max' })).toMatchObject({
      ok: true,
    });
    await request({ verb: 'confirm', change: 2 });
    expect(read(limit)).toMatch(/^(max|9223372036854771712)$/);
  });

  it('finds no cgroup outside of the hierarchy', async () => {
    const none = await request({ verb: 'set-cgroup', path: `${name}/none`, file: limit, value: 'max' });
    expect(none).toMatchObject({ error: { code: 'not-found' } });
  });
});
