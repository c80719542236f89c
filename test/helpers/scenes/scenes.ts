// Over 300 lines: the scenes, one after the other.
import { type Trouble } from '#shared/model/trouble.ts';
import { GIB, MIB, sceneMachine, type SceneMachine, type SceneSetup } from './scene-machine.ts';
import { earlyoom } from './scene-killers.ts';
import { calm, javaTakesIt, jenkinsFills, jenkinsGrows, nearlyGone, only } from './scene-forecasts.ts';
import { longestNames } from './longest-names.ts';
import { PROTECTED, SESSION, crowd, tab } from './scene-processes.ts';
import { sickReport } from './scene-reports.ts';

/**
 * Machines in every state that the page has to show, consistent in their arithmetic. `workbench` is the one to look at first.
 */
export const SCENES: Readonly<Record<string, () => SceneMachine>> = {
  workbench: () => sceneMachine(workbench()),
  calm: () => sceneMachine(calm(workbench(), JENKINS)),
  'group-first': () => sceneMachine({ ...workbench(), cgroups: only(workbench(), JENKINS, jenkinsFills) }),
  'group-close': () => sceneMachine(calm(workbench(), JENKINS, { limitBytes: 6.4 * GIB })),
  afterKill: () => sceneMachine({ ...workbench(), kills: 2 }),
  close: () => sceneMachine({ ...workbench(), errorPages: 80_000, drift: 0.001 }),
  pressed: () => sceneMachine(pressed()),
  panics: () => sceneMachine({ ...workbench(), outcome: 'panics' }),
  'deadlock-panics': () => sceneMachine(allProtected()),
  'kills-allocating-task': () => sceneMachine({ ...workbench(), outcome: 'kills-allocating-task' }),
  'no-victim': () => sceneMachine(vault()),
  'no-swap-no-psi': () => sceneMachine(bare()),
  group: () => sceneMachine(groupKill()),
  services: () => sceneMachine(services()),
  hostile: () => sceneMachine(hostile()),
  'longest-names': () => sceneMachine(longestNames()),
  tiny: () => sceneMachine(tiny()),
  huge: () => sceneMachine(huge()),
  scopes: () => sceneMachine(manyScopes()),
  troubled: () =>
    sceneMachine({ ...bare(), doctor: sickReport(), troubles: [unreadable('/proc/vmstat', 'EACCES')] }),
};

