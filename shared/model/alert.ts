import { type Forecast } from './forecast.ts';
import { type EndsWith, type NamedProcess } from './kill-order.ts';

/** How memory stands against the thresholds that people chose; `critical` is twice as bad as `tight`. */
export type MemoryLevel = 'calm' | 'tight' | 'critical';

/** Memory crossed a threshold for the worse. */
export interface PressureAlert {
  readonly kind: 'pressure';
  /** `available`: MemAvailable fell below its threshold. `waiting`: PSI some avg10 rose to its own. */
  readonly what: 'available' | 'waiting';
  readonly thresholdPercent: number;
  readonly availableBytes: number;
  readonly totalBytes: number;
  /** Absent where there is no swap. */
  readonly swapFreeBytes?: number;
  /** PSI some avg10 in percent; absent where it is not measured. */
  readonly waitingPercent?: number;
  /** The next victim; absent where there is none. */
  readonly next?: NamedProcess & { readonly program?: string };
}

/**
 * How the killed process is known. `kernel-log`: the kernel's own report. `was-next`: the process that stood first ended as the kernel
 * counted a kill. `ended`: of those that ended at that moment the heaviest; likely, not certain. `unknown`: no process that was seen has
 * ended.
 */
export type KillWitness = 'kernel-log' | 'was-next' | 'ended' | 'unknown';

/** A process that the kernel killed, as far as it is known. */
export interface KilledProcess {
  readonly pid: number;
  readonly name: string;
  /** What people called it, where that was not its name and it was seen alive. */
  readonly label?: string;
  /** The program that it ran, where its name does not show it and the process was seen alive. */
  readonly program?: string;
  readonly oomScoreAdj?: number;
  /** Anonymous memory, swap and page tables that came back; of others that died with it as well. */
  readonly freedBytes?: number;
  /** Its place in the order of where memory ran out, at the last reading before. */
  readonly rank?: number;
}

/**
 * Where memory ran out. `nodes`: on the NUMA nodes that a cpuset or a memory policy leaves to the task that asked, as `0,2-3`; others may have had
 * memory. `constraint`: what else the kernel gives as its reason, as printed.
 */
export type KillScope =
  | { readonly kind: 'global' }
  | { readonly kind: 'cgroup'; readonly path: string }
  | {
      readonly kind: 'nodes';
      readonly by: 'cpuset' | 'memory-policy';
      readonly nodes?: string;
      readonly cpuset?: string;
    }
  | { readonly kind: 'constraint'; readonly constraint: string }
  /** Memory had not run out: a person asked for the kill (SysRq f). */
  | { readonly kind: 'sysrq' };

/** The kernel killed. */
export interface KillAlert {
  readonly kind: 'kill';
  /** How many, by the kernel's own count. */
  readonly count: number;
  readonly witness: KillWitness;
  readonly victims: readonly KilledProcess[];
  /** What systemd ends after it: units, with how many of their processes. */
  readonly endsWith?: readonly Omit<EndsWith, 'processes'>[];
  /** Where memory ran out; absent where that cannot be known. */
  readonly scope?: KillScope;
}

/** A process that the user protected is the next victim again. */
export interface ProtectedNextAlert {
  readonly kind: 'protected-next';
  readonly process: NamedProcess & { readonly program?: string };
  readonly oomScoreAdj: number;
  /** False: the figures cannot tell it from its neighbours. */
  readonly certain: boolean;
}

/** Lifeboat itself is the next victim in a cgroup that it runs in, and little is free there. */
export interface ItselfNextAlert {
  readonly kind: 'itself-next';
  /** The process of Lifeboat that is first. */
  readonly process: NamedProcess;
  readonly path: string;
  readonly limitBytes: number;
  readonly headroomBytes: number;
}

/** Memory is about to run out: of the machine, or of a cgroup with a limit. Notified once in a fall. */
export interface ForecastAlert {
  readonly kind: 'forecast';
  /** Of the cgroup; absent for the machine. */
  readonly path?: string;
  readonly label?: string;
  readonly forecast: Forecast;
  /** Who would be killed there; absent where none would. */
  readonly next?: NamedProcess & { readonly program?: string };
}

/** What a user is alerted to. */
export type Alert = PressureAlert | ForecastAlert | KillAlert | ProtectedNextAlert | ItselfNextAlert;

/** An alert in the record, which holds all alerts, whether they interrupted the user or not. */
export interface RecordedAlert {
  readonly id: number;
  readonly timeMs: number;
  readonly alert: Alert;
}

/** What an alert is about: the same of the same kind does not interrupt again so soon. */
export function alertSubject(alert: Alert): string {
  switch (alert.kind) {
    case 'pressure':
      return alert.what;
    case 'forecast':
      return alert.path ?? '';
    case 'kill':
      return alert.victims[0]?.name ?? '';
    case 'protected-next':
      return alert.process.name;
    case 'itself-next':
      return alert.path;
  }
}
