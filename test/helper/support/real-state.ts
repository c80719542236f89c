import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a test's own files are, beside what the whole machine has. */
export interface RealPlaces {
  readonly configHome: string;
  readonly cgroupMount: string;
}

/** What can be written of a cgroup, of both versions. */
const CGROUP_FILE =
  /^memory\.(limit_in_bytes|memsw\.limit_in_bytes|soft_limit_in_bytes|max|high|low|min|swap\.max|oom\.group)$/;
const KEPT = '/etc/sysctl.d/90-lifeboat.conf';

/**
 * Everything on this machine that Lifeboat can write, read without it: the adjustment of every process, all settings of vm, the limits of all
 * cgroups, what is kept for the next boot, drop-ins and rules. Processes of other tests, which set their own, are left out.
 */
export function realState(
  { configHome, cgroupMount }: RealPlaces,
  own: readonly number[],
): Record<string, string> {
  const state: Record<string, string> = {};
  const note = (key: string, path: string) => {
    const text = textOf(path);
    if (text !== undefined) state[key] = text.trim();
  };
  for (const pid of bystanders(own)) note(`adj ${pid}`, `/proc/${pid}/oom_score_adj`);
  for (const name of readdirSync('/proc/sys/vm')) note(`sysctl vm.${name}`, `/proc/sys/vm/${name}`);
  for (const name of ['panic', 'panic_on_oops', 'pid_max'])
    note(`sysctl kernel.${name}`, `/proc/sys/kernel/${name}`);
  for (const path of foldersBelow(cgroupMount, ''))
    for (const file of readdirSync(cgroupMount + path).filter((each) => CGROUP_FILE.test(each)))
      note(`cgroup ${path || '/'} ${file}`, `${cgroupMount}${path}/${file}`);
  for (const [, name = '', value = ''] of (textOf(KEPT) ?? '').matchAll(/^(\S+) = (\S+)$/gm))
    state[`kept ${name}`] = value;
  for (const file of filesBelow('/etc/sysctl.d')) if (file !== KEPT) note(`file ${file}`, file);
  for (const [whose, folder] of [
    ['system', '/etc/systemd/system'],
    ['user', join(configHome, 'systemd/user')],
  ] as const)
    for (const file of filesBelow(folder)) {
      const unit = /\/([^/]+)\.d\/90-lifeboat\.conf$/.exec(file)?.[1];
      if (unit === undefined) note(`file ${file}`, file);
      else state[`${whose} ${unit}`] = /^OOMScoreAdjust=(\S+)$/m.exec(textOf(file) ?? '')?.[1] ?? 'broken';
    }
  const rules = textOf(join(configHome, 'lifeboat/rules.toml')) ?? '';
  for (const [, name = '', value = ''] of rules.matchAll(/^name = "([^"]+)"\nadj = (\S+)$/gm))
    state[`rule ${name}`] = value;
  return state;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not to be read, or gone meanwhile.
    return undefined;
  }
}

/** Processes that only Lifeboat would change: our own, and those that no test has started. */
function bystanders(own: readonly number[]): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(
    pids.map((pid) => [pid, /\) \S (\d+)/.exec(textOf(`/proc/${pid}/stat`) ?? '')?.[1]]),
  );
  const known = new Map<string, boolean>([['0', false]]);
  const isTest = (pid: string): boolean => {
    const before = known.get(pid);
    if (before !== undefined) return before;
    const hasSign = /(^|\0)VITEST=/.test(textOf(`/proc/${pid}/environ`) ?? '');
    const is = hasSign || isTest(parents.get(pid) ?? '0');
    known.set(pid, is);
    return is;
  };
  return pids.filter((pid) => own.includes(Number(pid)) || !isTest(pid)).map(Number);
}

function foldersBelow(mount: string, path: string): readonly string[] {
  const below = readdirSync(mount + path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [path, ...below.flatMap(({ name }) => foldersBelow(mount, `${path}/${name}`))];
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
