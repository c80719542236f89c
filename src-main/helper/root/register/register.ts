import { readdirSync, renameSync } from 'node:fs';
import { fail, ok, type Result } from '#shared/result.ts';
import { inside, readJson, unlink, writePrivate } from '../files.ts';
import { parseUndo, type Undo } from '../revert/undo.ts';
import { type Tree } from '../tree.ts';
import { isAlive, ownIdentity, parseIdentity, type ProcessIdentity } from './process-identity.ts';
import { underLock, withRunFolder } from './run-folder.ts';

const PREFIX = 'change.';
/** The longest path of a cgroup, escaped, twice. */
const MOST_BYTES = 32 * 1024;

/** A change that is not confirmed yet, with what was there before it, and the processes that would take it back. */
export interface Registered {
  readonly owners: readonly ProcessIdentity[];
  readonly subjects: readonly string[];
  readonly undo: Undo;
}

/**
 * What every helper of this machine has changed and not yet confirmed: a file for each change in /run/lifeboat. It is why two helpers never
 * have a change of the same setting at a time, and why the next helper can take back what is left by one that died together with its guard.
 */
export class Register {
  readonly #tree: Tree;
  #last = 0;

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  /** Adds a change before it is made; returns its name. Fails where a change of one of its subjects is pending. */
  add(change: Omit<Registered, 'owners'>, guard: ProcessIdentity): Promise<Result<string>> {
    return underLock(this.#tree, (folder) => {
      const pending = new Set(entries(folder).flatMap(([, { subjects }]) => subjects));
      const subject = change.subjects.find((candidate) => pending.has(candidate));
      if (subject !== undefined) return fail('changed-meanwhile', { what: 'waiting', subject });
      const name = this.#nextName();
      write(folder, name, { owners: [ownIdentity(), guard], ...change });
      return ok(name);
    });
  }

  /** Gives an entry of our own the way back as it was read back. */
  update(name: string, change: Omit<Registered, 'owners'>, guard: ProcessIdentity): Result<void> {
    return withRunFolder(this.#tree, (folder) => {
      write(folder, name, { owners: [ownIdentity(), guard], ...change });
      return ok(undefined);
    });
  }

  /** The change was confirmed, or is taken back. One that is gone already is no failure. */
  remove(name: string): Result<void> {
    return withRunFolder(this.#tree, (folder) => {
      unlink(folder, name);
      return ok(undefined);
    });
  }

  /** Whether there are changes whose processes are all dead. */
  hasOrphans(): boolean {
    const found = withRunFolder(this.#tree, (folder) => ok(orphans(folder).length > 0));
    return found.ok && found.value;
  }

  /** Makes the changes whose processes are all dead our own; each comes with its new name. */
  adopt(guard: ProcessIdentity): Promise<Result<readonly (Registered & { readonly name: string })[]>> {
    return underLock(this.#tree, (folder) => {
      const adopted = orphans(folder).map(([old, { subjects, undo }]) => {
        const name = this.#nextName();
        const entry = { owners: [ownIdentity(), guard], subjects, undo };
        write(folder, name, entry);
        unlink(folder, old);
        return { name, ...entry };
      });
      return ok(adopted);
    });
  }

  #nextName(): string {
    const { pidNamespace, pid, startTicks } = ownIdentity();
    this.#last += 1;
    return `${PREFIX}${pidNamespace}.${pid}.${startTicks}.${this.#last}`;
  }
}

function orphans(folder: number): readonly (readonly [string, Registered])[] {
  return entries(folder).filter(([, { owners }]) => !owners.some(isAlive));
}

/** All changes of the register. What is not one, as of another version, is left alone. */
function entries(folder: number): readonly (readonly [string, Registered])[] {
  return readdirSync(inside(folder, '.'))
    .filter((name) => name.startsWith(PREFIX))
    .flatMap((name) => {
      const entry = parse(readJson(folder, name, MOST_BYTES));
      return entry === undefined ? [] : [[name, entry] as const];
    });
}

function parse(value: unknown): Registered | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { owners, subjects, undo }: Partial<Record<keyof Registered, unknown>> = value;
  const parsed = parseUndo(undo);
  if (parsed === undefined || !Array.isArray(owners) || !Array.isArray(subjects)) return undefined;
  return {
    owners: owners.flatMap((owner: unknown) => parseIdentity(owner) ?? []),
    subjects: subjects.filter((subject: unknown) => typeof subject === 'string'),
    undo: parsed,
  };
}

/** Written beside and renamed: who reads it sees the old or the new entry. */
function write(folder: number, name: string, entry: Registered): void {
  const beside = inside(folder, `.${name}`);
  writePrivate(beside, entry);
  renameSync(beside, inside(folder, name));
}
