import { chmodSync, closeSync, constants, existsSync, openSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { makeFolder } from './folders.ts';
import { asideName } from './set-aside.ts';

/** How a database file is told from any other, and how its schema grows. */
export interface Schema {
  /** Written into the header of the file (PRAGMA application_id). */
  readonly applicationId: number;
  /** The n-th brings the schema from version n to n + 1 (PRAGMA user_version). */
  readonly migrations: readonly string[];
}

/** An open database. */
export interface OpenDatabase {
  readonly database: DatabaseSync;
  /** Something was in its place that is none; it was renamed, and this says to what. */
  readonly setAside?: Failure;
}

/** How long a write waits for another Lifeboat that writes. */
const BUSY_MS = 2_000;

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

/** No error of SQLite, but the same to us: damaged, or a database of somebody else. */
class UnusableFile extends Error {}

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
  try {
    makeFolder(folder);
    return ok({ database: openFile(path, schema) });
  } catch (error) {
    const reason = brokenBy(error);
    if (reason === undefined) return failure(error, path);
    return beginAnew(path, schema, reason, nowMs);
  }
}

function beginAnew(path: string, schema: Schema, reason: string, nowMs: number): Result<OpenDatabase> {
  try {
    const aside = asideName(path, nowMs);
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    }
    const setAside = fail(
      'journal-failed',
      `${path} ${reason}. It is kept as ${aside}; a new one was begun.`,
    ).error;
    return ok({ database: openFile(path, schema), setAside });
  } catch (error) {
    return failure(error, path);
  }
}

function openFile(path: string, schema: Schema): DatabaseSync {
  // SQLite gives -wal and -shm the mode of the file.
  closeSync(openSync(path, constants.O_CREAT | constants.O_RDWR, 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    database.exec('PRAGMA trusted_schema=OFF; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    const check = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (check !== 'ok') throw new UnusableFile('is damaged');
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
      throw new UnusableFile('belongs to another program');
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
function brokenBy(error: unknown): string | undefined {
  if (error instanceof UnusableFile) return error.message;
  switch (sqliteCode(error)) {
    case SQLITE.notADatabase:
      return 'is no database';
    case SQLITE.corrupt:
      return 'is damaged';
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
    return fail('journal-failed', `${path} was written by a newer Lifeboat.`, {
      hint: 'This one leaves it alone. Use the newer one.',
    });
  }
  const code = sqliteCode(error);
  const errno = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === undefined && (typeof errno !== 'string' || !(error instanceof Error && 'syscall' in error)))
    throw error;
  const what = error instanceof Error ? error.message : '';
  return fail('journal-failed', `${path} cannot be used: ${sqliteText(code) ?? what}.`, {
    hint: 'Changes go on, but are not remembered.',
    ...(code === undefined && typeof errno === 'string' ? { errno } : {}),
  });
}

function sqliteText(code: number | undefined): string | undefined {
  switch (code) {
    case SQLITE.full:
      return 'the disk is full';
    case SQLITE.busy:
      return 'another Lifeboat is writing to it';
    case SQLITE.readOnly:
      return 'it may only be read';
    case SQLITE.cannotOpen:
      return 'it cannot be opened';
    case SQLITE.ioError:
      return 'the disk refuses to write or read';
    case undefined:
      return undefined;
    default:
      return `SQLite answers ${code}`;
  }
}
