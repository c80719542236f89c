import { type Random } from './random.ts';
import { type ProcessPlan, type Scenario, type ScenarioKind } from './scenario.ts';

/** What a kind decides itself; the rest is the same everywhere. */
export type Draft = Pick<Scenario, 'processes'> &
  Partial<Pick<Scenario, 'cgroups' | 'overLimit' | 'push' | 'kills' | 'sysctls' | 'swap' | 'restless'>>;

export interface Surroundings {
  readonly isGuest: boolean;
  readonly cgroupVersion: 1 | 2;
  readonly mayLowerAdj: boolean;
  readonly global: boolean;
}

export function build(kind: ScenarioKind, random: Random, where: Surroundings): Draft {
  switch (kind) {
    case 'near sizes':
      return nearSizes(random);
    case 'adjusted':
      return { processes: crowd(random, () => [adj(random, where), anon(random)]) };
    case 'protected':
      return {
        processes: crowd(random, (i) => [i % 2 ? 'adj=-1000' : adj(random, where), anon(random)]),
        kills: 2,
      };
    case 'page tables':
      return {
        processes: crowd(random, () => [`sparse=${random.whole(0, 3000)}`, `anon=${random.whole(50, 1500)}`]),
      };
    case 'swap':
      return swap(random);
    case 'ties':
      return ties(random, where);
    case 'shared memory':
      return { processes: crowd(random, (i) => [anon(random), ...sharer(random, i)]) };
    case 'dead leaders':
      return {
        processes: crowd(random, (i) => [
          anon(random),
          `threads=${random.whole(1, 4)}`,
          ...(i % 2 ? ['deadleader'] : []),
        ]),
      };
    case 'children':
      return { processes: crowd(random, (i) => [`anon=${random.whole(100, 1500)}`, ...children(random, i)]) };
    case 'nested limits':
      return nestedLimits(random);
    case 'group kills':
      return groupKills(random, where);
    case 'allocating task':
      return {
        processes: crowd(random, () => [anon(random)]),
        sysctls: { 'vm/oom_kill_allocating_task': '1' },
        push: { by: 'stranger', memory: random.chance(0.5) ? 'anon' : 'shmem', cgroup: '' },
        kills: 1,
      };
    case 'panic_on_oom off':
      /* 1 spares the machine when a cgroup runs out; 0 is what all other kinds run with. */
      return { processes: crowd(random, () => [anon(random)]), sysctls: { 'vm/panic_on_oom': '1' } };
    case 'tmpfs and cache':
      return {
        processes: crowd(random, () => [`shmem=${random.whole(0, 2000)}`, `anon=${random.whole(50, 1500)}`]),
        cgroups: [{ path: '', slackPages: random.whole(6000, 20_000) }],
        push: { by: 'stranger', memory: 'shmem', cgroup: '', cachePages: random.whole(500, 4000) },
      };
    case 'tiny limit':
      return tinyLimit(random, where);
    case 'container init':
      return {
        processes: crowd(random, (i) => [
          'pidns',
          '{',
          `label=init${i}`,
          anon(random),
          ...namespaced(random, i),
          '}',
        ]),
      };
    case 'users':
      return users(random);
    case 'locked':
      return { processes: crowd(random, (i) => [...(i % 2 ? ['lock'] : []), anon(random)]) };
    case 'restless':
      return { processes: crowd(random, () => [anon(random)]), restless: true, kills: 2 };
    case 'hostile names':
      return { processes: crowd(random, (i) => [`name=${hostileName(random, i)}`, anon(random)]) };
  }
}

function anon(random: Random): string {
  return `anon=${random.chance(0.2) ? random.whole(20, 300) : random.whole(300, 5000)}`;
}

function adj(random: Random, where: Surroundings): string {
  const least = where.mayLowerAdj ? -999 : 0;
  return `adj=${random.chance(0.3) ? 0 : random.chance(0.5) ? random.whole(Math.trunc(least / 5), 200) : random.whole(least, 1000)}`;
}

/** Some processes of the scope; `steps` gives what the i-th does besides having a name. */
function crowd(random: Random, steps: (i: number) => readonly string[], most = 7): ProcessPlan[] {
  return Array.from({ length: random.whole(Math.min(3, most), most) }, (_, i) => ({
    label: `p${i}`,
    cgroup: '',
    cpu: random.whole(-1, 1),
    steps: named(steps(i), i),
  }));
}

function named(steps: readonly string[], i: number): string[] {
  return steps.some((step) => step.startsWith('name=')) ? [...steps] : [`name=${hex(`eater${i}`)}`, ...steps];
}

function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex').slice(0, 30);
}

const hostile = [
  'a b',
  'a) b (c',
  '((sd-pam))',
  'x, task=1,pid=1',
  '\x1b[31mred\x07',
  'nl\nnl',
  '[  1] 0 1 1 1',
  ' ',
  ')',
  '(',
  '\\x0a\\',
  'kworker/0:0',
  '\xff\xfe\x80',
  '\u00e9t\u00e9',
  '123',
  '%s%n',
  'Killed process',
];

function hostileName(random: Random, i: number): string {
  return hex(i === 0 ? random.pick(hostile) : (hostile[(i * 5 + random.whole(0, 4)) % hostile.length] ?? ''));
}

