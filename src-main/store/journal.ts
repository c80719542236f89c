import { type DatabaseSync } from 'node:sqlite';
import { parseFailure } from '#shared/failure/parse.ts';
import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { PENDING_SECONDS } from '#shared/contract/helper.ts';
import { type JournalAction, type JournalEntry, type JournalState } from '#shared/model/change.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { AlertRecord } from './alert-record.ts';
import { failure, inTransaction, openDatabase } from './database.ts';
import { JOURNAL_SCHEMA } from './journal-schema.ts';
import { type Protections, protectionsIn } from './protections.ts';
import { parseRulePlace } from './rule-place.ts';
import { parseJson } from './stored-json.ts';

/** What is written down about a change; the journal adds number, time and group. */
export type JournalRecord = Omit<JournalEntry, 'id' | 'timeMs' | 'group' | 'formerBoot'>;

/** What became of an entry. */
export interface JournalUpdate {
  readonly state: JournalState;
  /** As the write itself found it. */
  readonly before?: string;
  readonly after?: string;
  readonly why?: Failure;
}

/** Which entries, newest first. */
export interface JournalQuery {
  readonly limit: number;
  /** Only those before this one: the last of the page before. */
  readonly beforeId?: number;
  readonly group?: number;
  readonly states?: readonly JournalState[];
}

export interface JournalOptions {
  /** The state folder. */
  readonly folder: string;
  readonly nowMs: () => number;
  /** /proc/sys/kernel/random/boot_id: what was changed is known by it beyond a restart of Lifeboat, not of the machine. Empty where it cannot be read. */
  readonly bootId: string;
}

export const JOURNAL_FILE = 'journal.db';
/** Entries that are kept when the journal is opened; older ones are deleted. */
const MOST_ENTRIES = 20_000;

/** Changes wait for 20 s to be confirmed; writes take milliseconds. */
const LONGEST_PENDING_MS = 3 * PENDING_SECONDS * 1000;
/** What the helper takes back by itself. */
const WAITING_ACTIONS = `'set-sysctl', 'set-cgroup'`;
const ENDED_WAITING = fail('not-confirmed', { why: 'program-ended' }).error;
const ENDED_WRITING = fail('outcome-unknown', {}).error;

type Row = Record<string, null | number | bigint | string | NodeJS.NonSharedUint8Array>;

