import { existsSync, readdirSync } from 'node:fs';
import { parseOomdDump } from '#shared/killers/oomd-dump.ts';
import { type OomdRule, parseOomdConf, parseOomRule } from '#shared/killers/oomd-setup.ts';
import { OOMD_PROPERTIES, setupOfUnits } from '#shared/killers/oomd-units.ts';
import { type KillerUnknown } from '#shared/model/killer.ts';
import { withDescriptor } from '../../proc/descriptors.ts';
import { type KernelFiles, readFailure, rootOf } from '../../proc/kernel-files.ts';
import { type ObservedProcess } from '../processes/observed-process.ts';
import { type RunProgram } from '../run-program.ts';
import { type KillerSetup } from './killer-setup.ts';
import { readSystemFile } from './system-file.ts';

/** Where systemd looks for configuration, the first one first: of files of one name that one counts. */
const FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((folder) => `${folder}/systemd`);
const MOST_BYTES = 1 << 16;
const MOST_FILES = 100;

type Oomd = Extract<KillerSetup, { name: 'systemd-oomd' }>;

/**
 * What a systemd-oomd that runs watches: what it says itself (oomctl), which holds what users' managers have asked for. Where it cannot be asked,
 * what files and the system's units say; rules (systemd 261) are there alone.
 */
export async function readOomd(
  files: KernelFiles,
  { pid, command }: ObservedProcess,
  run: RunProgram,
): Promise<Oomd> {
  const root = rootOf(files);
  const rules = rulesIn(root);
  const [dump, units] = await Promise.all([run('oomctl', []), rules.size > 0 ? show(run) : undefined]);
  const dumped = dump === undefined ? undefined : parseOomdDump(dump);
  const defaults = parseOomdConf(confTexts(root));
  const shown = dumped === undefined ? await (units ?? show(run)) : units;
  const byUnits = shown === undefined ? undefined : setupOfUnits(shown, defaults, rules);
  const setup = dumped === undefined ? byUnits : { ...dumped, rules: byUnits?.rules ?? [] };
  const unknown: KillerUnknown[] =
    dumped !== undefined ? [] : byUnits !== undefined ? ['user-units'] : ['configuration'];
  const rehearses = / --dry-run(?: |$)/.test(command) ? { rehearses: true as const } : {};
  return { name: 'systemd-oomd', pid, ...rehearses, ...(setup === undefined ? {} : { setup }), unknown };
}

function show(run: RunProgram): Promise<string | undefined> {
  const properties = `--property=${OOMD_PROPERTIES.join()}`;
  return run('systemctl', ['--no-pager', 'show', properties, '--', '*.slice', '*.service', '*.scope']);
}

/** The first oomd.conf, and after it the drop-ins by name. */
function confTexts(root: string): readonly string[] {
  const main = FOLDERS.map((folder) => textOf(root, `${folder}/oomd.conf`)).find(
    (text) => text !== undefined,
  );
  const dropIns = [...namedFiles(root, 'oomd.conf.d', '.conf').values()];
  return [...(main === undefined ? [] : [main]), ...dropIns];
}

function rulesIn(root: string): ReadonlyMap<string, Omit<OomdRule, 'cgroup'>> {
  const rules = new Map<string, Omit<OomdRule, 'cgroup'>>();
  for (const [file, text] of namedFiles(root, 'oomd/rules.d', '.oomrule')) {
    const name = file.slice(0, -'.oomrule'.length);
    const rule = parseOomRule(name, text);
    if (rule !== undefined) rules.set(name, rule);
  }
  return rules;
}

/** The texts of the files of a folder that is in several places, sorted by name. */
function namedFiles(root: string, folder: string, end: string): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const base of FOLDERS) {
    for (const name of namesIn(`${root}${base}/${folder}`)) {
      if (name.endsWith(end) && !paths.has(name)) paths.set(name, `${base}/${folder}/${name}`);
    }
  }
  const names = [...paths.keys()].sort().slice(0, MOST_FILES);
  return new Map(names.map((name) => [name, textOf(root, paths.get(name) ?? '') ?? '']));
}

function namesIn(folder: string): readonly string[] {
  try {
    return existsSync(folder) ? withDescriptor(() => readdirSync(folder)) : [];
  } catch (error) {
    readFailure(error, folder);
    return [];
  }
}

function textOf(root: string, path: string): string | undefined {
  return readSystemFile(root, path, MOST_BYTES)?.bytes.toString('utf8');
}
