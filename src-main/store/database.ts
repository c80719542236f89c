import { closeSync, constants, existsSync, fchmodSync, fstatSync, openSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fail, ok, type FactsOf, type Failure, type Result } from '#shared/result.ts';
import { makeRoom } from '../proc/descriptors.ts';
import { makeFolder } from './folders.ts';
import { unsafePath } from './own-path.ts';
import { asideName } from './set-aside.ts';

/** What identifies a database file, and how its schema grows. */
export interface Schema {
  /** Written into the header of the file (PRAGMA application_id). */
  readonly applicationId: number;
  /** The n-th brings the schema from version n to n + 1 (PRAGMA user_version). */
  readonly migrations: readonly string[];
}

/** An open database. */
export interface OpenDatabase {
  readonly database: DatabaseSync;
  /** The file in its place was no database: it was renamed, and this says to what. */
  readonly setAside?: Failure;
}

/** How long a write waits for another Lifeboat that writes. */
const BUSY_MS = 2_000;

/** The database, its -wal and -shm, their folder, and one for this and that. */
const DESCRIPTORS = 5;

/** Result codes of SQLite (sqlite3.h), the lowest byte of extended ones. */
const SQLITE = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** A file that SQLite can open and that cannot be used: damaged, or the database of another program. */
class UnusableFile extends Error {
  readonly fault: FileFault;
  constructor(fault: FileFault) {
    super(fault);
    this.fault = fault;
  }
}

/** What can be wrong with a file that should be a database. */
type FileFault = Extract<FactsOf<'journal-failed'>, { readonly what: 'set-aside' }>['fault'];

/**
 * Opens or makes a database that only its owner can read. What was committed is on disk (WAL, synchronous=FULL). A broken or foreign file is
 * renamed and a new one begun; one of a newer Lifeboat is left alone and refused.
 */
export function openDatabase(
  folder: string,
  name: string,
  schema: Schema,
  nowMs: number,
): Result<OpenDatabase> {
  const path = `${folder}/${name}`;
  // SQLite opens the two beside it by name as well, and follows links.
  for (const each of [path, `${path}-wal`, `${path}-shm`]) {
    const unsafe = unsafePath(each);
    if (unsafe !== undefined) return { ok: false, error: unsafe };
  }
  try {
    makeFolder(folder);
    return ok({ database: openFile(path, schema) });
  } catch (error) {
    const fault = brokenBy(error);
    if (fault === undefined) return failure(error, path);
    return beginAgain(path, schema, fault, nowMs);
  }
}

function beginAgain(path: string, schema: Schema, fault: FileFault, nowMs: number): Result<OpenDatabase> {
  try {
    const aside = asideName(path, nowMs);
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    }
    const setAside = fail('journal-failed', { what: 'set-aside', path, fault, keptAs: aside }).error;
    return ok({ database: openFile(path, schema), setAside });
  } catch (error) {
    return failure(error, path);
  }
}

function openFile(path: string, schema: Schema): DatabaseSync {
  makeRoom(DESCRIPTORS);
  // SQLite gives -wal and -shm the mode of the file.
  const descriptor = openSync(
    path,
    constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    0o600,
  );
  try {
    if (!fstatSync(descriptor).isFile()) throw new UnusableFile('no-file');
    fchmodSync(descriptor, 0o600);
  } finally {
    closeSync(descriptor);
  }
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    database.exec('PRAGMA trusted_schema=OFF; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    const check = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (check !== 'ok') throw new UnusableFile('damaged');
    migrate(database, schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync, { applicationId, migrations }: Schema): void {
  inTransaction(database, () => {
    const version = pragma(database, 'user_version');
    const id = pragma(database, 'application_id');
    const isEmpty = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.['count'] === 0;
    if (id !== applicationId && !(isEmpty && id === 0 && version === 0)) {
      throw new UnusableFile('foreign');
    }
    if (version > migrations.length) {
      throw new NewerFile();
    }
    for (const migration of migrations.slice(version)) database.exec(migration);
    database.exec(`PRAGMA application_id=${applicationId}; PRAGMA user_version=${migrations.length}`);
  });
}

class NewerFile extends Error {}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** All of it or nothing; what `work` throws is thrown on. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    // A full disk has rolled back already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** What is wrong with the file itself; undefined when something else is wrong. */
function brokenBy(error: unknown): FileFault | undefined {
  if (error instanceof UnusableFile) return error.fault;
  switch (sqliteCode(error)) {
    case SQLITE.notADatabase:
      return 'no-database';
    case SQLITE.corrupt:
      return 'damaged';
    default:
      return undefined;
  }
}

function sqliteCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** An error of SQLite or of a file call as a value. Anything else is a bug and is thrown on. */
export function failure(error: unknown, path: string) {
  if (error instanceof NewerFile) {
    return fail('journal-failed', { what: 'newer', path });
  }
  const code = sqliteCode(error);
  const errno = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === undefined && (typeof errno !== 'string' || !(error instanceof Error && 'syscall' in error)))
    throw error;
  const why = sqliteWhy(code);
  return fail('journal-failed', {
    what: 'unusable',
    path,
    why,
    detail: why === 'other' ? detailOf(error, code) : undefined,
    errno: code === undefined && typeof errno === 'string' ? errno : undefined,
  });
}

function detailOf(error: unknown, code: number | undefined): string | undefined {
  if (code !== undefined) return `SQLite ${code}`;
  return error instanceof Error ? error.message : undefined;
}

function sqliteWhy(code: number | undefined) {
  switch (code) {
    case SQLITE.full:
      return 'full';
    case SQLITE.busy:
      return 'busy';
    case SQLITE.readOnly:
      return 'read-only';
    case SQLITE.cannotOpen:
      return 'cannot-open';
    case SQLITE.ioError:
      return 'io-error';
    default:
      return 'other';
  }
}
