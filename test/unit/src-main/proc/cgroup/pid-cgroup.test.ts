import { describe, expect, it } from 'vitest';
import { parsePidCgroup, readPidCgroup } from '../../../../../src-main/proc/cgroup/pid-cgroup.ts';
import { CAPTURED, CAPTURED_PIDS } from '../../../../helpers/captured.ts';

describe('readPidCgroup', () => {
  it('reads a process of a v1 machine with an empty unified hierarchy', () => {
    expect(readPidCgroup(CAPTURED, CAPTURED_PIDS.idle)).toEqual({
      ok: true,
      value: { memory: '/system.slice/eater.service/worker', unified: '/', systemd: '/' },
    });
  });

  it('shows a zombie in the root, as v1 does', () => {
    expect(readPidCgroup(CAPTURED, CAPTURED_PIDS.zombie)).toMatchObject({ value: { memory: '/' } });
  });
});

describe('parsePidCgroup', () => {
  it('reads a v2 machine', () => {
    expect(parsePidCgroup('0::/user.slice/user-1000.slice/session-2.scope\n')).toEqual({
      memory: undefined,
      unified: '/user.slice/user-1000.slice/session-2.scope',
      systemd: undefined,
    });
  });

  it('finds the memory controller among others of its hierarchy', () => {
    expect(parsePidCgroup('7:cpu,memory,cpuacct:/a\n3:cpuset:/b\n1:name=elogind:/c\n')?.memory).toBe('/a');
  });

  it('keeps colons and blanks of a path, and paths outside of our namespace', () => {
    const text = '4:memory:/a:b/kubepods.slice:cri-containerd:c d\n0::/../../x (deleted)\n';
    expect(parsePidCgroup(text)).toMatchObject({
      memory: '/a:b/kubepods.slice:cri-containerd:c d',
      unified: '/../../x (deleted)',
    });
  });

  it('knows a kernel without cgroups', () => {
    expect(parsePidCgroup('')).toEqual({ memory: undefined, unified: undefined, systemd: undefined });
  });

  it.each(['memory:/a\n', '4:memory\n', '4:memory:a\n', 'x:memory:/a\n', '0::/a\ngarbage\n'])(
    'refuses %j',
    (text) => {
      expect(parsePidCgroup(text)).toBeUndefined();
    },
  );
});
