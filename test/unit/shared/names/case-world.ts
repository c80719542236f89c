import { readFileSync } from 'node:fs';
import { unitOf } from '#shared/kernel/cgroup/names.ts';
import { presumedFacts, type KillMode } from '#shared/killers/systemd.ts';
import { type OomPolicy } from '#shared/model/kill-order.ts';
import { type Unit } from '#shared/model/unit.ts';
import { DesktopIndex, type DesktopFile } from '#shared/names/desktop-entries/index.ts';
import { type NamedTask, type NamesWorld } from '#shared/names/facts.ts';
import { compact } from '#shared/optional.ts';

/** One process of a case. */
export interface CaseProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly comm: string;
  readonly argv: readonly string[];
  readonly exe: string | null;
  readonly cgroup: string;
  readonly tty: boolean;
  readonly containerPid?: number;
  readonly kernelThread?: boolean;
}

/** What is expected of a case; null: nothing. */
export interface CaseExpected {
  readonly label: string;
  readonly app: { readonly id: string; readonly name: string } | null;
  readonly role: string;
  readonly evidence: string;
  readonly within: string | null;
  readonly icon: string | null;
  readonly youLose: string | null;
  readonly never: readonly string[];
  readonly secondary: string;
}

/** The facts around a process. */
export interface CaseFacts {
  readonly process: CaseProcess;
  readonly others?: readonly CaseProcess[];
  readonly units?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly container?: { readonly name: string; readonly restart?: string };
  readonly steam?: Readonly<Record<string, string>>;
}

export interface NamesCase extends CaseFacts {
  readonly id: string;
  readonly expect: CaseExpected;
}

interface CaseDesktopFile {
  readonly dir: string;
  readonly id: string;
  readonly Name: string;
  readonly Exec: string;
  readonly execRealpath?: string;
  readonly Icon?: string;
  readonly Categories?: readonly string[];
  readonly NoDisplay?: boolean;
  readonly Terminal?: boolean;
  readonly XSnapInstanceName?: string;
  readonly XSnapAppName?: string;
  readonly XFlatpak?: string;
}

interface CaseFile {
  readonly desktopFiles: readonly CaseDesktopFile[];
  readonly cases: readonly NamesCase[];
  readonly unitVectors: readonly {
    readonly path: string;
    readonly id: string | null;
    readonly kind: string;
    readonly index?: readonly string[];
  }[];
  readonly textVectors: readonly { readonly raw: string; readonly shown: string }[];
  readonly redactVectors: readonly { readonly argv: readonly string[]; readonly shown: string }[];
}

/** The cases of this folder. */
export const CASES = JSON.parse(
  readFileSync(new URL('fixtures/cases.json', import.meta.url), 'utf8'),
) as CaseFile;

/** The desktop files of the cases, indexed. */
export const CASE_INDEX = new DesktopIndex(CASES.desktopFiles.map(desktopFile));

function desktopFile(file: CaseDesktopFile): DesktopFile {
  return {
    id: file.id,
    name: file.Name,
    exec: file.Exec,
    categories: file.Categories ?? [],
    noDisplay: file.NoDisplay === true,
    terminal: file.Terminal === true,
    ...compact({
      program: file.execRealpath,
      icon: file.Icon,
      snapInstance: file.XSnapInstanceName,
      snapApp: file.XSnapAppName,
      flatpak: file.XFlatpak,
    }),
  };
}

export function taskOf(process: CaseProcess): NamedTask {
  const { pid, ppid, uid, comm, argv, exe, cgroup, tty, containerPid, kernelThread } = process;
  return {
    pid,
    parentPid: ppid,
    uid,
    comm,
    argv,
    cgroup,
    hasTty: tty,
    ...(exe === null ? {} : { exe }),
    ...(containerPid === 1 ? { isContainerMain: true } : {}),
    ...(kernelThread === true ? { isKernelThread: true } : {}),
  };
}

/** A machine in which only the processes of a case run. */
export function worldOf(facts: CaseFacts, desktop = CASE_INDEX): NamesWorld {
  const tasks = [facts.process, ...(facts.others ?? [])].map(taskOf);
  const sameUnit = (unit: Unit, cgroup: string) => {
    const other = unitOf(cgroup);
    return other?.name === unit.name && other.manager === unit.manager;
  };
  return {
    task: (pid) => tasks.find((task) => task.pid === pid),
    children: (pid) => tasks.filter(({ parentPid }) => parentPid === pid),
    members: (unit) => tasks.filter(({ cgroup }) => sameUnit(unit, cgroup)),
    desktop,
    container: (cgroup) => {
      const { container } = facts;
      if (container === undefined || cgroup !== facts.process.cgroup) return undefined;
      return { name: container.name, ...compact({ restart: container.restart as 'always' | undefined }) };
    },
    unit: (unit) => {
      const said = facts.units?.[unit.name];
      if (said === undefined) return presumedFacts(unit);
      return {
        oomPolicy: said['OOMPolicy'] as OomPolicy,
        killMode: said['KillMode'] as KillMode,
        presumed: false,
        ...compact({
          mainPid: said['MainPID'] as number | undefined,
          restart: said['Restart'] as string | undefined,
        }),
      };
    },
    steamGame: (number) => facts.steam?.[`appmanifest_${number}.acf`],
    appImage: () => undefined,
    flatpak: () => undefined,
    isElectron: () => false,
    diesWhole: () => undefined,
  };
}