const JENKINS = '/system.slice/docker-4f6e0a1b2c3d4f6e0a1b2c3d4f6e0a1b2c3d4f6e0a1b2c3d4f6e0a1b2c3d4f6e.scope';
function workbench(): SceneSetup {
  return {
    memoryBytes: 31.3 * GIB,
    swapBytes: 8 * GIB,
    kernelBytes: 1.6 * GIB,
    cacheBytes: 4.3 * GIB,
    pressure: { some10: 12.4, full10: 2.1 },
    majorFaults: 38,
    commit: { chargeBytes: 41.7 * GIB, limitBytes: 23.7 * GIB, mode: 0 },
    killers: [earlyoom('-m', '10', '-s', '100')],
    forecast: javaTakesIt,
    kills: 1,
    cgroups: [
      { path: '/system.slice', label: 'system.slice', oomGroup: false },
      {
        path: JENKINS,
        label: 'docker:jenkins',
        limitBytes: 8 * GIB,
        oomGroup: false,
        cacheBytes: 90 * MIB,
        ...jenkinsGrows,
      },
      {
        path: '/user.slice',
        label: 'user.slice',
        limitBytes: 24 * GIB,
        oomGroup: false,
        cacheBytes: 2 * GIB,
      },
      { path: '/machine.slice', label: 'machine.slice', limitBytes: 6 * GIB, oomGroup: true },
    ],
    seeds: [
      tab(770, 124),
      tab(560, 96),
      {
        ...tab(340, 12),
        name: 'code',
        command: '/usr/share/code/code --type=renderer',
        unit: 'app-code.scope',
        cgroup: `${SESSION}/app-code.scope`,
      },
      {
        name: 'java',
        command: '/opt/java/bin/java -Xmx6g -jar jenkins.war',
        anon: 6290,
        file: 60,
        swap: 1434,
        tables: 31,
        user: 'jenkins',
        container: 'docker:4f6e0a1b2c3d4f6e0a1b2c3d4f6e0a1b2c3d4f6e0a1b2c3d4f6e0a1b2c3d4f6e',
        cgroup: JENKINS,
      },
      {
        name: 'postgres',
        command: 'postgres: main: checkpointer',
        anon: 1900,
        shmem: 1390,
        swap: 380,
        tables: 22,
        user: 'postgres',
        unit: 'postgresql.service',
        cgroup: '/system.slice/postgresql.service',
      },
      {
        name: 'qemu-system-x86',
        command: 'qemu-system-x86_64 -name guest=build -m 4096',
        anon: 2860,
        file: 40,
        tables: 9,
        user: 'libvirt-qemu',
        unit: 'machine-qemu\\x2d1\\x2dbuild.scope',
        cgroup: '/machine.slice/machine-qemu.scope',
      },
      {
        name: 'gnome-shell',
        anon: 720,
        file: 180,
        swap: 210,
        tables: 4,
        adj: 100,
        unit: 'org.gnome.Shell@wayland.service',
      },
      { name: 'rust-analyzer', anon: 2240, file: 20, swap: 160, tables: 6 },
      { name: 'thunderbird', anon: 810, file: 160, swap: 340, tables: 4 },
      {
        name: 'elasticsearch',
        command: 'java -Xms2g org.elasticsearch.bootstrap.Elasticsearch',
        anon: 2400,
        file: 300,
        swap: 900,
        tables: 8,
        adj: -500,
        user: 'elastic',
        unit: 'elasticsearch.service',
        cgroup: '/system.slice/elasticsearch.service',
      },
      {
        name: 'dockerd',
        anon: 130,
        file: 60,
        adj: -500,
        user: 'root',
        unit: 'docker.service',
        cgroup: '/system.slice/docker.service',
      },
      ...PROTECTED,
      ...crowd(294),
    ],
  };
}

/** Nearly gone: the killer acts, everything waits. */
function pressed(): SceneSetup {
  const base = workbench();
  return {
    ...base,
    kernelBytes: 2.2 * GIB,
    cacheBytes: 0.5 * GIB,
    seeds: [{ name: 'blender', anon: 5200, swap: 2900, tables: 18 }, ...base.seeds],
    pressure: { some10: 74.2, full10: 38.5 },
    majorFaults: 2140,
    forecast: nearlyGone,
    commit: { chargeBytes: 23.4 * GIB, limitBytes: 23.7 * GIB, mode: 2 },
  };
}

function allProtected(): SceneSetup {
  return {
    ...bare(),
    seeds: [
      ...PROTECTED,
      { name: 'database', anon: 6000, adj: -1000, never: 'oom-score-adj-minimum', user: 'root' },
    ],
  };
}

/** A cgroup in which no process can be killed. */
function vault(): SceneSetup {
  const path = '/system.slice/vault.service';
  return {
    ...bare(),
    cgroups: [{ path, label: 'vault.service', limitBytes: 1 * GIB, oomGroup: false }],
    seeds: [
      {
        name: 'vault',
        anon: 900,
        adj: -1000,
        never: 'oom-score-adj-minimum',
        user: 'vault',
        unit: 'vault.service',
        cgroup: path,
      },
      ...bare().seeds,
    ],
  };
}

