import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withDescriptor } from '../descriptors.ts';
import { parseSysctlLines } from '#shared/kernel/sysctl/lines.ts';
import { sysctlMentions, type Mention } from '#shared/kernel/sysctl/mentions.ts';
import { namesFor } from '#shared/kernel/sysctl/rejected.ts';
import { type LaterSetter, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { type KernelFiles, readFailure, readText } from '../kernel-files.ts';
import { fileStat, realPath } from '../file-stat.ts';
import { kubeletSetters } from './kubelet.ts';
import { tunedSetters } from './tuned.ts';

/** The programs that may set each setting after the files of the boot were read. */
export type LaterSetters = ReadonlyMap<SysctlName, readonly LaterSetter[]>;

interface Place {
  readonly kind: LaterSetter['kind'];
  /** Files, or folders whose files count; a file in an earlier folder hides those of the same name in later ones. */
  readonly paths: readonly string[];
  /** How the names of the files end. */
  readonly ends?: RegExp;
  /** Lines that count; all where there is none. */
  readonly lines?: RegExp;
  /** A whole line `vm.swappiness = 1` counts. */
  readonly bare?: true;
}

const under = (folder: string, roots = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib']) =>
  roots.map((root) => `${root}/${folder}`);

const PLACES: readonly Place[] = [
  { kind: 'udev', paths: under('udev/rules.d'), ends: /\.rules$/ },
  { kind: 'unit', paths: under('systemd/system'), ends: /\.(service|conf)$/, lines: /^\s*Exec\w+\s*=/ },
  { kind: 'tmpfiles', paths: under('tmpfiles.d'), ends: /\.conf$/, lines: /^\s*w/ },
  {
    kind: 'cloud-init',
    paths: [
      '/etc/cloud/cloud.cfg',
      '/etc/cloud/cloud.cfg.d',
      '/var/lib/cloud/instance/user-data.txt',
      '/var/lib/cloud/instance/vendor-data.txt',
      '/var/lib/cloud/scripts/per-boot',
    ],
    bare: true,
  },
  {
    kind: 'network',
    paths: [
      ...under('NetworkManager/dispatcher.d', ['/etc', '/usr/lib']),
      ...['pre-up.d', 'no-wait.d'].map((name) => `/etc/NetworkManager/dispatcher.d/${name}`),
      ...['routable.d', 'carrier.d', 'configured.d', 'configuring.d', 'degraded.d'].map(
        (name) => `/etc/networkd-dispatcher/${name}`,
      ),
      ...['if-pre-up.d', 'if-up.d', 'interfaces', 'interfaces.d'].map((name) => `/etc/network/${name}`),
      '/etc/ppp/ip-up.d',
    ],
  },
  { kind: 'cron', paths: ['/etc/crontab', '/etc/cron.d', '/var/spool/cron/crontabs', '/var/spool/cron'] },
  { kind: 'wsl', paths: ['/etc/wsl.conf'], lines: /^\s*command\s*=/i },
  {
    kind: 'script',
    paths: ['/etc/rc.local', '/etc/rc.d/rc.local', '/etc/local.d', '/etc/init.d', '/etc/modprobe.d'],
  },
];

/** No script that sets a setting is larger. */
const MOST_BYTES = 1 << 17;
/** No folder of these has more files. */
const MOST_FILES = 5_000;

/**
 * Looks for what may set our settings after systemd-sysctl or `sysctl --system`: the active profile of tuned, a kubelet that runs, and scripts,
 * units and rules that name one. What a program does with its own code, or in a script that another one calls, is not seen.
 */
export function readLaterSetters(files: KernelFiles, root: string): LaterSetters {
  const found = new Map<SysctlName, LaterSetter[]>();
  const add = (name: SysctlName, setter: LaterSetter) => {
    found.set(name, [...(found.get(name) ?? []), setter]);
  };
  for (const { name, ...setter } of [...tunedSetters(root), ...kubeletSetters(files, root)])
    add(name, setter);
  const hasCloudInit = !existsSync(join(root, '/etc/cloud/cloud-init.disabled'));
  for (const place of PLACES) {
    if (place.kind === 'cloud-init' && !hasCloudInit) continue;
    for (const path of pathsOf(root, place)) {
      for (const { name, line, value } of settersIn(root, path, place)) {
        add(name, {
          kind: place.kind,
          ...(place.kind === 'unit' ? { by: unitOf(path) } : {}),
          file: path,
          line,
          ...(value === undefined ? {} : { value }),
        });
      }
    }
  }
  return found;
}

function settersIn(root: string, path: string, { lines, bare }: Place): readonly Mention[] {
  const text = textOf(root, path);
  // Nearly every file says nothing of it.
  if (text === undefined || !/sysctl|\/proc\/sys\/|(vm|kernel)[./]/i.test(text) || text.includes('\0')) {
    const called = lines === undefined || text === undefined ? [] : calledScripts(root, text, lines);
    return called;
  }
  const counting =
    lines === undefined
      ? text
      : text
          .split('\n')
          .map((line, index, all) => (lines.test(line) || continues(all, index) ? line : ''))
          .join('\n');
  const { sets, loads } = sysctlMentions(counting, bare === true);
  const loaded = loads.flatMap(({ file, line }) => loadedFrom(root, file).map((each) => ({ ...each, line })));
  return [...sets, ...loaded, ...(lines === undefined ? [] : calledScripts(root, text, lines))];
}

/** The line before goes on in this one. */
function continues(lines: readonly string[], index: number): boolean {
  return lines[index - 1]?.trimEnd().endsWith('\\') === true;
}

/** What scripts set that a unit starts by their own path. */
function calledScripts(root: string, text: string, lines: RegExp): readonly Mention[] {
  return text.split('\n').flatMap((content, index) => {
    if (!lines.test(content)) return [];
    const scripts =
      content.match(/\/[\w./+-]+/g)?.filter((path) => !/^\/(proc|sys|dev|bin|sbin)\//.test(path)) ?? [];
    return scripts.flatMap((path) => {
      const script = isSmallFile(join(root, path)) ? textOf(root, path) : undefined;
      if (script?.startsWith('#!') !== true) return [];
      return sysctlMentions(script).sets.map((mention) => ({ ...mention, line: index + 1 }));
    });
  });
}

function loadedFrom(root: string, path: string): readonly Omit<Mention, 'line'>[] {
  const text = path.startsWith('/') ? textOf(root, path) : undefined;
  return parseSysctlLines(text ?? '', 'procps').flatMap(({ key, value }) =>
    value === undefined ? [] : namesFor(key, 'procps').map((name) => ({ name, value })),
  );
}

/** The files of a place: without those that one of the same name in an earlier folder hides. */
function pathsOf(root: string, { paths, ends }: Place): readonly string[] {
  const seen = new Set<string>();
  const folders = new Set<string>();
  return paths.flatMap((path) => {
    const whole = join(root, path);
    const stat = fileStat(whole);
    if (stat === undefined) return [];
    if (!stat.isDirectory()) return [path];
    const real = realPath(whole) ?? whole;
    if (folders.has(real)) return [];
    folders.add(real);
    return namesIn(whole)
      .flatMap((name) => {
        const inside = name.endsWith('.d') && ends !== undefined ? namesIn(join(whole, name)) : undefined;
        const names = inside?.map((each) => `${name}/${each}`) ?? [name];
        return names.filter((each) => {
          if (seen.has(each) || ends?.test(each) === false) return false;
          seen.add(each);
          return isSmallFile(join(whole, each));
        });
      })
      .map((name) => `${path}/${name}`);
  });
}

/** `tune.service` of its own file and of its drop-ins. */
function unitOf(path: string): string {
  return /\/system\/([^/]+?)(?:\.d)?(?:\/|$)/.exec(path)?.[1] ?? path;
}

function isSmallFile(path: string): boolean {
  const stat = fileStat(path);
  return stat?.isFile() === true && stat.size <= MOST_BYTES;
}

function textOf(root: string, path: string): string | undefined {
  const read = readText(join(root, path), MOST_BYTES);
  return read.ok ? read.value : undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return withDescriptor(() => readdirSync(folder)).slice(0, MOST_FILES);
  } catch (error) {
    readFailure(error, folder);
    return [];
  }
}
