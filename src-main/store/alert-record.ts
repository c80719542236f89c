import { type DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { storedAlert } from '#shared/contract/events.ts';
import { ok, type Result } from '#shared/result.ts';
import { alertSubject, type Alert, type RecordedAlert } from '#shared/model/alert.ts';
import { failure } from './database.ts';
import { parseJson } from './stored-json.ts';

/** More than a year of a machine in trouble; older ones are forgotten. */
const MOST_ALERTS = 5_000;

/** What is recorded of an alert beside itself. */
export interface AlertOccasion {
  /** The same for two Lifeboats that see the same thing: only the first of them records it. */
  readonly occasion?: string;
  /** Whether it interrupts the user. */
  readonly interrupts: boolean;
}

/** An interruption of some time ago. */
export interface Interruption {
  readonly kind: string;
  readonly subject: string;
  readonly timeMs: number;
}

/** All alerts there were, in the journal's database. Failures are values: alerts go on without a record. */
export class AlertRecord {
  readonly #database: DatabaseSync;
  readonly #path: string;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /** Records it; of an occasion that is recorded already, what is there. */
  add(timeMs: number, alert: Alert, { occasion, interrupts }: AlertOccasion): Result<RecordedAlert> {
    return this.#try(() => {
      const row = this.#database
        .prepare(
          `INSERT INTO alerts (time_ms, kind, subject, occasion, interrupted_ms, alert) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (occasion) DO UPDATE SET interrupted_ms = coalesce(interrupted_ms, excluded.interrupted_ms)
           RETURNING id, time_ms`,
        )
        .get(
          timeMs,
          alert.kind,
          alertSubject(alert),
          occasion ?? null,
          interrupts ? timeMs : null,
          JSON.stringify(alert),
        );
      const id = Number(row?.['id']);
      this.#database.prepare('DELETE FROM alerts WHERE id <= ?').run(id - MOST_ALERTS);
      return { id, timeMs: Number(row?.['time_ms']), alert };
    });
  }

  /** Alerts, newest first. What a newer Lifeboat wrote and this one does not know is left out. */
  page(limit: number, beforeId = Number.MAX_SAFE_INTEGER): Result<readonly RecordedAlert[]> {
    return this.#try(() =>
      this.#database
        .prepare('SELECT id, time_ms, alert FROM alerts WHERE id < ? ORDER BY id DESC LIMIT ?')
        .all(beforeId, limit)
        .flatMap((row) => {
          const parsed = v.safeParse(storedAlert, parseJson(row['alert']));
          return parsed.success
            ? [{ id: Number(row['id']), timeMs: Number(row['time_ms']), alert: parsed.output }]
            : [];
        }),
    );
  }

  /** The alerts that have interrupted the user since then. */
  interruptionsSince(timeMs: number): Result<readonly Interruption[]> {
    return this.#try(() =>
      this.#database
        .prepare('SELECT kind, subject, interrupted_ms FROM alerts WHERE interrupted_ms >= ?')
        .all(timeMs)
        .map((row) => ({
          kind: String(row['kind']),
          subject: String(row['subject']),
          timeMs: Number(row['interrupted_ms']),
        })),
    );
  }

  #try<T>(work: () => T): Result<T> {
    try {
      return ok(work());
    } catch (error) {
      return failure(error, this.#path);
    }
  }
}
