import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { SYSCTL_NAMES } from '#shared/model/sysctl/sysctl.ts';

/** A tree of configuration files: what is in each, or where a link points. */
export type ConfigTree = Readonly<Record<string, string | { readonly linkTo: string }>>;

/** A write to one of our settings, in order. */
export type JudgedWrite = readonly [name: string, value: string];

/** What the real programs write for a tree. */
export interface Verdict {
  readonly tree: ConfigTree;
  readonly systemd: readonly JudgedWrite[];
  readonly procps: readonly JudgedWrite[];
}

/** Writes the tree below `root`. */
export function plant(root: string, tree: ConfigTree): void {
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    if (typeof content === 'string') writeFileSync(join(root, path), content);
    else symlinkSync(content.linkTo, join(root, path));
  }
}

/**
 * Lets systemd-sysctl and procps' sysctl apply a tree, in a mount namespace where /etc, /run, /usr/local/lib, /usr/lib/sysctl.d and /proc/sys are
 * copies: nothing of this machine is read or written. `prepare` is a command for a shell that is run there first. Needs root, both programs, and a /lib that is /usr/lib.
 */
export function judge(tree: ConfigTree, prepare = 'true'): Verdict {
  const root = mkdtempSync(join(tmpdir(), 'lifeboat-judge-'));
  for (const folder of ['etc', 'run', 'usr/local/lib', 'usr/lib/sysctl.d', 'sys/vm', 'sys/kernel']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const name of SYSCTL_NAMES) writeFileSync(join(root, 'sys', name.replace('.', '/')), '0\n');
  // As at the next boot, which begins with an empty /run.
  plant(root, Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith('/run/'))));
  const mounts = ['etc', 'run', 'usr/local/lib', 'usr/lib/sysctl.d', 'sys']
    .map((folder) => `mount --bind ${root}/${folder} ${folder === 'sys' ? '/proc/sys' : `/${folder}`}`)
    .join(' && ');
  const run = (command: string) =>
    execFileSync(
      'unshare',
      [
        '-m',
        'sh',
        '-c',
        `${mounts} && sudo() { "$@"; }; { ${prepare}; } > /dev/null && ${command} 2>&1; true`,
      ],
      {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          SYSTEMD_LOG_LEVEL: 'debug',
          SYSTEMD_LOG_TARGET: 'console',
          LC_ALL: 'C',
        },
      },
    );
  try {
    return {
      tree,
      systemd: writes(run('/lib/systemd/systemd-sysctl'), /^Setting '\/proc\/sys\/([^']+)' to '(.*)'/),
      procps: writes(run('/sbin/sysctl --system'), /^\.*([a-z_]+\.+[a-z_]+) = (.*)$/),
    };
  } finally {
    rmSync(root, { recursive: true });
  }
}

function writes(output: string, shape: RegExp): readonly JudgedWrite[] {
  return output.split('\n').flatMap((line) => {
    const [, key = '', value = ''] = shape.exec(line) ?? [];
    const name = key.replace(/[/.]+/g, '.');
    return (SYSCTL_NAMES as readonly string[]).includes(name) ? [[name, value] as const] : [];
  });
}

const PATTERNS = [
  'vm.*',
  'vm/overcommit_*',
  'vm.oom_[a-k]*',
  '*.panic*',
  'vm.?wappiness',
  'vm.[!o]*',
  'kernel/pani[!x]',
  'vm.*_reserve_kbytes',
];
const NAMES = [
  '10-a.conf',
  '50-b.conf',
  '90-lifeboat.conf',
  '99-z.conf',
  'a.conf',
  'B.conf',
  'é.conf',
  '.hidden.conf',
  'backup.conf~',
];
const FOLDERS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d'];

const name = fc.constantFrom(...SYSCTL_NAMES);
const key = fc.oneof(
  { weight: 6, arbitrary: name },
  { weight: 2, arbitrary: name.map((text) => text.replace('.', '/')) },
  { weight: 1, arbitrary: name.map((text) => `/${text.replace('.', '/')}`) },
  { weight: 3, arbitrary: fc.constantFrom(...PATTERNS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('net.ipv4.ip_forward', 'vm.nothing', 'swappiness', 'vm..swappiness'),
  },
);
const value = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map(String),
  fc.constantFrom('10', '0x10', '1 2', 'a=b', ''),
);
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', '', '', '-', ' ', '\t'),
        key,
        fc.constantFrom('=', ' = ', '\t= '),
        value,
        fc.constantFrom('', ' ', '\r'),
      )
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: key.map((text) => `-${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '# vm.swappiness=1',
      '; vm.swappiness=2',
      'no assignment',
      '=',
      '-',
      '-=1',
      '  #',
      'vm.swappiness',
    ),
  },
);
const content = fc.oneof(
  { weight: 9, arbitrary: fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')) },
  { weight: 1, arbitrary: fc.constant({ linkTo: '/dev/null' }) },
  { weight: 1, arbitrary: fc.constant({ linkTo: '../nowhere' }) },
);
const path = fc.tuple(fc.constantFrom(...FOLDERS), fc.constantFrom(...NAMES)).map((parts) => parts.join('/'));

/** As Debian 12 has it. */
const LINKED: ConfigTree = { '/etc/sysctl.d/99-sysctl.conf': { linkTo: '../sysctl.conf' } };

/** Trees of every kind, the same ones each time. */
export function arbitraryTrees(count: number): readonly ConfigTree[] {
  const tree = fc
    .tuple(
      fc.dictionary(path, content, { minKeys: 1, maxKeys: 7 }),
      fc.option(content, { freq: 2, nil: undefined }),
      fc.boolean(),
    )
    .map(([files, conf, linked]): ConfigTree => ({
      ...files,
      ...(conf === undefined ? {} : { '/etc/sysctl.conf': conf }),
      ...(linked ? LINKED : {}),
    }));
  return fc.sample(tree, { seed: 2026, numRuns: count });
}
