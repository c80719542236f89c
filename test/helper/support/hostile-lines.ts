import { type HelperRequest } from '#shared/contract/helper.ts';
import { CGROUP_FILES } from '#shared/model/cgroup-change.ts';
import { SYSCTL_NAMES } from '#shared/model/sysctl/sysctl.ts';

/** A small generator of random numbers with a seed (mulberry32), so that a failure can be had again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }
}

const PATHS = [
  '../canary',
  '../../canary/file',
  '/../canary',
  'a.slice/../../../../canary',
  '/etc/passwd',
  'link',
  'link/canary',
  'a.slice',
  '/a.slice/b',
  'a.slice//b',
  '.',
  '',
  '/proc/sys/kernel',
];
const UNITS = [
  'a.service',
  'a@b.service',
  '../a.service',
  '/etc/a.service',
  'link.service',
  'none.service',
  '.service',
];
const NUMBERS = [
  0,
  1,
  -1,
  50,
  51,
  99,
  1000,
  1001,
  -1000,
  -1001,
  4096,
  2 ** 31,
  2 ** 53,
  1e308,
  -0,
  0.1,
  1 << 26,
];
const JUNK: readonly unknown[] = [
  null,
  true,
  [],
  {},
  '',
  'max',
  '0',
  '$(touch /tmp/x)',
  '; echo 1',
  '\n',
  '\0',
  '\u202e',
  [[[[]]]],
  { __proto__: 1 },
];

/** The look of processes of the tree, and of none. */
const LOOKS = ['a', 'b'].map((name) => ({ name, uid: 1000, parentPid: 1, seenAtTicks: 8 }));

/** A request as Lifeboat could send it, with values that are often out of place. */
function request(random: Random): HelperRequest {
  const number = () => random.pick(NUMBERS);
  const pid = () => random.pick([1, 2, 50, 51, 60, 61, number()]);
  const requests: readonly (() => HelperRequest)[] = [
    () => ({ verb: 'ping' }),
    () => ({
      verb: 'set-adj',
      process: { pid: pid(), startTicks: random.pick([7, 8]), look: random.pick(LOOKS) },
      oomScoreAdj: number(),
    }),
    () => ({
      verb: 'set-sysctls',
      changes: [{ name: random.pick(SYSCTL_NAMES), value: number() }],
      pendingSeconds: 600,
    }),
    () => ({
      verb: 'set-sysctls',
      changes: SYSCTL_NAMES.map((name) => ({ name, value: number() })),
    }),
    () => ({ verb: 'keep-sysctl', name: random.pick(SYSCTL_NAMES), value: number() }),
    () => ({ verb: 'forget-sysctl', name: random.pick(SYSCTL_NAMES) }),
    () => ({ verb: 'keep-unit-adj', unit: random.pick(UNITS), oomScoreAdj: number() }),
    () => ({ verb: 'forget-unit-adj', unit: random.pick(UNITS) }),
    () => ({
      verb: 'set-cgroup',
      path: random.pick(PATHS),
      file: random.pick(CGROUP_FILES),
      value: random.pick([...NUMBERS, 'max' as const]),
    }),
    () => ({ verb: 'confirm', change: random.below(40) }),
    () => ({ verb: 'extend', change: random.below(40) }),
    () => ({ verb: 'revert', change: random.below(40) }),
    () => ({ verb: 'follow-kernel-log' }),
  ];
  return random.pick(requests)();
}

/** Puts something else in one place of a value. */
function damage(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.below(4) === 0) return random.pick(JUNK);
  const fields = Object.entries(value);
  const key = random.pick([...fields.map(([name]) => name), 'extra']);
  const others = fields.filter(([name]) => name !== key);
  if (random.below(5) === 0) return Object.fromEntries(others);
  const [, old] = fields.find(([name]) => name === key) ?? [];
  return Object.fromEntries([...others, [key, damage(random, old)]]);
}

/** One line that no honest client would send, or one that it might. Never empty at the end and never with a newline inside. */
export function hostileLine(random: Random, id: number): Buffer {
  const honest = JSON.stringify({ id, request: request(random) });
  switch (random.below(8)) {
    case 0:
      return Buffer.from(honest);
    case 1:
      return Buffer.from(honest.slice(0, random.below(honest.length)));
    case 2: {
      const cut = random.below(honest.length);
      return Buffer.from(honest.slice(cut) + honest.slice(0, cut));
    }
    case 3: {
      const bytes = Buffer.from(honest);
      for (let n = 1 + random.below(4); n > 0; n -= 1)
        bytes[random.below(bytes.length)] = noNewline(random.below(256));
      return bytes;
    }
    case 4:
      return Buffer.from(honest.replaceAll(/[:,{}[\]"]/g, (mark) => (random.below(9) === 0 ? '' : mark)));
    case 5:
      // Now and then longer than any line may be; most are short, so that the test is about lines and not about bytes.
      return Buffer.alloc(random.below(50) === 0 ? 20_000 + random.below(30_000) : random.below(300), '[');
    case 6:
      return Buffer.from(JSON.stringify(damage(random, { id, request: request(random) })));
    default:
      return Buffer.from(
        JSON.stringify({ id: damage(random, id), request: damage(random, request(random)) }),
      );
  }
}

function noNewline(byte: number): number {
  return byte === 0x0a ? 0x20 : byte;
}
