/** What proves whose process it is, most trusted first; see docs/names.md. */
export type NameEvidence = 'unit' | 'package' | 'program' | 'parent' | 'runtime' | 'none';

/** The application that a process belongs to. */
export interface NamedApplication {
  /** The id of its desktop file, or `container:NAME`, `unit:NAME`, `vm:NAME`, `steam:NUMBER`, `snap:NAME`, `appimage:NAME`. */
  readonly id: string;
  readonly name: string;
}

/** What a group of processes is called together. */
export interface ProcessOwner {
  /** One text for one owner, over restarts of its processes. */
  readonly key: string;
  readonly kind: 'container' | 'service' | 'vm' | 'app' | 'session' | 'program' | 'kernel';
  readonly name: string;
}

/** By what people know a process. All texts are cleaned: one line, at most 40 graphemes each, nothing that reorders or hides. */
export interface ProcessNames {
  /** `Google Chrome · page`, `Gradle daemon 8.10`. */
  readonly label: string;
  /** What it does in its application: `page`, `main`, `worker`. */
  readonly role: string;
  readonly app?: NamedApplication;
  /** The terminal, or the program with a terminal, that it runs in. */
  readonly within?: string;
  readonly evidence: NameEvidence;
  /** What follows "You lose: "; absent for what is never killed. */
  readonly youLose?: string;
  /** Icon= of the application's desktop file: a name of an icon theme, or an absolute path. */
  readonly icon?: string;
  /** Where Lifeboat shows it: 16 hexadecimal digits below `/icons/`. Absent where there is none that can be shown. */
  readonly iconAddress?: string;
  /** The kernel's comm and the pid: `chrome 4711`. */
  readonly secondary: string;
  readonly owner: ProcessOwner;
}