/**
 * Every change that Lifeboat made or tried, in SQLite: what an answer said was written survives kill -9. All failures are values: the monitor
 * goes on without it.
 */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #options: JournalOptions;
  readonly #path: string;
  /** What happened, beside what was changed. */
  readonly alerts: AlertRecord;

  private constructor(database: DatabaseSync, options: JournalOptions) {
    this.#database = database;
    this.#options = options;
    this.#path = `${options.folder}/${JOURNAL_FILE}`;
    this.alerts = new AlertRecord(database, this.#path);
  }

  /** Opens or begins it. `setAside` says where a broken file went. */
  static open(options: JournalOptions): Result<{ readonly journal: Journal; readonly setAside?: Failure }> {
    const opened = openDatabase(options.folder, JOURNAL_FILE, JOURNAL_SCHEMA, options.nowMs());
    if (!opened.ok) return opened;
    const { database, setAside } = opened.value;
    const journal = new Journal(database, options);
    // Not pruned is no reason to do without.
    journal.#try(() => {
      database.exec(`DELETE FROM entries WHERE id <= (SELECT max(id) FROM entries) - ${MOST_ENTRIES}`);
    });
    return ok({ journal, ...(setAside === undefined ? {} : { setAside }) });
  }

  close(): void {
    this.#database.close();
  }

  /** Writes down what one click did, all or nothing; without `group` they are a new one. */
  add(records: readonly JournalRecord[], group?: number): Result<readonly JournalEntry[]> {
    const timeMs = this.#options.nowMs();
    return this.#try(() =>
      inTransaction(this.#database, () => {
        const insert = this.#database.prepare(
          `INSERT INTO entries (time_ms, who, action, subject, pid, start_ticks, boot_id, before, asked, after, state, note, why, place, click)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        );
        const entries: JournalEntry[] = [];
        for (const record of records) {
          const click = group ?? entries[0]?.group ?? 0;
          const { lastInsertRowid } = insert.run(
            timeMs,
            record.who,
            record.action,
            record.subject,
            record.process?.pid ?? null,
            record.process?.startTicks ?? null,
            this.#options.bootId,
            record.before ?? null,
            record.asked,
            record.after ?? null,
            record.state,
            record.note ?? null,
            record.why === undefined ? null : JSON.stringify(record.why),
            record.place === undefined ? null : JSON.stringify(record.place),
            click,
          );
          const id = Number(lastInsertRowid);
          if (click === 0) this.#database.prepare('UPDATE entries SET click = id WHERE id = ?').run(id);
          entries.push({ ...record, id, timeMs, group: click === 0 ? id : click });
        }
        return entries;
      }),
    );
  }

  /** Changes what became of entries, all or nothing; fails with `not-found` when one is not there. */
  update(
    ids: readonly number[],
    { state, before, after, why }: JournalUpdate,
  ): Result<readonly JournalEntry[]> {
    const updated = this.#try(() =>
      inTransaction(this.#database, () => {
        const statement = this.#database.prepare(
          `UPDATE entries SET state = ?, before = coalesce(?, before), after = coalesce(?, after), why = coalesce(?, why)
           WHERE id = ? RETURNING *`,
        );
        return ids.flatMap((id) => {
          const said = why === undefined ? null : JSON.stringify(why);
          const row = statement.get(state, before ?? null, after ?? null, said, id);
          return row === undefined ? [] : [this.#entryOf(row)];
        });
      }),
    );
    if (!updated.ok || updated.value.length === ids.length) return updated;
    return fail('not-found', { what: 'entry' });
  }

  /** Entries, newest first. */
  page({ limit, beforeId, group, states }: JournalQuery): Result<readonly JournalEntry[]> {
    return this.#try(() =>
      this.#database
        .prepare(
          `SELECT * FROM entries
           WHERE id < ? AND (?2 IS NULL OR click = ?2) AND (?3 IS NULL OR state IN (SELECT value FROM json_each(?3)))
           ORDER BY id DESC LIMIT ?4`,
        )
        .all(
          beforeId ?? Number.MAX_SAFE_INTEGER,
          group ?? null,
          states === undefined ? null : JSON.stringify(states),
          limit,
        )
        .map((row) => this.#entryOf(row)),
    );
  }

  /** One entry; `not-found` when there is none. */
  entry(id: number): Result<JournalEntry> {
    const row = this.#try(() => this.#database.prepare('SELECT * FROM entries WHERE id = ?').get(id));
    if (!row.ok) return row;
    if (row.value !== undefined) return ok(this.#entryOf(row.value));
    return fail('not-found', { what: 'entry', id });
  }

  /** The processes of this boot to which a rule was applied, with the value that was asked for last. */
  ruledProcesses(): Result<readonly (ProcessId & { readonly oomScoreAdj: number })[]> {
    return this.#try(() =>
      this.#database
        .prepare(
          `SELECT pid, start_ticks, asked, max(id) FROM entries
           WHERE action = 'rule' AND boot_id = ? AND state <> 'failed' GROUP BY pid, start_ticks`,
        )
        .all(this.#options.bootId)
        .map((row) => ({
          pid: Number(row['pid']),
          startTicks: Number(row['start_ticks']),
          oomScoreAdj: Number(row['asked']),
        })),
    );
  }

  /** What the user, or a rule, has protected, where that was not taken back. */
  protections(): Result<Protections> {
    return this.#try(() => protectionsIn(this.#database, this.#options.bootId));
  }

  /**
   * Entries that are pending longer than anything can wait belong to a Lifeboat that ended. What waited to be confirmed was put back by the helper then;
   * whether anything else was written is not known. Returns their number.
   */
  settlePending(): Result<number> {
    return this.#try(() => {
      const { changes } = this.#database
        .prepare(
          `UPDATE entries
           SET state = CASE WHEN action IN (${WAITING_ACTIONS}) THEN 'reverted' ELSE 'failed' END,
               why = CASE WHEN action IN (${WAITING_ACTIONS}) THEN ?1 ELSE ?2 END
           WHERE state = 'pending' AND time_ms < ?3`,
        )
        .run(
          JSON.stringify(ENDED_WAITING),
          JSON.stringify(ENDED_WRITING),
          this.#options.nowMs() - LONGEST_PENDING_MS,
        );
      return Number(changes);
    });
  }

  #entryOf(row: Row): JournalEntry {
    const { bootId } = this.#options;
    const known = row['boot_id'] ?? '';
    const isFormer = known !== '' && bootId !== '' && known !== bootId;
    return { ...entryOf(row), ...(isFormer ? { formerBoot: true } : {}) };
  }

  #try<T>(work: () => T): Result<T> {
    try {
      return ok(work());
    } catch (error) {
      return failure(error, this.#path);
    }
  }
}

function entryOf(row: Row): JournalEntry {
  const text = (name: string) => {
    const value = row[name];
    return typeof value === 'string' ? value : undefined;
  };
  const before = text('before');
  const after = text('after');
  const note = text('note');
  const why = parseFailure(parseJson(row['why']));
  const place = parseRulePlace(parseJson(row['place']));
  return {
    id: Number(row['id']),
    timeMs: Number(row['time_ms']),
    who: text('who') ?? '',
    action: text('action') as JournalAction,
    subject: text('subject') ?? '',
    ...(row['pid'] === null
      ? {}
      : { process: { pid: Number(row['pid']), startTicks: Number(row['start_ticks']) } }),
    ...(before === undefined ? {} : { before }),
    asked: text('asked') ?? '',
    ...(after === undefined ? {} : { after }),
    state: text('state') as JournalState,
    ...(note === undefined ? {} : { note }),
    ...(why === undefined ? {} : { why }),
    ...(place === undefined ? {} : { place }),
    group: Number(row['click']),
  };
}
