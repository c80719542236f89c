import { type Killer } from '../model/killer.ts';
import { type WindowsMemory, type WslMachine, type WslReport } from '../model/wsl.ts';
import { answers } from './answers.ts';
import { nothing } from './fields.ts';

/** `good`: nothing to say. `note`: worth knowing. `warning`: answers are limited. `bad`: answers are wrong or missing. */
export type DoctorState = 'good' | 'note' | 'warning' | 'bad';

/**
 * The checks of the doctor, in the order in which they are reported, and for each its possible outcomes, with how much each matters.
 * The doctor names an outcome, the catalogue has its words: neither compiles without the other.
 */
export const DOCTOR_OUTCOMES = {
  /** `uname -r`. `newer`: later than the newest source that was read. `too-old`: before 2.6.36, where badness was no sum. */
  kernel: { known: 'good', newer: 'note', 'too-old': 'bad', unreadable: 'bad' },
  /**
   * `confirmed`: oom_score of living processes agrees with the formula of this version. `behaviour`: it agrees with another version's,
   * which is used (a backport). `version`: could not be checked. `contradicted`: what the kernel prints fits no formula.
   */
  formula: { confirmed: 'good', behaviour: 'note', version: 'note', contradicted: 'bad' },
  /**
   * `exact`: /proc and the kernel use the same exact sums. `same`: both use the same approximate counters (6.2 to 6.15), or shared
   * ones (before): the order is the kernel's. `approximate`: the kernel ranks by counters that lag (6.16 to 6.19, 6.12 with its
   * updates); /proc shows those of resident memory, not those of swap: `value` has the bound.
   */
  counters: { exact: 'good', same: 'good', approximate: 'note' },
  /**
   * `hybrid`: memory is on v1, others on v2. `namespaced`: paths are relative to a cgroup namespace, limits above it are hidden.
   * `no-memory-controller`: mounted, but memory is not among its controllers. `none`: not mounted.
   */
  cgroup: {
    v2: 'good',
    v1: 'good',
    hybrid: 'note',
    namespaced: 'warning',
    'no-memory-controller': 'warning',
    none: 'warning',
  },
  /** `disabled`: built in but switched off (reading gives EOPNOTSUPP). `missing`: no /proc/pressure. `wsl`: either of them in WSL 2. */
  psi: { present: 'good', disabled: 'note', missing: 'note', wsl: 'note', unreadable: 'note' },
  /** `mixed`: zram and disk. `unknown`: there is swap, but /proc/swaps does not say what kind. */
  swap: { disk: 'good', zram: 'note', mixed: 'note', unknown: 'note', none: 'note' },
  /** vm.overcommit_memory 0, 1, 2. `never-exhausted`: 2, and less than 5% of CommitLimit is left. */
  overcommit: {
    guess: 'good',
    always: 'note',
    never: 'note',
    'never-exhausted': 'warning',
    unreadable: 'note',
  },
  /** vm.panic_on_oom 0, 1, 2. */
  panic: { kills: 'good', panics: 'warning', 'panics-always': 'warning', unreadable: 'warning' },
  /** vm.oom_kill_allocating_task. */
  'allocating-task': { scored: 'good', allocating: 'warning', unreadable: 'warning' },
  /**
   * What the files of sysctl bring at the next boot. `refuses`: mode 2 with a commit limit below what is committed. `starves`: most of memory kept
   * free. `hangs`: a panic without a restart. `value` has the lines.
   */
  'next-boot': { safe: 'good', refuses: 'bad', starves: 'bad', hangs: 'warning', 'host-decides': 'note' },
  /** The values in Lifeboat's own file. `lose`: another file sets them after it. `not-read`: nothing reads the file here. */
  'kept-settings': { none: 'good', win: 'good', lose: 'warning', 'not-read': 'warning' },
  /**
   * The mount option of /proc. `exempt`: set, but the user of Lifeboat sees all. `contents` (1): others' figures cannot be read.
   * `invisible` (2 or 4): others' processes are not listed at all.
   */
  hidepid: { off: 'good', exempt: 'good', contents: 'bad', invisible: 'bad', unreadable: 'note' },
  'pid-namespace': { initial: 'good', nested: 'bad', unknown: 'note' },
  /**
   * Whether the kernel's own reports can be read. `restricted`: kernel.dmesg_restrict without CAP_SYSLOG. `denied`: /dev/kmsg refuses
   * for another reason. `missing`: there is no /dev/kmsg.
   */
  dmesg: { readable: 'good', restricted: 'note', denied: 'note', missing: 'note' },
  /** Of the process that runs Lifeboat, `both`: CAP_SYS_RESOURCE and CAP_SYS_ADMIN. `root-without`: uid 0 with neither. */
  capabilities: {
    both: 'good',
    'sys-resource': 'good',
    'sys-admin': 'note',
    'root-without': 'note',
    none: 'note',
  },
  numa: { single: 'good', several: 'note', unreadable: 'note' },
  /** Programs that kill before the kernel does. systemd-oomd never reads oom_score_adj. `several`: more than one runs. */
  killers: { none: 'good', earlyoom: 'note', nohang: 'note', 'systemd-oomd': 'warning', several: 'warning' },
  /** How Lifeboat's own forecasts have fared here. `few`: fewer than four were followed by a kill. `mostly`: three in four held. */
  forecasts: { none: 'good', few: 'good', mostly: 'good', poorly: 'note' },
  /** `wsl1` emulates Linux and has no OOM killer. `wsl2`: other distributions share the memory and are hidden. */
  wsl: { no: 'good', wsl1: 'bad', wsl2: 'warning' },
  /** `host-view`: in a container, but with the host's pid and cgroup namespaces. */
  container: { no: 'good', 'host-view': 'note', isolated: 'bad' },
  /**
   * Whether the engines of the containers say what these are called. `unneeded`: no container of Docker or Podman runs. `no-socket`: one runs, and
   * there is no socket to ask. The others as in `EngineAccess`. `value` is the socket.
   */
  engines: {
    unneeded: 'good',
    connected: 'good',
    denied: 'note',
    silent: 'note',
    malformed: 'note',
    remote: 'note',
    'no-socket': 'note',
  },
  /** lxcfs replaces /proc/meminfo by figures of the container. */
  lxcfs: { no: 'good', faked: 'bad' },
  /** `tight`: RLIMIT_NOFILE allows fewer kept descriptors than there are processes. */
  descriptors: { enough: 'good', tight: 'note' },
  /**
   * Of the desktop window, and reported there only: whether its page runs in Chromium's sandbox. `off`: started with --no-sandbox, as
   * AppImages are where the system lets users have no namespaces of their own.
   */
  'page-sandbox': { on: 'good', off: 'warning' },
} as const satisfies Record<string, Record<string, DoctorState>>;

