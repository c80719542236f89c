// Over 300 lines: every finding has its sentences here, and they have to sound alike.
import { type DoctorCheck, type DoctorOutcome } from '#shared/contract/doctor.ts';
import { engines } from './groups/engines.ts';
import { wsl } from './wsl/finding.ts';

/** What a finding means for the answers, and what can be done about it. */
interface FindingWords {
  readonly meaning: string;
  readonly hint?: string;
}
type DoctorWords = {
  readonly [C in DoctorCheck]: {
    readonly title: string;
    readonly outcomes: { readonly [O in DoctorOutcome<C>]: FindingWords };
  };
};

const needsRoot = 'Run Lifeboat as root to see more.';

export const doctor: DoctorWords = {
  kernel: {
    title: 'Kernel',
    outcomes: {
      known: { meaning: 'Its rules for choosing a victim are known and followed.' },
      newer: {
        meaning:
          'It is newer than the sources that Lifeboat was checked against. The latest known rules are used.',
        hint: 'Look for a newer Lifeboat.',
      },
      'too-old': {
        meaning:
          'Before 2.6.36 the kernel chose by age, CPU time and children. That cannot be computed from outside.',
        hint: 'The order shown is not the kernel’s. A newer kernel would help.',
      },
      unreadable: {
        meaning:
          'The version cannot be read, so the latest known rules are used, and they may not be this kernel’s.',
        hint: 'Check that /proc/sys/kernel/osrelease can be read.',
      },
    },
  },
  formula: {
    title: 'Badness formula',
    outcomes: {
      confirmed: { meaning: 'The scores that the kernel prints agree with the formula of its version.' },
      behaviour: {
        meaning:
          'The scores that the kernel prints fit the formula of another version, as with a backport. That one is used.',
      },
      version: {
        meaning: 'The formula was chosen by the version alone: no process here could confirm it.',
      },
      contradicted: {
        meaning:
          'The scores that the kernel prints fit no known formula: the vendor has changed the choice. The order may be wrong.',
        hint: 'Android and some vendor kernels do that. Please report this kernel’s version.',
      },
    },
  },
  counters: {
    title: 'Memory counters',
    outcomes: {
      exact: { meaning: 'The kernel ranks by exact sums, and /proc shows the same. The order has no error.' },
      same: { meaning: '/proc shows the very counters that the kernel ranks by. The order has no error.' },
      approximate: {
        meaning:
          'The kernel ranks by counters that lag. Lifeboat reads the same ones for resident memory; for swapped memory no file shows them, and where two swapped processes are closer than that, the answer is “A or B”.',
        hint: 'Linux 7.0 ranks by exact sums again.',
      },
    },
  },
  cgroup: {
    title: 'Control groups',
    outcomes: {
      v2: { meaning: 'Limits, usage and memory.oom.group of every cgroup can be read.' },
      v1: {
        meaning: 'Limits and usage of every memory cgroup can be read. Version 1 knows no memory.oom.group.',
      },
      hybrid: {
        meaning: 'Memory is governed by version 1 here, other resources by version 2. Limits can be read.',
      },
      namespaced: {
        meaning:
          'Lifeboat runs inside a cgroup namespace: limits above it cannot be seen and may be reached first.',
        hint: 'Run it on the host, or the container with --cgroupns=host.',
      },
      'no-memory-controller': {
        meaning:
          'Control groups are there, but they do not govern memory. Only the whole machine can run out.',
        hint: 'Some boards need cgroup_enable=memory on the kernel’s command line.',
      },
      none: {
        meaning:
          'No control groups are mounted. Only the whole machine can run out; units and containers are not known.',
        hint: 'mount -t cgroup2 none /sys/fs/cgroup',
      },
    },
  },
  psi: {
    title: 'Memory pressure',
    outcomes: {
      present: { meaning: 'The kernel measures how long tasks are stalled for memory.' },
      disabled: {
        meaning: 'The kernel can measure memory pressure, but it is switched off. Pressure is not shown.',
        hint: 'Add psi=1 to the kernel’s command line.',
      },
      missing: {
        meaning:
          'This kernel does not measure memory pressure. Pressure is not shown; the order is not affected.',
        hint: 'It needs Linux 4.20 with CONFIG_PSI.',
      },
      wsl: {
        meaning:
          'The kernel of WSL measures memory pressure only where .wslconfig asks for it. Pressure is not shown.',
        hint: 'Write kernelCommandLine=psi=1 under [wsl2] in .wslconfig, then run "wsl --shutdown" in Windows.',
      },
      unreadable: {
        meaning: '/proc/pressure/memory cannot be read here. Pressure is not shown.',
        hint: needsRoot,
      },
    },
  },
  swap: {
    title: 'Swap',
    outcomes: {
      disk: { meaning: 'Swap is on disk. Swapped pages count in full when the kernel chooses.' },
      zram: {
        meaning:
          'Swap is compressed memory. A swapped page counts in full when the kernel chooses, though its death frees only the compressed part.',
      },
      mixed: {
        meaning: 'Swap is partly compressed memory, partly disk. A swapped page counts in full either way.',
      },
      unknown: { meaning: 'There is swap, but not what kind. A swapped page counts in full either way.' },
      none: {
        meaning: 'There is no swap. Memory runs out sooner and with less warning.',
        hint: 'Even a small swap, or zram, gives time to act.',
      },
    },
  },
  overcommit: {
    title: 'Overcommit',
    outcomes: {
      guess: {
        meaning: 'vm.overcommit_memory is 0: only a single allocation above all memory and swap is refused.',
      },
      always: {
        meaning:
          'vm.overcommit_memory is 1: every allocation is granted. When memory runs out, the kernel has to kill.',
      },
      never: {
        meaning:
          'vm.overcommit_memory is 2: allocations beyond the commit limit fail. Programs get errors before anything is killed.',
      },
      'never-exhausted': {
        meaning:
          'vm.overcommit_memory is 2 and nearly all of the limit is committed: new programs and forks are about to fail.',
        hint: 'Add swap, raise vm.overcommit_ratio, or end a program.',
      },
      unreadable: { meaning: 'vm.overcommit_memory cannot be read. 0, the default, is assumed.' },
    },
  },
  panic: {
    title: 'When memory runs out',
    outcomes: {
      kills: { meaning: 'vm.panic_on_oom is 0: the kernel kills a process.' },
      panics: {
        meaning:
          'vm.panic_on_oom is 1: the machine panics when its memory runs out. Inside cgroups and cpusets a process is killed.',
        hint: 'sysctl vm.panic_on_oom=0 makes it kill instead.',
      },
      'panics-always': {
        meaning: 'vm.panic_on_oom is 2: the machine panics even when a single cgroup reaches its limit.',
        hint: 'sysctl vm.panic_on_oom=0 makes it kill instead.',
      },
      unreadable: { meaning: 'vm.panic_on_oom cannot be read. 0, the default, is assumed.' },
    },
  },
  'allocating-task': {
    title: 'Choice of the victim',
    outcomes: {
      scored: {
        meaning: 'vm.oom_kill_allocating_task is 0: the process with the highest badness is killed.',
      },
      allocating: {
        meaning:
          'vm.oom_kill_allocating_task is 1: on the whole machine, the process that is allocating when memory runs out is killed. It cannot be predicted. Inside cgroups the order applies.',
        hint: 'sysctl vm.oom_kill_allocating_task=0 makes the kernel choose by badness.',
      },
      unreadable: { meaning: 'vm.oom_kill_allocating_task cannot be read. 0, the default, is assumed.' },
    },
  },
  'next-boot': {
    title: 'Next boot',
    outcomes: {
      safe: { meaning: 'The sysctl files hold nothing dangerous.' },
      refuses: {
        meaning:
          'These lines set vm.overcommit_memory to 2 with a commit limit below what is committed now. After the next boot allocations fail, and the machine may not come up.',
        hint: 'Correct them before you restart: lifeboat sysctl list',
      },
      starves: {
        meaning:
          'These lines keep more than half of memory free for the kernel (vm.min_free_kbytes). After the next boot programs have hardly any.',
        hint: 'Correct them before you restart: lifeboat sysctl get vm.min_free_kbytes',
      },
      hangs: {
        meaning:
          'These lines let the kernel panic when memory runs out, and kernel.panic is 0: the machine then hangs until it is switched off.',
        hint: 'Set kernel.panic to the seconds until it restarts.',
      },
      'host-decides': {
        meaning: 'This is a container: its host decides what these settings are after its next boot.',
      },
    },
  },
  'kept-settings': {
    title: 'Kept settings',
    outcomes: {
      none: { meaning: 'Lifeboat keeps no setting for the next boot.' },
      win: { meaning: 'The next boot sets the values that Lifeboat keeps.' },
      lose: {
        meaning:
          'Another file sets a value that Lifeboat keeps in /etc/sysctl.d/90-lifeboat.conf, and is read later: the kept value is lost at the next boot.',
        hint: 'Turn the other line into a comment, or take back what is kept.',
      },
      'not-read': {
        meaning: 'Nothing reads this file when this machine starts: the values in it have no effect.',
        hint: 'Take back what is kept, and set the values where they are decided.',
      },
    },
  },
  hidepid: {
    title: 'Other users’ processes',
    outcomes: {
      off: { meaning: 'All processes can be seen.' },
      exempt: { meaning: '/proc hides processes from other users, but not from the user who runs Lifeboat.' },
      contents: {
        meaning:
          '/proc is mounted with hidepid=1: figures of other users’ processes cannot be read. The order lacks them.',
        hint: 'Run Lifeboat as root, or in the group that the mount names by gid=.',
      },
      invisible: {
        meaning:
          '/proc is mounted so that other users’ processes are not listed. The order lacks them, and the real next victim may be one of them.',
        hint: 'Run Lifeboat as root, or in the group that the mount names by gid=.',
      },
      unreadable: { meaning: 'How /proc is mounted cannot be read. Processes may be hidden.' },
    },
  },
  'pid-namespace': {
    title: 'Process namespace',
    outcomes: {
      initial: { meaning: 'Lifeboat sees the processes of the whole machine.' },
      nested: {
        meaning: 'Lifeboat sees only the processes of its own namespace. The kernel chooses among all.',
        hint: 'Run it on the host, or the container with --pid=host.',
      },
      unknown: {
        meaning: 'Which namespace this is cannot be determined. Processes of the machine may be hidden.',
      },
    },
  },
  dmesg: {
    title: 'Kernel log',
    outcomes: {
      readable: { meaning: 'Kill reports can be read as the kernel writes them.' },
      restricted: {
        meaning:
          'kernel.dmesg_restrict hides the kernel log from this user. Kills are counted, but not explained.',
        hint: 'Run Lifeboat as root or with CAP_SYSLOG.',
      },
      denied: {
        meaning: '/dev/kmsg cannot be read by this user. Kills are counted, but not explained.',
        hint: needsRoot,
      },
      missing: {
        meaning: 'There is no /dev/kmsg here, as in most containers. Kills are counted, but not explained.',
      },
    },
  },
  capabilities: {
    title: 'Permissions',
    outcomes: {
      both: { meaning: 'It may read every process and set any oom_score_adj.' },
      'sys-resource': { meaning: 'It may lower oom_score_adj of processes that it can write to.' },
      'sys-admin': {
        meaning: 'It may not lower oom_score_adj below what was set before: CAP_SYS_RESOURCE is missing.',
        hint: 'Containers often drop it. The answers are not affected.',
      },
      'root-without': {
        meaning:
          'It runs as root, but without CAP_SYS_RESOURCE it may not lower oom_score_adj below what was set before.',
        hint: 'Containers often drop it. The answers are not affected.',
      },
      none: {
        meaning:
          'It runs as an ordinary user. All answers are the same. It may only raise oom_score_adj of your own processes, and undo that.',
      },
    },
  },
  numa: {
    title: 'Memory nodes',
    outcomes: {
      single: { meaning: 'All memory is one pool.' },
      several: {
        meaning:
          'Memory is split into nodes. A task bound to some of them can run out while others have free memory; then only tasks on those nodes are candidates. The order applies to tasks that may use all nodes.',
      },
      unreadable: { meaning: 'Whether memory is split into nodes cannot be read. One pool is assumed.' },
    },
  },
  killers: {
    title: 'Other killers',
    outcomes: {
      none: { meaning: 'Nothing kills before the kernel does.' },
      earlyoom: {
        meaning:
          'earlyoom kills before the kernel does. It also uses oom_score, so the order is nearly the same.',
      },
      nohang: { meaning: 'nohang kills before the kernel does, by oom_score and its own rules.' },
      'systemd-oomd': {
        meaning:
          'systemd-oomd kills whole cgroups before the kernel does, by pressure and swap. It does not read oom_score_adj.',
        hint: 'Protect units from it by ManagedOOMPreference=, not by oom_score_adj alone.',
      },
      several: {
        meaning: 'Several programs kill before the kernel does, each by its own rules.',
        hint: 'One is enough. systemd-oomd, if it is one of them, does not read oom_score_adj.',
      },
    },
  },
  forecasts: {
    title: 'Forecasts',
    outcomes: {
      none: {
        meaning: 'No forecast that was notified here is over yet.',
      },
      few: {
        meaning:
          'This is how the forecasts that were notified here have fared. They are too few to judge by.',
      },
      mostly: { meaning: 'Of the forecasts that were followed by a kill here, at least three in four held.' },
      poorly: {
        meaning:
          'Of the forecasts that were followed by a kill here, fewer than three in four held. Do not rely on them.',
      },
    },
  },
  wsl,
  container: {
    title: 'Container',
    outcomes: {
      no: { meaning: 'Lifeboat runs on the machine itself.' },
      'host-view': { meaning: 'Lifeboat runs in a container, but sees the host’s processes and cgroups.' },
      isolated: {
        meaning: 'Lifeboat runs in a container and sees only that. The kernel chooses among all of the host.',
        hint: 'Run it on the host, or with --pid=host --cgroupns=host.',
      },
    },
  },
  engines,
  lxcfs: {
    title: 'Figures of the machine',
    outcomes: {
      no: { meaning: '/proc/meminfo is the kernel’s own.' },
      faked: {
        meaning:
          'lxcfs shows this container’s limit as if it were the machine. Shares and adjustments are computed from it and are wrong.',
        hint: 'Run Lifeboat on the host.',
      },
    },
  },
  descriptors: {
    title: 'Open files',
    outcomes: {
      enough: { meaning: 'One file per process can be kept open, which keeps sampling cheap.' },
      tight: {
        meaning:
          'There are more processes than files that may be kept open. The rest are reopened each time, which costs more CPU.',
        hint: 'Raise the limit: ulimit -n 65536',
      },
    },
  },
  'page-sandbox': {
    title: 'Sandbox of this window',
    outcomes: {
      on: { meaning: 'This page runs in Chromium’s sandbox and reaches nothing but Lifeboat.' },
      off: {
        meaning:
          'Lifeboat was started with --no-sandbox, as an AppImage is where the system allows nothing better. A flaw in Chromium would reach your files from this page; it shows no content of others.',
        hint: 'Install the deb or rpm: they bring what the sandbox needs.',
      },
    },
  },
};
