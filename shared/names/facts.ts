import { type KillMode } from '../killers/systemd.ts';
import { type OomPolicy } from '../model/kill-order.ts';
import { type Unit } from '../model/unit.ts';
import { type DesktopIndex } from './desktop-entries/index.ts';

/** What is read of a process for its names. */
export interface NamedTask {
  readonly pid: number;
  readonly parentPid: number;
  readonly uid: number;
  /** The kernel's name; any character. */
  readonly comm: string;
  /** The arguments; a program may have written one text over them. */
  readonly argv: readonly string[];
  /** Path of its program; absent where it may not be read. */
  readonly exe?: string;
  /** The cgroup path that tells unit and container. */
  readonly cgroup: string;
  /** It has a controlling terminal. */
  readonly hasTty: boolean;
  readonly isKernelThread?: boolean;
  /** It is process 1 of its container. */
  readonly isContainerMain?: boolean;
}

/** A container as its engine describes it. */
export interface NamedContainer {
  readonly name: string;
  readonly id?: string;
  readonly restart?: 'no' | 'always' | 'unless-stopped' | 'on-failure';
}

/** What systemd answers for a unit. */
export interface NamedUnitFacts {
  readonly oomPolicy: OomPolicy;
  readonly killMode: KillMode;
  readonly mainPid?: number;
  /** Restart= of a service. */
  readonly restart?: string;
  /** systemd could not be asked. */
  readonly presumed: boolean;
}

/** Everything that names depend on. Functions answer from memory: they read nothing. */
export interface NamesWorld {
  readonly task: (pid: number) => NamedTask | undefined;
  readonly children: (pid: number) => readonly NamedTask[];
  /** All processes of a unit. */
  readonly members: (unit: Unit) => readonly NamedTask[];
  readonly desktop: DesktopIndex;
  readonly container: (cgroup: string) => NamedContainer | undefined;
  readonly unit: (unit: Unit) => NamedUnitFacts | undefined;
  /** The name of a game of Steam's by its number. */
  readonly steamGame: (number: string) => string | undefined;
  /** The name of an AppImage's file by the folder that it is mounted on. */
  readonly appImage: (mount: string) => string | undefined;
  /** The flatpak application whose sandbox one of these processes has begun. */
  readonly flatpak: (pids: readonly number[]) => string | undefined;
  /** Whether a program is Electron or Chromium by the files beside it. */
  readonly isElectron: (exe: string) => boolean;
  /** The cgroup above a path that dies whole (memory.oom.group), as people call it. */
  readonly diesWhole: (task: NamedTask) => string | undefined;
}