export type DoctorCheck = keyof typeof DOCTOR_OUTCOMES;
/** What a check can find. */
export type DoctorOutcome<C extends DoctorCheck> = keyof (typeof DOCTOR_OUTCOMES)[C] & string;

/** One finding. `outcome` selects the sentence in the catalogue; `value` is what was read, as the kernel writes it. */
export type DoctorFinding = {
  readonly [C in DoctorCheck]: {
    readonly check: C;
    readonly state: DoctorState;
    readonly outcome: DoctorOutcome<C>;
    readonly value: string;
    /** What to paste into a terminal to mend it, where one command does. */
    readonly command?: string;
    /** Where several things are wrong: what mends each, by its name; no command where none does. */
    readonly remedies?: readonly Remedy[];
    /** Of `killers`: what each waits for. */
    readonly killers?: readonly Killer[];
  };
}[DoctorCheck];

/** What mends one of several things that a check has found. */
export interface Remedy {
  readonly name: string;
  readonly command?: string;
}

/** A finding with the state that belongs to its outcome. */
export function finding<C extends DoctorCheck>(
  check: C,
  outcome: DoctorOutcome<C>,
  value: string,
): DoctorFinding {
  const states: Record<string, DoctorState> = DOCTOR_OUTCOMES[check];
  // An outcome of `C` is a key of its states; the union over all checks is more than the compiler follows.
  return { check, state: states[outcome], outcome, value } as DoctorFinding;
}

export interface DoctorReport {
  readonly timeMs: number;
  readonly findings: readonly DoctorFinding[];
}

/** Requests about what this machine allows. */
export const DOCTOR_REQUESTS = {
  /** What this machine allows, what is missing, and what each means for the answers. */
  'doctor.examine': { input: nothing, ...answers<DoctorReport>() },
  /** What can be read of WSL at no cost; no machine outside of WSL. */
  'doctor.wslMachine': { input: nothing, ...answers<{ readonly machine?: WslMachine }>() },
  /** Everything of WSL, with the settings files of Windows; takes some seconds. */
  'doctor.wsl': { input: nothing, ...answers<{ readonly report?: WslReport }>() },
  /** Starts a program of Windows, which says what it has of memory. */
  'doctor.askWindows': { input: nothing, ...answers<WindowsMemory>() },
} as const;