/** A machine without swap on a kernel without pressure, at its first reading. */
function bare(): SceneSetup {
  return {
    machine: { hostname: 'cloud-7', release: '5.4.0-150-generic', cgroupVersion: 1 },
    memoryBytes: 7.7 * GIB,
    kernelBytes: 0.4 * GIB,
    cacheBytes: 1.1 * GIB,
    pressure: 'missing',
    majorFaults: 'missing',
    seeds: [
      {
        name: 'mysqld',
        anon: 3100,
        file: 20,
        user: 'mysql',
        unit: 'mysql.service',
        cgroup: '/system.slice/mysql.service',
      },
      { name: 'php-fpm', anon: 240, file: 30, user: 'www-data' },
      { name: 'nginx', anon: 22, file: 6, user: 'www-data' },
      ...PROTECTED,
    ],
  };
}

function groupKill(): SceneSetup {
  const pod = '/kubepods.slice/kubepods-burstable.slice/pod-web.scope';
  return {
    ...bare(),
    machine: { hostname: 'node-12', release: '6.6.14' },
    swapBytes: 2 * GIB,
    pressure: { some10: 3, full10: 0 },
    cgroups: [
      { path: '/kubepods.slice', label: 'kubepods.slice', limitBytes: 7 * GIB, oomGroup: false },
      { path: pod, label: 'pod web', limitBytes: 3 * GIB, oomGroup: true },
    ],
    seeds: [
      {
        name: 'gunicorn',
        anon: 1400,
        swap: 1300,
        tables: 700,
        adj: 984,
        user: 'web',
        cgroup: pod,
        group: ['gunicorn', 'gunicorn', 'redis-server', 'fluent-bit'],
      },
      { name: 'pause', anon: 0.1, adj: -998, user: 'root', cgroup: pod },
      { name: 'kubelet', anon: 110, file: 50, adj: -999, user: 'root' },
      ...PROTECTED,
    ],
  };
}

/** Services that systemd stops after a kill in them: one that it was asked about, and one that it could not be asked about. */
function services(): SceneSetup {
  const ended = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ pid: 91_000 + index, startTicks: 1, name }));
  return {
    ...bare(),
    seeds: [
      {
        name: 'gunicorn',
        anon: 3900,
        user: 'web',
        unit: 'web.service',
        cgroup: '/system.slice/web.service',
        ends: [
          {
            unit: { manager: 'system', name: 'web.service' },
            ...{ why: 'oom-policy', policy: 'stop', presumed: false },
            ...{ count: 4, processes: ended('gunicorn', 4) },
          },
        ],
      },
      {
        name: 'tracker-miner',
        anon: 500,
        unit: 'tracker.service',
        cgroup: '/user.slice/user-1000.slice/user@1000.service/app.slice/tracker.service',
        ends: [
          {
            unit: { manager: 'user:1000', name: 'tracker.service' },
            ...{ why: 'main-process', policy: 'continue', presumed: true },
            ...{ count: 1, processes: ended('tracker-extract', 1) },
          },
        ],
      },
      {
        name: 'postgres',
        anon: 400,
        user: 'postgres',
        unit: 'postgresql.service',
        cgroup: '/system.slice/postgresql.service',
        ends: [
          {
            unit: { manager: 'system', name: 'postgresql.service' },
            ...{ why: 'oom-policy', policy: 'kill', presumed: false },
            ...{ count: 12, processes: ended('postgres', 10) },
          },
        ],
      },
      { name: 'alone', anon: 300 },
      ...PROTECTED,
    ],
  };
}

