import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readIdentity } from '../../../../../src-main/collect/processes/identity.ts';
import { type CgroupMounts } from '../../../../../src-main/proc/cgroup/mounts.ts';
import { testTree } from '../../../../helpers/processes/process-sampler.ts';
import { type FakeProcess, type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const V2: CgroupMounts = { version: 2, memoryMountPoint: '/sys/fs/cgroup', memoryRoot: '/' };
const V1: CgroupMounts = { version: 1, memoryMountPoint: '/sys/fs/cgroup/memory', memoryRoot: '/' };
const ID = '4f6e'.repeat(16);

function identityOf(
  process: Partial<FakeProcess>,
  cgroupVersion: ProcTreeSpec['cgroupVersion'] = 2,
  mounts: CgroupMounts = cgroupVersion === 2 ? V2 : V1,
) {
  const tree = testTree({ cgroupVersion, processes: [{ pid: 9, ...process }] });
  return readIdentity(tree, 9, process.name ?? 'name', mounts);
}

describe('readIdentity', () => {
  it.for([
    { what: 'arguments joined by blanks', cmdline: ['sleep', '10'], command: 'sleep 10' },
    { what: 'the name in brackets where there are none', cmdline: [], command: '[name]' },
    { what: 'control characters as they are', cmdline: ['a\u001b[31m', '\n'], command: 'a\u001b[31m \n' },
    { what: 'empty arguments', cmdline: ['sh', '', 'x'], command: 'sh  x' },
  ])('tells $what', ({ cmdline, command }) => {
    expect(identityOf({ cmdline }).command).toBe(command);
  });

  it('cuts a command line of a megabyte', () => {
    expect(identityOf({ cmdline: ['x'.repeat(1 << 20)] }).command.length).toBeLessThanOrEqual(4096);
  });

  it('shows bytes that are no UTF-8 as such', () => {
    const tree = testTree({ processes: [{ pid: 9 }] });
    tree.write('/proc/9/cmdline', new Uint8Array([0x61, 0xff, 0xfe, 0x62, 0]));
    expect(readIdentity(tree, 9, 'name', V2).command).toBe('a\ufffd\ufffdb');
  });

  it('keeps arguments apart, with their blanks', () => {
    expect(identityOf({ cmdline: ['sh', '-c', 'exec a b'] }).argv).toEqual(['sh', '-c', 'exec a b']);
  });

  it('reads the program, whose link is absent for threads of the kernel', () => {
    const tree = testTree({ processes: [{ pid: 9 }] });
    symlinkSync('/usr/bin/python3.11', `${tree.proc}/9/exe`);
    expect(readIdentity(tree, 9, 'name', V2).exe).toBe('/usr/bin/python3.11');
    expect(readIdentity(tree, 9, 'name', V2, true).exe).toBeUndefined();
  });

  it('reads Java to its main class, behind a class path of many kilobytes', () => {
    const { argv } = identityOf({
      name: 'java',
      cmdline: ['java', '-cp', 'x.jar:'.repeat(3000), 'kafka.Kafka'],
    });
    expect(argv.at(-1)).toBe('kafka.Kafka');
    expect(argv.join('').length).toBeLessThan(2000);
  });

  it('knows the unit in cgroup v2', () => {
    expect(identityOf({ cgroup: '/system.slice/cron.service' })).toMatchObject({
      cgroup: '/system.slice/cron.service',
      unit: { manager: 'system', name: 'cron.service' },
    });
  });

  it('knows the unit in cgroup v1, where systemd has a hierarchy of its own', () => {
    expect(identityOf({ cgroup: '/system.slice/cron.service' }, 1)).toMatchObject({
      cgroup: '/system.slice/cron.service',
      unit: { manager: 'system', name: 'cron.service' },
    });
  });

  it('takes the memory hierarchy for the cgroup in hybrid mode', () => {
    const tree = testTree({ cgroupVersion: 'hybrid', processes: [{ pid: 9 }] });
    tree.write('/proc/9/cgroup', `1:name=systemd:/user.slice\n5:memory:/docker/${ID}\n0::/user.slice\n`);
    expect(readIdentity(tree, 9, 'name', V1)).toMatchObject({
      cgroup: `/docker/${ID}`,
      container: `docker:${ID}`,
    });
  });

  it('tells unit, manager and container from one hierarchy: on cgroup v1 memory knows only the user manager', () => {
    const tree = testTree({ cgroupVersion: 'hybrid', processes: [{ pid: 9 }] });
    const user = '/user.slice/user-101.slice/user@101.service';
    tree.write(
      '/proc/9/cgroup',
      `12:name=systemd:${user}/app.slice/mytool.service\n5:memory:${user}\n0::/\n`,
    );
    expect(readIdentity(tree, 9, 'name', V1)).toMatchObject({
      cgroup: user,
      home: `${user}/app.slice/mytool.service`,
      unit: { manager: 'user:101', name: 'mytool.service' },
    });
  });

  it('says that the command line goes on where it does', () => {
    expect(identityOf({ cmdline: ['java', 'x'.repeat(5000), 'kafka.Kafka'] }).commandIsCut).toBe(true);
    expect(identityOf({ cmdline: ['java', 'x'.repeat(3000)] }).commandIsCut).toBeUndefined();
  });

  it('knows the container', () => {
    expect(identityOf({ cgroup: `/system.slice/docker-${ID}.scope` })).toMatchObject({
      unit: { manager: 'system', name: `docker-${ID}.scope` },
      container: `docker:${ID}`,
    });
  });

  it('counts the path from what is mounted, in a container that sees its own part', () => {
    const own: CgroupMounts = { ...V1, memoryRoot: `/docker/${ID}` };
    expect(identityOf({ cgroup: `/docker/${ID}` }, 1, own).cgroup).toBe('/');
    expect(identityOf({ cgroup: `/docker/${ID}/init` }, 1, own).cgroup).toBe('/init');
    expect(identityOf({ cgroup: '/elsewhere' }, 1, own).cgroup).toBe('/elsewhere');
  });

  it('is in the root where there are no cgroups', () => {
    expect(identityOf({}, 'none', { version: undefined })).toEqual({
      name: 'name',
      command: '[name]',
      argv: [],
      cgroup: '/',
    });
  });

  it.for(['cmdline', 'cgroup'])('leaves out what cannot be read: %s', (name) => {
    const tree = testTree({ processes: [{ pid: 9, cmdline: ['x'], cgroup: '/a.service' }] });
    tree.breakFile(`/proc/9/${name}`);
    expect(readIdentity(tree, 9, 'name', V2)).toEqual(
      name === 'cmdline'
        ? {
            name: 'name',
            command: '[name]',
            argv: [],
            cgroup: '/a.service',
            home: '/a.service',
            unit: { manager: 'system', name: 'a.service' },
          }
        : { name: 'name', command: 'x', argv: ['x'], cgroup: '/' },
    );
  });

  it('knows nothing of a process that is gone', () => {
    expect(readIdentity(testTree(), 9, 'name', V2)).toEqual({
      name: 'name',
      command: '[name]',
      argv: [],
      cgroup: '/',
    });
  });
});
