import { chmodSync, chownSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { triggerState } from '#shared/killers/trigger.ts';
import { KillerWatch } from '../../../../../src-main/collect/killers/killer-watch.ts';
import { type RunProgram } from '../../../../../src-main/collect/run-program.ts';
import { rootOf } from '../../../../../src-main/proc/kernel-files.ts';
import { sampledTree } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTree, type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const GIB = 2 ** 30;
const NOTHING: RunProgram = () => Promise.resolve(undefined);
/** 10 GiB, of which 6 are available and 1 is anonymous. */
const MEMORY = { memTotalBytes: 10 * GIB, memAvailableBytes: 6 * GIB, anonBytes: GIB };

/** The killers of a built machine, looked at once. */
async function killersOf(
  spec: ProcTreeSpec,
  prepare: (tree: ProcTree) => void = () => undefined,
  run: RunProgram = NOTHING,
) {
  const { tree, sample } = sampledTree({ meminfo: MEMORY, ...spec });
  prepare(tree);
  const watch = new KillerWatch({ files: tree, run });
  await watch.look(sample());
  return { tree, sample, watch, killers: watch.in(sample()) };
}

/** What stands in the program of a version, among other texts of it. */
const program = (version: string) =>
  `\u007fELF\0Option -k is ignored since earlyoom v1.2\n\0earlyoom ${version}\n\0Could not cd to /proc\0`;
const earlyoom = (...args: readonly string[]) => ({
  processes: [{ pid: 5, name: 'earlyoom', cmdline: ['/usr/bin/earlyoom', ...args] }],
});

describe('earlyoom', () => {
  it.for([
    { version: 'v1.7', args: [], gib: 1 },
    { version: '1.8.2', args: [], gib: 0.7 },
    { version: 'v1.7', args: ['-r', '3600', '-m', '4'], gib: 0.4 },
    { version: 'v1.7', args: ['-m', '2', '-M', '524288'], gib: 0.2 },
    { version: 'v1.7', args: ['-M', '524288,262144', '--prefer', '^(a b|-m 50)$'], gib: 0.5 },
  ])('acts by its version $version and its options $args', async ({ version, args, gib }) => {
    const { killers } = await killersOf(earlyoom(...args), (tree) => {
      tree.write('/usr/bin/earlyoom', program(version));
    });
    expect(killers).toMatchObject([
      { version: version.replace('v', ''), actsAt: { kind: 'when' }, unknown: [] },
    ]);
    expect(killers[0]?.actsAt?.availableBytes).toBeCloseTo(gib * GIB, -2);
  });

  it.for([
    { title: 'there is none', prepare: () => undefined },
    {
      title: 'anybody may write it',
      prepare: (tree: ProcTree) => {
        tree.write('/usr/bin/earlyoom', program('v1.7'));
        chmodSync(`${rootOf(tree)}/usr/bin/earlyoom`, 0o777);
      },
    },
    {
      title: 'it says none',
      prepare: (tree: ProcTree) => {
        tree.write('/usr/bin/earlyoom', 'earlyoom v1.2\n');
      },
    },
  ])('does not know a version that is not in its program: $title', async ({ prepare }) => {
    const { killers } = await killersOf(earlyoom(), prepare);
    expect(killers).toMatchObject([{ unknown: ['version'], actsAt: { kind: 'when' } }]);
    expect(killers[0]?.actsAt?.leastAvailableBytes).toBeCloseTo(0.7 * GIB, -2);
  });

  it.runIf(process.geteuid?.() === 0)('does not read a program that belongs to somebody else', async () => {
    const { killers } = await killersOf(earlyoom(), (tree) => {
      tree.write('/usr/bin/earlyoom', program('v1.7'));
      chownSync(`${rootOf(tree)}/usr/bin/earlyoom`, 65_534, 65_534);
    });
    expect(killers).toMatchObject([{ unknown: ['version'] }]);
  });

  it('is known to kill nothing where it rehearses, and not to be known where its options are not', async () => {
    const { killers } = await killersOf({
      processes: [
        { pid: 5, name: 'earlyoom', cmdline: ['earlyoom', '--dryrun', '-m', '99'] },
        { pid: 6, name: 'earlyoom', cmdline: ['earlyoom', '-m', '${PERCENT}'] },
      ],
    });
    const [rehearses, unread] = killers;
    expect(rehearses).toMatchObject({ rehearses: true });
    expect(rehearses?.actsAt).toBeUndefined();
    expect(unread).toMatchObject({ triggers: [], unknown: ['version', 'configuration'] });
  });
});

const CONF = `zram_checking_enabled = False
psi_checking_enabled = True
psi_path = /proc/pressure/memory
psi_metrics = full_avg10
psi_excess_duration = 3
soft_threshold_min_mem = 8 %
soft_threshold_min_swap = 10 %
soft_threshold_max_zram = 55 %
soft_threshold_max_psi = 40
hard_threshold_min_mem = 2 %
hard_threshold_min_swap = 4 %
hard_threshold_max_zram = 60 %
hard_threshold_max_psi = 90
`;
const nohang = (path: string) => ({
  processes: [
    { pid: 5, name: 'python3', cmdline: ['python3', '/usr/sbin/nohang', '--monitor', '--config', path] },
  ],
});
const bootedAt = (tree: ProcTree, seconds: number) => {
  tree.write('/proc/stat', `cpu 1 2 3 4\nbtime ${Math.floor(seconds)}\n`);
};

describe('nohang', () => {
  it('acts by the file that it was started with', async () => {
    const { killers } = await killersOf(nohang('/etc/nohang/nohang.conf'), (tree) => {
      tree.write('/etc/nohang/nohang.conf', CONF);
      tree.write('/usr/share/nohang/version', 'v0.2.0\n');
      bootedAt(tree, Date.now() / 1000 + 60);
    });
    expect(killers).toMatchObject([
      { version: 'v0.2.0', unknown: [], actsAt: { kind: 'when', availableBytes: 0.8 * GIB } },
    ]);
  });

  it('may act by another file where that was changed since', async () => {
    const { killers } = await killersOf(nohang('/etc/nohang/nohang.conf'), (tree) => {
      tree.write('/etc/nohang/nohang.conf', CONF);
      bootedAt(tree, Date.now() / 1000 - 3600);
    });
    expect(killers).toMatchObject([{ unknown: ['changed-file'] }]);
  });

  it.for([
    '/home/anna/nohang.conf',
    '/etc/../home/anna/nohang.conf',
    '/dev/watchdog',
    'nohang.conf',
    '/etc/fifo',
    '/etc/anybodys.conf',
    '/etc/folder',
    '/etc/nowhere',
  ])('reads no configuration from %s', async (path) => {
    const { killers } = await killersOf(nohang(path), (tree) => {
      for (const each of ['/home/anna/nohang.conf', '/dev/watchdog', '/etc/anybodys.conf', '/etc/folder/x']) {
        tree.write(each, CONF);
      }
      chmodSync(`${rootOf(tree)}/etc/anybodys.conf`, 0o666);
      execFileSync('mkfifo', [`${rootOf(tree)}/etc/fifo`]);
      symlinkSync('nothing', `${rootOf(tree)}/etc/nowhere`);
    });
    expect(killers).toMatchObject([{ triggers: [], unknown: ['configuration'] }]);
  });

  it('acts by pressure once that has lasted while memory was low', async () => {
    const { watch, sample } = await killersOf(
      {
        ...nohang('/etc/nohang/nohang.conf'),
        meminfo: { ...MEMORY, memAvailableBytes: 700 * 2 ** 20, swapTotalBytes: GIB, swapFreeBytes: GIB },
        pressure: [60, 60, 50, 50],
      },
      (tree) => {
        tree.write('/etc/nohang/nohang.conf', CONF);
      },
    );
    // It was seen first a moment ago; a second passes with each.
    expect(watch.in(sample())[0]?.actsAt?.kind).toBe('also');
    expect(watch.in(sample())[0]?.actsAt?.kind).toBe('also');
    expect(watch.in(sample())[0]?.actsAt?.kind).toBe('now');
  });
});

const OOMD: ProcTreeSpec = {
  processes: [{ pid: 5, name: 'systemd-oomd' }],
  cgroups: { '/user.slice': {} },
};
const DUMP = `Swap Used Limit: 90.00%
Default Memory Pressure Duration: 2s
Swap Monitored CGroups:
	Path: /
Memory Pressure Monitored CGroups:
	Path: /user.slice
		Memory Pressure Limit: 50.00%
	Path: /../../../etc
		Memory Pressure Limit: 50.00%
`;
const setPressure = (tree: ProcTree, percent: string, pgscan: number) => {
  const averages = `avg10=${percent} avg60=0.00 avg300=0.00 total=1`;
  tree.write('/sys/fs/cgroup/user.slice/memory.pressure', `some ${averages}\nfull ${averages}\n`);
  tree.write('/sys/fs/cgroup/user.slice/memory.stat', `anon 1\nfile 1\npgscan ${pgscan}\npgsteal 1\n`);
};

describe('systemd-oomd', () => {
  it('is asked itself, and its cgroups are followed', async () => {
    const asked: string[] = [];
    const run: RunProgram = (name) => {
      asked.push(name);
      return Promise.resolve(name === 'oomctl' ? DUMP : undefined);
    };
    const { tree, watch, sample, killers } = await killersOf(OOMD, () => undefined, run);
    expect(asked).toEqual(['oomctl']);
    expect(killers[0]).toMatchObject({ unknown: [] });
    const states = () => watch.in(sample())[0]?.triggers.map(triggerState);
    // Without swap it never acts by that; a path that leads elsewhere is not read.
    setPressure(tree, '49.99', 10);
    expect(states()).toEqual(['never', 'may', 'unknown']);
    setPressure(tree, '50.01', 20);
    expect(states()).toEqual(['never', 'may', 'unknown']);
    expect(states()).toEqual(['never', 'may', 'unknown']);
    expect(states()).toEqual(['never', 'holds', 'unknown']);
    setPressure(tree, '50.00', 30);
    expect(states()).toEqual(['never', 'may', 'unknown']);
    await watch.look(sample());
    expect(asked).toEqual(['oomctl']);
  });

  it('does not act on pressure without reclaim', async () => {
    const { tree, watch, sample } = await killersOf(
      OOMD,
      () => undefined,
      () => Promise.resolve(DUMP),
    );
    setPressure(tree, '99.00', 0);
    const states = [1, 2, 3, 4].map(() => watch.in(sample())[0]?.triggers.map(triggerState)[1]);
    expect(states).toEqual(['may', 'may', 'may', 'may']);
  });

  it('is known by files and units where it cannot be asked', async () => {
    const run: RunProgram = (name) =>
      Promise.resolve(
        name === 'systemctl'
          ? 'ControlGroup=/\nManagedOOMSwap=kill\n\nControlGroup=/user.slice\nManagedOOMMemoryPressure=kill\nManagedOOMMemoryPressureLimit=0\nOOMRules=full\n'
          : undefined,
      );
    const { killers } = await killersOf(
      OOMD,
      (tree) => {
        tree.write(
          '/usr/lib/systemd/oomd.conf.d/10-a.conf',
          '[OOM]\nSwapUsedLimit=80%\nDefaultMemoryPressureLimit=33%\n',
        );
        tree.write('/etc/systemd/oomd.conf.d/10-a.conf', '[OOM]\nSwapUsedLimit=70%\n');
        tree.write('/etc/systemd/oomd/rules.d/full.oomrule', '[Rule]\nSwapUsageMax=95%\n');
      },
      run,
    );
    expect(killers).toMatchObject([
      {
        unknown: ['user-units'],
        triggers: [
          { cgroup: '/', conditions: [{ figure: 'available', lineBytes: 3 * GIB }, { figure: 'swap' }] },
          { cgroup: '/user.slice', conditions: [{ figure: 'pressure', linePercent: 60, seconds: 30 }, {}] },
          { cgroup: '/user.slice', rule: 'full', conditions: [{ figure: 'swap' }] },
        ],
      },
    ]);
  });

  it('runs all the same before it has answered, and when nothing answers', async () => {
    const { sample, tree } = await killersOf(OOMD);
    const watch = new KillerWatch({ files: tree, run: NOTHING });
    const looked = watch.look(sample());
    expect(watch.in(sample())).toMatchObject([{ name: 'systemd-oomd', unknown: ['configuration'] }]);
    await looked;
    expect(watch.in(sample())).toMatchObject([{ name: 'systemd-oomd', unknown: ['configuration'] }]);
  });
});