/** Names as an attacker would choose them. */
function hostile(): SceneSetup {
  const long = 'x'.repeat(15);
  return {
    ...workbench(),
    memoryBytes: 62 * GIB,
    seeds: [
      {
        name: '<img src=x onerror=alert(1)>',
        command: `</title><script>alert(1)</script> ${'A'.repeat(5000)}`,
        anon: 9000,
        user: `<b>${'u'.repeat(64)}</b>`,
        unit: `${'very-long-unit-name-'.repeat(12)}.service`,
        cgroup: `/${'deep/'.repeat(80)}end`,
      },
      { name: '\u001b[31mroot\u202e)gpj', command: '\u0000\u0007\u009b2J', anon: 8000, adj: 1 },
      { name: ')\n(evil', command: '', anon: 7000, user: '' },
      { name: ' ', command: ' ', anon: 6000 },
      { name: '日本語プロセス', command: 'مرحبا بالعالم', anon: 5000, user: 'かな' },
      { name: long, command: 'y'.repeat(600), anon: 4000, container: `docker:${'a'.repeat(64)}` },
      { name: '{{constructor}}', command: '${7*7}', anon: 3000 },
      ...crowd(20),
    ],
    cgroups: [
      {
        path: `/${'deep/'.repeat(80)}end`,
        label: `<i>${'label'.repeat(30)}</i>`,
        limitBytes: 12 * GIB,
        oomGroup: false,
      },
    ],
    troubles: [unreadable('/proc/1/\u001b[2J<b>x</b>', 'EIO')],
  };
}

function unreadable(path: string, errno: string): Trouble {
  return { kind: 'failed', failure: { code: 'proc-unreadable', facts: { what: 'file', path, errno } } };
}

function tiny(): SceneSetup {
  return {
    machine: {
      hostname: 'router',
      release: '4.14.267',
      formula: '4.17',
      cpuCount: 1,
      cgroupVersion: undefined,
    },
    memoryBytes: 58.4 * MIB,
    kernelBytes: 21 * MIB,
    cacheBytes: 8 * MIB,
    pressure: 'missing',
    majorFaults: 0,
    seeds: [
      { name: 'dnsmasq', anon: 1.2, file: 0.6, user: 'dnsmasq' },
      { name: 'hostapd', anon: 2.4, file: 1.1, user: 'root' },
      { name: 'uhttpd', anon: 0.7, file: 0.5, user: 'root' },
      { name: 'procd', anon: 0.3, file: 0.4, user: 'root', never: 'global-init' },
    ],
  };
}

/** 6 TiB, and 8,000 processes. */
function huge(): SceneSetup {
  return {
    machine: {
      hostname: 'hana-03.prod.example.internal',
      release: '6.4.0-150600.23.60-default',
      cpuCount: 448,
    },
    memoryBytes: 6144 * GIB,
    swapBytes: 64 * GIB,
    kernelBytes: 90 * GIB,
    cacheBytes: 700 * GIB,
    pressure: { some10: 0, full10: 0 },
    majorFaults: 1_250_000,
    commit: { chargeBytes: 4800 * GIB, limitBytes: 3136 * GIB, mode: 1 },
    seeds: [
      {
        name: 'hdbindexserver',
        command: '/hana/shared/HDB/exe/hdbindexserver -port 30003',
        anon: 4_100_000,
        file: 900,
        tables: 8100,
        user: 'hdbadm',
        adj: -200,
      },
      { name: 'hdbnameserver', anon: 310_000, tables: 640, user: 'hdbadm' },
      { name: 'hdbxsengine', anon: 120_000, tables: 300, user: 'hdbadm' },
      ...crowd(7997, 300),
    ],
  };
}

/** 200 cgroups with limits. */
function manyScopes(): SceneSetup {
  const base = workbench();
  const path = (index: number) => `/kubepods.slice/pod-${index.toString().padStart(3, '0')}.scope`;
  return {
    ...base,
    machine: { hostname: 'node-1' },
    memoryBytes: 62 * GIB,
    cgroups: Array.from({ length: 200 }, (_, index) => ({
      path: path(index),
      label: `pod ${index.toString().padStart(3, '0')}`,
      limitBytes: (64 + ((index * 31) % 400)) * MIB,
      oomGroup: index % 3 === 0,
    })),
    seeds: [
      ...base.seeds,
      ...Array.from({ length: 200 }, (_, index) => ({
        name: 'app',
        anon: 20 + ((index * 17) % 60),
        user: 'nobody',
        adj: 900,
        container: `containerd:${index.toString(16).padStart(64, '0')}`,
        cgroup: path(index),
      })),
    ],
  };
}
