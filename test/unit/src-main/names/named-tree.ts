import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Container } from '#shared/model/owners/container.ts';
import { type ProcessNames } from '#shared/model/owners/names.ts';
import { type UnitFacts } from '#shared/killers/systemd.ts';
import { type Unit } from '#shared/model/unit.ts';
import { UnitFactsCache } from '../../../../src-main/collect/units/unit-facts.ts';
import { dataPlaces } from '../../../../src-main/names/data-places.ts';
import { DesktopFiles } from '../../../../src-main/names/desktop-files.ts';
import { Packages } from '../../../../src-main/names/packages.ts';
import { ProcessNaming } from '../../../../src-main/names/process-naming.ts';
import { FileTree } from '../../../../src-main/file-tree.ts';
import { rootOf } from '../../../../src-main/proc/kernel-files.ts';
import { processIn, sampledTree, type SampledTree } from '../../../helpers/processes/process-sampler.ts';
import { type FakeProcess } from '../../../helpers/proc-tree.ts';
import { CASES, type CaseProcess } from '../../shared/names/case-world.ts';

/** A tree whose processes are named as on a machine, with files of its own. */
export interface NamedTree extends SampledTree {
  readonly root: string;
  readonly naming: ProcessNaming;
  readonly desktop: DesktopFiles;
  /** The names of a process in a new snapshot. */
  readonly namesOf: (pid: number) => ProcessNames;
  /** Advances the clock of the names. */
  readonly pass: (ms: number) => void;
}

/** What is asked of others than files. */
export interface Asked {
  readonly container?: (cgroup: string) => Container | undefined;
  readonly unit?: (unit: Unit) => UnitFacts;
}

export function namedTree(
  processes: readonly FakeProcess[],
  files: Readonly<Record<string, string>> = {},
  { container, unit }: Asked = {},
): NamedTree {
  const sampled = sampledTree({ processes, users: { ann: 1000 } });
  const root = rootOf(sampled.tree);
  sampled.tree.write('/etc/passwd', 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/bash\n');
  for (const [path, text] of Object.entries(files)) writeAt(root, path, text);
  const tree = new FileTree(root);
  const places = dataPlaces(tree, {}, '/home/ann', 1000);
  let nowMs = 0;
  const desktop = new DesktopFiles(tree, places, 'de_AT.UTF-8', () => nowMs);
  const cache = new UnitFactsCache(() => Promise.resolve(undefined));
  const naming = new ProcessNaming({
    desktop,
    packages: new Packages(tree, places, sampled.tree, 1000),
    containers: { of: container ?? (() => undefined) },
    unitFacts: { of: unit ?? ((each) => cache.of(each)) },
    nowMs: () => nowMs,
  });
  sampled.sampler.naming = naming;
  return {
    ...sampled,
    root,
    naming,
    desktop,
    namesOf: (pid) => {
      const snapshot = sampled.sample();
      const names = snapshot.namesOf?.(processIn(snapshot, pid));
      if (names === undefined) throw new Error('the snapshot has no names');
      return names;
    },
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

/** A process of a case, as a tree shows it. */
export function fakeProcess(process: CaseProcess): FakeProcess {
  const { pid, ppid, uid, comm, argv, exe, cgroup, tty, containerPid } = process;
  return {
    pid,
    parentPid: ppid,
    uid,
    name: comm,
    cmdline: argv,
    cgroup,
    tty,
    ...(exe === null ? {} : { exe }),
    ...(containerPid === undefined ? {} : { nsPids: [pid, containerPid] }),
  };
}

/** The desktop files of the cases, and the programs that they start. */
export function caseFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const file of CASES.desktopFiles) {
    const { id, dir, Name, Exec, Icon, Categories, NoDisplay, Terminal } = file;
    const text = [
      '[Desktop Entry]',
      'Type=Application',
      `Name=${Name}`,
      `Exec=${Exec.replaceAll('\\', '\\\\')}`,
      ...(Icon === undefined ? [] : [`Icon=${Icon}`]),
      ...(Categories === undefined ? [] : [`Categories=${Categories.join(';')};`]),
      ...(NoDisplay === true ? ['NoDisplay=true'] : []),
      ...(Terminal === true ? ['Terminal=true'] : []),
      ...(file.XFlatpak === undefined ? [] : [`X-Flatpak=${file.XFlatpak}`]),
      ...(file.XSnapInstanceName === undefined ? [] : [`X-SnapInstanceName=${file.XSnapInstanceName}`]),
      ...(file.XSnapAppName === undefined ? [] : [`X-SnapAppName=${file.XSnapAppName}`]),
      '[Desktop Action new]',
      'Name=Not this one',
    ];
    files[`${dir.replace('~', '/home/ann')}/${id}.desktop`] = `${text.join('\n')}\n`;
  }
  return files;
}

/** Makes the programs that desktop files name, with links to where they really are. */
export function makePrograms(root: string): void {
  for (const { Exec, execRealpath } of CASES.desktopFiles) {
    if (execRealpath === undefined) continue;
    writeAt(root, execRealpath, '');
    const first = /^(?:env \S+=\S+ )?"?([^" ]+)/.exec(Exec)?.[1] ?? '';
    const called = first.startsWith('/') ? first : `/usr/bin/${first}`;
    if (called === execRealpath) continue;
    mkdirSync(root + dirname(called), { recursive: true });
    try {
      symlinkSync(execRealpath, root + called);
    } catch {
      // Two files name the same program.
    }
  }
}

export function writeAt(root: string, path: string, text: string | Uint8Array): void {
  mkdirSync(root + dirname(path), { recursive: true });
  writeFileSync(root + path, text);
}
