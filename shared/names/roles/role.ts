import { type NamedTask } from '../facts.ts';
import { type LossKind } from '../loss-kind.ts';

/** What a process does, by the tables of docs/names.md. */
export interface Role {
  /** `page`, `main`, `server`: one word for programs. */
  readonly kind: string;
  /** What stands behind the dot: `page`, `compiling foo.cpp`; absent for the main process of an application. */
  readonly text?: string;
  /** What it is called where no application names it: `Gradle daemon 8.10`. */
  readonly name?: string;
  /** Behind the dot where an application names it; name and text where this is absent. */
  readonly inApp?: string;
  readonly loss?: LossKind;
  /** What the loss is about: the virtual machine, the script. */
  readonly about?: string;
  /** Whether it runs as a program of its own below an application (WebKit, language servers). */
  readonly isOwnProgram?: boolean;
}

/** What the tables look at. */
export interface RoleQuestion {
  readonly task: NamedTask;
  /** Name of its program: the file's, or what is proved otherwise. */
  readonly program: string;
  /** The program's path, where it is known. */
  readonly path: string | undefined;
  /** The kernel or a unit of the system vouches for the program: only then may a table name it. */
  readonly isSure: boolean;
  /** Its file is where only an administrator puts programs, or nothing is known of its file: below a home anyone may call a file firefox. */
  readonly isInstalled: boolean;
  /** Arguments, split where the program has joined them. */
  readonly words: readonly string[];
  /** The first argument as one text: titles are there. */
  readonly title: string;
  readonly ancestors: readonly NamedTask[];
  readonly children: readonly NamedTask[];
  /** Its program is that of an ancestor. */
  readonly hasParentsProgram: boolean;
  readonly isElectron: boolean;
}

/** One table: the role of a process, or undefined where the table does not know it. */
export type RoleTable = (question: RoleQuestion) => Role | undefined;

/** The value of `--name=value`. */
export function optionValue(words: readonly string[], name: string): string | undefined {
  const found = words.find((word) => word.startsWith(`${name}=`));
  return found?.slice(name.length + 1).trim();
}
