import { type Seed } from './scene-machine.ts';

/** Where the programs of a desktop live. */
export const SESSION = '/user.slice/user-1000.slice/user@1000.service/app.slice';

/** A tab of a browser. */
export function tab(anon: number, swap: number): Seed {
  return {
    name: 'chrome',
    command: '/opt/google/chrome/chrome --type=renderer --lang=en --num-raster-threads=4',
    anon,
    file: 60,
    swap,
    adj: 300,
    by: 'chromium',
    unit: 'app-chrome.scope',
    cgroup: `${SESSION}/app-chrome.scope`,
  };
}

/** Many small processes, always the same. */
export function crowd(count: number, most = 40): Seed[] {
  const names = [
    'bash',
    'zsh',
    'pipewire',
    'dbus-daemon',
    'gvfsd',
    'tmux: server',
    'ssh-agent',
    'python3',
    'node',
    'git',
  ];
  return Array.from({ length: count }, (_, index) => ({
    name: names[index % names.length] ?? 'sh',
    anon: 0.4 + (most * ((index * 7919) % 997)) / 997 / (1 + (index % 9)),
    file: 2 + (index % 6),
    user: index % 5 === 0 ? 'root' : 'anna',
    adj: index % 150 === 107 ? 200 : index % 53 === 9 ? -250 : 0,
  }));
}

/** Those that the kernel never takes. */
export const PROTECTED: readonly Seed[] = [
  {
    name: 'sshd',
    anon: 3,
    file: 5,
    user: 'root',
    adj: -1000,
    never: 'oom-score-adj-minimum',
    unit: 'ssh.service',
    cgroup: '/system.slice/ssh.service',
  },
  {
    name: 'systemd-udevd',
    anon: 9,
    file: 8,
    user: 'root',
    adj: -1000,
    never: 'oom-score-adj-minimum',
    unit: 'systemd-udevd.service',
    cgroup: '/system.slice/systemd-udevd.service',
  },
  {
    name: 'containerd-shim',
    anon: 120,
    file: 30,
    user: 'root',
    adj: -1000,
    never: 'oom-score-adj-minimum',
    unit: 'containerd.service',
    cgroup: '/system.slice/containerd.service',
  },
  {
    name: 'auditd',
    anon: 2,
    file: 3,
    user: 'root',
    adj: -1000,
    never: 'oom-score-adj-minimum',
    unit: 'auditd.service',
    cgroup: '/system.slice/auditd.service',
  },
  { name: 'systemd', anon: 11, file: 9, user: 'root', never: 'global-init', cgroup: '/init.scope' },
  { name: 'kthreadd', anon: 0, user: 'root', never: 'kernel-thread', cgroup: '/' },
  { name: 'kswapd0', anon: 0, user: 'root', never: 'kernel-thread', cgroup: '/' },
];