function nearSizes(random: Random): Draft {
  const size = random.whole(800, 4000);
  const spread = random.pick([4, 20, 70, 140, 300]);
  return { processes: crowd(random, () => [`anon=${size + random.whole(0, spread)}`]) };
}

/** So small that the adjustments, in thousandths of the limit rounded down, come to nothing. */
function tinyLimit(random: Random, where: Surroundings): Draft {
  const sizes = random.shuffled([10, 55, 100]);
  return {
    processes: crowd(random, (i) => [adj(random, where), `anon=${sizes[i] ?? 10}`], 3),
    cgroups: [{ path: '', slackPages: random.whole(40, 200) }],
    push: { by: 'stranger', memory: 'shmem', cgroup: '' },
    kills: 1,
  };
}

/** Before 4.17 root's processes were spared 3%: near each other, so that this would show. */
function users(random: Random): Draft {
  const sizes = random.shuffled([2000, 2060, 2120, 2180, 2240, 2300, 2360]);
  return { processes: crowd(random, (i) => [`uid=${i % 2 ? 1000 : 0}`, `anon=${sizes[i] ?? 2000}`]) };
}

/** Equal in every figure: one CPU throughout, the same steps. */
function ties(random: Random, where: Surroundings): Draft {
  const size = random.whole(300, 3000);
  const paths = random.chance(0.5) ? [''] : random.shuffled(['a', 'b', 'c']);
  const cpu = random.whole(0, 1);
  const moved = !where.global && random.chance(0.4);
  const processes = Array.from({ length: random.whole(2, 6) }, (_, i) => ({
    label: `p${i}`,
    cgroup: random.pick(paths),
    cpu,
    moved,
    steps: [`name=${hex(`tie${i}`)}`, `cpu=${cpu}`, `anon=${size}`],
  }));
  const slackPages = random.whole(400, 6000);
  const cgroups = [
    { path: '', slackPages },
    ...paths.filter((path) => path !== '').map((path) => ({ path })),
  ];
  return {
    cgroups,
    processes: moved ? random.shuffled(processes) : processes,
    push: { by: 'stranger', memory: 'shmem', cgroup: paths[0] ?? '' },
  };
}

function swap(random: Random): Draft {
  return {
    swap: random.chance(0.5) ? 'disk' : 'zram',
    cgroups: [
      { path: '', slackPages: random.whole(500, 3000), swapSlackPages: random.pick([0, 0, 64, 500]) },
    ],
    processes: crowd(random, () => [`swap=${random.whole(0, 3500)}`, anon(random)], 5),
    push: { by: 'stranger', memory: 'shmem', cgroup: '' },
    kills: random.whole(1, 2),
  };
}

function sharer(random: Random, i: number): string[] {
  if (i % 3 === 1) return [];
  const kind = random.chance(0.3) ? 'vfork' : 'share';
  return [kind, '{', `name=${hex(`sharer${i}`)}`, `label=s${i}`, '}'];
}

function children(random: Random, i: number): string[] {
  return Array.from({ length: random.whole(0, 3) }, (_, j) => [
    'fork',
    '{',
    `name=${hex(`child${i}${j}`)}`,
    `label=c${i}${j}`,
    `anon=${random.whole(20, 2500)}`,
    '}',
  ]).flat();
}

/** What runs in a PID namespace dies with its process 1. */
function namespaced(random: Random, i: number): string[] {
  return random.chance(0.5) ? ['fork', '{', `label=in${i}`, `anon=${random.whole(20, 400)}`, '}'] : [];
}

function nestedLimits(random: Random): Draft {
  const innerTrips = random.chance(0.5);
  const pushInner = innerTrips || random.chance(0.5);
  const [less, more] = [random.whole(400, 2000), random.whole(6000, 12_000)];
  return {
    cgroups: [
      { path: '', slackPages: innerTrips ? more : less },
      { path: 'inner', slackPages: innerTrips ? less : more },
      { path: 'other' },
    ],
    processes: crowd(random, () => [anon(random)]).map((plan, i) => ({
      ...plan,
      cgroup: i % 2 ? 'inner' : 'other',
    })),
    overLimit: innerTrips ? 'inner' : '',
    push: { by: 'stranger', memory: 'shmem', cgroup: pushInner ? 'inner' : 'other' },
    kills: 1,
  };
}

/** Groups at two levels: who is chosen decides which is the highest that dies. */
function groupKills(random: Random, where: Surroundings): Draft {
  const leaves = ['g', 'g/one', 'g/two', 'h', 'h/one'];
  const slack = where.global ? {} : { slackPages: random.whole(400, 5000) };
  return {
    cgroups: [
      { path: '', ...slack },
      { path: 'pushing' },
      ...leaves.map((path) => ({ path, oomGroup: random.chance(0.5) })),
    ],
    processes: crowd(random, (i) => [
      ...(i % 4 === 3 && where.mayLowerAdj ? ['adj=-1000'] : []),
      anon(random),
    ]).map((plan, i) => ({ ...plan, cgroup: ['g/one', 'g/two', 'h/one'][i % 3] ?? 'h/one' })),
    push: { by: 'stranger', memory: 'shmem', cgroup: 'pushing' },
    kills: random.whole(1, 2),
  };
}
