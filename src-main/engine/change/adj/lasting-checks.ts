import { accessSync, constants, existsSync, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail, type Failure, type Result } from '#shared/result.ts';
import { type Lasting, type Rights } from '#shared/model/change.ts';
import { isStartingUnit, SYSTEM_UNIT_FOLDERS, templateOf, uidOf } from '#shared/model/unit.ts';
import { type ObservedProcess } from '../../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { type KernelFiles } from '../../../proc/kernel-files.ts';
import { readCapabilities } from '../../../proc/pid/capabilities.ts';
import { type LastingChecks } from './lasting.ts';
import { hasUnitFile } from './unit-files.ts';
import { MOST_MATCHES } from '../../rules/rule.ts';
import { planRule } from '../../rules/edit-rules.ts';
import { keptFor } from '../../../own-writes/kept-for.ts';
import { keptIn, userDropIn } from '../../../own-writes/user-unit.ts';

/** What the checks look at. */
export interface LastingCheckOptions {
  readonly files: KernelFiles;
  /** What stands before every path: nothing on this machine. */
  readonly root?: string;
  readonly ownUid: number;
  /** The file of one's own rules. */
  readonly rulesFile: string;
  readonly rights: () => Rights;
}

const SYSTEM_FOLDER = '/etc/systemd/system';
/** Asks everything that keeping a value asks, and writes nothing: a preview promises no more than can be done. */
export function lastingChecks(options: LastingCheckOptions): LastingChecks {
  return {
    mayLower: () => mayLower(options),
    hasFile: (unit) => hasUnitFile(unit, options.root ?? '', options.ownUid),
    place: (lasting, oomScoreAdj, snapshot) => {
      if (lasting.kind === 'rule') return rulePlace(options, lasting.name, oomScoreAdj, snapshot);
      const { manager, name } = lasting.unit;
      const trouble = belowManager(options, lasting.unit, oomScoreAdj, snapshot);
      const place =
        manager === 'system' ? systemPlace(options, name) : userPlace(options, uidOf(manager), name);
      // What cannot be written comes before what would have no effect.
      const refused = place.refused ?? trouble;
      return refused === undefined ? place : { file: place.file, refused };
    },
  };
}

type Place = ReturnType<LastingChecks['place']>;

function place(file: string, failed?: Result<never>): Place {
  return failed === undefined || failed.ok ? { file } : { file, refused: failed.error };
}

/** Root has at most what this process could get (CapBnd), and no more than it has itself where it is root. */
function mayLower({ files, rights }: LastingCheckOptions): boolean | undefined {
  const now = rights();
  if (now.state === 'allowed') return now.sysResource;
  return readCapabilities(files, 'self')?.bounding?.sysResource === false ? false : undefined;
}

/** systemd passes over a value that it may not set (exec_child(), "When we can't make this change due to EPERM, then silently skip over it"). */
function belowManager(
  { files }: LastingCheckOptions,
  { manager, name }: Extract<Lasting, { kind: 'unit' }>['unit'],
  oomScoreAdj: number,
  snapshot: Snapshot,
): Failure | undefined {
  const process = managerProcess(snapshot, manager);
  if (process === undefined || oomScoreAdj >= process.oomScoreAdj) return undefined;
  if (readCapabilities(files, process.pid)?.effective.sysResource !== false) return undefined;
  return fail('below-manager', {
    unit: name,
    uid: manager === 'system' ? undefined : uidOf(manager),
    oomScoreAdj: process.oomScoreAdj,
  }).error;
}

/** The process that starts a manager's units: process 1, or the first one of user@UID.service. */
function managerProcess({ processes }: Snapshot, manager: string): ObservedProcess | undefined {
  if (manager === 'system') return processes.find(({ pid, name }) => pid === 1 && name === 'systemd');
  const service = `user@${manager.slice('user:'.length)}.service`;
  return processes.find(
    ({ unit, name }) => unit?.manager === 'system' && unit.name === service && name.startsWith('systemd'),
  );
}

function systemPlace({ root = '', rights }: LastingCheckOptions, name: string): Place {
  const folder = `${SYSTEM_FOLDER}/${name}.d`;
  const file = `${folder}/90-lifeboat.conf`;
  const names = [name, templateOf(name) ?? name];
  const isKnown = SYSTEM_UNIT_FOLDERS.some((each) =>
    names.some((one) => existsSync(`${root}${each}/${one}`)),
  );
  if (!isStartingUnit(name) || !isKnown)
    return place(file, fail('unit-unknown', { unit: name, fault: 'none-such' }));
  const now = rights();
  if (now.state === 'failed') return { file, refused: now.error };
  for (const each of [SYSTEM_FOLDER, folder]) {
    const refused = notRootsAlone(root, each, each === folder);
    if (refused !== undefined) return { file, refused };
  }
  const kept = keptFor({ manager: 'system', name }, root);
  if (!kept.ok && kept.error.code === 'not-ours') return place(file, kept);
  if (now.state === 'allowed' && now.via === 'root' && !isWritable(root + folder))
    return place(file, fail('io-failed', { what: 'write', path: folder }));
  // sd_booted(3).
  return existsSync(`${root}/run/systemd/system`) ? { file } : { file, waits: 'no-systemd' };
}

/** The helper writes only into folders that only root can change, and follows no links to them. */
function notRootsAlone(root: string, folder: string, mayBeMissing: boolean): Failure | undefined {
  try {
    const stat = lstatSync(root + folder);
    if (stat.isDirectory() && stat.uid === 0 && (stat.mode & 0o022) === 0) return undefined;
    return fail('refused-target', { what: 'changeable', path: folder }).error;
  } catch {
    return mayBeMissing ? undefined : fail('not-found', { what: 'file', path: folder }).error;
  }
}

function userPlace({ ownUid }: LastingCheckOptions, uid: number | undefined, name: string): Place {
  const dropIn = userDropIn(name);
  const file = dropIn.ok ? dropIn.value.file : name;
  if (uid !== ownUid) {
    return {
      file: '',
      refused: fail('not-supported', { what: 'other-user', unit: name, uid }).error,
    };
  }
  if (!dropIn.ok) return place(file, dropIn);
  const kept = keptIn(file);
  if (!kept.ok) return place(file, kept);
  if (!isWritable(dropIn.value.folder))
    return place(file, fail('io-failed', { what: 'write', path: dropIn.value.folder }));
  return { file };
}

function rulePlace(
  { rulesFile }: LastingCheckOptions,
  name: string,
  oomScoreAdj: number,
  { processes }: Snapshot,
): Place {
  const planned = planRule(rulesFile, { name, oomScoreAdj });
  if (!planned.ok) return place(rulesFile, planned);
  if (!isWritable(dirname(rulesFile)))
    return place(rulesFile, fail('io-failed', { what: 'write', path: dirname(rulesFile) }));
  const count = processes.filter((process) => process.name === name && !process.kernelThread).length;
  if (count <= MOST_MATCHES) return { file: rulesFile };
  return place(rulesFile, fail('rule-too-wide', { rule: `name = "${name}"`, count, most: MOST_MATCHES }));
}

/** The folder can be written, or made in the nearest one above that is there. */
function isWritable(folder: string): boolean {
  let nearest = folder;
  while (!existsSync(nearest) && nearest !== '/') nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return lstatSync(nearest).isDirectory();
  } catch {
    return false;
  }
}
