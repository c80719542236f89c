import { describe, expect, it } from 'vitest';
import { wslHome } from '#shared/words/en/wsl/home.ts';
import { readWslMachine } from '../../../../src-main/wsl/read-machine.ts';
import { WSL_ERAS, wslTree } from '../../../helpers/wsl-tree.ts';

const GIB = 2 ** 30;
const SESSION = { distribution: 'Ubuntu', interop: '/run/WSL/9_interop', pageSizeBytes: 4096 };
const SERVICE = { ...SESSION, interop: undefined };

const read = (...tree: Parameters<typeof wslTree>) => readWslMachine(wslTree(...tree), SESSION);

describe('a machine of WSL', () => {
  it.each([
    ['WSL 1', { version: 1, isIsolated: false, reclaim: 'unknown' }],
    ['2.6.3', { version: 2, isIsolated: false, hasPressure: true, reclaim: 'old', hasSystemd: true }],
    ['2.7.10', { version: 2, isIsolated: false, hasPressure: false, reclaim: 'old' }],
    ['2.9.9', { version: 2, isIsolated: true, hasPressure: false, reclaim: 'new', hasSystemd: true }],
    ['2.9.9 without systemd', { version: 2, isIsolated: true, reclaim: 'new', hasSystemd: false }],
    ['a custom kernel', { version: 2, reclaim: 'unknown' }],
    ['a container on WSL', undefined],
    ['plain Linux', undefined],
  ] as const)('is known by its files: %s', (era, facts) => {
    const machine = read(era);
    if (facts === undefined) expect(machine).toBeUndefined();
    else expect(machine).toMatchObject(facts);
  });

  it.each(['2.9.9', '2.9.9 without systemd'] as const)('has the memory of every distribution: %s', (era) => {
    expect(
      read(era)?.shares.map(({ of, name, memoryBytes }) => [of, name, (memoryBytes / GIB).toFixed(1)]),
    ).toEqual([
      ['own', 'Ubuntu', '3.1'],
      ['docker', 'docker-desktop', '6.2'],
      ['other', undefined, '0.5'],
      ['other', undefined, '0.3'],
    ]);
  });

  it('shows containers of Docker Desktop before distributions were kept apart', () => {
    expect(read('Docker Desktop before isolation')?.shares).toEqual([
      { key: 'docker', of: 'docker', name: 'docker-desktop', memoryBytes: 2 * GIB },
    ]);
    expect(read('2.6.3')?.shares).toEqual([]);
  });

  it('leaves out a distribution that ends while it is read, and one with a broken figure', () => {
    const changes = {
      'sys/fs/cgroup/wsl-user/distro-40/memory.current': undefined,
      'sys/fs/cgroup/wsl-user/distro-41/memory.current': 'x\n',
    };
    expect(read('2.9.9', changes)?.shares.map(({ key }) => key)).toEqual(['distro-7', 'distro-312']);
  });

  it('counts as given back what is free in blocks that the kernel reports', () => {
    expect(read('2.9.9')?.memory).toMatchObject({ returnedBytes: 2 * GIB, blockBytes: 128 * 1024 });
    // 2 MiB blocks on older Windows, and the parameter of the module before the command line.
    const order = { 'sys/module/page_reporting/parameters/page_reporting_order': '9\n' };
    expect(read('2.9.9', order)?.memory?.blockBytes).toBe(2 * 2 ** 20);
    const none = { 'sys/module/page_reporting/parameters/page_reporting_order': '4294967295\n' };
    expect(read('2.9.9', none)?.memory).not.toHaveProperty('returnedBytes');
    expect(read('2.9.9', { 'proc/buddyinfo': 'nonsense\n' })?.memory).not.toHaveProperty('returnedBytes');
  });

  it('has the command line of the kernel', () => {
    const cmdline = 'initrd=x nr_cpus=6 swiotlb=force hv_pci_swiotlb=67108864 psi=1 nr_cpus=4\n';
    expect(read('2.7.10', { 'proc/cmdline': cmdline })?.commandLine).toEqual({
      processors: 4,
      swiotlbBytes: 67_108_864,
      hasPsi: true,
      text: cmdline.trim(),
    });
    expect(read('2.7.10')?.commandLine).toMatchObject({ processors: 8, hasPsi: false });
  });

  it.each([
    ['on', {}],
    ['disabled', { 'etc/wsl.conf': '[interop]\nenabled=false\n' }],
    ['on', { 'etc/wsl.conf': '[interop]\nenabled=no\n' }],
    ['unregistered', { 'proc/sys/fs/binfmt_misc/WSLInterop': undefined }],
    ['unregistered', { 'proc/sys/fs/binfmt_misc/WSLInterop': 'disabled\n' }],
    [
      'on',
      {
        'proc/sys/fs/binfmt_misc/WSLInterop': undefined,
        'proc/sys/fs/binfmt_misc/WSLInterop-late': 'enabled\n',
      },
    ],
    ['no-socket', { 'run/WSL/1_interop': undefined }],
  ] as const)('knows whether Windows programs start: %s', (interop, changes) => {
    expect(read('2.9.9', { 'run/WSL/x': '', ...changes })?.interop).toBe(interop);
  });

  it('says the names and figures on one line', () => {
    const machine = read('2.9.9');
    expect(machine && wslHome(machine)).toBe(
      'WSL 2: Ubuntu 3.1, docker-desktop 6.2, other 0.8 of 15.6 GiB. Windows holds about 13.6 GiB for it; 5.9 of that is cache.',
    );
    const before = read('Docker Desktop before isolation');
    expect(before && wslHome(before)).toBe(
      'WSL 2: docker-desktop 2.0, all else 9.8 of 15.6 GiB. Windows holds about 13.6 GiB for it; 5.9 of that is cache.',
    );
    const old = read('2.6.3', { 'proc/cmdline': 'quiet\n' });
    expect(old && wslHome(old)).toBe('WSL 2: all distributions 11.8 of 15.6 GiB.');
    const first = read('WSL 1');
    expect(first && wslHome(first)).toBeUndefined();
  });

  it('survives what a kernel never writes', () => {
    for (const era of Object.keys(WSL_ERAS) as (keyof typeof WSL_ERAS)[])
      for (const content of ['', '\0', '\n\n', 'Node 0, zone x 1 2'])
        expect(() =>
          readWslMachine(
            wslTree(era, {
              'proc/cmdline': content,
              'proc/buddyinfo': content,
              'proc/meminfo': content,
              'proc/uptime': content,
              'proc/stat': content,
              'etc/wsl.conf': content,
              'proc/self/cgroup': content,
            }),
            SERVICE,
          ),
        ).not.toThrow();
  });
});
